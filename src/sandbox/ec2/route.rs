//! Routes of route tables.

use ipnet::IpNet;

use super::cidr;
use super::ids::Kind;
use super::request::{Answer, Request, done, invalid, missing};
use super::route_table::table;
use super::state::{Route, RouteTable, Target};
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

fn put(table: &mut RouteTable, destination: IpNet, target: Target) {
    let route = Route {
        destination,
        target,
    };
    table.routes.insert(destination.to_string(), route);
}

/// The table and destination that a call names.
fn named(request: &Request<'_>) -> Result<(String, IpNet), Fault> {
    request.refuse(&["DestinationPrefixListId"])?;
    let id = request.id("RouteTableId", Kind::RouteTable)?;
    let v4 = request.text("DestinationCidrBlock");
    let v6 = request.text("DestinationIpv6CidrBlock");
    let (name, text) = match (v4, v6) {
        (Some(text), None) => ("DestinationCidrBlock", text),
        (None, Some(text)) => ("DestinationIpv6CidrBlock", text),
        (None, None) => return Err(missing("DestinationCidrBlock")),
        (Some(_), Some(_)) => {
            return Err(Fault::client(
                "InvalidParameterCombination",
                "Exactly one of destinationCidrBlock, destinationIpv6CidrBlock may be given.",
            ));
        }
    };
    match cidr::read_any(text) {
        Some(block) if matches!(block, IpNet::V4(_)) == v4.is_some() => Ok((id, block)),
        _ => Err(invalid(name, text, "This is not a valid CIDR block.")),
    }
}

/// What the route is to lead to.
fn target(request: &Request<'_>, table_id: &str) -> Result<Target, Fault> {
    request.refuse(&[
        "VpcEndpointId",
        "TransitGatewayId",
        "LocalGatewayId",
        "CarrierGatewayId",
        "CoreNetworkArn",
        "OdbNetworkArn",
        "EgressOnlyInternetGatewayId",
        "InstanceId",
    ])?;
    if let Some(nat) = request.text("NatGatewayId") {
        return Err(Fault::client(
            "NatGatewayNotFound",
            format!("The Nat Gateway {nat} was not found"),
        ));
    }
    let given: Vec<(&str, &str)> = ["GatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId"]
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
            "The request must contain exactly one of gatewayId, vpcPeeringConnectionId, networkInterfaceId",
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
        _ => {
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
    }
}

/// Whether the destination is one of the VPC's own blocks.
fn is_local(request: &Request<'_>, table: &RouteTable, destination: &IpNet) -> bool {
    request
        .ec2()
        .and_then(|ec2| ec2.vpcs.get(&table.vpc))
        .is_some_and(|vpc| {
            vpc.cidrs
                .iter()
                .any(|own| IpNet::V4(own.cidr) == *destination)
        })
}

/// A destination inside the VPC may lead to an interface only.
fn check_within_vpc(
    request: &Request<'_>,
    table: &RouteTable,
    destination: &IpNet,
    target: &Target,
) -> Result<(), Fault> {
    let within = request
        .ec2()
        .and_then(|ec2| ec2.vpcs.get(&table.vpc))
        .is_some_and(|vpc| {
            vpc.cidrs
                .iter()
                .any(|own| IpNet::V4(own.cidr).contains(destination))
        });
    if within && !matches!(target, Target::Interface(_)) {
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
    destination: IpNet,
    /// Element and value; the filter has the same name in words with dashes.
    target: (&'static str, String),
    origin: &'static str,
    state: &'static str,
}

/// The routes of a table: the local ones first, then the others in order of their destinations.
pub(super) fn shown(request: &Request<'_>, table: &RouteTable) -> Vec<Shown> {
    let vpc = request.ec2().and_then(|ec2| ec2.vpcs.get(&table.vpc));
    let local = vpc.into_iter().flat_map(|vpc| &vpc.cidrs).map(|own| Shown {
        destination: IpNet::V4(own.cidr),
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
            Target::Interface(id) => (
                ("networkInterfaceId", id.clone()),
                request.ec2().is_some_and(|ec2| ec2.interfaces.contains(id)),
            ),
        };
        Shown {
            destination: route.destination,
            target,
            origin: "CreateRoute",
            state: if leads { "active" } else { "blackhole" },
        }
    });
    local.chain(others).collect()
}

impl Shown {
    fn destination_element(&self) -> &'static str {
        match self.destination {
            IpNet::V4(_) => "destinationCidrBlock",
            IpNet::V6(_) => "destinationIpv6CidrBlock",
        }
    }

    /// The route in an answer.
    pub fn elements(&self) -> Vec<Element> {
        vec![
            Element::text(self.destination_element(), self.destination),
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
            "gateway-id" => is(self.target.0, "gatewayId").then(|| self.target.1.clone()),
            "vpc-peering-connection-id" => {
                is(self.target.0, "vpcPeeringConnectionId").then(|| self.target.1.clone())
            }
            "origin" => Some(self.origin.to_owned()),
            "state" => Some(self.state.to_owned()),
            _ => None,
        }
    }
}
