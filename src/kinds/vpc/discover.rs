//! VPCs in discovery: those that AWS made with the account are left out.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::NetworkAcl;

use super::read::{acls, lives};
use super::schema::SECONDARY_CIDR;
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{self, Around, Near, Portrait};
use crate::kinds::ec2::describe::{by_chunks, filter, vpcs};

/// All VPCs, where all are asked for.
pub(super) async fn around(
    aws: &Aws,
    place: &Place,
    around: &Around,
) -> Result<Vec<Near>, Failure> {
    if !around.everything {
        return Ok(Vec::new());
    }
    let found = vpcs::list(aws, place, Vec::new()).await?;
    Ok(found
        .into_iter()
        .filter_map(|vpc| vpc.vpc_id.map(Near::here))
        .collect())
}

/// Leaves default VPCs out, and adds the further networks of the others.
pub(super) async fn portray(
    aws: &Aws,
    place: &Place,
    portraits: &mut [Portrait],
) -> Result<(), Failure> {
    let ids = discovery::ids(portraits);
    let (found, acls) = futures::try_join!(
        vpcs::by_id(aws, place, &ids),
        by_chunks(&ids, |chunk| acls(
            aws,
            place,
            vec![filter("vpc-id", chunk)]
        )),
    )?;
    let mut by_vpc: BTreeMap<String, Vec<NetworkAcl>> = BTreeMap::new();
    for acl in acls {
        if let Some(vpc) = acl.vpc_id().map(str::to_owned) {
            by_vpc.entry(vpc).or_default().push(acl);
        }
    }
    for portrait in portraits {
        let Some(vpc) = found.get(&portrait.actual.id) else {
            continue;
        };
        if vpc.is_default() == Some(true) {
            portrait.left_out = Some("the default VPC, which AWS made".to_owned());
            continue;
        }
        let own = by_vpc.get(&portrait.actual.id).into_iter().flatten();
        portrait.beside.extend(own.filter_map(|acl| {
            let why = match acl.is_default() {
                Some(true) => "the default network ACL, which came with its VPC",
                _ => "network ACLs cannot be declared",
            };
            Some((
                "network_acl",
                acl.network_acl_id()?.to_owned(),
                why.to_owned(),
            ))
        }));
        let further = vpc.cidr_block_association_set().iter();
        let further = further.filter(|one| lives(one) && one.cidr_block() != vpc.cidr_block());
        portrait.parts.extend(
            further.filter_map(|one| Some((SECONDARY_CIDR.kind, one.association_id()?.to_owned()))),
        );
    }
    Ok(())
}
