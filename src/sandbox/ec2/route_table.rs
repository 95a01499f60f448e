//! Route tables and what they are associated with.

use std::collections::BTreeMap;

use super::describe::Describe;
use super::ids::Kind;
use super::request::{Answer, Request, done, in_use, missing};
use super::route;
use super::state::{Association, RouteTable};
use super::token::Token;
use crate::sandbox::call::Fault;
use crate::sandbox::xml::Element;

/// Route tables per VPC (behaviour: VPC guide, quotas).
const MOST_PER_VPC: usize = 200;
/// The most rows of a page (behaviour: API model of DescribeRouteTables).
const MOST_ON_PAGE: usize = 100;

pub(super) fn create(request: &mut Request<'_>) -> Answer {
    let vpc = request.id("VpcId", Kind::Vpc)?;
    let tags = request.new_tags(Kind::RouteTable)?;
    let token = Token::of(request);
    if let Some(token) = &token
        && let Some(id) = token.made(request)?
        && let Some(table) = request.ec2().and_then(|ec2| ec2.route_tables.get(&id))
    {
        let shown = RouteTables::show(request, &id, table);
        return Ok(answer(shown, Some(token)));
    }
    let count = request
        .ec2()
        .and_then(|ec2| ec2.index.in_vpc(&vpc))
        .map_or(0, |inside| inside.route_tables.len());
    if count >= MOST_PER_VPC {
        return Err(Fault::client(
            "RouteTableLimitExceeded",
            "The maximum number of route tables has been reached.",
        ));
    }
    request.dry_run()?;
    let id = request.new_id(Kind::RouteTable);
    let table = RouteTable {
        vpc,
        associations: BTreeMap::new(),
        routes: BTreeMap::new(),
    };
    request.ec2_mut().put_route_table(&id, table.clone());
    request.tag_new(&id, tags);
    if let Some(token) = &token {
        token.keep(request, &id);
    }
    let shown = RouteTables::show(request, &id, &table);
    Ok(answer(shown, token.as_ref()))
}

fn answer(table: Vec<Element>, token: Option<&Token>) -> Vec<Element> {
    std::iter::once(Element::parent("routeTable", table))
        .chain(token.map(|token| Element::text("clientToken", token.text())))
        .collect()
}

pub(super) fn delete(request: &mut Request<'_>) -> Answer {
    let id = request.id("RouteTableId", Kind::RouteTable)?;
    if !table(request, &id)?.associations.is_empty() {
        return Err(in_use("routeTable", &id));
    }
    request.dry_run()?;
    request.ec2_mut().drop_route_table(&id);
    done()
}

pub(super) fn associate(request: &mut Request<'_>) -> Answer {
    request.refuse(&["PublicIpv4Pool"])?;
    let id = request.id("RouteTableId", Kind::RouteTable)?;
    let (with, other, other_vpc) = if request.text("SubnetId").is_some() {
        let subnet = request.id("SubnetId", Kind::Subnet)?;
        let vpc = request
            .ec2()
            .and_then(|ec2| Some(ec2.subnets.get(&subnet)?.vpc.clone()));
        (
            Association::Subnet(subnet.clone()),
            format!("subnet {subnet}"),
            vpc,
        )
    } else if request.text("GatewayId").is_some() {
        let gateway = request.id("GatewayId", Kind::InternetGateway)?;
        let vpc = request.ec2().and_then(|ec2| {
            let attachment = ec2.gateways.get(&gateway)?.attachment.as_ref()?;
            Some(attachment.vpc.clone())
        });
        (
            Association::Gateway(gateway.clone()),
            format!("gateway {gateway}"),
            vpc,
        )
    } else {
        return Err(missing("SubnetId"));
    };
    let mut changed = table(request, &id)?.clone();
    if other_vpc.as_deref() != Some(changed.vpc.as_str()) {
        return Err(Fault::client(
            "InvalidParameterValue",
            format!("route table {id} and {other} belong to different networks"),
        ));
    }
    let (Association::Subnet(key) | Association::Gateway(key)) = &with else {
        return Err(missing("SubnetId"));
    };
    let taken = request
        .ec2()
        .is_some_and(|ec2| ec2.index.association_of(key).is_some());
    if taken {
        return Err(Fault::client(
            "Resource.AlreadyAssociated",
            format!(
                "the specified association for route table {id} conflicts with an existing association"
            ),
        ));
    }
    request.dry_run()?;
    let association = request.new_id(Kind::RouteTableAssociation);
    changed.associations.insert(association.clone(), with);
    request.ec2_mut().put_route_table(&id, changed);
    Ok(vec![
        Element::text("associationId", association),
        associated(),
    ])
}

pub(super) fn replace_association(request: &mut Request<'_>) -> Answer {
    let association = request.id("AssociationId", Kind::RouteTableAssociation)?;
    let to = request.id("RouteTableId", Kind::RouteTable)?;
    let from = table_of(request, &association)?;
    let mut old = table(request, &from)?.clone();
    let mut new = table(request, &to)?.clone();
    if old.vpc != new.vpc {
        return Err(Fault::client(
            "InvalidParameterValue",
            format!("route table {from} and route table {to} belong to different networks"),
        ));
    }
    request.dry_run()?;
    let id = request.new_id(Kind::RouteTableAssociation);
    let Some(with) = old.associations.remove(&association) else {
        return Err(Kind::RouteTableAssociation.not_found(&association));
    };
    let main_of = (with == Association::Main).then(|| old.vpc.clone());
    if from == to {
        old.associations.insert(id.clone(), with);
        request.ec2_mut().put_route_table(&from, old);
    } else {
        new.associations.insert(id.clone(), with);
        let ec2 = request.ec2_mut();
        ec2.put_route_table(&from, old);
        ec2.put_route_table(&to, new);
    }
    if let Some(vpc) = main_of
        && let Some(mut row) = request.ec2().and_then(|ec2| ec2.vpcs.get(&vpc)).cloned()
    {
        row.main_route_table = to;
        request.ec2_mut().put_vpc(&vpc, row);
    }
    Ok(vec![Element::text("newAssociationId", id), associated()])
}

pub(super) fn disassociate(request: &mut Request<'_>) -> Answer {
    let association = request.id("AssociationId", Kind::RouteTableAssociation)?;
    let of = table_of(request, &association)?;
    if table(request, &of)?.associations.get(&association) == Some(&Association::Main) {
        return Err(Fault::client(
            "InvalidParameterValue",
            format!("cannot disassociate the main route table association {association}"),
        ));
    }
    request.dry_run()?;
    drop_association(request, &association);
    done()
}

/// Takes an association away.
pub(super) fn drop_association(request: &mut Request<'_>, association: &str) {
    let ec2 = request.ec2_mut();
    let Some(id) = ec2
        .index
        .table_of_association(association)
        .map(str::to_owned)
    else {
        return;
    };
    if let Some(mut table) = ec2.route_tables.get(&id).cloned() {
        table.associations.remove(association);
        ec2.put_route_table(&id, table);
    }
}

/// The route table of this id.
pub(super) fn table<'a>(request: &'a Request<'_>, id: &str) -> Result<&'a RouteTable, Fault> {
    request
        .ec2()
        .and_then(|ec2| ec2.route_tables.get(id))
        .ok_or_else(|| Kind::RouteTable.not_found(id))
}

fn table_of(request: &Request<'_>, association: &str) -> Result<String, Fault> {
    request
        .ec2()
        .and_then(|ec2| ec2.index.table_of_association(association))
        .map(str::to_owned)
        .ok_or_else(|| Kind::RouteTableAssociation.not_found(association))
}

fn associated() -> Element {
    Element::parent(
        "associationState",
        vec![Element::text("state", "associated")],
    )
}

/// Describes route tables.
pub(super) struct RouteTables;

impl Describe for RouteTables {
    type Row = RouteTable;
    const IDS: &'static str = "RouteTableId";
    const KIND: Kind = Kind::RouteTable;
    const SET: &'static str = "routeTableSet";
    const MOST: usize = MOST_ON_PAGE;
    const ID_FILTER: &'static str = "route-table-id";
    const FILTERS: &'static [&'static str] = &[
        "association.gateway-id",
        "association.main",
        "association.route-table-association-id",
        "association.route-table-id",
        "association.subnet-id",
        "owner-id",
        "route-table-id",
        "route.destination-cidr-block",
        "route.destination-ipv6-cidr-block",
        "route.destination-prefix-list-id",
        "route.egress-only-internet-gateway-id",
        "route.gateway-id",
        "route.instance-id",
        "route.nat-gateway-id",
        "route.origin",
        "route.state",
        "route.transit-gateway-id",
        "route.vpc-peering-connection-id",
        "tag-key",
        "vpc-id",
    ];

    fn get<'a>(request: &'a Request<'_>, id: &str) -> Option<&'a RouteTable> {
        request.ec2()?.route_tables.get(id)
    }

    fn all<'a>(
        request: &'a Request<'_>,
    ) -> Box<dyn Iterator<Item = (&'a String, &'a RouteTable)> + 'a> {
        Box::new(
            request
                .ec2()
                .into_iter()
                .flat_map(|ec2| ec2.route_tables.iter()),
        )
    }

    fn among(request: &Request<'_>, filter: &str, value: &str) -> Option<Vec<String>> {
        if filter != "vpc-id" {
            return None;
        }
        let inside = request.ec2()?.index.in_vpc(value);
        let ids = inside.map(|inside| inside.route_tables.iter().cloned().collect());
        Some(ids.unwrap_or_default())
    }

    fn values(request: &Request<'_>, id: &str, table: &RouteTable, filter: &str) -> Vec<String> {
        if let Some(member) = filter.strip_prefix("route.") {
            return route::shown(request, id, table)
                .iter()
                .filter_map(|route| route.value(member))
                .collect();
        }
        let associations = table.associations.iter();
        match filter {
            "association.gateway-id" => associations
                .filter_map(|(_, with)| match with {
                    Association::Gateway(gateway) => Some(gateway.clone()),
                    _ => None,
                })
                .collect(),
            "association.main" => associations
                .map(|(_, with)| (*with == Association::Main).to_string())
                .collect(),
            "association.route-table-association-id" => associations
                .map(|(association, _)| association.clone())
                .collect(),
            "association.route-table-id" => associations.map(|_| id.to_owned()).collect(),
            "association.subnet-id" => associations
                .filter_map(|(_, with)| match with {
                    Association::Subnet(subnet) => Some(subnet.clone()),
                    _ => None,
                })
                .collect(),
            "owner-id" => vec![request.account().to_owned()],
            "route-table-id" => vec![id.to_owned()],
            "vpc-id" => vec![table.vpc.clone()],
            _ => Vec::new(),
        }
    }

    fn show(request: &Request<'_>, id: &str, table: &RouteTable) -> Vec<Element> {
        let associations = table
            .associations
            .iter()
            .map(|(association, with)| {
                let mut shown = vec![
                    Element::text("routeTableAssociationId", association),
                    Element::text("routeTableId", id),
                    Element::text("main", *with == Association::Main),
                ];
                match with {
                    Association::Main => {}
                    Association::Subnet(subnet) => shown.push(Element::text("subnetId", subnet)),
                    Association::Gateway(gateway) => {
                        shown.push(Element::text("gatewayId", gateway));
                    }
                }
                shown.push(associated());
                shown
            })
            .collect();
        let routes = route::shown(request, id, table)
            .iter()
            .map(route::Shown::elements)
            .collect();
        vec![
            Element::text("routeTableId", id),
            Element::text("vpcId", &table.vpc),
            Element::text("ownerId", request.account()),
            Element::list("routeSet", "item", routes),
            Element::list("associationSet", "item", associations),
            Element::parent("propagatingVgwSet", Vec::new()),
            request.tag_set(id),
        ]
    }
}
