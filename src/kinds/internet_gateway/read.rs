//! Reading internet gateways with their attachments.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::InternetGateway;

use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::ec2::describe::gateways;
use crate::kinds::ec2::fields::{Fields, arn};
use crate::kinds::ec2::listed::listed;
use crate::kinds::{Actual, Listed, Wanted};

pub async fn read(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<Vec<Option<Actual>>, Failure> {
    let ids: BTreeSet<String> = wanted
        .iter()
        .map(|one| gateway_of(&one.id).0.to_owned())
        .collect();
    let found = gateways::by_id(aws, place, &ids).await?;
    Ok(wanted
        .iter()
        .map(|one| {
            let (id, vpc) = gateway_of(&one.id);
            let gateway = found.get(id)?;
            match vpc {
                None => Some(actual(place, gateway)),
                Some(vpc) => attached(gateway, vpc).then(|| attachment(id, vpc)),
            }
        })
        .collect())
}

/// Every gateway of the place, for `existing`.
pub async fn list(aws: &Aws, place: &Place) -> Result<Vec<Listed>, Failure> {
    let found = gateways::list(aws, place, Vec::new()).await?;
    Ok(found
        .into_iter()
        .filter_map(|one| listed(one.internet_gateway_id, None, one.tags))
        .collect())
}

/// The gateway, and the VPC of an attachment: `igw-1`, or `igw-1 vpc-1`.
pub fn gateway_of(id: &str) -> (&str, Option<&str>) {
    match id.split_once(' ') {
        Some((gateway, vpc)) => (gateway, Some(vpc)),
        None => (id, None),
    }
}

/// Whether the gateway is attached to this VPC (AWS says `available` for `attached`).
pub fn attached(gateway: &InternetGateway, vpc: &str) -> bool {
    gateway.attachments().iter().any(|attachment| {
        attachment.vpc_id() == Some(vpc)
            && attachment
                .state()
                .is_none_or(|state| matches!(state.as_str(), "available" | "attached"))
    })
}

/// Whether the gateway is attached to this VPC, or on its way there: an attach that was begun needs
/// no second one.
pub fn attaching(gateway: &InternetGateway, vpc: &str) -> bool {
    attached(gateway, vpc)
        || gateway.attachments().iter().any(|attachment| {
            attachment.vpc_id() == Some(vpc)
                && attachment
                    .state()
                    .is_some_and(|state| state.as_str() == "attaching")
        })
}

pub fn attachment(gateway: &str, vpc: &str) -> Actual {
    Actual::new(
        format!("{gateway} {vpc}"),
        Fields::new()
            .text("gateway", Some(gateway))
            .text("vpc", Some(vpc))
            .done(),
    )
}

fn actual(place: &Place, gateway: &InternetGateway) -> Actual {
    let id = gateway.internet_gateway_id().unwrap_or_default();
    Actual::new(
        id,
        Fields::new()
            .text("id", Some(id))
            .text("arn", Some(&arn(place, &format!("internet-gateway/{id}"))))
            .text("owner", gateway.owner_id())
            .tags(Some(gateway.tags()), true)
            .done(),
    )
}
