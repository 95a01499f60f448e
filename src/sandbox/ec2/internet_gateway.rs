//! Internet gateways and their attachment to a VPC.

use super::describe::Describe;
use super::ids::Kind;
use super::request::{Answer, Request, done, in_use};
use super::state::{Attachment, InternetGateway};
use crate::sandbox::call::Fault;
use crate::sandbox::xml::Element;

/// An attachment is `attaching` for about this long.
const ATTACHED_AFTER_MS: u64 = 1000;

pub(super) fn create(request: &mut Request<'_>) -> Answer {
    let tags = request.new_tags(Kind::InternetGateway)?;
    let count = request.ec2().map_or(0, |ec2| ec2.gateways.len());
    // The two quotas move together (behaviour: VPC guide, quotas).
    if count >= request.world.behaviour.vpcs_per_region {
        return Err(Fault::client(
            "InternetGatewayLimitExceeded",
            "The maximum number of internet gateways has been reached.",
        ));
    }
    request.dry_run()?;
    let id = request.new_id(Kind::InternetGateway);
    let gateway = InternetGateway::default();
    request.ec2_mut().put_gateway(&id, gateway.clone());
    request.tag_new(&id, tags);
    Ok(vec![Element::parent(
        "internetGateway",
        InternetGateways::show(request, &id, &gateway),
    )])
}

pub(super) fn attach(request: &mut Request<'_>) -> Answer {
    let id = request.id("InternetGatewayId", Kind::InternetGateway)?;
    let vpc = request.id("VpcId", Kind::Vpc)?;
    if let Some(attachment) = attachment(request, &id) {
        return Err(Fault::client(
            "Resource.AlreadyAssociated",
            format!(
                "resource {id} is already attached to network {}",
                attachment.vpc
            ),
        ));
    }
    let taken = request
        .ec2()
        .and_then(|ec2| ec2.index.in_vpc(&vpc))
        .is_some_and(|inside| inside.gateway.is_some());
    if taken {
        return Err(Fault::client(
            "InvalidParameterValue",
            format!("Network {vpc} already has an internet gateway attached"),
        ));
    }
    request.dry_run()?;
    let attachment = Some(Attachment {
        vpc,
        ready_at: request.done_at(ATTACHED_AFTER_MS),
    });
    request
        .ec2_mut()
        .put_gateway(&id, InternetGateway { attachment });
    done()
}

pub(super) fn detach(request: &mut Request<'_>) -> Answer {
    let id = request.id("InternetGatewayId", Kind::InternetGateway)?;
    let vpc = request.id("VpcId", Kind::Vpc)?;
    if attachment(request, &id).is_none_or(|attachment| attachment.vpc != vpc) {
        return Err(Fault::client(
            "Gateway.NotAttached",
            format!("resource {id} is not attached to network {vpc}"),
        ));
    }
    if has_mapped_address(request, &vpc) {
        return Err(Fault::client(
            "DependencyViolation",
            format!(
                "Network {vpc} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway."
            ),
        ));
    }
    request.dry_run()?;
    request
        .ec2_mut()
        .put_gateway(&id, InternetGateway::default());
    done()
}

pub(super) fn delete(request: &mut Request<'_>) -> Answer {
    let id = request.id("InternetGatewayId", Kind::InternetGateway)?;
    if attachment(request, &id).is_some() {
        return Err(in_use("internetGateway", &id));
    }
    request.dry_run()?;
    request.ec2_mut().drop_gateway(&id);
    done()
}

/// Whether an elastic IP address is mapped to an interface of the VPC (behaviour: order).
fn has_mapped_address(request: &Request<'_>, vpc: &str) -> bool {
    request.ec2().is_some_and(|ec2| {
        let mut mapped = ec2
            .addresses
            .values()
            .filter_map(|address| address.mapping.as_ref());
        mapped.any(|mapping| {
            let interface = ec2.interfaces.get(&mapping.interface);
            interface.is_some_and(|interface| interface.vpc == vpc)
        })
    })
}

fn attachment<'a>(request: &'a Request<'_>, id: &str) -> Option<&'a Attachment> {
    request.ec2()?.gateways.get(id)?.attachment.as_ref()
}

/// EC2 answers `available` where its API model says `attached`.
fn state(attachment: &Attachment, now: u64) -> &'static str {
    if now >= attachment.ready_at {
        "available"
    } else {
        "attaching"
    }
}

/// Describes internet gateways.
pub(super) struct InternetGateways;

impl Describe for InternetGateways {
    type Row = InternetGateway;
    const IDS: &'static str = "InternetGatewayId";
    const KIND: Kind = Kind::InternetGateway;
    const SET: &'static str = "internetGatewaySet";
    const ID_FILTER: &'static str = "internet-gateway-id";
    const FILTERS: &'static [&'static str] = &[
        "attachment.state",
        "attachment.vpc-id",
        "internet-gateway-id",
        "owner-id",
        "tag-key",
    ];

    fn get<'a>(request: &'a Request<'_>, id: &str) -> Option<&'a InternetGateway> {
        request.ec2()?.gateways.get(id)
    }

    fn all<'a>(
        request: &'a Request<'_>,
    ) -> Box<dyn Iterator<Item = (&'a String, &'a InternetGateway)> + 'a> {
        Box::new(
            request
                .ec2()
                .into_iter()
                .flat_map(|ec2| ec2.gateways.iter()),
        )
    }

    fn values(
        request: &Request<'_>,
        id: &str,
        gateway: &InternetGateway,
        filter: &str,
    ) -> Vec<String> {
        let attachment = gateway.attachment.iter();
        match filter {
            "attachment.state" => attachment
                .map(|attachment| state(attachment, request.now()).to_owned())
                .collect(),
            "attachment.vpc-id" => attachment
                .map(|attachment| attachment.vpc.clone())
                .collect(),
            "internet-gateway-id" => vec![id.to_owned()],
            "owner-id" => vec![request.account().to_owned()],
            _ => Vec::new(),
        }
    }

    fn show(request: &Request<'_>, id: &str, gateway: &InternetGateway) -> Vec<Element> {
        let attachments = gateway
            .attachment
            .iter()
            .map(|attachment| {
                vec![
                    Element::text("vpcId", &attachment.vpc),
                    Element::text("state", state(attachment, request.now())),
                ]
            })
            .collect();
        vec![
            Element::text("internetGatewayId", id),
            Element::text("ownerId", request.account()),
            Element::list("attachmentSet", "item", attachments),
            request.tag_set(id),
        ]
    }
}
