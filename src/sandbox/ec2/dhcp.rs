//! DHCP options: each account has the one default set in a region, and every VPC uses it.

use sha2::{Digest, Sha256};

use super::ids::Kind;
use super::request::{Answer, Request};
use crate::sandbox::xml::Element;

/// The id of the default set.
pub(super) fn id(request: &Request<'_>) -> String {
    /// The length of AWS's long ids.
    const HEX_DIGITS: usize = 17;
    let digest = hex::encode(Sha256::digest(format!(
        "dopt/{}/{}",
        request.account(),
        request.region()
    )));
    format!("dopt-{}", digest.get(..HEX_DIGITS).unwrap_or_default())
}

pub(super) fn describe(request: &mut Request<'_>) -> Answer {
    let id = id(request);
    for wanted in request.query.list("DhcpOptionsId") {
        Kind::DhcpOptions.check(&wanted)?;
        if wanted != id {
            return Err(Kind::DhcpOptions.not_found(&wanted));
        }
    }
    let filters = super::filter::Filters::read(
        &request.query,
        &["dhcp-options-id", "key", "owner-id", "tag-key", "value"],
    )?;
    request.dry_run()?;
    let options = [
        (
            "domain-name",
            format!("{}.compute.internal", request.region()),
        ),
        ("domain-name-servers", "AmazonProvidedDNS".to_owned()),
    ];
    let wanted = filters.want(None, |filter| match filter {
        "dhcp-options-id" => vec![id.clone()],
        "owner-id" => vec![request.account().to_owned()],
        "key" => options.iter().map(|(key, _)| (*key).to_owned()).collect(),
        "value" => options.iter().map(|(_, value)| value.clone()).collect(),
        _ => Vec::new(),
    });
    let set = vec![
        Element::text("dhcpOptionsId", &id),
        Element::text("ownerId", request.account()),
        Element::list(
            "dhcpConfigurationSet",
            "item",
            options
                .iter()
                .map(|(key, value)| {
                    let value = vec![Element::text("value", value)];
                    vec![
                        Element::text("key", key),
                        Element::list("valueSet", "item", vec![value]),
                    ]
                })
                .collect(),
        ),
    ];
    let sets = if wanted { vec![set] } else { Vec::new() };
    Ok(vec![Element::list("dhcpOptionsSet", "item", sets)])
}
