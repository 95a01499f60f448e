//! One API call as the services see it, and what they answer.

use std::collections::BTreeMap;

/// An API call after its protocol, credentials and region have been read from the request.
#[derive(Debug, Clone)]
pub struct Call {
    /// The access key id it was signed with.
    pub access_key: String,
    /// The caller's account: from the access key (dummy keys: an access key id of twelve digits is
    /// that account, keys of an assumed role are the role's account, any other is the default one).
    pub account: String,
    /// The region in the credential scope of the signature.
    pub region: String,
    /// The caller's ARN, as STS tells it.
    pub caller_arn: String,
    /// The operation's name, `CreateVpc`.
    pub operation: String,
    /// Its arguments.
    pub input: Input,
    /// The sandbox's time, milliseconds since the epoch.
    pub now_ms: u64,
}

/// The arguments of a call, by protocol.
#[derive(Debug, Clone)]
pub enum Input {
    /// `query` and `ec2` protocols: flat names such as `Filter.1.Value.2`.
    Query(Query),
    /// `json`: the body. `rest-json`: the body, with path and query parameters merged in by the
    /// names of the API model.
    Json(serde_json::Value),
    /// `rest-xml`: the request itself, taken apart.
    Rest(super::s3::request::Rest),
}

impl Call {
    /// The query arguments (empty for other services).
    #[must_use]
    pub fn query(&self) -> Query {
        match &self.input {
            Input::Query(query) => query.clone(),
            Input::Json(_) | Input::Rest(_) => Query::default(),
        }
    }

    /// The JSON arguments (null for other services).
    #[must_use]
    pub fn json(&self) -> &serde_json::Value {
        const NULL: &serde_json::Value = &serde_json::Value::Null;
        match &self.input {
            Input::Json(json) => json,
            Input::Query(_) | Input::Rest(_) => NULL,
        }
    }
}

/// The flat arguments of a query call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(pub BTreeMap<String, String>);

impl Query {
    /// The argument of this name, unless it is empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The arguments below `name.`, with that prefix taken off.
    #[must_use]
    pub fn below(&self, name: &str) -> Query {
        let prefix = format!("{name}.");
        Query(
            self.0
                .range(prefix.clone()..)
                .take_while(|(key, _)| key.starts_with(&prefix))
                .filter_map(|(key, value)| {
                    Some((key.get(prefix.len()..)?.to_owned(), value.clone()))
                })
                .collect(),
        )
    }

    /// The scalar list `name.1`, `name.2` … (also `name.member.1` of the `query` protocol).
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<String> {
        self.structures(name)
            .into_iter()
            .filter_map(|item| item.get("").map(str::to_owned))
            .collect()
    }

    /// The list of structures `name.1.X`, `name.2.X` … (also with `.member`), in numeric order.
    /// A scalar item is a structure with the one argument named "".
    #[must_use]
    pub fn structures(&self, name: &str) -> Vec<Query> {
        let mut items: BTreeMap<u32, Query> = BTreeMap::new();
        for (key, value) in self.below(name).0 {
            let key = key.strip_prefix("member.").unwrap_or(&key);
            let (number, rest) = key.split_once('.').unwrap_or((key, ""));
            if let Ok(number) = number.parse() {
                items
                    .entry(number)
                    .or_default()
                    .0
                    .insert(rest.to_owned(), value);
            }
        }
        items.into_values().collect()
    }
}

/// An AWS error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// HTTP status.
    pub status: u16,
    /// AWS's code, `InvalidVpcID.NotFound`.
    pub code: String,
    /// AWS's kind of text.
    pub message: String,
}

impl Fault {
    /// A fault of the caller's making: HTTP 400.
    pub fn client(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::with_status(400, code, message)
    }

    /// The operation is none of the service's (JSON services).
    #[must_use]
    pub fn unknown_operation(operation: &str) -> Self {
        Self::client(
            "UnknownOperationException",
            format!("The requested operation {operation} is not known to this service."),
        )
    }

    /// The operation is none of the service's (query services).
    #[must_use]
    pub fn invalid_action(operation: &str) -> Self {
        Self::client(
            "InvalidAction",
            format!("The action {operation} is not valid for this web service."),
        )
    }

    /// A fault with another status.
    pub fn with_status(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
        }
    }
}
