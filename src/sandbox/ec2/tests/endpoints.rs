//! VPC endpoints, prefix lists, and routes to what the sandbox has not.

use std::time::Duration;

use crate::sandbox::scene::{self, Scene, element, elements};
use crate::sandbox::{Behaviour, Sandbox};

const STS: &str = "com.amazonaws.eu-west-1.sts";

async fn scene() -> Scene {
    let mut scene = Scene::of(Sandbox::in_memory(scene::clock(), Behaviour::default()));
    scene
        .make("vpc", "vpcId", "CreateVpc CidrBlock=10.0.0.0/16")
        .await;
    scene
        .ok("ModifyVpcAttribute VpcId=$vpc EnableDnsHostnames.Value=true")
        .await;
    for (name, zone) in [("one", "a"), ("two", "b"), ("other", "b")] {
        let block = match name {
            "one" => "10.0.1.0/24",
            "two" => "10.0.2.0/24",
            _ => "10.0.3.0/24",
        };
        let line =
            format!("CreateSubnet VpcId=$vpc CidrBlock={block} AvailabilityZone=eu-west-1{zone}");
        scene.make(name, "subnetId", &line).await;
    }
    scene
        .make(
            "group",
            "groupId",
            "CreateSecurityGroup VpcId=$vpc GroupName=g GroupDescription=d",
        )
        .await;
    scene
        .make("table", "routeTableId", "CreateRouteTable VpcId=$vpc")
        .await;
    scene
}

async fn pass(scene: &Scene, seconds: u64) {
    let clock = scene.sandbox.clock();
    clock.sleep(Duration::from_secs(seconds)).await;
}

fn interface(rest: &str) -> String {
    format!("CreateVpcEndpoint VpcId=$vpc ServiceName={STS} VpcEndpointType=Interface {rest}")
}

#[tokio::test]
async fn an_interface_endpoint_holds_subnets_and_groups_until_it_is_gone() {
    let mut scene = scene().await;
    let line = interface("SubnetId.1=$one SubnetId.2=$two SecurityGroupId.1=$group");
    scene.make("endpoint", "vpcEndpointId", &line).await;
    let state = async |scene: &Scene| {
        let shown = scene
            .ok("DescribeVpcEndpoints VpcEndpointId.1=$endpoint")
            .await;
        element(&shown, "state").unwrap()
    };
    assert_eq!(state(&scene).await, "pending");
    scene
        .refused(&[(
            "ModifyVpcEndpoint VpcEndpointId=$endpoint RemoveSubnetId.1=$one",
            "IncorrectState",
        )])
        .await;
    pass(&scene, 60).await;
    assert_eq!(state(&scene).await, "available");
    scene
        .refused(&[
            ("DeleteSubnet SubnetId=$one", "DependencyViolation"),
            ("DeleteSecurityGroup GroupId=$group", "DependencyViolation"),
        ])
        .await;
    scene
        .ok("ModifyVpcEndpoint VpcEndpointId=$endpoint RemoveSubnetId.1=$one")
        .await;
    // The interface is taken away a while later.
    scene
        .refused(&[("DeleteSubnet SubnetId=$one", "DependencyViolation")])
        .await;
    pass(&scene, 60).await;
    scene.ok("DeleteSubnet SubnetId=$one").await;
    let answer = scene
        .ok("DeleteVpcEndpoints VpcEndpointId.1=$endpoint VpcEndpointId.2=vpce-0123456789abcdef0")
        .await;
    assert_eq!(elements(&answer, "code"), ["InvalidVpcEndpoint.NotFound"]);
    assert_eq!(state(&scene).await, "deleting");
    scene
        .refused(&[
            ("DeleteSubnet SubnetId=$two", "DependencyViolation"),
            ("DeleteVpc VpcId=$vpc", "DependencyViolation"),
        ])
        .await;
    pass(&scene, 60).await;
    scene
        .refused(&[(
            "DescribeVpcEndpoints VpcEndpointId.1=$endpoint",
            "InvalidVpcEndpointId.NotFound",
        )])
        .await;
    scene.ok("DeleteSubnet SubnetId=$two").await;
    scene.ok("DeleteSecurityGroup GroupId=$group").await;
}

#[tokio::test]
async fn a_gateway_endpoint_is_a_route() {
    let mut scene = scene().await;
    let s3 = "com.amazonaws.eu-west-1.s3";
    let line = format!("CreateVpcEndpoint VpcId=$vpc ServiceName={s3} RouteTableId.1=$table");
    scene.make("endpoint", "vpcEndpointId", &line).await;
    let lists = scene
        .ok(&format!(
            "DescribePrefixLists Filter.1.Name=prefix-list-name Filter.1.Value.1={s3}"
        ))
        .await;
    let list = element(&lists, "prefixListId").unwrap();
    let shown = scene.ok("DescribeRouteTables RouteTableId.1=$table").await;
    assert_eq!(elements(&shown, "destinationPrefixListId"), [list]);
    assert!(shown.contains(scene.get("endpoint")), "{shown}");
    let policy = r#"{"Statement":[]}"#;
    scene
        .ok(&format!(
            "ModifyVpcEndpoint VpcEndpointId=$endpoint RemoveRouteTableId.1=$table PolicyDocument={policy}"
        ))
        .await;
    let shown = scene.ok("DescribeRouteTables RouteTableId.1=$table").await;
    assert!(!shown.contains("destinationPrefixListId"), "{shown}");
    let policy = async |scene: &Scene| {
        let shown = scene
            .ok("DescribeVpcEndpoints VpcEndpointId.1=$endpoint")
            .await;
        element(&shown, "policyDocument").unwrap()
    };
    assert!(!policy(&scene).await.contains("Allow"));
    scene
        .ok("ModifyVpcEndpoint VpcEndpointId=$endpoint ResetPolicy=true")
        .await;
    assert!(policy(&scene).await.contains("Allow"));
    scene
        .ok("DeleteVpcEndpoints VpcEndpointId.1=$endpoint")
        .await;
    assert_eq!(scene.sandbox.info().counts.get("vpc_endpoints"), None);
}

#[tokio::test]
async fn refusals() {
    let mut scene = scene().await;
    let first = interface("SubnetId.1=$one PrivateDnsEnabled=true ClientToken=t");
    scene.make("endpoint", "vpcEndpointId", &first).await;
    let again = scene.ok(&first).await;
    assert_eq!(
        element(&again, "vpcEndpointId").as_deref(),
        Some(scene.get("endpoint"))
    );
    scene
        .make("lone", "vpcId", "CreateVpc CidrBlock=10.1.0.0/16")
        .await;
    scene
        .make(
            "far",
            "subnetId",
            "CreateSubnet VpcId=$lone CidrBlock=10.1.1.0/24",
        )
        .await;
    let s3 = "CreateVpcEndpoint VpcId=$vpc ServiceName=com.amazonaws.eu-west-1.s3";
    scene.ok(&format!("{s3} RouteTableId.1=$table")).await;
    for (line, code) in [
        (
            interface("SubnetId.1=$two PrivateDnsEnabled=true"),
            "InvalidParameter",
        ),
        (
            interface("SubnetId.1=$two SubnetId.2=$other"),
            "DuplicateSubnetsInSameZone",
        ),
        (interface("SubnetId.1=$far"), "InvalidParameter"),
        (interface("RouteTableId.1=$table"), "InvalidParameter"),
        (
            interface("SubnetId.1=subnet-00000000"),
            "InvalidSubnetID.NotFound",
        ),
        (
            interface("SubnetId.1=$one IpAddressType=dualstack"),
            "InvalidParameter",
        ),
        (
            interface("SubnetId.1=$one ClientToken=t"),
            "IdempotentParameterMismatch",
        ),
        (format!("{s3} RouteTableId.1=$table"), "RouteAlreadyExists"),
        (format!("{s3} SubnetId.1=$one"), "InvalidParameter"),
        (format!("{s3} PolicyDocument=no"), "InvalidPolicyDocument"),
        (
            format!("CreateVpcEndpoint VpcId=$vpc ServiceName={STS}"),
            "InvalidParameter",
        ),
        (
            "CreateVpcEndpoint VpcId=$vpc ServiceName=com.amazonaws.us-east-1.s3".to_owned(),
            "InvalidServiceName",
        ),
        (
            format!(
                "CreateVpcEndpoint VpcId=$lone ServiceName={STS} VpcEndpointType=Interface SubnetId.1=$far PrivateDnsEnabled=true"
            ),
            "InvalidParameter",
        ),
    ] {
        scene.refused(&[(&line, code)]).await;
    }
}

#[tokio::test]
async fn literal_targets_are_taken_by_their_form() {
    let scene = scene().await;
    let targets = [
        (
            "TransitGatewayId",
            "tgw-0123456789abcdef0",
            "transitGatewayId",
        ),
        (
            "EgressOnlyInternetGatewayId",
            "eigw-0123456789abcdef0",
            "egressOnlyInternetGatewayId",
        ),
        ("GatewayId", "vgw-0123456789abcdef0", "gatewayId"),
        ("InstanceId", "i-0123456789abcdef0", "instanceId"),
        ("VpcEndpointId", "vpce-0123456789abcdef0", "gatewayId"),
    ];
    for (argument, id, element) in targets {
        let route = "RouteTableId=$table DestinationPrefixListId=pl-0123456789abcdef0";
        scene
            .ok(&format!("CreateRoute {route} {argument}={id}"))
            .await;
        let shown = scene.ok("DescribeRouteTables RouteTableId.1=$table").await;
        assert!(
            shown.contains(&format!("<{element}>{id}</{element}>")),
            "{shown}"
        );
        scene.ok(&format!("DeleteRoute {route}")).await;
        let wrong = format!("CreateRoute {route} {argument}=x-1");
        assert!(scene.call(&wrong).await.is_err(), "{wrong}");
    }
    scene
        .refused(&[(
            "CreateRoute RouteTableId=$table DestinationPrefixListId=pl-x TransitGatewayId=tgw-0123456789abcdef0",
            "InvalidPrefixListId.Malformed",
        )])
        .await;
}
