//! Peerings in discovery: those of a VPC on either side. Their routes are written in the route tables
//! that hold them.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_sdk_ec2::types::VpcPeeringConnection;

use super::read::options;
use super::schema::{ACCEPTER_OPTIONS, REQUESTER_OPTIONS};
use super::status;
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{Around, Near, Portrait, Ways};
use crate::kinds::ec2::describe::{by_chunks, filter, peerings};
use crate::value::Value;

/// The peerings of what was found.
pub(super) async fn around(
    aws: &Aws,
    place: &Place,
    around: &Around,
) -> Result<Vec<Near>, Failure> {
    let vpcs: BTreeSet<String> = around.ids("vpc").into_iter().collect();
    let (asks, accepts) = futures::try_join!(
        by_chunks(&vpcs, |chunk| peerings::list(
            aws,
            place,
            vec![filter("requester-vpc-info.vpc-id", chunk)]
        )),
        by_chunks(&vpcs, |chunk| peerings::list(
            aws,
            place,
            vec![filter("accepter-vpc-info.vpc-id", chunk)]
        )),
    )?;
    let all = asks.into_iter().chain(accepts).filter(status::lives);
    Ok(all.filter_map(|peering| near(place, &peering)).collect())
}

/// A peering is where its requester is.
fn near(place: &Place, peering: &VpcPeeringConnection) -> Option<Near> {
    let id = peering.vpc_peering_connection_id()?;
    let requester = peering.requester_vpc_info();
    let account = requester.and_then(|info| info.owner_id());
    let region = requester.and_then(|info| info.region());
    let account = account.unwrap_or(&place.account);
    let region = region.unwrap_or(&place.region);
    let is_here = *account == *place.account && *region == *place.region;
    Some(Near {
        id: id.to_owned(),
        elsewhere: (!is_here).then(|| (account.to_owned(), region.to_owned())),
    })
}

/// Adds what each side lets the other one resolve: a side is asked with its own credentials.
pub(super) async fn portray(
    aws: &Aws,
    place: &Place,
    ways: &Ways,
    portraits: &mut [Portrait],
) -> Result<(), Failure> {
    for portrait in portraits {
        let id = portrait.actual.id.clone();
        let Some(own) = peerings::one(aws, place, &id).await? else {
            continue;
        };
        portrait.elsewhere = near(place, &own).and_then(|near| near.elsewhere);
        if portrait.elsewhere.is_some() {
            continue;
        }
        let text = |name: &str| {
            let value = portrait.actual.attributes.get(name)?;
            value.as_str().map(str::to_owned)
        };
        let (account, region) = (text("accepter_account"), text("accepter_region"));
        let account = account.unwrap_or_else(|| place.account.to_string());
        let Some(there) = ways.to(&account, region.as_deref()) else {
            continue;
        };
        if !status::is_accepted(&own) {
            continue;
        }
        let other = peerings::one(aws, &there, &id).await?;
        let resolves = |peering: &VpcPeeringConnection, kind: &str| {
            let side = options(peering, kind);
            let flag = side.attributes.get("dns_resolution");
            flag.and_then(|flag| flag.as_bool()).unwrap_or_default()
        };
        let requester = resolves(&own, REQUESTER_OPTIONS.kind);
        let accepter = other
            .as_ref()
            .is_some_and(|other| resolves(other, ACCEPTER_OPTIONS.kind));
        let names: &[&str] = match (requester, accepter) {
            (true, true) => &["dns_resolution"],
            (true, false) => &["requester_dns_resolution"],
            (false, true) => &["accepter_dns_resolution"],
            (false, false) => &[],
        };
        for name in names {
            let members = &mut portrait.actual.attributes;
            members.insert(Arc::from(*name), Value::bool(true));
        }
    }
    Ok(())
}
