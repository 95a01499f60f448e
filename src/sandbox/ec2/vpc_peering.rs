//! VPC peering connections: asked for by one side, accepted by the other.

use ipnet::Ipv4Net;

use super::describe::Describe;
use super::ids::Kind;
use super::peering_state::{Peering, Phase, Side};
use super::request::{Answer, Request, done, invalid, missing, time};
use super::state::overlap;
use super::zones;
use crate::sandbox::call::Fault;
use crate::sandbox::xml::Element;

/// Requests of a VPC that stand, and active connections (behaviour: VPC guide, quotas).
const MOST_OUTSTANDING: usize = 25;
const MOST_ACTIVE: usize = 50;

/// EC2's words for a request that can never be (behaviour: VPC peering guide, basics).
const FAILED: &str = "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range";

pub(super) fn create(request: &mut Request<'_>) -> Answer {
    request.refuse(&["RequesterPeeringConnectionOptions"])?;
    let vpc_id = request.id("VpcId", Kind::Vpc)?;
    let peer_vpc = request.required("PeerVpcId")?.to_owned();
    Kind::Vpc.check(&peer_vpc)?;
    let peer_account = request.text("PeerOwnerId").unwrap_or(request.account());
    let peer_account = peer_account.to_owned();
    let peer_region = request.text("PeerRegion").unwrap_or(request.region());
    let peer_region = peer_region.to_owned();
    if !zones::is_region(&peer_region) {
        return Err(invalid(
            "PeerRegion",
            &peer_region,
            "There is no such region.",
        ));
    }
    let tags = request.new_tags(Kind::Peering)?;
    let cidrs = cidrs_of(request, request.account(), request.region(), &vpc_id);
    let peer_cidrs = cidrs_of(request, &peer_account, &peer_region, &peer_vpc);
    let is_near = peer_account == request.account() && peer_region == request.region();
    if is_near && peer_cidrs.is_none() {
        return Err(Kind::Vpc.not_found(&peer_vpc));
    }
    let now = request.now();
    let peerings = &request.world.shared.peerings;
    if let Some((id, _)) = peerings.between(&vpc_id, &peer_vpc, now) {
        return Err(Fault::client(
            "VpcPeeringConnectionAlreadyExists",
            format!("A VPC peering connection {id} already exists between {vpc_id} and {peer_vpc}"),
        ));
    }
    let outstanding = peerings
        .of_vpc(&vpc_id)
        .filter(|(_, peering)| {
            peering.requester.vpc == vpc_id
                && peering.phase == Phase::Pending
                && peering.is_live(now)
        })
        .count();
    if outstanding >= MOST_OUTSTANDING {
        return Err(Fault::client(
            "OutstandingVpcPeeringConnectionLimitExceeded",
            "The maximum number of outstanding VPC peering connection requests has been reached.",
        ));
    }
    request.dry_run()?;
    let cidrs = cidrs.unwrap_or_default();
    let fits = match &peer_cidrs {
        Some(peer) => vpc_id != peer_vpc && !any_overlap(&cidrs, peer),
        None => false,
    };
    let id = request.new_id(Kind::Peering);
    let peering = Peering {
        requester: Side {
            account: request.account().to_owned(),
            region: request.region().to_owned(),
            vpc: vpc_id,
            cidrs,
            dns_resolution: false,
        },
        accepter: Side {
            account: peer_account,
            region: peer_region,
            vpc: peer_vpc,
            cidrs: peer_cidrs.unwrap_or_default(),
            dns_resolution: false,
        },
        phase: if fits {
            Phase::Pending
        } else {
            Phase::Failed(FAILED.to_owned())
        },
        since: now,
    };
    request.world.shared.peerings.insert(&id, peering.clone());
    request.tag_new(&id, tags);
    // The answer to a create does not tell yet what became of it.
    let message = format!("Initiating Request to {}", peering.accepter.account);
    let mut shown = show_sides(request, &id, &peering);
    shown.push(show_status("initiating-request", &message));
    Ok(vec![Element::parent("vpcPeeringConnection", shown)])
}

/// The blocks of a VPC; `None` if it is not there.
fn cidrs_of(request: &Request<'_>, account: &str, region: &str, vpc: &str) -> Option<Vec<Ipv4Net>> {
    let vpc = request.world.peek(account, region)?.ec2.vpcs.get(vpc)?;
    Some(vpc.cidrs.iter().map(|own| own.cidr).collect())
}

fn any_overlap(some: &[Ipv4Net], others: &[Ipv4Net]) -> bool {
    some.iter()
        .any(|one| others.iter().any(|other| overlap(one, other)))
}

/// The connection that a call names, if the caller's account and region see it.
fn named(request: &Request<'_>) -> Result<(String, Peering), Fault> {
    let id = request.required("VpcPeeringConnectionId")?;
    Kind::Peering.check(id)?;
    let peering = request.world.shared.peerings.get(id);
    let known = |peering: &&Peering| {
        [&peering.requester, &peering.accepter]
            .into_iter()
            .any(|side| side.account == request.account())
            && peering.is_shown_to(request.account(), request.now())
    };
    match peering.filter(known) {
        Some(peering) => Ok((id.to_owned(), peering.clone())),
        None => Err(Kind::Peering.not_found(id)),
    }
}

/// Refuses a caller who is not the accepter, in the accepter's region.
fn check_accepter(
    request: &Request<'_>,
    id: &str,
    peering: &Peering,
    verb: &str,
) -> Result<(), Fault> {
    let accepter = &peering.accepter;
    if accepter.account != request.account() {
        return Err(Fault::client(
            "OperationNotPermitted",
            format!("User ({}) cannot {verb} peering {id}", request.account()),
        ));
    }
    if accepter.region != request.region() {
        return Err(Fault::client(
            "OperationNotPermitted",
            format!(
                "Incorrect region ({}) specified for this request. VPC peering connection {id} must be {verb}ed in region {}",
                request.region(),
                accepter.region
            ),
        ));
    }
    Ok(())
}

/// Refuses a caller in a region that has no side of the connection.
fn check_region(request: &Request<'_>, id: &str, peering: &Peering) -> Result<(), Fault> {
    if peering.touches(request.account(), request.region()) {
        Ok(())
    } else {
        Err(Kind::Peering.not_found(id))
    }
}

fn bad_transition(request: &Request<'_>, id: &str, peering: &Peering, to: &str) -> Fault {
    let from = status(request, peering);
    Fault::client(
        "InvalidStateTransition",
        format!("Invalid state transition for {id}, attempted to transition from {from} to {to}"),
    )
}

fn status(request: &Request<'_>, peering: &Peering) -> &'static str {
    peering.status(request.now(), request.world.behaviour.waits)
}

pub(super) fn accept(request: &mut Request<'_>) -> Answer {
    let (id, mut peering) = named(request)?;
    check_accepter(request, &id, &peering, "accept")?;
    if status(request, &peering) != "pending-acceptance" {
        return Err(bad_transition(request, &id, &peering, "active"));
    }
    let now = request.now();
    for side in [&peering.requester, &peering.accepter] {
        let active = request
            .world
            .shared
            .peerings
            .of_vpc(&side.vpc)
            .filter(|(_, other)| other.phase == Phase::Accepted)
            .count();
        if active >= MOST_ACTIVE {
            return Err(Fault::client(
                "ActiveVpcPeeringConnectionPerVpcLimitExceeded",
                format!(
                    "The maximum number of active VPC peering connections for {} has been reached.",
                    side.vpc
                ),
            ));
        }
    }
    request.dry_run()?;
    for side in [&mut peering.requester, &mut peering.accepter] {
        side.cidrs = cidrs_of(request, &side.account, &side.region, &side.vpc).unwrap_or_default();
    }
    let (one, other) = (&peering.requester.cidrs, &peering.accepter.cidrs);
    peering.phase = if one.is_empty() || other.is_empty() || any_overlap(one, other) {
        Phase::Failed(FAILED.to_owned())
    } else {
        Phase::Accepted
    };
    peering.since = now;
    put(request, &id, &peering);
    Ok(vec![Element::parent(
        "vpcPeeringConnection",
        Peerings::show(request, &id, &peering),
    )])
}

pub(super) fn reject(request: &mut Request<'_>) -> Answer {
    let (id, mut peering) = named(request)?;
    check_accepter(request, &id, &peering, "reject")?;
    if status(request, &peering) != "pending-acceptance" {
        return Err(bad_transition(request, &id, &peering, "rejected"));
    }
    request.dry_run()?;
    peering.phase = Phase::Rejected;
    peering.since = request.now();
    put(request, &id, &peering);
    done()
}

pub(super) fn delete(request: &mut Request<'_>) -> Answer {
    let (id, mut peering) = named(request)?;
    check_region(request, &id, &peering)?;
    match peering.phase {
        Phase::Accepted => {}
        Phase::Pending if status(request, &peering) == "pending-acceptance" => {
            if peering.requester.account != request.account() {
                return Err(Fault::client(
                    "OperationNotPermitted",
                    format!(
                        "User ({}) cannot delete peering {id} before it is accepted: reject it",
                        request.account()
                    ),
                ));
            }
        }
        _ => return Err(bad_transition(request, &id, &peering, "deleting")),
    }
    request.dry_run()?;
    peering.phase = Phase::Deleted(request.account().to_owned());
    peering.since = request.now();
    put(request, &id, &peering);
    done()
}

fn put(request: &mut Request<'_>, id: &str, peering: &Peering) {
    if let Some(row) = request.world.shared.peerings.get_mut(id) {
        row.clone_from(peering);
    }
}

pub(super) fn modify_options(request: &mut Request<'_>) -> Answer {
    const SIDES: [(&str, &str); 2] = [
        (
            "RequesterPeeringConnectionOptions",
            "requesterPeeringConnectionOptions",
        ),
        (
            "AccepterPeeringConnectionOptions",
            "accepterPeeringConnectionOptions",
        ),
    ];
    for (side, _) in SIDES {
        request.refuse(&[
            &format!("{side}.AllowEgressFromLocalClassicLinkToRemoteVpc"),
            &format!("{side}.AllowEgressFromLocalVpcToRemoteClassicLink"),
            &format!("{side}.AllowMultipathResilience"),
            &format!("{side}.MultipathResilienceMode"),
        ])?;
    }
    let (id, mut peering) = named(request)?;
    check_region(request, &id, &peering)?;
    if status(request, &peering) != "active" {
        return Err(Fault::client(
            "OperationNotPermitted",
            format!(
                "Peering {id} is not active. Peering options can be added only to active peerings."
            ),
        ));
    }
    let mut shown = Vec::new();
    for ((argument, element), is_requester) in SIDES.into_iter().zip([true, false]) {
        let name = format!("{argument}.AllowDnsResolutionFromRemoteVpc");
        let Some(allow) = request.boolean(&name)? else {
            continue;
        };
        let side = if is_requester {
            &mut peering.requester
        } else {
            &mut peering.accepter
        };
        if !side.is_in(request.account(), request.region()) {
            return Err(Fault::client(
                "OperationNotPermitted",
                format!(
                    "User ({}) cannot modify the options of the other side of peering {id}",
                    request.account()
                ),
            ));
        }
        side.dns_resolution = allow;
        shown.push(Element::parent(
            element,
            vec![Element::text("allowDnsResolutionFromRemoteVpc", allow)],
        ));
        if allow {
            check_dns(request, &peering)?;
        }
    }
    if shown.is_empty() {
        return Err(missing("RequesterPeeringConnectionOptions"));
    }
    request.dry_run()?;
    put(request, &id, &peering);
    Ok(shown)
}

/// DNS resolution over a connection needs both VPCs to have DNS (behaviour: VPC peering guide,
/// DNS support).
fn check_dns(request: &Request<'_>, peering: &Peering) -> Result<(), Fault> {
    for side in [&peering.requester, &peering.accepter] {
        let has_dns = request
            .world
            .peek(&side.account, &side.region)
            .and_then(|region| region.ec2.vpcs.get(&side.vpc))
            .is_some_and(|vpc| vpc.dns_support && vpc.dns_hostnames);
        if !has_dns {
            return Err(Fault::client(
                "InvalidVpcPeeringConnectionState.DnsHostnamesDisabled",
                format!(
                    "VPC {} must have DNS support and DNS hostnames enabled to allow DNS resolution over the peering connection",
                    side.vpc
                ),
            ));
        }
    }
    Ok(())
}

fn show_status(code: &str, message: &str) -> Element {
    Element::parent(
        "status",
        vec![
            Element::text("code", code),
            Element::text("message", message),
        ],
    )
}

fn show_sides(request: &Request<'_>, id: &str, peering: &Peering) -> Vec<Element> {
    let accepted = matches!(peering.phase, Phase::Accepted | Phase::Deleted(_));
    let mut shown = vec![
        Element::text("vpcPeeringConnectionId", id),
        Element::parent(
            "requesterVpcInfo",
            show_side(&peering.requester, true, accepted),
        ),
        Element::parent(
            "accepterVpcInfo",
            show_side(&peering.accepter, accepted, accepted),
        ),
    ];
    if peering.phase == Phase::Pending {
        shown.push(Element::text("expirationTime", time(peering.expires_at())));
    }
    shown.push(request.tag_set(id));
    shown
}

/// The accepter's blocks and the options are told once it is accepted.
fn show_side(side: &Side, with_cidrs: bool, with_options: bool) -> Vec<Element> {
    let mut shown = vec![
        Element::text("ownerId", &side.account),
        Element::text("vpcId", &side.vpc),
        Element::text("region", &side.region),
    ];
    if with_cidrs {
        shown.extend(
            side.cidrs
                .first()
                .map(|first| Element::text("cidrBlock", first)),
        );
        let blocks = side
            .cidrs
            .iter()
            .map(|block| vec![Element::text("cidrBlock", block)])
            .collect();
        shown.push(Element::list("cidrBlockSet", "item", blocks));
    }
    if with_options {
        shown.push(Element::parent(
            "peeringOptions",
            vec![
                Element::text("allowDnsResolutionFromRemoteVpc", side.dns_resolution),
                Element::text("allowEgressFromLocalClassicLinkToRemoteVpc", false),
                Element::text("allowEgressFromLocalVpcToRemoteClassicLink", false),
            ],
        ));
    }
    shown
}

/// Describes VPC peering connections.
pub(super) struct Peerings;

impl Describe for Peerings {
    type Row = Peering;
    const IDS: &'static str = "VpcPeeringConnectionId";
    const KIND: Kind = Kind::Peering;
    const SET: &'static str = "vpcPeeringConnectionSet";
    const ID_FILTER: &'static str = "vpc-peering-connection-id";
    const FILTERS: &'static [&'static str] = &[
        "accepter-vpc-info.cidr-block",
        "accepter-vpc-info.owner-id",
        "accepter-vpc-info.vpc-id",
        "expiration-time",
        "requester-vpc-info.cidr-block",
        "requester-vpc-info.owner-id",
        "requester-vpc-info.vpc-id",
        "status-code",
        "status-message",
        "tag-key",
        "vpc-peering-connection-id",
    ];

    fn get<'a>(request: &'a Request<'_>, id: &str) -> Option<&'a Peering> {
        request
            .world
            .shared
            .peerings
            .get(id)
            .filter(|peering| is_seen(request, peering))
    }

    fn all<'a>(
        request: &'a Request<'_>,
    ) -> Box<dyn Iterator<Item = (&'a String, &'a Peering)> + 'a> {
        Box::new(
            request
                .world
                .shared
                .peerings
                .iter()
                .filter(|(_, peering)| is_seen(request, peering)),
        )
    }

    fn values(request: &Request<'_>, id: &str, peering: &Peering, filter: &str) -> Vec<String> {
        let blocks = |side: &Side| side.cidrs.iter().map(ToString::to_string).collect();
        match filter {
            "accepter-vpc-info.cidr-block" => blocks(&peering.accepter),
            "accepter-vpc-info.owner-id" => vec![peering.accepter.account.clone()],
            "accepter-vpc-info.vpc-id" => vec![peering.accepter.vpc.clone()],
            "expiration-time" => vec![time(peering.expires_at())],
            "requester-vpc-info.cidr-block" => blocks(&peering.requester),
            "requester-vpc-info.owner-id" => vec![peering.requester.account.clone()],
            "requester-vpc-info.vpc-id" => vec![peering.requester.vpc.clone()],
            "status-code" => vec![status(request, peering).to_owned()],
            "status-message" => {
                vec![peering.status_message(request.now(), request.world.behaviour.waits)]
            }
            "vpc-peering-connection-id" => vec![id.to_owned()],
            _ => Vec::new(),
        }
    }

    fn show(request: &Request<'_>, id: &str, peering: &Peering) -> Vec<Element> {
        let mut shown = show_sides(request, id, peering);
        shown.push(show_status(
            status(request, peering),
            &peering.status_message(request.now(), request.world.behaviour.waits),
        ));
        shown
    }
}

fn is_seen(request: &Request<'_>, peering: &Peering) -> bool {
    peering.touches(request.account(), request.region())
        && peering.is_shown_to(request.account(), request.now())
}
