//! Regions, availability zones and account attributes.

use super::filter::Filters;
use super::request::{Answer, Request, invalid};
use super::zones::{is_region, regions, zones};
use crate::sandbox::call::Fault;
use crate::sandbox::xml::Element;

pub(super) fn describe_regions(request: &mut Request<'_>) -> Answer {
    let filters = Filters::read(
        &request.query,
        &["endpoint", "opt-in-status", "region-name"],
    )?;
    let names = request.query.list("RegionName");
    if let Some(unknown) = names.iter().find(|name| !is_region(name)) {
        return Err(invalid("RegionName", unknown, "There is no such region."));
    }
    request.dry_run()?;
    let endpoint = |name: &str| format!("ec2.{name}.amazonaws.com");
    let items = regions()
        .filter(|name| names.is_empty() || names.iter().any(|wanted| wanted == name))
        .filter(|name| {
            filters.want(None, |filter| match filter {
                "endpoint" => vec![endpoint(name)],
                "opt-in-status" => vec!["opt-in-not-required".to_owned()],
                "region-name" => vec![(*name).to_owned()],
                _ => Vec::new(),
            })
        })
        .map(|name| {
            vec![
                Element::text("regionName", name),
                Element::text("regionEndpoint", endpoint(name)),
                Element::text("optInStatus", "opt-in-not-required"),
            ]
        })
        .collect();
    Ok(vec![Element::list("regionInfo", "item", items)])
}

pub(super) fn describe_zones(request: &mut Request<'_>) -> Answer {
    let filters = Filters::read(
        &request.query,
        &[
            "group-name",
            "message",
            "opt-in-status",
            "parent-zone-id",
            "parent-zone-name",
            "region-name",
            "state",
            "zone-id",
            "zone-name",
            "zone-type",
        ],
    )?;
    let names = request.query.list("ZoneName");
    let ids = request.query.list("ZoneId");
    let all = zones(request.region());
    let unknown_name = names
        .iter()
        .find(|name| !all.iter().any(|zone| zone.name == **name));
    let unknown_id = ids
        .iter()
        .find(|id| !all.iter().any(|zone| zone.id == **id));
    if let Some(unknown) = unknown_name.or(unknown_id) {
        return Err(Fault::client(
            "InvalidParameterValue",
            format!("Invalid availability zone: [{unknown}]"),
        ));
    }
    request.dry_run()?;
    let group = format!("{}-zg-1", request.region());
    let items = all
        .iter()
        .filter(|zone| names.is_empty() || names.contains(&zone.name))
        .filter(|zone| ids.is_empty() || ids.contains(&zone.id))
        .filter(|zone| {
            filters.want(None, |filter| {
                match filter {
                    "group-name" => vec![group.as_str()],
                    "opt-in-status" => vec!["opt-in-not-required"],
                    "region-name" => vec![request.region()],
                    "state" => vec!["available"],
                    "zone-id" => vec![zone.id.as_str()],
                    "zone-name" => vec![zone.name.as_str()],
                    "zone-type" => vec!["availability-zone"],
                    _ => Vec::new(),
                }
                .into_iter()
                .map(str::to_owned)
                .collect()
            })
        })
        .map(|zone| {
            vec![
                Element::text("zoneName", &zone.name),
                Element::text("zoneId", &zone.id),
                Element::text("zoneState", "available"),
                Element::text("zoneType", "availability-zone"),
                Element::text("regionName", request.region()),
                Element::text("groupName", &group),
                Element::text("networkBorderGroup", request.region()),
                Element::text("optInStatus", "opt-in-not-required"),
                Element::parent("messageSet", Vec::new()),
            ]
        })
        .collect();
    Ok(vec![Element::list("availabilityZoneInfo", "item", items)])
}

pub(super) fn describe_account_attributes(request: &mut Request<'_>) -> Answer {
    let wanted = request.query.list("AttributeName");
    request.dry_run()?;
    let attributes: [(&str, &[&str]); 2] = [
        ("supported-platforms", &["VPC"]),
        ("default-vpc", &["none"]),
    ];
    let items = attributes
        .into_iter()
        .filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|one| one == name))
        .map(|(name, values)| {
            let values = values
                .iter()
                .map(|value| vec![Element::text("attributeValue", value)])
                .collect();
            vec![
                Element::text("attributeName", name),
                Element::list("attributeValueSet", "item", values),
            ]
        })
        .collect();
    Ok(vec![Element::list("accountAttributeSet", "item", items)])
}
