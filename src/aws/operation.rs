//! Which operation an HTTP request to AWS is, whatever its protocol.

use super::rate::Class;

/// An AWS operation as read from its request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The service in the credential scope or the host: `ec2`, `sagemaker`.
    pub service: String,
    /// Its name (`CreateVpc`); for services that put it in method and path, those two
    /// (`DELETE /2015-02-01/mount-targets/fsmt-1`).
    pub name: String,
    /// Whether it can change anything.
    pub mutating: bool,
    /// The access key id and the region of the credential scope.
    pub scope: (String, String),
}

/// First words of operations that change nothing (AWS's own naming; STS hands out credentials,
/// which changes nothing that smd manages).
const READING: &[&str] = &[
    "Describe",
    "Get",
    "List",
    "Search",
    "Lookup",
    "Simulate",
    "Assume",
    "Decode",
    "Head",
    // KMS: a key to encrypt with is handed out, and nothing is changed.
    "GenerateDataKey",
    "Decrypt",
];

/// RAM, whose reads are POST: the path is the operation's name in small letters.
const RAM: &str = "ram";
/// What the paths of RAM's reads start with.
const RAM_READS: &[&str] = &["/get", "/list"];

impl Operation {
    /// Reads it from what is sent. `target` and `authorization` are the headers of these names.
    #[must_use]
    pub fn of(
        method: &str,
        uri: &str,
        target: Option<&str>,
        authorization: Option<&str>,
        body: &[u8],
    ) -> Self {
        let (caller, region, service) = authorization.and_then(scope).unwrap_or_default();
        let service = service.to_owned();
        let scope = (caller.to_owned(), region.to_owned());
        let action = || {
            form_urlencoded::parse(body)
                .find(|(key, _)| key == "Action")
                .map(|(_, value)| value.into_owned())
        };
        let named = match target {
            Some(target) => Some(target.rsplit('.').next().unwrap_or(target).to_owned()),
            None if body.starts_with(b"Action=") => action(),
            None => None,
        };
        match named {
            Some(name) => Self {
                service,
                scope,
                mutating: !READING.iter().any(|word| name.starts_with(word)),
                name,
            },
            None => {
                let path = path(uri);
                let reads = matches!(method, "GET" | "HEAD")
                    || (service == RAM && RAM_READS.iter().any(|start| path.starts_with(start)));
                Self {
                    service,
                    scope,
                    name: format!("{method} {path}"),
                    mutating: !reads,
                }
            }
        }
    }

    /// Whose bucket its call is taken from.
    #[must_use]
    pub fn class(&self) -> Class {
        let (caller, region) = self.scope.clone();
        Class {
            caller,
            region,
            service: self.service.clone(),
            mutating: self.mutating,
        }
    }

    /// `ec2:CreateVpc`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}:{}", self.service, self.name)
    }
}

/// Key id, region and service of
/// `AWS4-HMAC-SHA256 Credential=KEY/20260101/eu-west-1/ec2/aws4_request, …`.
fn scope(authorization: &str) -> Option<(&str, &str, &str)> {
    let (_, credential) = authorization.split_once("Credential=")?;
    let mut parts = credential.split(',').next()?.split('/');
    let caller = parts.next()?;
    let region = parts.nth(1)?;
    Some((caller, region, parts.next()?))
}

/// Path and query of a URI.
fn path(uri: &str) -> &str {
    match uri.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"),
        None => uri,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_protocol_names_its_operation() {
        let scope = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/ec2/aws4_request, SignedHeaders=host";
        let of = |method, uri, target, body: &str| {
            let operation = Operation::of(method, uri, target, Some(scope), body.as_bytes());
            (operation.label(), operation.mutating)
        };
        assert_eq!(
            of(
                "POST",
                "https://ec2.eu-west-1.amazonaws.com/",
                None,
                "Action=CreateVpc&Version=1"
            ),
            ("ec2:CreateVpc".to_owned(), true)
        );
        assert_eq!(
            of("POST", "/", None, "Action=DescribeVpcs"),
            ("ec2:DescribeVpcs".to_owned(), false)
        );
        assert_eq!(
            of("POST", "/", Some("SageMaker.CreateDomain"), "{}"),
            ("ec2:CreateDomain".to_owned(), true)
        );
        assert_eq!(
            of("POST", "/", Some("SageMaker.ListDomains"), "{}"),
            ("ec2:ListDomains".to_owned(), false)
        );
        assert_eq!(
            of(
                "DELETE",
                "http://127.0.0.1:1/2015-02-01/mount-targets/fsmt-1",
                None,
                ""
            ),
            (
                "ec2:DELETE /2015-02-01/mount-targets/fsmt-1".to_owned(),
                true
            )
        );
        assert!(!of("GET", "/x", None, "").1);
        let ram = scope.replace("/ec2/", "/ram/");
        let of_ram = |path| Operation::of("POST", path, None, Some(&ram), b"{}").mutating;
        assert!(!of_ram(
            "https://ram.eu-west-1.amazonaws.com/getresourceshares"
        ));
        assert!(!of_ram("/listresourcesharepermissions"));
        assert!(of_ram("/createresourceshare"));
    }
}
