//! VPC endpoints: gateway endpoints by routes, interface endpoints by network interfaces.

use std::collections::{BTreeMap, BTreeSet};

use super::api::{self, NewInterface};
use super::describe::Describe;
use super::ids::Kind;
use super::request::{Answer, Request, done, time};
use super::security_group;
use super::service::{self, prefix_list};
use super::state::{Endpoint, Leave};
use super::token::Token;
use crate::sandbox::call::Fault;
use crate::sandbox::xml::Element;

/// An interface endpoint is `pending` for about this long, when it is new or has other subnets.
const READY_AFTER_MS: u64 = 60_000;
/// One is `deleting`, and the interface of a subnet that is taken away there, for about this long.
const GONE_AFTER_MS: u64 = 40_000;
/// Gateway endpoints per region, interface endpoints per VPC, characters of a policy (behaviour:
/// quotas).
const MOST_GATEWAYS: usize = 20;
const MOST_INTERFACES: usize = 50;
const LONGEST_POLICY: usize = 20_480;
/// The policy where none is given.
const FULL_ACCESS: &str = r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;
/// What the name of an endpoint has after its id.
const ADDED_DIGITS: usize = 8;
/// The service that owns the interfaces.
const REQUESTER: &str = "amazon-vpc-endpoint";

pub(super) fn create(request: &mut Request<'_>) -> Answer {
    request.refuse(&[
        "DnsOptions",
        "ResourceConfigurationArn",
        "ServiceNetworkArn",
        "ServiceRegion",
        "SubnetConfiguration",
    ])?;
    address_type(request)?;
    let vpc = request.id("VpcId", Kind::Vpc)?;
    let interface = is_interface(request)?;
    let name = request.required("ServiceName")?.to_owned();
    let found = service::service(request.region(), &name)?;
    if !interface && !found.gateway {
        return Err(parameter(
            "Endpoint type (Gateway) does not match available service types ([Interface]).",
        ));
    }
    let tables = tables(request, &vpc, &name, "RouteTableId", interface)?;
    let subnets = subnets(request, &vpc, "SubnetId", interface, &BTreeSet::new())?;
    let groups = groups(request, &vpc, "SecurityGroupId", interface)?;
    let policy = policy(request)?.unwrap_or_else(|| FULL_ACCESS.to_owned());
    let private_dns = request.boolean("PrivateDnsEnabled")? == Some(true);
    let tags = request.new_tags(Kind::Endpoint)?;
    let token = Token::of(request);
    if let Some(token) = &token
        && let Some(id) = token.made(request)?
        && let Some(endpoint) = Endpoints::get(request, &id)
    {
        return Ok(answer(request, &id, endpoint, Some(token)));
    }
    if private_dns {
        check_private_dns(request, &vpc, &name, &found.host, interface, None)?;
    }
    limit(request, &vpc, interface)?;
    request.dry_run()?;
    let id = request.new_id(Kind::Endpoint);
    let mut endpoint = Endpoint {
        groups: match groups.is_empty() && interface {
            true => default_group(request, &vpc),
            false => groups,
        },
        vpc,
        service: name,
        interface,
        tables,
        subnets: BTreeMap::new(),
        private_dns,
        policy,
        created_at: request.now(),
        ready_at: match interface {
            true => request.done_at(READY_AFTER_MS),
            false => request.now(),
        },
        leaves: None,
    };
    join(request, &id, &mut endpoint, &subnets)?;
    request.ec2_mut().put_endpoint(&id, endpoint.clone());
    request.tag_new(&id, tags);
    if let Some(token) = &token {
        token.keep(request, &id);
    }
    Ok(answer(request, &id, &endpoint, token.as_ref()))
}

fn answer(
    request: &Request<'_>,
    id: &str,
    endpoint: &Endpoint,
    token: Option<&Token>,
) -> Vec<Element> {
    let shown = Endpoints::show(request, id, endpoint);
    std::iter::once(Element::parent("vpcEndpoint", shown))
        .chain(token.map(|token| Element::text("clientToken", token.text())))
        .collect()
}

fn parameter(message: impl Into<String>) -> Fault {
    Fault::client("InvalidParameter", message.into())
}

fn address_type(request: &Request<'_>) -> Result<(), Fault> {
    match request.text("IpAddressType") {
        None | Some("ipv4") => Ok(()),
        Some(other) => Err(parameter(format!(
            "The IP address type {other} needs IPv6 networks in every subnet."
        ))),
    }
}

fn is_interface(request: &Request<'_>) -> Result<bool, Fault> {
    match request.text("VpcEndpointType") {
        None | Some("Gateway") => Ok(false),
        Some("Interface") => Ok(true),
        Some(other) => Err(Fault::client(
            "UnsupportedOperation",
            format!("The sandbox does not have endpoints of the type {other}."),
        )),
    }
}

fn policy(request: &Request<'_>) -> Result<Option<String>, Fault> {
    let Some(text) = request.text("PolicyDocument") else {
        return Ok(None);
    };
    let is_object =
        serde_json::from_str::<serde_json::Value>(text).is_ok_and(|json| json.is_object());
    if is_object && text.chars().count() <= LONGEST_POLICY {
        return Ok(Some(text.to_owned()));
    }
    Err(Fault::client(
        "InvalidPolicyDocument",
        format!("Policy is not a valid JSON document of at most {LONGEST_POLICY} characters"),
    ))
}

/// The route tables that a call names: of the VPC, and without a route to the service.
fn tables(
    request: &Request<'_>,
    vpc: &str,
    service: &str,
    argument: &str,
    interface: bool,
) -> Result<BTreeSet<String>, Fault> {
    let ids = request.query.list(argument);
    if interface && !ids.is_empty() {
        return Err(parameter(
            "Route table IDs are only supported for Gateway type VPC Endpoints.",
        ));
    }
    for id in &ids {
        request.must_exist(Kind::RouteTable, id)?;
        let ec2 = request.ec2();
        let of = ec2
            .and_then(|ec2| ec2.route_tables.get(id))
            .map(|table| table.vpc.as_str());
        if of != Some(vpc) {
            return Err(parameter(format!(
                "Route table {id} does not belong to {vpc}"
            )));
        }
        let mut all = ec2.into_iter().flat_map(|ec2| ec2.endpoints.values());
        if all.any(|other| other.service == service && other.tables.contains(id)) {
            return Err(Fault::client(
                "RouteAlreadyExists",
                format!(
                    "route table {id} already has a route with destination-prefix-list-id {}",
                    prefix_list(service)
                ),
            ));
        }
    }
    Ok(ids.into_iter().collect())
}

/// The subnets that a call names: of the VPC, and one for each zone beside those that are there.
fn subnets(
    request: &Request<'_>,
    vpc: &str,
    argument: &str,
    interface: bool,
    there: &BTreeSet<String>,
) -> Result<Vec<String>, Fault> {
    let ids = request.query.list(argument);
    if !interface && !ids.is_empty() {
        return Err(parameter(
            "Subnet IDs are only supported for Interface type VPC Endpoints.",
        ));
    }
    let zone = |id: &String| {
        let subnets = &request.ec2()?.subnets;
        subnets.get(id).map(|subnet| subnet.zone.clone())
    };
    let mut zones: BTreeSet<String> = there.iter().filter_map(zone).collect();
    for id in &ids {
        request.must_exist(Kind::Subnet, id)?;
        let ec2 = request.ec2();
        let subnet = ec2.and_then(|ec2| ec2.subnets.get(id));
        if subnet.is_none_or(|subnet| subnet.vpc != vpc) {
            return Err(parameter(format!("Subnet {id} does not belong to {vpc}")));
        }
        if !zone(id).is_some_and(|zone| zones.insert(zone)) {
            return Err(Fault::client(
                "DuplicateSubnetsInSameZone",
                format!(
                    "Found another VPC endpoint subnet in the availability zone of {id}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service."
                ),
            ));
        }
    }
    Ok(ids)
}

/// The groups that a call names, of the VPC.
fn groups(
    request: &Request<'_>,
    vpc: &str,
    argument: &str,
    interface: bool,
) -> Result<Vec<String>, Fault> {
    let ids = request.query.list(argument);
    if !interface && !ids.is_empty() {
        return Err(parameter(
            "Security group IDs are only supported for Interface type VPC Endpoints.",
        ));
    }
    for id in &ids {
        request.must_exist(Kind::Group, id)?;
        let group = request.ec2().and_then(|ec2| ec2.groups.get(id));
        if group.is_none_or(|group| group.vpc != vpc) {
            return Err(parameter(format!(
                "Security group {id} does not belong to {vpc}"
            )));
        }
    }
    Ok(ids)
}

fn default_group(request: &Request<'_>, vpc: &str) -> Vec<String> {
    let found = request.ec2().and_then(|ec2| ec2.vpcs.get(vpc));
    found
        .map(|vpc| vpc.default_group.clone())
        .into_iter()
        .collect()
}

/// Private names need the VPC's DNS, and each is of one endpoint of the VPC.
fn check_private_dns(
    request: &Request<'_>,
    vpc: &str,
    service: &str,
    host: &str,
    interface: bool,
    own: Option<&str>,
) -> Result<(), Fault> {
    if !interface {
        return Err(parameter(
            "Private DNS can only be enabled for Interface type VPC Endpoints.",
        ));
    }
    let ec2 = request.ec2();
    let has_dns = ec2
        .and_then(|ec2| ec2.vpcs.get(vpc))
        .is_some_and(|vpc| vpc.dns_support && vpc.dns_hostnames);
    if !has_dns {
        return Err(parameter(format!(
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for {vpc}"
        )));
    }
    let now = request.now();
    let mut all = ec2.into_iter().flat_map(|ec2| ec2.endpoints.iter());
    if all.any(|(id, other)| {
        Some(id.as_str()) != own
            && other.vpc == vpc
            && other.service == service
            && other.private_dns
            && other.state(now) != "deleted"
    }) {
        return Err(parameter(format!(
            "private-dns-enabled cannot be set because there is already a conflicting DNS domain for {host} in the VPC {vpc}"
        )));
    }
    Ok(())
}

fn limit(request: &Request<'_>, vpc: &str, interface: bool) -> Result<(), Fault> {
    let all = request.ec2().into_iter();
    let count = all
        .flat_map(|ec2| ec2.endpoints.values())
        .filter(|other| other.interface == interface && (!interface || other.vpc == vpc))
        .count();
    let most = if interface {
        MOST_INTERFACES
    } else {
        MOST_GATEWAYS
    };
    if count >= most {
        return Err(Fault::client(
            "VpcEndpointLimitExceeded",
            format!("The maximum number of VPC endpoints has been reached: {most}"),
        ));
    }
    Ok(())
}

/// Gives the endpoint an interface in each of the subnets.
fn join(
    request: &mut Request<'_>,
    id: &str,
    endpoint: &mut Endpoint,
    subnets: &[String],
) -> Result<(), Fault> {
    let (account, region) = (request.account(), request.region());
    for subnet in subnets {
        let new = NewInterface {
            subnet,
            groups: &endpoint.groups,
            description: &format!("VPC Endpoint Interface {id}"),
            requester: REQUESTER,
            kind: "vpc_endpoint",
            private_ip: None,
        };
        let (interface, _) = api::create_interface(request.world, account, region, &new)?;
        endpoint.subnets.insert(subnet.clone(), interface);
    }
    Ok(())
}

/// Lets an interface go.
fn take_away(request: &mut Request<'_>, interface: &str) {
    let gone_at = request.done_at(GONE_AFTER_MS);
    request.ec2_mut().let_interface_go(interface, gone_at);
}

pub(super) fn modify(request: &mut Request<'_>) -> Answer {
    request.refuse(&["DnsOptions", "SubnetConfiguration"])?;
    address_type(request)?;
    let id = request.id("VpcEndpointId", Kind::Endpoint)?;
    let Some(mut endpoint) = Endpoints::get(request, &id).cloned() else {
        return Err(Kind::Endpoint.not_found(&id));
    };
    if endpoint.state(request.now()) != "available" {
        return Err(Fault::client(
            "IncorrectState",
            format!("The VPC endpoint {id} is not available"),
        ));
    }
    let (vpc, interface) = (endpoint.vpc.clone(), endpoint.interface);
    let more_tables = tables(
        request,
        &vpc,
        &endpoint.service,
        "AddRouteTableId",
        interface,
    )?;
    let fewer_subnets: BTreeSet<String> =
        request.query.list("RemoveSubnetId").into_iter().collect();
    let staying: BTreeSet<String> = endpoint
        .subnets
        .keys()
        .filter(|subnet| !fewer_subnets.contains(*subnet))
        .cloned()
        .collect();
    let more_subnets = subnets(request, &vpc, "AddSubnetId", interface, &staying)?;
    let more_groups = groups(request, &vpc, "AddSecurityGroupId", interface)?;
    let fewer_groups = request.query.list("RemoveSecurityGroupId");
    let before = endpoint.groups.clone();
    endpoint
        .groups
        .retain(|group| !fewer_groups.contains(group));
    for group in more_groups {
        if !endpoint.groups.contains(&group) {
            endpoint.groups.push(group);
        }
    }
    if interface && endpoint.groups.is_empty() {
        return Err(parameter(
            "An interface endpoint must have at least one security group.",
        ));
    }
    if let Some(on) = request.boolean("PrivateDnsEnabled")? {
        if on {
            let host = service::service(request.region(), &endpoint.service)?.host;
            check_private_dns(
                request,
                &vpc,
                &endpoint.service,
                &host,
                interface,
                Some(&id),
            )?;
        }
        endpoint.private_dns = on;
    }
    match policy(request)? {
        Some(policy) => endpoint.policy = policy,
        None if request.boolean("ResetPolicy")? == Some(true) => {
            FULL_ACCESS.clone_into(&mut endpoint.policy);
        }
        None => {}
    }
    request.dry_run()?;
    for table in request.query.list("RemoveRouteTableId") {
        endpoint.tables.remove(&table);
    }
    endpoint.tables.extend(more_tables);
    if !more_subnets.is_empty() || !fewer_subnets.is_empty() {
        endpoint.ready_at = request.done_at(READY_AFTER_MS);
    }
    for subnet in fewer_subnets {
        if let Some(interface) = endpoint.subnets.remove(&subnet) {
            take_away(request, &interface);
        }
    }
    if before != endpoint.groups {
        let (account, region) = (request.account(), request.region());
        for interface in endpoint.subnets.values() {
            let groups = &endpoint.groups;
            api::set_interface_groups(request.world, account, region, interface, groups)?;
        }
    }
    join(request, &id, &mut endpoint, &more_subnets)?;
    request.ec2_mut().put_endpoint(&id, endpoint);
    done()
}

pub(super) fn delete(request: &mut Request<'_>) -> Answer {
    let ids = request.query.list("VpcEndpointId");
    if ids.is_empty() {
        return Err(super::request::missing("VpcEndpointId"));
    }
    for id in &ids {
        Kind::Endpoint.check(id)?;
    }
    request.dry_run()?;
    let mut refused = Vec::new();
    for id in ids {
        let Some(mut endpoint) = Endpoints::get(request, &id).cloned() else {
            // The code differs from that of the reads.
            refused.push(vec![
                Element::text("resourceId", &id),
                Element::parent(
                    "error",
                    vec![
                        Element::text("code", "InvalidVpcEndpoint.NotFound"),
                        Element::text("message", format!("The VPC endpoint {id} does not exist")),
                    ],
                ),
            ]);
            continue;
        };
        if endpoint.leaves.is_some() {
            continue;
        }
        for interface in endpoint.subnets.values() {
            take_away(request, interface);
        }
        endpoint.leaves = Some(Leave {
            asked_at: request.now(),
            gone_at: match endpoint.interface {
                true => request.done_at(GONE_AFTER_MS),
                false => request.now(),
            },
        });
        request.ec2_mut().put_endpoint(&id, endpoint);
    }
    Ok(vec![Element::list("unsuccessful", "item", refused)])
}

/// Describes VPC endpoints.
pub(super) struct Endpoints;

impl Describe for Endpoints {
    type Row = Endpoint;
    const IDS: &'static str = "VpcEndpointId";
    const KIND: Kind = Kind::Endpoint;
    const SET: &'static str = "vpcEndpointSet";
    const ID_FILTER: &'static str = "vpc-endpoint-id";
    const FILTERS: &'static [&'static str] = &[
        "ip-address-type",
        "service-name",
        "service-region",
        "tag-key",
        "vpc-endpoint-id",
        "vpc-endpoint-state",
        "vpc-endpoint-type",
        "vpc-id",
    ];

    fn get<'a>(request: &'a Request<'_>, id: &str) -> Option<&'a Endpoint> {
        request.ec2()?.endpoints.get(id)
    }

    fn all<'a>(
        request: &'a Request<'_>,
    ) -> Box<dyn Iterator<Item = (&'a String, &'a Endpoint)> + 'a> {
        let all = request.ec2().into_iter();
        Box::new(all.flat_map(|ec2| ec2.endpoints.iter()))
    }

    fn values(request: &Request<'_>, id: &str, endpoint: &Endpoint, filter: &str) -> Vec<String> {
        match filter {
            "ip-address-type" => vec!["ipv4".to_owned()],
            "service-name" => vec![endpoint.service.clone()],
            "service-region" => vec![request.region().to_owned()],
            "vpc-endpoint-id" => vec![id.to_owned()],
            "vpc-endpoint-state" => vec![endpoint.state(request.now()).to_owned()],
            "vpc-endpoint-type" => vec![kind(endpoint).to_owned()],
            "vpc-id" => vec![endpoint.vpc.clone()],
            _ => Vec::new(),
        }
    }

    fn show(request: &Request<'_>, id: &str, endpoint: &Endpoint) -> Vec<Element> {
        let groups = security_group::shown_in(request, &endpoint.groups);
        let mut shown = vec![
            Element::text("vpcEndpointId", id),
            Element::text("vpcEndpointType", kind(endpoint)),
            Element::text("vpcId", &endpoint.vpc),
            Element::text("serviceName", &endpoint.service),
            Element::text("serviceRegion", request.region()),
            Element::text("state", endpoint.state(request.now())),
            Element::text("policyDocument", &endpoint.policy),
            Element::texts("routeTableIdSet", "item", &endpoint.tables),
            Element::texts("subnetIdSet", "item", endpoint.subnets.keys()),
            Element::texts("networkInterfaceIdSet", "item", endpoint.subnets.values()),
            groups,
            Element::text("privateDnsEnabled", endpoint.private_dns),
            Element::text("requesterManaged", false),
            Element::text("creationTimestamp", time(endpoint.created_at)),
            Element::text("ownerId", request.account()),
        ];
        if endpoint.interface {
            shown.push(Element::text("ipAddressType", "ipv4"));
            shown.push(Element::list(
                "dnsEntrySet",
                "item",
                names(request, id, endpoint),
            ));
        }
        shown.push(request.tag_set(id));
        shown
    }
}

fn kind(endpoint: &Endpoint) -> &'static str {
    if endpoint.interface {
        "Interface"
    } else {
        "Gateway"
    }
}

/// The names of an interface endpoint: its own, and the service's where private DNS is on.
fn names(request: &Request<'_>, id: &str, endpoint: &Endpoint) -> Vec<Vec<Element>> {
    let Ok(service) = service::service(request.region(), &endpoint.service) else {
        return Vec::new();
    };
    let digits: String = id.chars().rev().take(ADDED_DIGITS).collect();
    let (short, region) = (&service.short, request.region());
    let own = format!("{id}-{digits}.{short}.{region}.vpce.amazonaws.com");
    std::iter::once(own)
        .chain(endpoint.private_dns.then_some(service.host))
        .map(|name| vec![Element::text("dnsName", name)])
        .collect()
}

/// Whether an endpoint is in the VPC.
pub(super) fn any_in(request: &Request<'_>, vpc: &str) -> bool {
    let mut all = request
        .ec2()
        .into_iter()
        .flat_map(|ec2| ec2.endpoints.values());
    all.any(|endpoint| endpoint.vpc == vpc)
}
