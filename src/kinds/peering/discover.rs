//! Peerings in discovery: those of a VPC on either side. Their routes are written in the route tables
//! that hold them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_ec2::types::VpcPeeringConnection;

use super::read::options;
use super::schema::{ACCEPTER_OPTIONS, REQUESTER_OPTIONS};
use super::status;
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{self, Around, Near, Portrait, Ways};
use crate::kinds::ec2::describe::{by_chunks, filter, peerings};
use crate::kinds::reading::together;
use crate::value::Value;

/// Other sides that are asked at the same time.
const SIDES_AT_ONCE: usize = 4;

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
    let ids = discovery::ids(portraits);
    let own = peerings::by_id(aws, place, &ids).await?;
    let mut sides: BTreeMap<Place, BTreeSet<String>> = BTreeMap::new();
    for portrait in &mut *portraits {
        let Some(own) = own.get(&portrait.actual.id) else {
            continue;
        };
        portrait.elsewhere = near(place, own).and_then(|near| near.elsewhere);
        if portrait.elsewhere.is_none()
            && status::is_accepted(own)
            && let Some(there) = accepter(place, ways, portrait)
        {
            let ids = sides.entry(there).or_default();
            ids.insert(portrait.actual.id.clone());
        }
    }
    let mut reads = Vec::with_capacity(sides.len());
    for (there, ids) in &sides {
        reads.push(peerings::by_id(aws, there, ids));
    }
    let others = together(SIDES_AT_ONCE, reads).await?;
    let asked: BTreeSet<&String> = sides.values().flatten().collect();
    let others: BTreeMap<String, VpcPeeringConnection> = others.into_iter().flatten().collect();
    for portrait in portraits {
        let id = &portrait.actual.id;
        let Some(own) = own.get(id).filter(|_| asked.contains(id)) else {
            continue;
        };
        let requester = resolves(own, REQUESTER_OPTIONS.kind);
        let accepter = others
            .get(id)
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

/// Where the accepter of a peering is, if there is a way in.
fn accepter(place: &Place, ways: &Ways, portrait: &Portrait) -> Option<Place> {
    let text = |name: &str| portrait.actual.attributes.get(name)?.as_str();
    let account = text("accepter_account").unwrap_or(&place.account);
    ways.to(account, text("accepter_region"))
}

/// Whether a side lets the other one resolve its names.
fn resolves(peering: &VpcPeeringConnection, kind: &str) -> bool {
    let side = options(peering, kind);
    let flag = side.attributes.get("dns_resolution");
    flag.and_then(|flag| flag.as_bool()).unwrap_or_default()
}
