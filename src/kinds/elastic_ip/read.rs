//! Reading elastic IP addresses: all that are wanted at once.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::Address;

use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::ec2::describe::addresses;
use crate::kinds::ec2::fields::{Fields, arn};
use crate::kinds::{Actual, Wanted};

pub async fn read(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<Vec<Option<Actual>>, Failure> {
    let ids: BTreeSet<String> = wanted.iter().map(|one| one.id.clone()).collect();
    let found = addresses::by_id(aws, place, &ids).await?;
    let actual = |one: &Wanted| found.get(&one.id).map(|address| actual(place, address));
    Ok(wanted.iter().map(actual).collect())
}

fn actual(place: &Place, address: &Address) -> Actual {
    let id = address.allocation_id().unwrap_or_default();
    Actual::new(
        id,
        Fields::new()
            .text("id", Some(id))
            .text("arn", Some(&arn(place, &format!("elastic-ip/{id}"))))
            .text("address", address.public_ip())
            .text("public_ip", address.public_ip())
            .text("public_ipv4_pool", address.public_ipv4_pool())
            .text("network_border_group", address.network_border_group())
            .tags(Some(address.tags()), true)
            .done(),
    )
}
