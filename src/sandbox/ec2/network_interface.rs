//! Network interfaces: those that services made in the VPCs.

use super::address;
use super::describe::Describe;
use super::ids::Kind;
use super::request::{Answer, Request};
use super::security_group;
use super::state::NetworkInterface;
use super::zones::zone_id;
use crate::sandbox::call::Fault;
use crate::sandbox::xml::Element;

/// An interface that a service made is the service's to delete.
pub(super) fn delete(request: &mut Request<'_>) -> Answer {
    let id = request.id("NetworkInterfaceId", Kind::Interface)?;
    Err(Fault::client(
        "AuthFailure",
        format!(
            "You do not have permission to access the specified resource {id}: it is managed by a service."
        ),
    ))
}

/// `10-0-1-5` in the name of an interface.
fn private_name(request: &Request<'_>, interface: &NetworkInterface) -> String {
    let dashed = interface.private_ip.to_string().replace('.', "-");
    format!("ip-{dashed}.{}.compute.internal", request.region())
}

fn zone(request: &Request<'_>, interface: &NetworkInterface) -> Option<String> {
    Some(request.ec2()?.subnets.get(&interface.subnet)?.zone.clone())
}

/// Describes network interfaces.
pub(super) struct NetworkInterfaces;

impl Describe for NetworkInterfaces {
    type Row = NetworkInterface;
    const IDS: &'static str = "NetworkInterfaceId";
    const KIND: Kind = Kind::Interface;
    const SET: &'static str = "networkInterfaceSet";
    const ID_FILTER: &'static str = "network-interface-id";
    const FILTERS: &'static [&'static str] = &[
        "addresses.association.owner-id",
        "addresses.association.public-ip",
        "addresses.primary",
        "addresses.private-ip-address",
        "association.allocation-id",
        "association.association-id",
        "association.ip-owner-id",
        "association.public-dns-name",
        "association.public-ip",
        "attachment.attach-time",
        "attachment.attachment-id",
        "attachment.delete-on-termination",
        "attachment.device-index",
        "attachment.instance-id",
        "attachment.instance-owner-id",
        "attachment.status",
        "availability-zone",
        "availability-zone-id",
        "description",
        "group-id",
        "group-name",
        "interface-type",
        "ipv6-addresses.ipv6-address",
        "mac-address",
        "network-interface-id",
        "operator.managed",
        "operator.principal",
        "owner-id",
        "private-dns-name",
        "private-ip-address",
        "requester-id",
        "requester-managed",
        "source-dest-check",
        "status",
        "subnet-id",
        "tag-key",
        "vpc-id",
    ];

    fn get<'a>(request: &'a Request<'_>, id: &str) -> Option<&'a NetworkInterface> {
        request.ec2()?.interfaces.get(id)
    }

    fn all<'a>(
        request: &'a Request<'_>,
    ) -> Box<dyn Iterator<Item = (&'a String, &'a NetworkInterface)> + 'a> {
        Box::new(
            request
                .ec2()
                .into_iter()
                .flat_map(|ec2| ec2.interfaces.iter()),
        )
    }

    fn among(request: &Request<'_>, filter: &str, value: &str) -> Option<Vec<String>> {
        let index = &request.ec2()?.index;
        match filter {
            "group-id" => {
                let ids = index.interfaces_with_group(value);
                Some(ids.into_iter().flatten().cloned().collect())
            }
            "subnet-id" => {
                let addresses = index.addresses_in(value);
                Some(
                    addresses
                        .into_iter()
                        .flatten()
                        .map(|(_, id)| id.clone())
                        .collect(),
                )
            }
            _ => None,
        }
    }

    fn values(
        request: &Request<'_>,
        id: &str,
        interface: &NetworkInterface,
        filter: &str,
    ) -> Vec<String> {
        let one = |text: &dyn ToString| vec![text.to_string()];
        match filter {
            "addresses.primary" | "requester-managed" | "source-dest-check" => one(&true),
            "addresses.private-ip-address" | "private-ip-address" => one(&interface.private_ip),
            "attachment.status" => one(&"attached"),
            "availability-zone" => zone(request, interface).into_iter().collect(),
            "availability-zone-id" => zone(request, interface)
                .and_then(|zone| zone_id(request.region(), &zone))
                .into_iter()
                .collect(),
            "description" => one(&interface.description),
            "group-id" => interface.groups.clone(),
            "group-name" => interface
                .groups
                .iter()
                .filter_map(|group| Some(request.ec2()?.groups.get(group)?.name.clone()))
                .collect(),
            "interface-type" => one(&interface.kind),
            "mac-address" => one(&interface.mac),
            "network-interface-id" => one(&id),
            "operator.managed" => one(&false),
            "owner-id" => one(&request.account()),
            "private-dns-name" => one(&private_name(request, interface)),
            "requester-id" => one(&interface.requester),
            "status" => one(&"in-use"),
            "subnet-id" => one(&interface.subnet),
            "vpc-id" => one(&interface.vpc),
            _ => Vec::new(),
        }
    }

    fn show(request: &Request<'_>, id: &str, interface: &NetworkInterface) -> Vec<Element> {
        let groups = security_group::shown_in(request, &interface.groups);
        let name = private_name(request, interface);
        let address = vec![
            Element::text("privateIpAddress", interface.private_ip),
            Element::text("privateDnsName", &name),
            Element::text("primary", true),
        ];
        let mut shown = vec![
            Element::text("networkInterfaceId", id),
            Element::text("subnetId", &interface.subnet),
            Element::text("vpcId", &interface.vpc),
        ];
        if let Some(zone) = zone(request, interface) {
            shown.extend(
                zone_id(request.region(), &zone).map(|id| Element::text("availabilityZoneId", id)),
            );
            shown.push(Element::text("availabilityZone", zone));
        }
        shown.extend([
            Element::text("description", &interface.description),
            Element::text("ownerId", request.account()),
            Element::text("requesterId", &interface.requester),
            Element::text("requesterManaged", true),
            Element::text("status", "in-use"),
            Element::text("macAddress", &interface.mac),
            Element::text("privateIpAddress", interface.private_ip),
            Element::text("privateDnsName", &name),
            Element::text("sourceDestCheck", true),
            Element::text("interfaceType", &interface.kind),
            groups,
            Element::parent(
                "attachment",
                vec![
                    Element::text("status", "attached"),
                    Element::text("deleteOnTermination", false),
                    Element::text("deviceIndex", 1),
                    Element::text("instanceOwnerId", &interface.requester),
                ],
            ),
            Element::list("privateIpAddressesSet", "item", vec![address]),
            Element::parent("ipv6AddressesSet", Vec::new()),
            request.tag_set(id),
        ]);
        shown.extend(address::association(request, interface));
        shown
    }
}
