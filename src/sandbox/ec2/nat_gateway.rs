//! NAT gateways.

use std::net::Ipv4Addr;

use super::api::{self, NewInterface};
use super::describe::Describe;
use super::ids::Kind;
use super::request::{Answer, Request, invalid, time};
use super::state::{Leave, Mapping, NatGateway};
use super::token::Token;
use crate::sandbox::call::Fault;
use crate::sandbox::xml::Element;

/// One is `pending` for about this long (behaviour: 1 to 3 minutes).
const READY_AFTER_MS: u64 = 100_000;
/// One that cannot be made is `failed` after about this long.
const FAILED_AFTER_MS: u64 = 5_000;
/// One is `deleting` for about this long.
const GONE_AFTER_MS: u64 = 60_000;
/// NAT gateways per zone (behaviour: VPC guide, quotas).
const MOST_PER_ZONE: usize = 5;
/// The service that owns their interfaces.
const REQUESTER: &str = "amazon-nat-gateway";

pub(super) fn create(request: &mut Request<'_>) -> Answer {
    request.refuse(&[
        "AvailabilityZoneAddress",
        "SecondaryAllocationId",
        "SecondaryPrivateIpAddress",
        "SecondaryPrivateIpAddressCount",
        "VpcId",
    ])?;
    if let Some(mode) = request
        .text("AvailabilityMode")
        .filter(|mode| *mode != "zonal")
    {
        return Err(Fault::client(
            "UnsupportedOperation",
            format!("The sandbox does not have NAT gateways that are {mode}."),
        ));
    }
    let subnet = request.id("SubnetId", Kind::Subnet)?;
    let public = match request.text("ConnectivityType").unwrap_or("public") {
        "public" => true,
        "private" => false,
        other => {
            return Err(invalid(
                "ConnectivityType",
                other,
                "It must be public or private.",
            ));
        }
    };
    let address = address(request, public)?;
    let tags = request.new_tags(Kind::NatGateway)?;
    let token = Token::of(request);
    if let Some(token) = &token
        && let Some(id) = token.made(request)?
        && let Some(gateway) = NatGateways::get(request, &id)
    {
        return Ok(answer(request, &id, gateway, Some(token)));
    }
    limit(request, &subnet)?;
    request.dry_run()?;
    let id = request.new_id(Kind::NatGateway);
    let gateway = make(request, &id, &subnet, public, address)?;
    let shown = NatGateway {
        ready_at: gateway.ready_at.max(request.now() + 1),
        ..gateway.clone()
    };
    request.ec2_mut().put_nat_gateway(&id, gateway);
    request.tag_new(&id, tags);
    if let Some(token) = &token {
        token.keep(request, &id);
    }
    Ok(answer(request, &id, &shown, token.as_ref()))
}

fn answer(
    request: &Request<'_>,
    id: &str,
    gateway: &NatGateway,
    token: Option<&Token>,
) -> Vec<Element> {
    let shown = NatGateways::show(request, id, gateway);
    std::iter::once(Element::parent("natGateway", shown))
        .chain(token.map(|token| Element::text("clientToken", token.text())))
        .collect()
}

/// The allocation that a public gateway must have, and a private one cannot.
fn address(request: &Request<'_>, public: bool) -> Result<Option<String>, Fault> {
    match (request.text("AllocationId"), public) {
        (Some(_), true) => Ok(Some(request.id("AllocationId", Kind::Address)?)),
        (None, true) => Err(Fault::client(
            "MissingParameter",
            "The request must include the AllocationId parameter. Add the required parameter and retry the request.",
        )),
        (Some(_), false) => Err(Fault::client(
            "InvalidParameterCombination",
            "AllocationId cannot be given for a private NAT gateway.",
        )),
        (None, false) => Ok(None),
    }
}

fn limit(request: &Request<'_>, subnet: &str) -> Result<(), Fault> {
    let zone = |subnet: &str| {
        let subnets = &request.ec2()?.subnets;
        subnets.get(subnet).map(|subnet| subnet.zone.as_str())
    };
    let wanted = zone(subnet);
    let now = request.now();
    let all = request.ec2().into_iter();
    let count = all
        .flat_map(|ec2| ec2.nat_gateways.values())
        .filter(|gateway| gateway.state(now) != "failed" && zone(&gateway.subnet) == wanted)
        .count();
    if count >= MOST_PER_ZONE {
        return Err(Fault::client(
            "NatGatewayLimitExceeded",
            format!(
                "Performing this operation would exceed the limit of {MOST_PER_ZONE} NAT gateways"
            ),
        ));
    }
    Ok(())
}

/// The gateway with its interface; one that cannot work is made too, and fails a while later (API
/// model: NatGateway, FailureCode).
fn make(
    request: &mut Request<'_>,
    id: &str,
    subnet: &str,
    public: bool,
    address: Option<String>,
) -> Result<NatGateway, Fault> {
    let private_ip = private_ip(request)?;
    let (account, region, now) = (request.account(), request.region(), request.now());
    let vpc = api::subnet(request.world, account, region, subnet)
        .map(|facts| facts.vpc)
        .ok_or_else(|| Kind::Subnet.not_found(subnet))?;
    let mut gateway = NatGateway {
        public,
        public_ip: None,
        mapping: None,
        interface: None,
        private_ip: None,
        created_at: now,
        ready_at: request.done_at(READY_AFTER_MS),
        failure: failure(request, &vpc, public, address.as_deref()),
        leaves: None,
        vpc,
        subnet: subnet.to_owned(),
        address,
    };
    if gateway.failure.is_none() {
        let new = NewInterface {
            subnet,
            groups: &[],
            description: &format!("Interface for NAT Gateway {id}"),
            requester: REQUESTER,
            kind: "nat_gateway",
            private_ip,
        };
        match api::create_interface(request.world, account, region, &new) {
            Ok((interface, private_ip)) => {
                gateway.private_ip = Some(private_ip);
                connect(request, &mut gateway, interface);
            }
            Err(fault) if private_ip.is_some() => return Err(fault),
            Err(fault) => {
                gateway.failure = Some((
                    fault.code,
                    "Subnet has insufficient free addresses to create this NAT gateway".to_owned(),
                ));
            }
        }
    }
    if gateway.failure.is_some() {
        gateway.ready_at = request.done_at(FAILED_AFTER_MS);
    }
    Ok(gateway)
}

fn private_ip(request: &Request<'_>) -> Result<Option<Ipv4Addr>, Fault> {
    request
        .text("PrivateIpAddress")
        .map(|text| {
            text.parse()
                .map_err(|_| invalid("PrivateIpAddress", text, "This is not an IPv4 address."))
        })
        .transpose()
}

/// Why it cannot be made, if so.
fn failure(
    request: &Request<'_>,
    vpc: &str,
    public: bool,
    address: Option<&str>,
) -> Option<(String, String)> {
    let ec2 = request.ec2()?;
    let fails = |code: &str, message: String| Some((code.to_owned(), message));
    if public && ec2.index.in_vpc(vpc)?.gateway.is_none() {
        return fails(
            "Gateway.NotAttached",
            format!("Network {vpc} has no Internet gateway attached"),
        );
    }
    let address = address?;
    ec2.addresses.get(address)?.mapping.as_ref()?;
    fails(
        "Resource.AlreadyAssociated",
        format!("Elastic IP address {address} is already associated"),
    )
}

/// Gives the gateway its interface, and that its public address. It carries no group.
fn connect(request: &mut Request<'_>, gateway: &mut NatGateway, interface: String) {
    let mapping = Mapping {
        id: request.world.new_id("eipassoc"),
        interface: interface.clone(),
    };
    let ec2 = request.ec2_mut();
    if let Some(mut bare) = ec2.interfaces.get(&interface).cloned() {
        bare.groups.clear();
        ec2.put_interface(&interface, bare);
    }
    if let Some(address) = &gateway.address {
        gateway.public_ip = ec2.addresses.get(address).map(|found| found.public_ip);
        gateway.mapping = Some(mapping.id.clone());
        ec2.map_address(address, mapping);
    }
    gateway.interface = Some(interface);
}

pub(super) fn delete(request: &mut Request<'_>) -> Answer {
    let id = request.required("NatGatewayId")?.to_owned();
    Kind::NatGateway.check(&id)?;
    let found = request.ec2().and_then(|ec2| ec2.nat_gateways.get(&id));
    let gone = NatGateways::get(request, &id).is_some();
    request.dry_run()?;
    match found.cloned() {
        // Asked to go a second time it goes on going.
        Some(gateway) if gateway.leaves.is_some() => {}
        Some(gateway) => {
            let leave = Leave {
                asked_at: request.now(),
                gone_at: request.done_at(GONE_AFTER_MS),
            };
            let interface = gateway.interface.clone();
            let ec2 = request.ec2_mut();
            if let Some(interface) = interface {
                ec2.let_interface_go(&interface, leave.gone_at);
            }
            let leaving = NatGateway {
                leaves: Some(leave),
                ..gateway
            };
            ec2.put_nat_gateway(&id, leaving);
        }
        None if gone => {}
        None => return Err(Kind::NatGateway.not_found(&id)),
    }
    Ok(vec![Element::text("natGatewayId", id)])
}

/// Describes NAT gateways.
pub(super) struct NatGateways;

impl Describe for NatGateways {
    type Row = NatGateway;
    const IDS: &'static str = "NatGatewayId";
    const KIND: Kind = Kind::NatGateway;
    const SET: &'static str = "natGatewaySet";
    const ID_FILTER: &'static str = "nat-gateway-id";
    const FILTERS: &'static [&'static str] =
        &["nat-gateway-id", "state", "subnet-id", "tag-key", "vpc-id"];

    fn get<'a>(request: &'a Request<'_>, id: &str) -> Option<&'a NatGateway> {
        let ec2 = request.ec2()?;
        let living = ec2.nat_gateways.get(id);
        living.or_else(|| ec2.gone_nat_gateways.get(id))
    }

    fn all<'a>(
        request: &'a Request<'_>,
    ) -> Box<dyn Iterator<Item = (&'a String, &'a NatGateway)> + 'a> {
        let all = request.ec2().into_iter();
        let mut rows: Vec<_> = all
            .flat_map(|ec2| ec2.nat_gateways.iter().chain(ec2.gone_nat_gateways.iter()))
            .collect();
        rows.sort_by_key(|(id, _)| *id);
        Box::new(rows.into_iter())
    }

    fn values(request: &Request<'_>, id: &str, gateway: &NatGateway, filter: &str) -> Vec<String> {
        match filter {
            "nat-gateway-id" => vec![id.to_owned()],
            "state" => vec![gateway.state(request.now()).to_owned()],
            "subnet-id" => vec![gateway.subnet.clone()],
            "vpc-id" => vec![gateway.vpc.clone()],
            _ => Vec::new(),
        }
    }

    fn show(request: &Request<'_>, id: &str, gateway: &NatGateway) -> Vec<Element> {
        let state = gateway.state(request.now());
        let mut address: Vec<Element> = Vec::new();
        let mut known = |name, value: Option<String>| {
            address.extend(value.map(|value| Element::text(name, value)));
        };
        known("allocationId", gateway.address.clone());
        known("associationId", gateway.mapping.clone());
        known("networkInterfaceId", gateway.interface.clone());
        known("privateIp", gateway.private_ip.map(|ip| ip.to_string()));
        known("publicIp", gateway.public_ip.map(|ip| ip.to_string()));
        address.push(Element::text("isPrimary", true));
        let mut shown = vec![
            Element::text("natGatewayId", id),
            Element::text("subnetId", &gateway.subnet),
            Element::text("vpcId", &gateway.vpc),
            Element::text("state", state),
            Element::text("createTime", time(gateway.created_at)),
            Element::list("natGatewayAddressSet", "item", vec![address]),
            Element::text(
                "connectivityType",
                if gateway.public { "public" } else { "private" },
            ),
        ];
        if let Some((code, message)) = &gateway.failure
            && state != "pending"
        {
            shown.push(Element::text("failureCode", code));
            shown.push(Element::text("failureMessage", message));
        }
        if let Some(leave) = gateway.leaves {
            shown.push(Element::text("deleteTime", time(leave.asked_at)));
        }
        shown.push(request.tag_set(id));
        shown
    }
}
