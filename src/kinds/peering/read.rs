//! Reading peerings, from whichever side asks.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{VpcPeeringConnection, VpcPeeringConnectionVpcInfo};

use super::status;
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::ec2::describe::peerings;
use crate::kinds::ec2::fields::Fields;
use crate::kinds::ec2::listed::listed;
use crate::kinds::route_table::route;
use crate::kinds::{Actual, Listed, Wanted};

pub async fn read(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<Vec<Option<Actual>>, Failure> {
    let is_route = |one: &Wanted| one.kind.ends_with("_routes");
    let routes: Vec<Wanted> = wanted.iter().filter(|one| is_route(one)).cloned().collect();
    let ids: BTreeSet<String> = wanted
        .iter()
        .filter(|one| !is_route(one))
        .map(|one| one.id.clone())
        .collect();
    let (found, found_routes) = futures::try_join!(
        peerings::by_id(aws, place, &ids),
        route::read(aws, place, &routes)
    )?;
    let mut found_routes = found_routes.into_iter();
    Ok(wanted
        .iter()
        .map(|one| {
            if is_route(one) {
                return found_routes.next().flatten();
            }
            let peering = found.get(&one.id).filter(|one| status::lives(one))?;
            match &*one.kind {
                "peering" => Some(actual(peering)),
                "peering.acceptance" => status::is_accepted(peering).then(|| acceptance(peering)),
                kind => status::is_accepted(peering).then(|| options(peering, kind)),
            }
        })
        .collect())
}

/// Every peering of the place, for `existing`.
pub async fn list(aws: &Aws, place: &Place) -> Result<Vec<Listed>, Failure> {
    let found = peerings::list(aws, place, Vec::new()).await?;
    Ok(found
        .into_iter()
        .filter(status::lives)
        .filter_map(|one| listed(one.vpc_peering_connection_id, None, one.tags))
        .collect())
}

fn state(peering: &VpcPeeringConnection) -> Option<&str> {
    status::code(peering).map(|code| code.as_str())
}

fn actual(peering: &VpcPeeringConnection) -> Actual {
    let id = peering.vpc_peering_connection_id().unwrap_or_default();
    let accepter = peering.accepter_vpc_info();
    Actual::new(
        id,
        Fields::new()
            .text("id", Some(id))
            .text("status", state(peering))
            .text(
                "requester",
                peering.requester_vpc_info().and_then(|info| info.vpc_id()),
            )
            .text("accepter", accepter.and_then(|info| info.vpc_id()))
            .text(
                "accepter_account",
                accepter.and_then(|info| info.owner_id()),
            )
            .text("accepter_region", accepter.and_then(|info| info.region()))
            .tags(Some(peering.tags()), true)
            .done(),
    )
}

pub fn acceptance(peering: &VpcPeeringConnection) -> Actual {
    let id = peering.vpc_peering_connection_id().unwrap_or_default();
    Actual::new(
        id,
        Fields::new()
            .text("peering", Some(id))
            .text("status", state(peering))
            .tags(Some(peering.tags()), true)
            .done(),
    )
}

/// The options of one side, by the kind word of the part.
pub fn options(peering: &VpcPeeringConnection, kind: &str) -> Actual {
    let id = peering.vpc_peering_connection_id().unwrap_or_default();
    let side = side(peering, kind);
    let dns = side
        .and_then(|info| info.peering_options())
        .and_then(|options| options.allow_dns_resolution_from_remote_vpc());
    Actual::new(
        id,
        Fields::new()
            .text("peering", Some(id))
            .flag("dns_resolution", Some(dns.unwrap_or_default()))
            .done(),
    )
}

fn side<'a>(
    peering: &'a VpcPeeringConnection,
    kind: &str,
) -> Option<&'a VpcPeeringConnectionVpcInfo> {
    if kind == "peering.requester_options" {
        peering.requester_vpc_info()
    } else {
        peering.accepter_vpc_info()
    }
}
