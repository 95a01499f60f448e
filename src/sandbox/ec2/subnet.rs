//! Subnets.

use std::net::Ipv4Addr;

use ipnet::{Ipv4AddrRange, Ipv4Net};

use super::describe::Describe;
use super::ids::Kind;
use super::request::{Answer, Request, done, in_use, invalid, missing};
use super::state::{Subnet, overlap};
use super::zones::{Zone, zone_id, zones};
use super::{arn, cidr, vpc};
use crate::sandbox::call::Fault;
use crate::sandbox::xml::Element;

/// A subnet is `pending` for about this long.
const READY_AFTER_MS: u64 = 1000;
/// Subnets per VPC (behaviour: VPC guide, quotas).
const MOST_PER_VPC: usize = 200;
/// The first four addresses and the last one are AWS's own (behaviour: VPC guide, subnet CIDRs).
const RESERVED_FIRST: usize = 4;
const RESERVED: u32 = 5;

/// The addresses of a subnet that interfaces can have.
pub(super) fn usable_addresses(cidr: &Ipv4Net) -> impl Iterator<Item = Ipv4Addr> + use<> {
    let last = cidr.broadcast();
    Ipv4AddrRange::new(cidr.network(), last)
        .skip(RESERVED_FIRST)
        .take_while(move |ip| *ip != last)
}

pub(super) fn create(request: &mut Request<'_>) -> Answer {
    request.refuse(&[
        "Ipv6CidrBlock",
        "Ipv6Native",
        "OutpostArn",
        "Ipv4IpamPoolId",
        "Ipv4NetmaskLength",
        "Ipv6IpamPoolId",
        "Ipv6NetmaskLength",
    ])?;
    let vpc_id = request.id("VpcId", Kind::Vpc)?;
    let block = cidr::read_sized(
        "CidrBlock",
        request.required("CidrBlock")?,
        "InvalidSubnet.Range",
    )?;
    let zone = zone(request)?;
    let tags = request.new_tags(Kind::Subnet)?;
    let vpc = vpc::vpc(request, &vpc_id)?;
    if !vpc.cidrs.iter().any(|own| own.cidr.contains(&block)) {
        return Err(Fault::client(
            "InvalidSubnet.Range",
            format!("The CIDR '{block}' is invalid."),
        ));
    }
    if let Some(ec2) = request.ec2()
        && let Some(inside) = ec2.index.in_vpc(&vpc_id)
    {
        if inside.subnets.len() >= MOST_PER_VPC {
            return Err(Fault::client(
                "SubnetLimitExceeded",
                "The maximum number of subnets has been reached.",
            ));
        }
        let mut siblings = inside.subnets.iter().filter_map(|id| ec2.subnets.get(id));
        if siblings.any(|sibling| overlap(&sibling.cidr, &block)) {
            return Err(Fault::client(
                "InvalidSubnet.Conflict",
                format!("The CIDR '{block}' conflicts with another subnet"),
            ));
        }
    }
    request.dry_run()?;
    let id = request.new_id(Kind::Subnet);
    let subnet = Subnet {
        vpc: vpc_id,
        cidr: block,
        zone: zone.name,
        map_public_ip: false,
        hostname_type: "ip-name".to_owned(),
        resource_name_a_record: false,
        resource_name_aaaa_record: false,
        dns64: false,
        acl_association: request.world.new_id("aclassoc"),
        ready_at: request.done_at(READY_AFTER_MS),
    };
    let shown = Subnet {
        ready_at: subnet.ready_at.max(request.now() + 1),
        ..subnet.clone()
    };
    request.ec2_mut().put_subnet(&id, subnet);
    request.tag_new(&id, tags);
    Ok(vec![Element::parent(
        "subnet",
        Subnets::show(request, &id, &shown),
    )])
}

/// The zone that is asked for by name or id; the first one where none is.
fn zone(request: &Request<'_>) -> Result<Zone, Fault> {
    let all = zones(request.region());
    let name = request.text("AvailabilityZone");
    let id = request.text("AvailabilityZoneId");
    let Some((parameter, wanted)) = name
        .map(|name| ("AvailabilityZone", name))
        .or(id.map(|id| ("AvailabilityZoneId", id)))
    else {
        return all
            .into_iter()
            .next()
            .ok_or_else(|| missing("AvailabilityZone"));
    };
    let names: Vec<String> = all.iter().map(|zone| zone.name.clone()).collect();
    all.into_iter()
        .find(|zone| {
            name.is_none_or(|name| zone.name == name) && id.is_none_or(|id| zone.id == id)
        })
        .ok_or_else(|| {
            invalid(
                parameter,
                wanted,
                &format!(
                    "Subnets can currently only be created in the following availability zones: {}.",
                    names.join(", ")
                ),
            )
        })
}

pub(super) fn modify(request: &mut Request<'_>) -> Answer {
    request.refuse(&[
        "MapCustomerOwnedIpOnLaunch.Value",
        "CustomerOwnedIpv4Pool",
        "EnableLniAtDeviceIndex",
        "DisableLniAtDeviceIndex.Value",
    ])?;
    let id = request.id("SubnetId", Kind::Subnet)?;
    let public = request.boolean("MapPublicIpOnLaunch.Value")?;
    let ipv6 = request.boolean("AssignIpv6AddressOnCreation.Value")?;
    let dns64 = request.boolean("EnableDns64.Value")?;
    let hostname = request.text("PrivateDnsHostnameTypeOnLaunch");
    let a_record = request.boolean("EnableResourceNameDnsARecordOnLaunch.Value")?;
    let aaaa_record = request.boolean("EnableResourceNameDnsAAAARecordOnLaunch.Value")?;
    let given = [public, ipv6, dns64, a_record, aaaa_record]
        .iter()
        .flatten()
        .count()
        + usize::from(hostname.is_some());
    match given {
        0 => return Err(missing("MapPublicIpOnLaunch")),
        1 => {}
        _ => {
            return Err(Fault::client(
                "InvalidParameterCombination",
                "Fields for multiple attribute types specified: only one may be given in a call.",
            ));
        }
    }
    if [ipv6, dns64, aaaa_record].contains(&Some(true)) {
        return Err(Fault::client(
            "InvalidParameterValue",
            format!("The subnet '{id}' does not have an IPv6 CIDR block associated with it."),
        ));
    }
    if let Some(other) = hostname.filter(|name| !["ip-name", "resource-name"].contains(name)) {
        return Err(invalid(
            "PrivateDnsHostnameTypeOnLaunch",
            other,
            "It must be ip-name or resource-name.",
        ));
    }
    let hostname = hostname.map(str::to_owned);
    if let Some(mut subnet) = request.ec2().and_then(|ec2| ec2.subnets.get(&id)).cloned() {
        subnet.map_public_ip = public.unwrap_or(subnet.map_public_ip);
        subnet.dns64 = dns64.unwrap_or(subnet.dns64);
        subnet.hostname_type = hostname.unwrap_or(subnet.hostname_type);
        subnet.resource_name_a_record = a_record.unwrap_or(subnet.resource_name_a_record);
        subnet.resource_name_aaaa_record = aaaa_record.unwrap_or(subnet.resource_name_aaaa_record);
        request.ec2_mut().put_subnet(&id, subnet);
    }
    done()
}

pub(super) fn delete(request: &mut Request<'_>) -> Answer {
    let id = request.id("SubnetId", Kind::Subnet)?;
    let in_use_by = request
        .ec2()
        .and_then(|ec2| ec2.index.addresses_in(&id))
        .is_some();
    if in_use_by {
        return Err(in_use("subnet", &id));
    }
    request.dry_run()?;
    // Its association with a route table goes with it.
    let association = request
        .ec2()
        .and_then(|ec2| ec2.index.association_of(&id))
        .map(str::to_owned);
    if let Some(association) = association {
        super::route_table::drop_association(request, &association);
    }
    request.ec2_mut().drop_subnet(&id);
    done()
}

fn free_addresses(request: &Request<'_>, id: &str, subnet: &Subnet) -> usize {
    let all = 1_u64 << u32::from(subnet.cidr.max_prefix_len() - subnet.cidr.prefix_len());
    let used = request
        .ec2()
        .and_then(|ec2| ec2.index.addresses_in(id))
        .map_or(0, |used| used.len());
    usize::try_from(all.saturating_sub(u64::from(RESERVED)))
        .unwrap_or(usize::MAX)
        .saturating_sub(used)
}

/// Describes subnets.
pub(super) struct Subnets;

impl Describe for Subnets {
    type Row = Subnet;
    const IDS: &'static str = "SubnetId";
    const KIND: Kind = Kind::Subnet;
    const SET: &'static str = "subnetSet";
    const ID_FILTER: &'static str = "subnet-id";
    const FILTERS: &'static [&'static str] = &[
        "availability-zone",
        "availabilityZone",
        "availability-zone-id",
        "availabilityZoneId",
        "available-ip-address-count",
        "cidr",
        "cidr-block",
        "cidrBlock",
        "customer-owned-ipv4-pool",
        "default-for-az",
        "defaultForAz",
        "enable-dns64",
        "enable-lni-at-device-index",
        "ipv6-cidr-block-association.association-id",
        "ipv6-cidr-block-association.ipv6-cidr-block",
        "ipv6-cidr-block-association.state",
        "ipv6-native",
        "map-customer-owned-ip-on-launch",
        "map-public-ip-on-launch",
        "outpost-arn",
        "owner-id",
        "private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
        "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record",
        "private-dns-name-options-on-launch.hostname-type",
        "state",
        "subnet-arn",
        "subnet-id",
        "tag-key",
        "vpc-id",
    ];

    fn get<'a>(request: &'a Request<'_>, id: &str) -> Option<&'a Subnet> {
        request.ec2()?.subnets.get(id)
    }

    fn all<'a>(
        request: &'a Request<'_>,
    ) -> Box<dyn Iterator<Item = (&'a String, &'a Subnet)> + 'a> {
        Box::new(request.ec2().into_iter().flat_map(|ec2| ec2.subnets.iter()))
    }

    fn among(request: &Request<'_>, filter: &str, value: &str) -> Option<Vec<String>> {
        if filter != "vpc-id" {
            return None;
        }
        let inside = request.ec2()?.index.in_vpc(value);
        let ids = inside.map(|inside| inside.subnets.iter().cloned().collect());
        Some(ids.unwrap_or_default())
    }

    fn values(request: &Request<'_>, id: &str, subnet: &Subnet, filter: &str) -> Vec<String> {
        let one = |text: &dyn ToString| vec![text.to_string()];
        match filter {
            "availability-zone" | "availabilityZone" => one(&subnet.zone),
            "availability-zone-id" | "availabilityZoneId" => {
                zone_id(request.region(), &subnet.zone)
                    .into_iter()
                    .collect()
            }
            "available-ip-address-count" => one(&free_addresses(request, id, subnet)),
            "cidr" | "cidr-block" | "cidrBlock" => one(&subnet.cidr),
            "default-for-az"
            | "defaultForAz"
            | "ipv6-native"
            | "map-customer-owned-ip-on-launch" => one(&false),
            "enable-dns64" => one(&subnet.dns64),
            "map-public-ip-on-launch" => one(&subnet.map_public_ip),
            "owner-id" => one(&request.account()),
            "private-dns-name-options-on-launch.enable-resource-name-dns-a-record" => {
                one(&subnet.resource_name_a_record)
            }
            "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record" => {
                one(&subnet.resource_name_aaaa_record)
            }
            "private-dns-name-options-on-launch.hostname-type" => one(&subnet.hostname_type),
            "state" => one(&state(subnet, request.now())),
            "subnet-arn" => arn::of(request.account(), request.region(), id)
                .into_iter()
                .collect(),
            "subnet-id" => one(&id),
            "vpc-id" => one(&subnet.vpc),
            _ => Vec::new(),
        }
    }

    fn show(request: &Request<'_>, id: &str, subnet: &Subnet) -> Vec<Element> {
        let mut shown = vec![
            Element::text("subnetId", id),
            Element::text("state", state(subnet, request.now())),
            Element::text("vpcId", &subnet.vpc),
            Element::text("ownerId", request.account()),
            Element::text("cidrBlock", subnet.cidr),
            Element::parent("ipv6CidrBlockAssociationSet", Vec::new()),
            Element::text(
                "availableIpAddressCount",
                free_addresses(request, id, subnet),
            ),
            Element::text("availabilityZone", &subnet.zone),
            Element::text("defaultForAz", false),
            Element::text("mapPublicIpOnLaunch", subnet.map_public_ip),
            Element::text("mapCustomerOwnedIpOnLaunch", false),
            Element::text("assignIpv6AddressOnCreation", false),
            Element::text("enableDns64", subnet.dns64),
            Element::text("ipv6Native", false),
            Element::parent(
                "privateDnsNameOptionsOnLaunch",
                vec![
                    Element::text("hostnameType", &subnet.hostname_type),
                    Element::text(
                        "enableResourceNameDnsARecord",
                        subnet.resource_name_a_record,
                    ),
                    Element::text(
                        "enableResourceNameDnsAAAARecord",
                        subnet.resource_name_aaaa_record,
                    ),
                ],
            ),
        ];
        shown.extend(
            zone_id(request.region(), &subnet.zone)
                .map(|zone| Element::text("availabilityZoneId", zone)),
        );
        shown.extend(
            arn::of(request.account(), request.region(), id)
                .map(|arn| Element::text("subnetArn", arn)),
        );
        shown.push(request.tag_set(id));
        shown
    }
}

fn state(subnet: &Subnet, now: u64) -> &'static str {
    if now >= subnet.ready_at {
        "available"
    } else {
        "pending"
    }
}
