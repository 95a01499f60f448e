//! Elastic IP addresses and NAT gateways.

use std::time::Duration;

use crate::sandbox::scene::{self, Scene, element, elements};
use crate::sandbox::{Behaviour, Sandbox};

async fn scene() -> Scene {
    let mut scene = Scene::of(Sandbox::in_memory(scene::clock(), Behaviour::default()));
    scene
        .make("vpc", "vpcId", "CreateVpc CidrBlock=10.0.0.0/16")
        .await;
    scene
        .make(
            "subnet",
            "subnetId",
            "CreateSubnet VpcId=$vpc CidrBlock=10.0.1.0/24",
        )
        .await;
    scene
        .make("igw", "internetGatewayId", "CreateInternetGateway")
        .await;
    scene
        .ok("AttachInternetGateway InternetGatewayId=$igw VpcId=$vpc")
        .await;
    scene.make("eip", "allocationId", "AllocateAddress").await;
    scene
}

async fn pass(scene: &Scene, seconds: u64) {
    let clock = scene.sandbox.clock();
    clock.sleep(Duration::from_secs(seconds)).await;
}

async fn state(scene: &Scene) -> Option<String> {
    let shown = scene.ok("DescribeNatGateways NatGatewayId.1=$nat").await;
    element(&shown, "state")
}

const CREATE: &str = "CreateNatGateway SubnetId=$subnet AllocationId=$eip";

#[tokio::test]
async fn a_gateway_goes_from_state_to_state() {
    let mut scene = scene().await;
    scene.make("nat", "natGatewayId", CREATE).await;
    scene
        .make("table", "routeTableId", "CreateRouteTable VpcId=$vpc")
        .await;
    scene
        .ok("CreateRoute RouteTableId=$table DestinationCidrBlock=0.0.0.0/0 NatGatewayId=$nat")
        .await;
    assert_eq!(state(&scene).await.as_deref(), Some("pending"));
    pass(&scene, 120).await;
    assert_eq!(state(&scene).await.as_deref(), Some("available"));
    let held = [
        ("ReleaseAddress AllocationId=$eip", "InvalidIPAddress.InUse"),
        (
            "DetachInternetGateway InternetGatewayId=$igw VpcId=$vpc",
            "DependencyViolation",
        ),
        ("DeleteSubnet SubnetId=$subnet", "DependencyViolation"),
    ];
    scene.refused(&held).await;
    scene.ok("DeleteNatGateway NatGatewayId=$nat").await;
    assert_eq!(state(&scene).await.as_deref(), Some("deleting"));
    // Asked again, it goes on going; what it has is free only when it is gone.
    scene.ok("DeleteNatGateway NatGatewayId=$nat").await;
    scene.refused(&held).await;
    pass(&scene, 61).await;
    assert_eq!(state(&scene).await.as_deref(), Some("deleted"));
    let shown = scene.ok("DescribeRouteTables RouteTableId.1=$table").await;
    assert_eq!(elements(&shown, "natGatewayId"), [scene.get("nat")]);
    assert!(shown.contains("<state>blackhole</state>"), "{shown}");
    for (line, _) in held {
        scene.ok(line).await;
    }
    scene.ok("DeleteNatGateway NatGatewayId=$nat").await;
    pass(&scene, 60 * 60).await;
    scene
        .refused(&[
            (
                "DescribeNatGateways NatGatewayId.1=$nat",
                "NatGatewayNotFound",
            ),
            ("DeleteNatGateway NatGatewayId=$nat", "NatGatewayNotFound"),
        ])
        .await;
}

#[tokio::test]
async fn what_cannot_work_fails_a_while_later() {
    let mut scene = scene().await;
    scene.make("nat", "natGatewayId", CREATE).await;
    let fails = async |scene: &mut Scene, line: &str| {
        scene.make("nat", "natGatewayId", line).await;
        assert_eq!(state(scene).await.as_deref(), Some("pending"), "{line}");
        pass(scene, 10).await;
        assert_eq!(state(scene).await.as_deref(), Some("failed"), "{line}");
        let shown = scene.ok("DescribeNatGateways NatGatewayId.1=$nat").await;
        element(&shown, "failureCode").unwrap()
    };
    assert_eq!(
        fails(&mut scene, CREATE).await,
        "Resource.AlreadyAssociated"
    );
    scene
        .make("lone", "vpcId", "CreateVpc CidrBlock=10.1.0.0/16")
        .await;
    scene
        .make(
            "subnet",
            "subnetId",
            "CreateSubnet VpcId=$lone CidrBlock=10.1.0.0/28",
        )
        .await;
    scene.make("eip", "allocationId", "AllocateAddress").await;
    assert_eq!(fails(&mut scene, CREATE).await, "Gateway.NotAttached");
    // A private one needs neither; a failed one is gone by itself.
    scene
        .ok("CreateNatGateway SubnetId=$subnet ConnectivityType=private")
        .await;
    pass(&scene, 60 * 60).await;
    assert_eq!(state(&scene).await.as_deref(), Some("deleted"));
}

#[tokio::test]
async fn a_token_makes_one_gateway() {
    let scene = scene().await;
    let line = format!("{CREATE} ClientToken=t");
    let first = element(&scene.ok(&line).await, "natGatewayId");
    assert_eq!(element(&scene.ok(&line).await, "natGatewayId"), first);
    scene
        .refused(&[(
            "CreateNatGateway SubnetId=$subnet ConnectivityType=private ClientToken=t",
            "IdempotentParameterMismatch",
        )])
        .await;
}

#[tokio::test]
async fn refusals_and_limits() {
    let mut scene = scene().await;
    scene
        .refused(&[
            ("CreateNatGateway SubnetId=$subnet", "MissingParameter"),
            (
                "CreateNatGateway SubnetId=$subnet AllocationId=$eip ConnectivityType=private",
                "InvalidParameterCombination",
            ),
            (
                "CreateNatGateway SubnetId=subnet-0123456789abcdef0 AllocationId=$eip",
                "InvalidSubnetID.NotFound",
            ),
            (
                "CreateNatGateway SubnetId=$subnet AllocationId=eipalloc-0123456789abcdef0",
                "InvalidAllocationID.NotFound",
            ),
            (
                "CreateNatGateway SubnetId=$subnet AllocationId=$eip PrivateIpAddress=10.9.0.9",
                "InvalidParameterValue",
            ),
            (
                "DeleteNatGateway NatGatewayId=nat-0123456789abcdef0",
                "NatGatewayNotFound",
            ),
            (
                "ReleaseAddress AllocationId=eipalloc-0123456789abcdef0",
                "InvalidAllocationID.NotFound",
            ),
        ])
        .await;
    for _ in 0..5 {
        scene
            .ok("CreateNatGateway SubnetId=$subnet ConnectivityType=private")
            .await;
    }
    scene
        .refused(&[(
            "CreateNatGateway SubnetId=$subnet ConnectivityType=private",
            "NatGatewayLimitExceeded",
        )])
        .await;
    scene
        .make(
            "other",
            "subnetId",
            "CreateSubnet VpcId=$vpc CidrBlock=10.0.2.0/24 AvailabilityZone=eu-west-1b",
        )
        .await;
    scene
        .ok("CreateNatGateway SubnetId=$other ConnectivityType=private")
        .await;
    let few = Behaviour {
        addresses_per_region: 1,
        ..Behaviour::default()
    };
    let scene = Scene::of(Sandbox::in_memory(scene::clock(), few));
    scene.ok("AllocateAddress").await;
    scene
        .refused(&[("AllocateAddress", "AddressLimitExceeded")])
        .await;
}
