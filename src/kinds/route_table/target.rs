//! The target of a route: which member of the API carries which kind of id.

use aws_sdk_ec2::types::Route;

/// A kind of target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Internet and virtual private gateways.
    Gateway,
    /// A NAT gateway.
    Nat,
    /// A transit gateway.
    Transit,
    /// A gateway load balancer endpoint.
    Endpoint,
    /// A network interface.
    Interface,
    /// An instance.
    Instance,
    /// A peering.
    Peering,
    /// An egress-only internet gateway.
    EgressOnly,
    /// A local gateway of an Outpost.
    Local,
    /// A carrier gateway of a Wavelength zone.
    Carrier,
}

/// Prefixes of ids with what they are, and that in words.
const PREFIXES: &[(&str, Target, &str)] = &[
    ("igw-", Target::Gateway, "the internet gateway"),
    ("vgw-", Target::Gateway, "the virtual private gateway"),
    ("nat-", Target::Nat, "the NAT gateway"),
    ("tgw-", Target::Transit, "the transit gateway"),
    ("vpce-", Target::Endpoint, "the VPC endpoint"),
    ("eni-", Target::Interface, "the network interface"),
    ("i-", Target::Instance, "the instance"),
    ("pcx-", Target::Peering, "the peering"),
    (
        "eigw-",
        Target::EgressOnly,
        "the egress-only internet gateway",
    ),
    ("lgw-", Target::Local, "the local gateway"),
    ("cagw-", Target::Carrier, "the carrier gateway"),
];

/// What an id is the target of, by its prefix.
pub fn of(id: &str) -> Option<Target> {
    row(id).map(|(_, target, _)| *target)
}

/// A target with what it is: `the peering pcx-…`.
pub fn words(id: &str) -> String {
    match row(id) {
        Some((_, _, words)) => format!("{words} {id}"),
        None => id.to_owned(),
    }
}

fn row(id: &str) -> Option<&'static (&'static str, Target, &'static str)> {
    PREFIXES
        .iter()
        .find(|(prefix, _, _)| id.starts_with(prefix))
}

/// Every prefix, for messages.
pub fn prefixes() -> impl Iterator<Item = &'static str> {
    PREFIXES.iter().map(|(prefix, _, _)| *prefix)
}

/// The target of a route that is there. AWS shows an instance with its interface; `recorded` says
/// which of the two was asked for.
pub fn read<'a>(route: &'a Route, recorded: Option<&str>) -> Option<&'a str> {
    let instance = route.instance_id();
    if recorded.is_some_and(|id| id.starts_with("i-")) && instance.is_some() {
        return instance;
    }
    [
        route.gateway_id(),
        route.nat_gateway_id(),
        route.transit_gateway_id(),
        route.vpc_peering_connection_id(),
        route.egress_only_internet_gateway_id(),
        route.local_gateway_id(),
        route.carrier_gateway_id(),
        route.network_interface_id(),
        instance,
    ]
    .into_iter()
    .flatten()
    .find(|id| !id.is_empty())
}

/// What ids of prefix lists start with.
pub const LIST: &str = "pl-";

/// Puts the destination into a call about a route: an IPv4 or IPv6 network, or a prefix list.
macro_rules! to {
    ($request:expr, $destination:expr) => {{
        let destination = $destination;
        if destination.starts_with($crate::kinds::route_table::target::LIST) {
            $request.destination_prefix_list_id(destination)
        } else if destination.contains(':') {
            $request.destination_ipv6_cidr_block(destination)
        } else {
            $request.destination_cidr_block(destination)
        }
    }};
}
pub(super) use to;

/// Puts destination and target into a CreateRoute or ReplaceRoute.
macro_rules! aim {
    ($request:expr, $destination:expr, $id:expr) => {{
        use $crate::kinds::route_table::target::{Target, of};
        let (destination, id) = ($destination, $id);
        let request = $crate::kinds::route_table::target::to!($request, destination);
        match of(id) {
            Some(Target::Nat) => request.nat_gateway_id(id),
            Some(Target::Transit) => request.transit_gateway_id(id),
            Some(Target::Endpoint) => request.vpc_endpoint_id(id),
            Some(Target::Interface) => request.network_interface_id(id),
            Some(Target::Instance) => request.instance_id(id),
            Some(Target::Peering) => request.vpc_peering_connection_id(id),
            Some(Target::EgressOnly) => request.egress_only_internet_gateway_id(id),
            Some(Target::Local) => request.local_gateway_id(id),
            Some(Target::Carrier) => request.carrier_gateway_id(id),
            Some(Target::Gateway) | None => request.gateway_id(id),
        }
    }};
}
pub(super) use aim;
