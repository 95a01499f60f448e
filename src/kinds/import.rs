//! Ids as people write them in an `import`: AWS's own, or an ARN.

use ipnet::IpNet;

/// How a living thing is named in an `import`.
#[derive(Debug, Clone, Copy)]
pub struct Import {
    /// The forms that are taken, in words: "`vpc-…`, or its ARN".
    pub form: &'static str,
    /// The id by which the thing is read; `None`: what was written has none of the forms.
    pub id: fn(&str) -> Option<String>,
}

/// How many digits an account's id has.
const ACCOUNT_DIGITS: usize = 12;

/// Whether a text is the id of an account.
#[must_use]
pub fn is_account_id(text: &str) -> bool {
    text.len() == ACCOUNT_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The resource of an ARN, behind account and region: `vpc/vpc-1`, `role/path/name`.
fn resource(text: &str) -> Option<&str> {
    text.strip_prefix("arn:")?.splitn(5, ':').nth(4)
}

/// An id of this beginning, or an ARN whose resource is `word/id`.
#[must_use]
pub fn plain(text: &str, prefix: &str, word: &str) -> Option<String> {
    let id = match resource(text) {
        Some(resource) => resource.strip_prefix(word)?.strip_prefix('/')?,
        None => text,
    };
    let rest = id.strip_prefix(prefix)?;
    let fine = !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    fine.then(|| id.to_owned())
}

/// The name of a role, or its ARN, whose path is not a part of the name.
#[must_use]
pub fn role(text: &str) -> Option<String> {
    let name = match resource(text) {
        Some(resource) => resource.strip_prefix("role/")?.rsplit('/').next()?,
        None => text,
    };
    is_iam_name(name).then(|| name.to_owned())
}

/// Characters of names in IAM (reference: `[\w+=,.@-]+`).
fn is_iam_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c))
}

/// The ARN of a managed policy.
#[must_use]
pub fn policy(text: &str) -> Option<String> {
    let name = resource(text)?.strip_prefix("policy/")?;
    (!name.is_empty()).then(|| text.to_owned())
}

/// Two ids with a blank between them.
#[must_use]
pub fn pair(
    text: &str,
    first: impl Fn(&str) -> Option<String>,
    second: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let (one, two) = text.split_once(' ')?;
    Some(format!("{} {}", first(one)?, second(two.trim_start())?))
}

/// How a route is named in an `import`.
pub const ROUTE_FORM: &str = "table and destination, `rtb-… 10.0.0.0/16` or `rtb-… pl-…`";
/// How a route that leads to networks alone is named in an `import`.
pub const NETWORK_ROUTE_FORM: &str = "table and network, `rtb-… 10.0.0.0/16`";

/// A route: its table and its destination, a network or a prefix list.
#[must_use]
pub fn route(text: &str) -> Option<String> {
    pair(text, route_table, |destination| {
        plain(destination, "pl-", "prefix-list").or_else(|| network(destination))
    })
}

/// A route that leads to a network: its table and the network.
#[must_use]
pub fn network_route(text: &str) -> Option<String> {
    pair(text, route_table, network)
}

fn route_table(text: &str) -> Option<String> {
    plain(text, "rtb-", "route-table")
}

fn network(text: &str) -> Option<String> {
    Some(text.parse::<IpNet>().ok()?.to_string())
}

/// An inline policy: its role and its name.
#[must_use]
pub fn inline_policy(text: &str) -> Option<String> {
    pair(text, role, |name| {
        is_iam_name(name).then(|| name.to_owned())
    })
}

/// A user profile: its domain and its name, `d-…/name`.
#[must_use]
pub fn user_profile(text: &str) -> Option<String> {
    let both = match resource(text) {
        Some(resource) => resource.strip_prefix("user-profile/")?,
        None => text,
    };
    let (domain, name) = both.split_once('/')?;
    let domain = plain(domain, "d-", "domain")?;
    (!name.is_empty() && !name.contains('/')).then(|| format!("{domain}/{name}"))
}

/// A space: its domain and its name, `d-…/space/name`.
#[must_use]
pub fn space(text: &str) -> Option<String> {
    let (domain, name) = match resource(text) {
        Some(resource) => resource.strip_prefix("space/")?.split_once('/')?,
        None => text.split_once("/space/")?,
    };
    let domain = plain(domain, "d-", "domain")?;
    is_plain_name(name).then(|| format!("{domain}/space/{name}"))
}

/// The name of a thing of SageMaker, or its ARN, whose resource is `word/name`.
#[must_use]
pub fn named(text: &str, word: &str) -> Option<String> {
    let name = match resource(text) {
        Some(resource) => resource.strip_prefix(word)?.strip_prefix('/')?,
        None => text,
    };
    is_plain_name(name).then(|| name.to_owned())
}

/// The name of the pipeline that an ARN is of.
#[must_use]
pub fn pipeline(arn: &str) -> Option<String> {
    let name = resource(arn)?.strip_prefix("pipeline/")?;
    is_plain_name(name).then(|| name.to_owned())
}

/// Characters of names in SageMaker; images take dots too.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-.".contains(c))
}

/// The ARN of a resource share.
#[must_use]
pub fn resource_share(text: &str) -> Option<String> {
    let id = resource(text)?.strip_prefix("resource-share/")?;
    (!id.is_empty() && !id.contains(' ')).then(|| text.to_owned())
}

/// A resource or principal of a share: the share's ARN, and an ARN or account.
#[must_use]
pub fn shared(text: &str) -> Option<String> {
    pair(text, resource_share, |of| {
        (is_account_id(of) || of.starts_with("arn:")).then(|| of.to_owned())
    })
}

/// A version of an image: the image's name and the number, `name/1`, or its ARN.
#[must_use]
pub fn image_version(text: &str) -> Option<String> {
    let both = match resource(text) {
        Some(resource) => resource.strip_prefix("image-version/")?,
        None => text,
    };
    let (name, number) = both.split_once('/')?;
    let number: u32 = number.parse().ok().filter(|number| *number > 0)?;
    Some(format!("{}/{number}", named(name, "image")?))
}

/// Account and region that an ARN names; `None` where it says nothing of the one or the other.
#[must_use]
pub fn place_in_arn(text: &str) -> Option<(Option<&str>, Option<&str>)> {
    let mut fields = text.strip_prefix("arn:")?.split(':').skip(2);
    let mut next = || fields.next().filter(|field| !field.is_empty());
    let (region, account) = (next(), next());
    Some((account, region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_arns() {
        let arn = |resource: &str| format!("arn:aws:x:eu-west-1:111122223333:{resource}");
        let vpc = |text: &str| plain(text, "vpc-", "vpc");
        for (made, id) in [
            (vpc("vpc-0ab"), Some("vpc-0ab")),
            (vpc(&arn("vpc/vpc-0ab")), Some("vpc-0ab")),
            (vpc(&arn("subnet/vpc-0ab")), None),
            (vpc("subnet-0ab"), None),
            (vpc("vpc-"), None),
            (vpc("vpc-0ab x"), None),
            (role("team"), Some("team")),
            (
                role("arn:aws:iam::111122223333:role/a/b/team"),
                Some("team"),
            ),
            (role("arn:aws:iam::111122223333:user/team"), None),
            (role(""), None),
            (
                policy("arn:aws:iam::111122223333:policy/p"),
                Some("arn:aws:iam::111122223333:policy/p"),
            ),
            (policy("p"), None),
            (route("rtb-1 10.1.0.0/16"), Some("rtb-1 10.1.0.0/16")),
            (route("rtb-1 ::/0"), Some("rtb-1 ::/0")),
            (route("rtb-1 pl-0ab"), Some("rtb-1 pl-0ab")),
            (route("rtb-1 pl-"), None),
            (
                network_route("rtb-1 10.1.0.0/16"),
                Some("rtb-1 10.1.0.0/16"),
            ),
            (network_route("rtb-1 pl-0ab"), None),
            (route("rtb-1"), None),
            (route("rtb-1 everywhere"), None),
            (inline_policy("team own"), Some("team own")),
            (user_profile("d-1a2b/ada"), Some("d-1a2b/ada")),
            (
                user_profile(&arn("user-profile/d-1a2b/ada")),
                Some("d-1a2b/ada"),
            ),
            (named("lab.gpu-1", "image"), Some("lab.gpu-1")),
            (named(&arn("image/lab"), "image"), Some("lab")),
            (named(&arn("app-image-config/lab"), "image"), None),
            (named("lab/1", "image"), None),
            (image_version("lab/12"), Some("lab/12")),
            (image_version(&arn("image-version/lab/3")), Some("lab/3")),
            (image_version("lab/0"), None),
            (image_version("lab"), None),
            (user_profile("d-1a2b"), None),
            (space("d-1a2b/space/own"), Some("d-1a2b/space/own")),
            (space(&arn("space/d-1a2b/own")), Some("d-1a2b/space/own")),
            (space("d-1a2b/own"), None),
            (named("train", "pipeline"), Some("train")),
            (named(&arn("pipeline/train"), "pipeline"), Some("train")),
            (named(&arn("role/train"), "pipeline"), None),
            (pipeline("train"), None),
            (resource_share("share"), None),
            (
                shared("arn:aws:ram:r:1:resource-share/s 111122223333"),
                Some("arn:aws:ram:r:1:resource-share/s 111122223333"),
            ),
            (shared("arn:aws:ram:r:1:resource-share/s x"), None),
            (shared("arn:aws:ram:r:1:resource-share/s 1111"), None),
            (user_profile("d-1a2b/a/b"), None),
        ] {
            assert_eq!(made.as_deref(), id);
        }
        assert_eq!(
            place_in_arn(&arn("vpc/vpc-1")),
            Some((Some("111122223333"), Some("eu-west-1")))
        );
        assert_eq!(
            place_in_arn("arn:aws:iam::111122223333:role/r"),
            Some((Some("111122223333"), None))
        );
        assert_eq!(place_in_arn("vpc-1"), None);
    }
}
