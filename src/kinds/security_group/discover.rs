//! Security groups in discovery: those of a VPC, but for the default one and those that SageMaker
//! made for its file systems.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::rule::{ALL, is_aws_own_egress, is_egress_inside};
use super::schema::{EGRESS, INGRESS};
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{self, Around, Near, Portrait};
use crate::kinds::ec2::describe::{by_chunks, filter, groups, rules};
use crate::kinds::ec2::near;
use crate::kinds::home_efs;
use crate::value::{Data, Map, Value};

/// The name of the group that comes with each VPC.
const DEFAULT: &str = "default";
/// Well-known ports, by which rules are called.
const PORTS: &[(u16, &str)] = &[
    (22, "ssh"),
    (53, "dns"),
    (80, "http"),
    (443, "https"),
    (988, "lustre"),
    (2049, "nfs"),
    (8998, "livy"),
    (10_000, "hive"),
];

/// The groups of what was found.
pub(super) async fn around(
    aws: &Aws,
    place: &Place,
    around: &Around,
) -> Result<Vec<Near>, Failure> {
    near::of_vpcs(
        around,
        "vpc-id",
        |filters| groups::list(aws, place, filters),
        |one| one.group_id,
    )
    .await
}

/// Leaves out what is nobody's to declare. AWS's own egress rule is no block: a group that has it
/// beside others says so, and so does one that lets nothing out, since a group without `egress` has
/// AWS's own.
pub(super) async fn portray(
    aws: &Aws,
    place: &Place,
    portraits: &mut [Portrait],
) -> Result<(), Failure> {
    let ids = discovery::ids(portraits);
    let found = by_chunks(&ids, |chunk| {
        rules::list(aws, place, vec![filter("group-id", chunk)])
    })
    .await?;
    let of_aws: BTreeSet<&str> = found
        .iter()
        .filter(|rule| is_aws_own_egress(rule))
        .filter_map(|rule| rule.security_group_rule_id())
        .collect();
    for portrait in portraits {
        let members = &mut portrait.actual.attributes;
        let tags = members.get("tags").and_then(Value::as_map);
        if tags.is_some_and(|tags| tags.contains_key(home_efs::MARK)) {
            portrait.left_out =
                Some("a group that SageMaker made for a domain's home file system".to_owned());
        } else if members.get("name").and_then(Value::as_str) == Some(DEFAULT) {
            portrait.left_out = Some("the default group, which came with its VPC".to_owned());
        } else {
            let inside = &mut portrait.actual.inside;
            let before = inside.len();
            inside.retain(|one| !of_aws.contains(one.id.as_str()));
            let keeps = inside.len() < before;
            if inside.iter().any(is_egress_inside) == keeps {
                members.insert(Arc::from("default_egress"), Value::bool(keeps));
            }
        }
    }
    Ok(())
}

/// A rule is called after what it lets through.
pub(super) fn nickname(kind: &str, attributes: &Map) -> Option<String> {
    if kind != INGRESS.kind && kind != EGRESS.kind {
        return None;
    }
    let protocol = attributes.get("protocol").and_then(Value::as_str)?;
    let Some(Data::Ports(from, to)) = attributes.get("ports").map(|value| &value.data) else {
        let protocol = if protocol == ALL { "all" } else { protocol };
        return Some(protocol.to_owned());
    };
    let known = PORTS.iter().find(|(port, _)| (port, port) == (from, to));
    Some(match known {
        Some((_, name)) => (*name).to_owned(),
        None if from == to => format!("{protocol}_{from}"),
        None => format!("{protocol}_{from}_{to}"),
    })
}
