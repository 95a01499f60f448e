//! Route tables in discovery: those of a VPC; its main one came with it and is left out.

use aws_sdk_ec2::types::RouteTable;

use super::read::routes_of;
use super::schema::ROUTE;
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{self, Around, Near, Portrait};
use crate::kinds::ec2::describe::tables;
use crate::kinds::ec2::{ANYWHERE, ANYWHERE_IPV6, near};
use crate::value::Map;

/// What the association of a table with a gateway is called, which is no kind.
const GATEWAY_ASSOCIATION: &str = "gateway_association";

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

/// Leaves main tables out, and says which routes somebody put into them. An association with a gateway
/// is told: it cannot be declared.
pub(super) async fn portray(
    aws: &Aws,
    place: &Place,
    portraits: &mut [Portrait],
) -> Result<(), Failure> {
    let ids = discovery::ids(portraits);
    let found = tables::by_id(aws, place, &ids).await?;
    for portrait in portraits {
        let Some(table) = found.get(&portrait.actual.id) else {
            continue;
        };
        let beside = of_gateways(table);
        let is_beside = |id: &str| beside.iter().any(|(_, there, _)| there == id);
        portrait
            .actual
            .inside
            .retain(|inside| !is_beside(&inside.id));
        portrait.beside.extend(beside);
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

/// The associations of a table with gateways, each with its id and why it is not written.
fn of_gateways(table: &RouteTable) -> Vec<(&'static str, String, String)> {
    let all = table.associations().iter();
    all.filter_map(|one| {
        let (id, gateway) = (one.route_table_association_id()?, one.gateway_id()?);
        let table = table.route_table_id().unwrap_or_default();
        let why = format!("of {table} with {gateway}: only those of subnets can be declared");
        Some((GATEWAY_ASSOCIATION, id.to_owned(), why))
    })
    .collect()
}

/// A route is called after where it leads.
pub(super) fn nickname(kind: &str, attributes: &Map) -> Option<String> {
    if kind != ROUTE.kind {
        return None;
    }
    let text = |name: &str| attributes.get(name).and_then(|value| value.as_str());
    match (text("to"), text("prefix_list")) {
        (Some(ANYWHERE), _) => Some("out".to_owned()),
        (Some(ANYWHERE_IPV6), _) => Some("out_ipv6".to_owned()),
        (Some(network), _) => Some(format!("to_{network}")),
        (None, list) => list.map(|list| format!("to_{list}")),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::RouteTableAssociation;

    use super::*;

    #[test]
    fn associations_with_gateways_are_told() {
        let one = |id: &str| RouteTableAssociation::builder().route_table_association_id(id);
        let table = RouteTable::builder()
            .route_table_id("rtb-1")
            .associations(one("rtbassoc-1").subnet_id("subnet-1").build())
            .associations(one("rtbassoc-2").gateway_id("igw-1").build())
            .associations(one("rtbassoc-3").main(true).build())
            .build();
        assert_eq!(
            of_gateways(&table),
            [(
                GATEWAY_ASSOCIATION,
                "rtbassoc-2".to_owned(),
                "of rtb-1 with igw-1: only those of subnets can be declared".to_owned()
            )]
        );
    }
}
