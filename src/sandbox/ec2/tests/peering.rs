//! VPC peering connections across accounts and regions.

use std::time::Duration;

use crate::sandbox::scene::{OTHER, Scene, clock, element, elements};
use crate::sandbox::{Behaviour, Sandbox};

/// Two VPCs of two accounts, and a request from the one to the other.
async fn scene() -> Scene {
    let mut scene = Scene::new();
    scene
        .make("vpc", "vpcId", "CreateVpc CidrBlock=10.0.0.0/16")
        .await;
    scene
        .make("peer", "vpcId", "OTHER: CreateVpc CidrBlock=10.1.0.0/16")
        .await;
    let line = format!("CreateVpcPeeringConnection VpcId=$vpc PeerVpcId=$peer PeerOwnerId={OTHER}");
    scene.make("pcx", "vpcPeeringConnectionId", &line).await;
    scene
}

async fn code(scene: &Scene, place: &str) -> String {
    let line = format!("{place}DescribeVpcPeeringConnections VpcPeeringConnectionId.1=$pcx");
    element(&scene.ok(&line).await, "code").unwrap()
}

#[tokio::test]
async fn accepted_by_the_other_account() {
    let scene = scene().await;
    assert_eq!(code(&scene, "").await, "pending-acceptance");
    assert_eq!(code(&scene, "OTHER: ").await, "pending-acceptance");
    scene
        .refused(&[
            (
                "AcceptVpcPeeringConnection VpcPeeringConnectionId=$pcx",
                "OperationNotPermitted",
            ),
            (
                "444455556666 us-east-1: AcceptVpcPeeringConnection VpcPeeringConnectionId=$pcx",
                "OperationNotPermitted",
            ),
            (
                "777777777777: AcceptVpcPeeringConnection VpcPeeringConnectionId=$pcx",
                "InvalidVpcPeeringConnectionID.NotFound",
            ),
            (
                "OTHER: DeleteVpcPeeringConnection VpcPeeringConnectionId=$pcx",
                "OperationNotPermitted",
            ),
            (
                "ModifyVpcPeeringConnectionOptions VpcPeeringConnectionId=$pcx RequesterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc=true",
                "OperationNotPermitted",
            ),
            (
                "OTHER: AcceptVpcPeeringConnection VpcPeeringConnectionId=$pcx DryRun=true",
                "DryRunOperation",
            ),
            (
                "OTHER: CreateVpcPeeringConnection VpcId=$peer PeerVpcId=$vpc PeerOwnerId=111122223333",
                "VpcPeeringConnectionAlreadyExists",
            ),
        ])
        .await;
    scene
        .ok("OTHER: AcceptVpcPeeringConnection VpcPeeringConnectionId=$pcx")
        .await;
    assert_eq!(code(&scene, "").await, "active");
    // Each side has its own tags.
    scene
        .ok("OTHER: CreateTags ResourceId.1=$pcx Tag.1.Key=side Tag.1.Value=accepter")
        .await;
    let tags = |text: String| elements(&text, "value");
    assert!(tags(scene.ok("DescribeVpcPeeringConnections").await).is_empty());
    assert_eq!(
        tags(scene.ok("OTHER: DescribeVpcPeeringConnections").await),
        ["accepter"]
    );
    scene
        .refused(&[
            (
                "OTHER: AcceptVpcPeeringConnection VpcPeeringConnectionId=$pcx",
                "InvalidStateTransition",
            ),
            ("DeleteVpc VpcId=$vpc", "DependencyViolation"),
        ])
        .await;
}

#[tokio::test]
async fn dns_options_need_dns_and_the_right_side() {
    let scene = scene().await;
    scene
        .ok("OTHER: AcceptVpcPeeringConnection VpcPeeringConnectionId=$pcx")
        .await;
    let requester = "ModifyVpcPeeringConnectionOptions VpcPeeringConnectionId=$pcx RequesterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc=true";
    let accepter = requester.replace("Requester", "Accepter");
    scene
        .refused(&[
            (
                requester,
                "InvalidVpcPeeringConnectionState.DnsHostnamesDisabled",
            ),
            (&accepter, "OperationNotPermitted"),
        ])
        .await;
    scene
        .ok("ModifyVpcAttribute VpcId=$vpc EnableDnsHostnames.Value=true")
        .await;
    scene
        .ok("OTHER: ModifyVpcAttribute VpcId=$peer EnableDnsHostnames.Value=true")
        .await;
    scene.ok(requester).await;
    scene.ok(&format!("OTHER: {accepter}")).await;
    let shown = scene.ok("DescribeVpcPeeringConnections").await;
    assert_eq!(
        elements(&shown, "allowDnsResolutionFromRemoteVpc"),
        ["true", "true"]
    );
}

#[tokio::test]
async fn routes_and_groups_follow_the_connection() {
    let mut scene = scene().await;
    scene
        .make("table", "routeTableId", "CreateRouteTable VpcId=$vpc")
        .await;
    scene
        .make(
            "near",
            "groupId",
            "CreateSecurityGroup VpcId=$vpc GroupName=near GroupDescription=x",
        )
        .await;
    scene
        .make(
            "far",
            "groupId",
            "OTHER: CreateSecurityGroup VpcId=$peer GroupName=far GroupDescription=x",
        )
        .await;
    scene
        .ok("CreateRoute RouteTableId=$table DestinationCidrBlock=10.1.0.0/16 VpcPeeringConnectionId=$pcx")
        .await;
    let last_state = async |scene: &Scene| {
        let shown = scene.ok("DescribeRouteTables RouteTableId.1=$table").await;
        elements(&shown, "state").pop().unwrap()
    };
    assert_eq!(last_state(&scene).await, "blackhole");
    let rule = format!(
        "AuthorizeSecurityGroupIngress GroupId=$near IpPermissions.1.IpProtocol=-1 IpPermissions.1.Groups.1.GroupId=$far IpPermissions.1.Groups.1.UserId={OTHER}"
    );
    scene.refused(&[(&rule, "InvalidGroup.NotFound")]).await;
    scene
        .ok("OTHER: AcceptVpcPeeringConnection VpcPeeringConnectionId=$pcx")
        .await;
    assert_eq!(last_state(&scene).await, "active");
    scene.ok(&rule).await;
    let shown = scene.ok("DescribeSecurityGroups GroupId.1=$near").await;
    assert_eq!(element(&shown, "userId").unwrap(), OTHER);
    assert_eq!(element(&shown, "peeringStatus").unwrap(), "active");
    scene
        .ok("OTHER: DeleteVpcPeeringConnection VpcPeeringConnectionId=$pcx")
        .await;
    assert_eq!(code(&scene, "").await, "deleted");
    assert_eq!(last_state(&scene).await, "blackhole");
    let shown = scene.ok("DescribeSecurityGroups GroupId.1=$near").await;
    assert_eq!(element(&shown, "peeringStatus").unwrap(), "deleted");
    // The far group may go all the same, and the stale rule can still be revoked.
    scene.ok("OTHER: DeleteSecurityGroup GroupId=$far").await;
    scene.ok(&rule.replace("Authorize", "Revoke")).await;
    scene.ok("DeleteSecurityGroup GroupId=$near").await;
    scene
        .refused(&[(
            "DeleteVpcPeeringConnection VpcPeeringConnectionId=$pcx",
            "InvalidStateTransition",
        )])
        .await;
}

#[tokio::test]
async fn overlap_and_unknown_vpcs_fail() {
    let mut scene = scene().await;
    scene
        .make("twin", "vpcId", "OTHER: CreateVpc CidrBlock=10.0.128.0/20")
        .await;
    for peer in ["$twin", "vpc-00000000"] {
        let line =
            format!("CreateVpcPeeringConnection VpcId=$vpc PeerVpcId={peer} PeerOwnerId={OTHER}");
        let shown = scene.ok(&line).await;
        assert_eq!(element(&shown, "code").unwrap(), "initiating-request");
        scene.make("pcx", "vpcPeeringConnectionId", &format!("DescribeVpcPeeringConnections Filter.1.Name=accepter-vpc-info.vpc-id Filter.1.Value.1={peer}")).await;
        assert_eq!(code(&scene, "").await, "failed");
        scene
            .refused(&[
                (
                    "OTHER: AcceptVpcPeeringConnection VpcPeeringConnectionId=$pcx",
                    "InvalidStateTransition",
                ),
                (
                    "DeleteVpcPeeringConnection VpcPeeringConnectionId=$pcx",
                    "InvalidStateTransition",
                ),
            ])
            .await;
    }
    scene
        .refused(&[
            (
                "CreateVpcPeeringConnection VpcId=$vpc PeerVpcId=vpc-00000000",
                "InvalidVpcID.NotFound",
            ),
            (
                "CreateVpcPeeringConnection VpcId=$vpc PeerVpcId=$vpc PeerRegion=moon-1",
                "InvalidParameterValue",
            ),
        ])
        .await;
}

#[tokio::test]
async fn across_regions_and_in_time() {
    let mut scene = Scene::of(Sandbox::in_memory(clock(), Behaviour::default()));
    let clock = scene.sandbox.clock().clone();
    scene
        .make("vpc", "vpcId", "CreateVpc CidrBlock=10.0.0.0/16")
        .await;
    scene
        .make(
            "peer",
            "vpcId",
            "111122223333 us-east-1: CreateVpc CidrBlock=10.1.0.0/16",
        )
        .await;
    let create = "CreateVpcPeeringConnection VpcId=$vpc PeerVpcId=$peer PeerRegion=us-east-1";
    scene.make("pcx", "vpcPeeringConnectionId", create).await;
    let accept = "AcceptVpcPeeringConnection VpcPeeringConnectionId=$pcx";
    scene.refused(&[(accept, "OperationNotPermitted")]).await;
    // After 7 days a request is void and another may be made.
    clock.sleep(Duration::from_hours(7 * 24)).await;
    assert_eq!(code(&scene, "").await, "expired");
    scene.make("pcx", "vpcPeeringConnectionId", create).await;
    scene.ok(&format!("111122223333 us-east-1: {accept}")).await;
    assert_eq!(code(&scene, "").await, "provisioning");
    clock.sleep(Duration::from_secs(2)).await;
    assert_eq!(code(&scene, "").await, "active");
    scene
        .ok("DeleteVpcPeeringConnection VpcPeeringConnectionId=$pcx")
        .await;
    assert_eq!(code(&scene, "").await, "deleting");
    clock.sleep(Duration::from_secs(2)).await;
    assert_eq!(code(&scene, "").await, "deleted");
    clock.sleep(Duration::from_hours(49)).await;
    scene
        .refused(&[(
            "DescribeVpcPeeringConnections VpcPeeringConnectionId.1=$pcx",
            "InvalidVpcPeeringConnectionID.NotFound",
        )])
        .await;
}
