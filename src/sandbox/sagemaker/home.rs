//! What a domain makes in the customer's VPC: the home file system with a mount target for each
//! availability zone, and two security groups that let NFS traffic through. The groups refer to
//! each other and stay when the domain goes (aws-cloudformation/cloudformation-coverage-roadmap#1085).

use super::fault;
use super::state::Domain;
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::ec2::api::{self as network, NewGroup, NewRule};
use crate::sandbox::efs::api::{self as efs, NewFileSystem};
use crate::sandbox::tags::Tags;
use crate::sandbox::world::World;

/// The tag that marks what SageMaker makes for a domain; its value is the domain's ARN.
pub(super) const MANAGED_TAG: &str = "ManagedByAmazonSageMakerResource";

/// Ports of NFS and of Lustre, which newer domains open too.
const PORTS: &[(i32, i32)] = &[(2049, 2049), (988, 988), (1018, 1023)];

/// Makes file system, groups and mount targets, and notes them in the domain.
pub(super) fn create(
    world: &mut World,
    call: &Call,
    id: &str,
    domain: &mut Domain,
    (vpc, subnets): (&str, &[&str]),
) -> Result<(), Fault> {
    let mark = Tags::from([(
        MANAGED_TAG.to_owned(),
        super::arn(call, &format!("domain/{id}")),
    )]);
    let kms_key = domain.settings.get("KmsKeyId").and_then(|key| key.as_str());
    let file_system = efs::create_file_system(
        world,
        NewFileSystem {
            account: &call.account,
            region: &call.region,
            token: id,
            kms_key,
            tags: mark.clone(),
            now_ms: call.now_ms,
        },
    );
    domain.file_system = Some(file_system);
    domain.inbound_group = Some(groups(world, call, id, vpc, mark)?);
    mount(world, call, domain, subnets)
}

/// Makes the two groups and their rules; answers the one for the mount targets.
fn groups(
    world: &mut World,
    call: &Call,
    id: &str,
    vpc: &str,
    mark: Tags,
) -> Result<String, Fault> {
    let (account, region) = (call.account.as_str(), call.region.as_str());
    let mut make = |way: &str| {
        let new = NewGroup {
            vpc,
            name: &format!("security-group-for-{way}-nfs-{id}"),
            description: &format!(
                "[DO NOT DELETE] Security Group that allows {way} NFS traffic for SageMaker Notebooks Domain [{id}]"
            ),
            tags: mark.clone(),
        };
        network::create_group(world, account, region, new)
    };
    let inbound = make("inbound").map_err(of_network)?;
    let outbound = make("outbound").map_err(of_network)?;
    for ports in PORTS {
        for (group, peer, egress) in [(&inbound, &outbound, false), (&outbound, &inbound, true)] {
            let rule = NewRule {
                group,
                egress,
                protocol: "tcp",
                ports: *ports,
                peer,
                description: None,
            };
            network::create_rule(world, account, region, &rule).map_err(of_network)?;
        }
    }
    Ok(inbound)
}

/// Makes a mount target for each zone of the subnets that has none.
pub(super) fn mount(
    world: &mut World,
    call: &Call,
    domain: &Domain,
    subnets: &[&str],
) -> Result<(), Fault> {
    let (Some(file_system), Some(group)) = (&domain.file_system, &domain.inbound_group) else {
        return Ok(());
    };
    let (account, region) = (call.account.as_str(), call.region.as_str());
    let mut zones = efs::mounted_zones(world, account, region, file_system);
    for subnet in subnets {
        let facts = network::subnet(world, account, region, subnet);
        let zone = facts.map(|facts| facts.zone).unwrap_or_default();
        if zones.insert(zone) {
            let groups = std::slice::from_ref(group);
            let new = (file_system.as_str(), *subnet, groups);
            efs::create_mount_target(world, account, region, new, call.now_ms)
                .map_err(of_network)?;
        }
    }
    Ok(())
}

fn of_network(fault: Fault) -> Fault {
    fault::invalid(fault.message)
}
