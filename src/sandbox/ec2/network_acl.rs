//! Network ACLs: every VPC has its default one, which lets everything through.

use std::collections::BTreeSet;

use super::describe::Page;
use super::filter::Filters;
use super::ids::Kind;
use super::request::{Answer, Request};
use super::state::Vpc;
use crate::sandbox::xml::Element;

/// Number, action of the entries of a default ACL, in each direction.
const ENTRIES: [(u16, &str); 2] = [(100, "allow"), (32767, "deny")];

pub(super) fn describe(request: &mut Request<'_>) -> Answer {
    let filters = Filters::read(
        &request.query,
        &[
            "association.association-id",
            "association.network-acl-id",
            "association.subnet-id",
            "default",
            "network-acl-id",
            "owner-id",
            "tag-key",
            "vpc-id",
        ],
    )?;
    let ids = request.query.list("NetworkAclId");
    for id in &ids {
        request.must_exist(Kind::NetworkAcl, id)?;
    }
    let page = Page::read(request, super::describe::MOST)?;
    request.dry_run()?;
    let ec2 = request.ec2();
    // Of a VPC's own ACL nobody has to look through all of them.
    let of_vpcs = filters.exact().find(|(name, _)| *name == "vpc-id");
    let vpcs: Box<dyn Iterator<Item = (&String, &Vpc)>> = match (ec2, of_vpcs) {
        (None, _) => Box::new(std::iter::empty()),
        (Some(ec2), None) => Box::new(ec2.vpcs.iter()),
        (Some(ec2), Some((_, vpcs))) => {
            let vpcs: BTreeSet<&String> = vpcs.iter().collect();
            Box::new(
                vpcs.into_iter()
                    .filter_map(|id| Some((id, ec2.vpcs.get(id)?))),
            )
        }
    };
    let mut acls: Vec<(&String, &Vpc)> = vpcs
        .filter(|(_, vpc)| ids.is_empty() || ids.contains(&vpc.network_acl))
        .filter(|(_, vpc)| page.is_after(&vpc.network_acl))
        .filter(|(id, vpc)| {
            let tags = ec2.and_then(|ec2| ec2.tags_of(&vpc.network_acl));
            filters.want(tags, |filter| match filter {
                "association.association-id" => associations(request, id)
                    .map(|(_, association)| association.clone())
                    .collect(),
                "association.network-acl-id" => associations(request, id)
                    .map(|_| vpc.network_acl.clone())
                    .collect(),
                "association.subnet-id" => associations(request, id)
                    .map(|(subnet, _)| subnet.clone())
                    .collect(),
                "default" => vec!["true".to_owned()],
                "network-acl-id" => vec![vpc.network_acl.clone()],
                "owner-id" => vec![request.account().to_owned()],
                "vpc-id" => vec![(*id).clone()],
                _ => Vec::new(),
            })
        })
        .collect();
    acls.sort_by(|(_, one), (_, other)| one.network_acl.cmp(&other.network_acl));
    let (acls, next) = page.cut(acls.into_iter(), |(_, vpc)| vpc.network_acl.as_str());
    let items = acls
        .into_iter()
        .map(|(id, vpc)| show(request, id, vpc))
        .collect();
    Ok(
        std::iter::once(Element::list("networkAclSet", "item", items))
            .chain(next.map(|token| Element::text("nextToken", token)))
            .collect(),
    )
}

/// The subnets of a VPC with their associations.
fn associations<'a>(
    request: &'a Request<'_>,
    vpc: &str,
) -> impl Iterator<Item = (&'a String, &'a String)> + use<'a> {
    let ec2 = request.ec2();
    ec2.and_then(|ec2| ec2.index.in_vpc(vpc))
        .into_iter()
        .flat_map(|inside| &inside.subnets)
        .filter_map(move |id| Some((id, &ec2?.subnets.get(id)?.acl_association)))
}

fn show(request: &Request<'_>, id: &str, vpc: &Vpc) -> Vec<Element> {
    let entries = [true, false]
        .into_iter()
        .flat_map(|egress| {
            ENTRIES.map(|(number, action)| {
                vec![
                    Element::text("ruleNumber", number),
                    Element::text("protocol", "-1"),
                    Element::text("ruleAction", action),
                    Element::text("egress", egress),
                    Element::text("cidrBlock", "0.0.0.0/0"),
                ]
            })
        })
        .collect();
    let associations = associations(request, id)
        .map(|(subnet, association)| {
            vec![
                Element::text("networkAclAssociationId", association),
                Element::text("networkAclId", &vpc.network_acl),
                Element::text("subnetId", subnet),
            ]
        })
        .collect();
    vec![
        Element::text("networkAclId", &vpc.network_acl),
        Element::text("vpcId", id),
        Element::text("ownerId", request.account()),
        Element::text("default", true),
        Element::list("entrySet", "item", entries),
        Element::list("associationSet", "item", associations),
        request.tag_set(&vpc.network_acl),
    ]
}
