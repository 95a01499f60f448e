//! Route tables in discovery: those of a VPC; its main one came with it and is left out.

use std::collections::BTreeSet;

use super::read::routes_of;
use super::schema::ROUTE;
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{Around, Near, Portrait};
use crate::kinds::ec2::describe::tables;
use crate::kinds::ec2::near;
use crate::value::Map;

/// The tables of what was found.
pub(super) async fn around(
    aws: &Aws,
    place: &Place,
    around: &Around,
) -> Result<Vec<Near>, Failure> {
    near::of_vpcs(
        around,
        "vpc-id",
        |filters| tables::list(aws, place, filters),
        |one| one.route_table_id,
    )
    .await
}

/// Leaves main tables out, and says which routes somebody put into them.
pub(super) async fn portray(
    aws: &Aws,
    place: &Place,
    portraits: &mut [Portrait],
) -> Result<(), Failure> {
    let ids: BTreeSet<String> = portraits.iter().map(|one| one.actual.id.clone()).collect();
    let found = tables::by_id(aws, place, &ids).await?;
    for portrait in portraits {
        let Some(table) = found.get(&portrait.actual.id) else {
            continue;
        };
        if table
            .associations()
            .iter()
            .any(|one| one.main() == Some(true))
        {
            let routes = routes_of(table);
            portrait.left_out = Some(match routes.is_empty() {
                true => "the main route table, which came with its VPC".to_owned(),
                false => format!(
                    "the main route table, which came with its VPC; {} stays as it is",
                    routes.join(", ")
                ),
            });
        }
    }
    Ok(())
}

/// A route is called after where it leads.
pub(super) fn nickname(kind: &str, attributes: &Map) -> Option<String> {
    if kind != ROUTE.kind {
        return None;
    }
    let text = |name: &str| attributes.get(name).and_then(|value| value.as_str());
    match (text("to"), text("prefix_list")) {
        (Some("0.0.0.0/0"), _) => Some("out".to_owned()),
        (Some("::/0"), _) => Some("out_ipv6".to_owned()),
        (Some(network), _) => Some(format!("to_{network}")),
        (None, list) => list.map(|list| format!("to_{list}")),
    }
}
