//! Roles in discovery: what refers to them leads there.

use super::schema::INLINE_POLICY;
use crate::kinds::discovery::Portrait;
use crate::value::{Map, Value};

/// Paths of roles that AWS makes and looks after, with what they are.
const OF_AWS: &[(&str, &str)] = &[
    ("/aws-service-role/", "a service-linked role"),
    ("/aws-reserved/", "a role of IAM Identity Center"),
];

/// Leaves out what AWS looks after; the usual path is not written.
pub(super) fn portray(portraits: &mut [Portrait]) {
    for portrait in portraits {
        let path = portrait.actual.attributes.get("path");
        let path = path.and_then(Value::as_str).unwrap_or_default();
        let of_aws = OF_AWS.iter().find(|(start, _)| path.starts_with(start));
        if let Some((_, what)) = of_aws {
            portrait.left_out = Some(format!("{what}, which AWS looks after"));
        }
        portrait.drop_text("path", Some("/"));
    }
}

/// An inline policy is called by its name.
pub(super) fn nickname(kind: &str, attributes: &Map) -> Option<String> {
    let name = attributes
        .get("name")
        .filter(|_| kind == INLINE_POLICY.kind);
    name?.as_str().map(str::to_owned)
}
