//! Elastic IP addresses.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use super::describe::Describe;
use super::ids::Kind;
use super::request::{Answer, Request, done, invalid};
use super::state::{Address, NetworkInterface};
use crate::sandbox::call::Fault;
use crate::sandbox::xml::Element;

/// The pool of Amazon's own addresses.
const POOL: &str = "amazon";
/// The addresses that are given out: 18.200.0.0/16.
const FIRST: u32 = u32::from_be_bytes([18, 200, 0, 0]);
const COUNT: u32 = 1 << 16;

pub(super) fn allocate(request: &mut Request<'_>) -> Answer {
    request.refuse(&["Address", "CustomerOwnedIpv4Pool", "IpamPoolId"])?;
    if let Some(domain) = request.text("Domain").filter(|domain| *domain != "vpc") {
        return Err(invalid("Domain", domain, "It must be vpc."));
    }
    if let Some(pool) = request.text("PublicIpv4Pool").filter(|pool| *pool != POOL) {
        return Err(Fault::client(
            "InvalidPublicIpv4PoolID.NotFound",
            format!("The PublicIpv4Pool ID '{pool}' does not exist"),
        ));
    }
    let region = request.region();
    if let Some(group) = request.text("NetworkBorderGroup")
        && group != region
    {
        return Err(invalid(
            "NetworkBorderGroup",
            group,
            "There is no such network border group in the region.",
        ));
    }
    let tags = request.new_tags(Kind::Address)?;
    let count = request.ec2().map_or(0, |ec2| ec2.addresses.len());
    if count >= request.world.behaviour.addresses_per_region {
        return Err(Fault::client(
            "AddressLimitExceeded",
            "The maximum number of addresses has been reached.",
        ));
    }
    request.dry_run()?;
    let id = request.new_id(Kind::Address);
    let public_ip = free(request, &id);
    let address = Address {
        public_ip,
        mapping: None,
    };
    request.ec2_mut().addresses.insert(&id, address);
    request.tag_new(&id, tags);
    Ok(vec![
        Element::text("publicIp", public_ip),
        Element::text("allocationId", id),
        Element::text("publicIpv4Pool", POOL),
        Element::text("networkBorderGroup", region),
        Element::text("domain", "vpc"),
    ])
}

/// An address that no other allocation has: where its id says, or the next one.
fn free(request: &Request<'_>, id: &str) -> Ipv4Addr {
    /// The hex digits of 16 bits.
    const DIGITS: usize = 4;
    let all = request.ec2().into_iter();
    let used: BTreeSet<Ipv4Addr> = all
        .flat_map(|ec2| ec2.addresses.values())
        .map(|address| address.public_ip)
        .collect();
    let (_, digits) = id.rsplit_once('-').unwrap_or_default();
    let start = digits.get(..DIGITS).unwrap_or_default();
    let start = u32::from_str_radix(start, 16).unwrap_or_default();
    let at = |step: u32| Ipv4Addr::from(FIRST + (start + step) % COUNT);
    (0..COUNT)
        .map(at)
        .find(|address| !used.contains(address))
        .unwrap_or_else(|| at(0))
}

pub(super) fn describe(request: &mut Request<'_>) -> Answer {
    request.refuse(&["PublicIp"])?;
    super::describe::describe::<Addresses>(request)
}

pub(super) fn release(request: &mut Request<'_>) -> Answer {
    request.refuse(&["PublicIp"])?;
    let id = request.id("AllocationId", Kind::Address)?;
    let address = request.ec2().and_then(|ec2| ec2.addresses.get(&id));
    if let Some(address) = address.filter(|address| address.mapping.is_some()) {
        return Err(Fault::client(
            "InvalidIPAddress.InUse",
            format!("Address {} is in use.", address.public_ip),
        ));
    }
    request.dry_run()?;
    let ec2 = request.ec2_mut();
    ec2.addresses.remove(&id);
    ec2.tags.remove(&id);
    done()
}

/// The element of an interface that shows its elastic IP address.
pub(super) fn association(request: &Request<'_>, interface: &NetworkInterface) -> Option<Element> {
    let allocation = interface.address.as_deref()?;
    let address = request.ec2()?.addresses.get(allocation)?;
    let mapping = address.mapping.as_ref()?;
    Some(Element::parent(
        "association",
        vec![
            Element::text("publicIp", address.public_ip),
            Element::text("ipOwnerId", request.account()),
            Element::text("allocationId", allocation),
            Element::text("associationId", &mapping.id),
        ],
    ))
}

/// Describes elastic IP addresses.
pub(super) struct Addresses;

impl Addresses {
    fn interface<'a>(request: &'a Request<'_>, address: &Address) -> Option<&'a NetworkInterface> {
        let mapping = address.mapping.as_ref()?;
        request.ec2()?.interfaces.get(&mapping.interface)
    }
}

impl Describe for Addresses {
    type Row = Address;
    const IDS: &'static str = "AllocationId";
    const KIND: Kind = Kind::Address;
    const SET: &'static str = "addressesSet";
    const ID_FILTER: &'static str = "allocation-id";
    const FILTERS: &'static [&'static str] = &[
        "allocation-id",
        "association-id",
        "instance-id",
        "network-border-group",
        "network-interface-id",
        "network-interface-owner-id",
        "private-ip-address",
        "public-ip",
        "tag-key",
    ];

    fn get<'a>(request: &'a Request<'_>, id: &str) -> Option<&'a Address> {
        request.ec2()?.addresses.get(id)
    }

    fn all<'a>(
        request: &'a Request<'_>,
    ) -> Box<dyn Iterator<Item = (&'a String, &'a Address)> + 'a> {
        let all = request.ec2().into_iter();
        Box::new(all.flat_map(|ec2| ec2.addresses.iter()))
    }

    fn values(request: &Request<'_>, id: &str, address: &Address, filter: &str) -> Vec<String> {
        let mapping = address.mapping.iter();
        match filter {
            "allocation-id" => vec![id.to_owned()],
            "association-id" => mapping.map(|mapping| mapping.id.clone()).collect(),
            "network-border-group" => vec![request.region().to_owned()],
            "network-interface-id" => mapping.map(|mapping| mapping.interface.clone()).collect(),
            "network-interface-owner-id" => mapping.map(|_| request.account().to_owned()).collect(),
            "private-ip-address" => Self::interface(request, address)
                .map(|interface| interface.private_ip.to_string())
                .into_iter()
                .collect(),
            "public-ip" => vec![address.public_ip.to_string()],
            _ => Vec::new(),
        }
    }

    fn show(request: &Request<'_>, id: &str, address: &Address) -> Vec<Element> {
        let mut shown = vec![
            Element::text("publicIp", address.public_ip),
            Element::text("allocationId", id),
            Element::text("domain", "vpc"),
            Element::text("publicIpv4Pool", POOL),
            Element::text("networkBorderGroup", request.region()),
        ];
        if let Some(mapping) = &address.mapping {
            shown.extend([
                Element::text("associationId", &mapping.id),
                Element::text("networkInterfaceId", &mapping.interface),
                Element::text("networkInterfaceOwnerId", request.account()),
            ]);
        }
        if let Some(interface) = Self::interface(request, address) {
            shown.extend([
                Element::text("privateIpAddress", interface.private_ip),
                Element::text("subnetId", &interface.subnet),
            ]);
        }
        shown.push(request.tag_set(id));
        shown
    }
}
