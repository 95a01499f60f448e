//! Routes of route tables.

use ipnet::IpNet;

use super::cidr;
use super::ids::Kind;
use super::request::{Answer, Request, done, invalid, missing};
use super::route_table::table;
use super::service::prefix_list;
use super::state::{Destination, Route, RouteTable, Target};
use crate::sandbox::call::Fault;
use crate::sandbox::xml::Element;

/// Routes per table, the local ones not counted (behaviour: VPC guide, quotas; raised in 2025).
const MOST_PER_TABLE: usize = 500;

pub(super) fn create(request: &mut Request<'_>) -> Answer {
    let (id, destination) = named(request)?;
    let target = target(request, &id)?;
    let mut table = table(request, &id)?.clone();
    if is_local(request, &table, &destination)
        || table.routes.contains_key(&destination.to_string())
    {
        return Err(Fault::client(
            "RouteAlreadyExists",
            format!("The route identified by {destination} already exists."),
        ));
    }
    check_within_vpc(request, &table, &destination, &target)?;
    if table.routes.len() >= MOST_PER_TABLE {
        return Err(Fault::client(
            "RouteLimitExceeded",
            "The maximum number of routes has been reached.",
        ));
    }
    request.dry_run()?;
    put(&mut table, destination, target);
    request.ec2_mut().put_route_table(&id, table);
    done()
}

pub(super) fn replace(request: &mut Request<'_>) -> Answer {
    request.refuse(&["LocalTarget"])?;
    let (id, destination) = named(request)?;
    let target = target(request, &id)?;
    let mut table = table(request, &id)?.clone();
    if !table.routes.contains_key(&destination.to_string()) {
        return Err(Fault::client(
            "InvalidParameterValue",
            format!(
                "There is no route defined for '{destination}' in the route table. Use CreateRoute instead."
            ),
        ));
    }
    check_within_vpc(request, &table, &destination, &target)?;
    request.dry_run()?;
    put(&mut table, destination, target);
    request.ec2_mut().put_route_table(&id, table);
    done()
}

pub(super) fn delete(request: &mut Request<'_>) -> Answer {
    let (id, destination) = named(request)?;
    let mut table = table(request, &id)?.clone();
    if is_local(request, &table, &destination) {
        return Err(Fault::client(
            "InvalidParameterValue",
            format!("cannot remove local route {destination} in route table {id}"),
        ));
    }
    if table.routes.remove(&destination.to_string()).is_none() {
        return Err(Fault::client(
            "InvalidRoute.NotFound",
            format!("no route with destination-cidr-block {destination} in route table {id}"),
        ));
    }
    request.dry_run()?;
    request.ec2_mut().put_route_table(&id, table);
    done()
}

fn put(table: &mut RouteTable, destination: Destination, target: Target) {
    let key = destination.to_string();
    let route = Route {
        destination,
        target,
    };
    table.routes.insert(key, route);
}

/// The table and destination that a call names.
fn named(request: &Request<'_>) -> Result<(String, Destination), Fault> {
    let id = request.id("RouteTableId", Kind::RouteTable)?;
    let given: Vec<(&str, &str)> = DESTINATIONS
        .into_iter()
        .filter_map(|name| Some((name, request.text(name)?)))
        .collect();
    let (name, text) = match given.as_slice() {
        [one] => *one,
        [] => return Err(missing("DestinationCidrBlock")),
        _ => {
            return Err(Fault::client(
                "InvalidParameterCombination",
                "Exactly one of destinationCidrBlock, destinationIpv6CidrBlock, destinationPrefixListId may be given.",
            ));
        }
    };
    if name == LIST {
        list(text)?;
        return Ok((id, Destination::List(text.to_owned())));
    }
    match cidr::read_any(text) {
        Some(block) if matches!(block, IpNet::V4(_)) == (name == V4) => {
            Ok((id, Destination::Cidr(block)))
        }
        _ => Err(invalid(name, text, "This is not a valid CIDR block.")),
    }
}

/// The arguments that say where a route leads.
const V4: &str = "DestinationCidrBlock";
const LIST: &str = "DestinationPrefixListId";
const DESTINATIONS: [&str; 3] = [V4, "DestinationIpv6CidrBlock", LIST];

/// Refuses what is no id of a prefix list. The sandbox has none of the callers' own: it takes their
/// word for them.
pub(super) fn list(id: &str) -> Result<(), Fault> {
    if has_form(id, "pl-") {
        return Ok(());
    }
    Err(Fault::client(
        "InvalidPrefixListId.Malformed",
        format!("The prefix list ID '{id}' is malformed"),
    ))
}

/// Whether an id is a prefix with hex digits after it.
fn has_form(id: &str, prefix: &str) -> bool {
    /// The lengths of AWS's short and long ids.
    const LENGTHS: [usize; 2] = [8, 17];
    id.strip_prefix(prefix).is_some_and(|digits| {
        LENGTHS.contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

/// The arguments that say what a route leads to.
const TARGETS: [&str; 10] = [
    "GatewayId",
    "NatGatewayId",
    "VpcPeeringConnectionId",
    "NetworkInterfaceId",
    "CarrierGatewayId",
    "EgressOnlyInternetGatewayId",
    "InstanceId",
    "LocalGatewayId",
    "TransitGatewayId",
    "VpcEndpointId",
];

/// What the sandbox has none of: the argument, the form of the ids, and the element of answers.
const OTHERS: [(&str, &str, &str); 7] = [
    ("CarrierGatewayId", "cagw-", "carrierGatewayId"),
    (
        "EgressOnlyInternetGatewayId",
        "eigw-",
        "egressOnlyInternetGatewayId",
    ),
    ("GatewayId", "vgw-", "gatewayId"),
    ("InstanceId", "i-", "instanceId"),
    ("LocalGatewayId", "lgw-", "localGatewayId"),
    ("TransitGatewayId", "tgw-", "transitGatewayId"),
    ("VpcEndpointId", "vpce-", "gatewayId"),
];

/// What the route is to lead to.
fn target(request: &Request<'_>, table_id: &str) -> Result<Target, Fault> {
    request.refuse(&["CoreNetworkArn", "OdbNetworkArn"])?;
    let given: Vec<(&str, &str)> = TARGETS
        .into_iter()
        .filter_map(|name| Some((name, request.text(name)?)))
        .collect();
    let [(name, id)] = given.as_slice() else {
        return Err(Fault::client(
            if given.is_empty() {
                "MissingParameter"
            } else {
                "InvalidParameterCombination"
            },
            "The request must contain exactly one of gatewayId, natGatewayId, vpcPeeringConnectionId, networkInterfaceId",
        ));
    };
    let vpc = &table(request, table_id)?.vpc;
    let ec2 = request.ec2();
    let elsewhere = |what: &str| {
        Fault::client(
            "InvalidParameterValue",
            format!("route table {table_id} and {what} {id} belong to different networks"),
        )
    };
    let mut others = OTHERS.iter();
    if others.any(|(argument, prefix, _)| argument == name && has_form(id, prefix)) {
        return Ok(Target::Other((*id).to_owned()));
    }
    match *name {
        "GatewayId" => {
            let gateway = ec2.and_then(|ec2| ec2.gateways.get(id)).ok_or_else(|| {
                Fault::client(
                    "InvalidGatewayID.NotFound",
                    format!("The gateway ID '{id}' does not exist"),
                )
            })?;
            match &gateway.attachment {
                Some(attachment) if attachment.vpc == *vpc => Ok(Target::Gateway((*id).to_owned())),
                _ => Err(elsewhere("network gateway")),
            }
        }
        "NatGatewayId" => {
            Kind::NatGateway.check(id)?;
            let gateway = ec2
                .and_then(|ec2| ec2.nat_gateways.get(id))
                .filter(|gateway| gateway.serves(request.now()))
                .ok_or_else(|| Kind::NatGateway.not_found(id))?;
            if gateway.vpc == *vpc {
                Ok(Target::Nat((*id).to_owned()))
            } else {
                Err(elsewhere("nat gateway"))
            }
        }
        "VpcPeeringConnectionId" => {
            Kind::Peering.check(id)?;
            let peering = request
                .world
                .shared
                .peerings
                .get(id)
                .filter(|peering| {
                    peering.touches(request.account(), request.region())
                        && peering.is_live(request.now())
                })
                .ok_or_else(|| Kind::Peering.not_found(id))?;
            if peering.requester.vpc == *vpc || peering.accepter.vpc == *vpc {
                Ok(Target::Peering((*id).to_owned()))
            } else {
                Err(elsewhere("vpc peering connection"))
            }
        }
        "NetworkInterfaceId" => {
            Kind::Interface.check(id)?;
            let interface = ec2
                .and_then(|ec2| ec2.interfaces.get(id))
                .ok_or_else(|| Kind::Interface.not_found(id))?;
            if interface.vpc == *vpc {
                Ok(Target::Interface((*id).to_owned()))
            } else {
                Err(elsewhere("interface"))
            }
        }
        _ => Err(invalid(name, id, "Invalid id.")),
    }
}

/// Whether the destination is one of the VPC's own blocks.
fn is_local(request: &Request<'_>, table: &RouteTable, destination: &Destination) -> bool {
    request
        .ec2()
        .and_then(|ec2| ec2.vpcs.get(&table.vpc))
        .is_some_and(|vpc| {
            vpc.cidrs
                .iter()
                .any(|own| Destination::Cidr(IpNet::V4(own.cidr)) == *destination)
        })
}

/// A destination inside the VPC may lead to an interface only.
fn check_within_vpc(
    request: &Request<'_>,
    table: &RouteTable,
    destination: &Destination,
    target: &Target,
) -> Result<(), Fault> {
    let Destination::Cidr(destination) = destination else {
        return Ok(());
    };
    let within = request
        .ec2()
        .and_then(|ec2| ec2.vpcs.get(&table.vpc))
        .is_some_and(|vpc| {
            vpc.cidrs
                .iter()
                .any(|own| IpNet::V4(own.cidr).contains(destination))
        });
    let to_instance = |id: &String| has_form(id, "i-");
    let may_be = match target {
        Target::Interface(_) => true,
        Target::Other(id) => to_instance(id),
        _ => false,
    };
    if within && !may_be {
        return Err(Fault::client(
            "InvalidParameterValue",
            format!(
                "The destination CIDR block {destination} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance."
            ),
        ));
    }
    Ok(())
}

/// A route as it stands in answers.
#[derive(Debug)]
pub(super) struct Shown {
    destination: Destination,
    /// Element and value; the filter has the same name in words with dashes.
    target: (&'static str, String),
    origin: &'static str,
    state: &'static str,
}

/// The routes of a table: the local ones first, then the others in order of their destinations, then
/// those that gateway endpoints made.
pub(super) fn shown(request: &Request<'_>, id: &str, table: &RouteTable) -> Vec<Shown> {
    let vpc = request.ec2().and_then(|ec2| ec2.vpcs.get(&table.vpc));
    let local = vpc.into_iter().flat_map(|vpc| &vpc.cidrs).map(|own| Shown {
        destination: Destination::Cidr(IpNet::V4(own.cidr)),
        target: ("gatewayId", "local".to_owned()),
        origin: "CreateRouteTable",
        state: "active",
    });
    let others = table.routes.values().map(|route| {
        let (target, leads) = match &route.target {
            Target::Gateway(id) => (
                ("gatewayId", id.clone()),
                request
                    .ec2()
                    .and_then(|ec2| ec2.gateways.get(id)?.attachment.as_ref())
                    .is_some_and(|attachment| attachment.vpc == table.vpc),
            ),
            Target::Nat(id) => (
                ("natGatewayId", id.clone()),
                request
                    .ec2()
                    .and_then(|ec2| ec2.nat_gateways.get(id))
                    .is_some_and(|gateway| gateway.serves(request.now())),
            ),
            Target::Peering(id) => (
                ("vpcPeeringConnectionId", id.clone()),
                request
                    .world
                    .shared
                    .peerings
                    .get(id)
                    .is_some_and(|peering| {
                        peering.status(request.now(), request.world.behaviour.waits) == "active"
                    }),
            ),
            Target::Other(id) => ((other_element(id), id.clone()), true),
            Target::Interface(id) => (
                ("networkInterfaceId", id.clone()),
                request.ec2().is_some_and(|ec2| ec2.interfaces.contains(id)),
            ),
        };
        Shown {
            destination: route.destination.clone(),
            target,
            origin: "CreateRoute",
            state: if leads { "active" } else { "blackhole" },
        }
    });
    let endpoints = request.ec2().into_iter();
    let endpoints = endpoints
        .flat_map(|ec2| ec2.endpoints.iter())
        .filter(|(_, endpoint)| endpoint.tables.contains(id))
        .map(|(endpoint, of)| Shown {
            destination: Destination::List(prefix_list(&of.service)),
            target: ("gatewayId", endpoint.clone()),
            origin: "CreateRoute",
            state: "active",
        });
    local.chain(others).chain(endpoints).collect()
}

/// The element of answers with the id of what the sandbox has none of.
fn other_element(id: &str) -> &'static str {
    let mut others = OTHERS.iter();
    others
        .find(|(_, prefix, _)| has_form(id, prefix))
        .map_or("gatewayId", |(_, _, element)| *element)
}

impl Shown {
    fn destination_element(&self) -> &'static str {
        match self.destination {
            Destination::Cidr(IpNet::V4(_)) => "destinationCidrBlock",
            Destination::Cidr(IpNet::V6(_)) => "destinationIpv6CidrBlock",
            Destination::List(_) => "destinationPrefixListId",
        }
    }

    /// The route in an answer.
    pub fn elements(&self) -> Vec<Element> {
        vec![
            Element::text(self.destination_element(), &self.destination),
            Element::text(self.target.0, &self.target.1),
            Element::text("state", self.state),
            Element::text("origin", self.origin),
        ]
    }

    /// What the filter `route.MEMBER` looks at.
    pub fn value(&self, member: &str) -> Option<String> {
        let is = |element: &str, name: &str| element == name;
        match member {
            "destination-cidr-block" => is(self.destination_element(), "destinationCidrBlock")
                .then(|| self.destination.to_string()),
            "destination-ipv6-cidr-block" => {
                is(self.destination_element(), "destinationIpv6CidrBlock")
                    .then(|| self.destination.to_string())
            }
            "destination-prefix-list-id" => {
                is(self.destination_element(), "destinationPrefixListId")
                    .then(|| self.destination.to_string())
            }
            "egress-only-internet-gateway-id" => {
                is(self.target.0, "egressOnlyInternetGatewayId").then(|| self.target.1.clone())
            }
            "instance-id" => is(self.target.0, "instanceId").then(|| self.target.1.clone()),
            "transit-gateway-id" => {
                is(self.target.0, "transitGatewayId").then(|| self.target.1.clone())
            }
            "gateway-id" => is(self.target.0, "gatewayId").then(|| self.target.1.clone()),
            "nat-gateway-id" => is(self.target.0, "natGatewayId").then(|| self.target.1.clone()),
            "vpc-peering-connection-id" => {
                is(self.target.0, "vpcPeeringConnectionId").then(|| self.target.1.clone())
            }
            "origin" => Some(self.origin.to_owned()),
            "state" => Some(self.state.to_owned()),
            _ => None,
        }
    }
}
