//! What other services make in a VPC.

use crate::sandbox::call::Fault;
use crate::sandbox::ec2::api::{self, NewGroup, NewInterface, NewRule};
use crate::sandbox::scene::{ACCOUNT, REGION, Scene, element};

#[tokio::test]
async fn interfaces_hold_subnet_and_groups() {
    let mut scene = Scene::new();
    scene
        .make("vpc", "vpcId", "CreateVpc CidrBlock=10.0.0.0/16")
        .await;
    scene
        .make(
            "subnet",
            "subnetId",
            "CreateSubnet VpcId=$vpc CidrBlock=10.0.1.0/28",
        )
        .await;
    let vpc = scene.get("vpc").to_owned();
    let subnet = scene.get("subnet").to_owned();
    let made = scene
        .sandbox
        .arrange(|world| {
            let group = api::create_group(
                world,
                ACCOUNT,
                REGION,
                NewGroup {
                    vpc: &vpc,
                    name: "security-group-for-inbound-nfs-d-1",
                    description: "nfs",
                    tags: [("aws:made-by".to_owned(), "x".to_owned())].into(),
                },
            )?;
            api::create_rule(
                world,
                ACCOUNT,
                REGION,
                &NewRule {
                    group: &group,
                    egress: false,
                    protocol: "tcp",
                    ports: (2049, 2049),
                    peer: &group,
                    description: None,
                },
            )?;
            let mut interfaces = Vec::new();
            // 16 addresses less the 5 that are AWS's own.
            for _ in 0..11 {
                interfaces.push(api::create_interface(
                    world,
                    ACCOUNT,
                    REGION,
                    &NewInterface {
                        subnet: &subnet,
                        groups: std::slice::from_ref(&group),
                        description: "mount target",
                        requester: "efs",
                        kind: "efs",
                        private_ip: None,
                    },
                )?);
            }
            let full = api::create_interface(
                world,
                ACCOUNT,
                REGION,
                &NewInterface {
                    subnet: &subnet,
                    groups: &[],
                    description: "",
                    requester: "efs",
                    kind: "efs",
                    private_ip: None,
                },
            );
            Ok::<_, Fault>((group, interfaces, full.unwrap_err().code))
        })
        .unwrap();
    let (group, interfaces, full) = made.unwrap();
    assert_eq!(full, "InsufficientFreeAddressesInSubnet");
    let ips: Vec<String> = interfaces.iter().map(|(_, ip)| ip.to_string()).collect();
    assert_eq!(
        (ips.first().unwrap().as_str(), ips.last().unwrap().as_str()),
        ("10.0.1.4", "10.0.1.14")
    );
    let shown = scene
        .ok("DescribeNetworkInterfaces Filter.1.Name=subnet-id Filter.1.Value.1=$subnet MaxResults=5")
        .await;
    assert_eq!(element(&shown, "requesterManaged").unwrap(), "true");
    let delete_group = format!("DeleteSecurityGroup GroupId={group}");
    scene
        .refused(&[
            ("DeleteSubnet SubnetId=$subnet", "DependencyViolation"),
            (&delete_group, "DependencyViolation"),
        ])
        .await;
    scene
        .sandbox
        .arrange(|world| {
            for (id, _) in &interfaces {
                assert!(api::delete_interface(world, ACCOUNT, REGION, id));
            }
        })
        .unwrap();
    scene.ok(&delete_group).await;
    scene.ok("DeleteSubnet SubnetId=$subnet").await;
    scene.ok("DeleteVpc VpcId=$vpc").await;
    assert!(scene.sandbox.info().counts.is_empty());
}
