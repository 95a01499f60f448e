//! Route tables, routes and associations.

use crate::sandbox::scene::{Scene, element, elements};

async fn scene() -> Scene {
    let mut scene = Scene::new();
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
        .make("table", "routeTableId", "CreateRouteTable VpcId=$vpc")
        .await;
    scene
        .make("igw", "internetGatewayId", "CreateInternetGateway")
        .await;
    scene
        .ok("AttachInternetGateway InternetGatewayId=$igw VpcId=$vpc")
        .await;
    scene
}

#[tokio::test]
async fn routes_come_and_go() {
    let scene = scene().await;
    scene
        .ok("CreateRoute RouteTableId=$table DestinationCidrBlock=0.0.0.0/0 GatewayId=$igw")
        .await;
    let states = async || {
        let shown = scene.ok("DescribeRouteTables RouteTableId.1=$table").await;
        let (_, routes) = shown.split_once("<routeSet>").unwrap();
        let (routes, _) = routes.split_once("</routeSet>").unwrap();
        (
            elements(routes, "destinationCidrBlock"),
            elements(routes, "state"),
        )
    };
    let (destinations, before) = states().await;
    assert_eq!(destinations, ["10.0.0.0/16", "0.0.0.0/0"]);
    assert_eq!(before, ["active", "active"]);
    // What leads nowhere is a black hole.
    scene
        .ok("DetachInternetGateway InternetGatewayId=$igw VpcId=$vpc")
        .await;
    assert_eq!(states().await.1, ["active", "blackhole"]);
    scene
        .refused(&[
            (
                "CreateRoute RouteTableId=$table DestinationCidrBlock=10.2.0.0/16 GatewayId=$igw",
                "InvalidParameterValue",
            ),
            (
                "DeleteRoute RouteTableId=$table DestinationCidrBlock=10.0.0.0/16",
                "InvalidParameterValue",
            ),
        ])
        .await;
    scene
        .ok("DeleteRoute RouteTableId=$table DestinationCidrBlock=0.0.0.0/0")
        .await;
    assert_eq!(states().await.1, ["active"]);
}

#[tokio::test]
async fn refusals() {
    let mut scene = scene().await;
    scene
        .make("lone", "vpcId", "CreateVpc CidrBlock=10.9.0.0/16")
        .await;
    scene
        .make(
            "far",
            "subnetId",
            "CreateSubnet VpcId=$lone CidrBlock=10.9.0.0/24",
        )
        .await;
    scene
        .make("far_table", "routeTableId", "CreateRouteTable VpcId=$lone")
        .await;
    scene
        .make(
            "association",
            "associationId",
            "AssociateRouteTable RouteTableId=$table SubnetId=$subnet",
        )
        .await;
    scene
        .ok("CreateRoute RouteTableId=$table DestinationCidrBlock=0.0.0.0/0 GatewayId=$igw")
        .await;
    scene
        .make(
            "main",
            "routeTableAssociationId",
            "DescribeRouteTables Filter.1.Name=association.main Filter.1.Value.1=true",
        )
        .await;
    scene
        .make(
            "main_table",
            "routeTableId",
            "DescribeRouteTables Filter.1.Name=association.main Filter.1.Value.1=true",
        )
        .await;
    let create = "CreateRoute RouteTableId=$table";
    let line = |rest: &str| format!("{create} {rest}");
    let cases = [
        (
            line("DestinationCidrBlock=0.0.0.0/0 GatewayId=$igw"),
            "RouteAlreadyExists",
        ),
        (
            line("DestinationCidrBlock=10.0.0.0/16 GatewayId=$igw"),
            "RouteAlreadyExists",
        ),
        (
            line("DestinationCidrBlock=10.0.1.0/24 GatewayId=$igw"),
            "InvalidParameterValue",
        ),
        (
            line("DestinationCidrBlock=10.0.1.0/33 GatewayId=$igw"),
            "InvalidParameterValue",
        ),
        (line("DestinationCidrBlock=10.8.0.0/16"), "MissingParameter"),
        (line("GatewayId=$igw"), "MissingParameter"),
        (
            line("DestinationCidrBlock=10.8.0.0/16 GatewayId=igw-00000000"),
            "InvalidGatewayID.NotFound",
        ),
        (
            line("DestinationCidrBlock=10.8.0.0/16 VpcPeeringConnectionId=pcx-00000000"),
            "InvalidVpcPeeringConnectionID.NotFound",
        ),
        (
            line("DestinationCidrBlock=10.8.0.0/16 NatGatewayId=nat-00000000"),
            "NatGatewayNotFound",
        ),
        (
            line("DestinationCidrBlock=10.8.0.0/16 GatewayId=$igw DryRun=true"),
            "DryRunOperation",
        ),
    ];
    for (line, code) in &cases {
        scene.refused(&[(line, code)]).await;
    }
    scene
        .refused(&[
            (
                "CreateRoute RouteTableId=rtb-00000000 DestinationCidrBlock=0.0.0.0/0 GatewayId=$igw",
                "InvalidRouteTableID.NotFound",
            ),
            (
                "ReplaceRoute RouteTableId=$table DestinationCidrBlock=10.7.0.0/16 GatewayId=$igw",
                "InvalidParameterValue",
            ),
            (
                "DeleteRoute RouteTableId=$table DestinationCidrBlock=10.7.0.0/16",
                "InvalidRoute.NotFound",
            ),
            (
                "AssociateRouteTable RouteTableId=$table SubnetId=$subnet",
                "Resource.AlreadyAssociated",
            ),
            (
                "AssociateRouteTable RouteTableId=$table SubnetId=$far",
                "InvalidParameterValue",
            ),
            ("DeleteRouteTable RouteTableId=$table", "DependencyViolation"),
            ("DeleteRouteTable RouteTableId=$main_table", "DependencyViolation"),
            ("DisassociateRouteTable AssociationId=$main", "InvalidParameterValue"),
            (
                "DisassociateRouteTable AssociationId=rtbassoc-00000000",
                "InvalidAssociationID.NotFound",
            ),
            (
                "ReplaceRouteTableAssociation AssociationId=$association RouteTableId=$far_table",
                "InvalidParameterValue",
            ),
        ])
        .await;
}

#[tokio::test]
async fn associations_move() {
    let mut scene = scene().await;
    scene
        .make("second", "routeTableId", "CreateRouteTable VpcId=$vpc")
        .await;
    scene
        .make(
            "association",
            "associationId",
            "AssociateRouteTable RouteTableId=$table SubnetId=$subnet",
        )
        .await;
    scene
        .make(
            "moved",
            "newAssociationId",
            "ReplaceRouteTableAssociation AssociationId=$association RouteTableId=$second",
        )
        .await;
    scene.ok("DeleteRouteTable RouteTableId=$table").await;
    // A subnet takes its association with it.
    scene.ok("DeleteSubnet SubnetId=$subnet").await;
    scene.ok("DeleteRouteTable RouteTableId=$second").await;
}

#[tokio::test]
async fn the_main_table_can_be_another() {
    let mut scene = scene().await;
    let main = "DescribeRouteTables Filter.1.Name=association.main Filter.1.Value.1=true";
    scene.make("main", "routeTableAssociationId", main).await;
    scene.make("old", "routeTableId", main).await;
    scene
        .ok("ReplaceRouteTableAssociation AssociationId=$main RouteTableId=$table")
        .await;
    scene.make("now", "routeTableId", main).await;
    assert_eq!(scene.get("now"), scene.get("table"));
    scene.ok("DeleteRouteTable RouteTableId=$old").await;
    scene
        .refused(&[(
            "DeleteRouteTable RouteTableId=$table",
            "DependencyViolation",
        )])
        .await;
}

#[tokio::test]
async fn a_client_token_makes_one_table() {
    let scene = scene().await;
    let line = "CreateRouteTable VpcId=$vpc ClientToken=t";
    let one = element(&scene.ok(line).await, "routeTableId");
    let two = element(&scene.ok(line).await, "routeTableId");
    assert_eq!(one, two);
    scene
        .refused(&[(
            "CreateRouteTable VpcId=$vpc ClientToken=t TagSpecification.1.ResourceType=route-table TagSpecification.1.Tag.1.Key=a TagSpecification.1.Tag.1.Value=b",
            "IdempotentParameterMismatch",
        )])
        .await;
}
