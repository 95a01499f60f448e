//! VPCs, subnets and internet gateways.

use crate::sandbox::scene::{ACCOUNT, REGION, Scene, element, elements, sandbox};
use crate::sandbox::{Behaviour, Sandbox};

#[tokio::test]
async fn a_vpc_comes_with_table_group_and_acl() {
    let mut scene = Scene::new();
    scene
        .make("vpc", "vpcId", "CreateVpc CidrBlock=10.0.3.4/16")
        .await;
    let vpc = scene.ok("DescribeVpcs").await;
    // Host bits are cleared.
    assert_eq!(element(&vpc, "cidrBlock").unwrap(), "10.0.0.0/16");
    assert_eq!(element(&vpc, "state").unwrap(), "available");
    let table = scene
        .ok("DescribeRouteTables Filter.1.Name=association.main Filter.1.Value.1=true")
        .await;
    assert_eq!(elements(&table, "routeTableId").len(), 2);
    assert_eq!(element(&table, "gatewayId").unwrap(), "local");
    let group = scene.ok("DescribeSecurityGroups").await;
    assert_eq!(element(&group, "groupName").unwrap(), "default");
    assert_eq!(elements(&group, "cidrIp"), ["0.0.0.0/0"]);
    let rules = scene.ok("DescribeSecurityGroupRules").await;
    assert_eq!(elements(&rules, "securityGroupRuleId").len(), 2);
    let acl = scene.ok("DescribeNetworkAcls").await;
    assert_eq!(element(&acl, "default").unwrap(), "true");
    scene.ok("DeleteVpc VpcId=$vpc").await;
    assert!(scene.sandbox.info().counts.is_empty());
    assert!(scene.sandbox.info().accounts.is_empty());
}

#[tokio::test]
async fn waits_are_waited() {
    let sandbox = Sandbox::in_memory(crate::sandbox::scene::clock(), Behaviour::default());
    let clock = sandbox.clock().clone();
    let scene = Scene::of(sandbox);
    scene.ok("CreateVpc CidrBlock=10.0.0.0/16").await;
    let state = |text: String| element(&text, "state").unwrap();
    assert_eq!(state(scene.ok("DescribeVpcs").await), "pending");
    clock.sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(state(scene.ok("DescribeVpcs").await), "available");
}

#[tokio::test]
async fn attributes_of_a_vpc() {
    let mut scene = Scene::new();
    scene
        .make("vpc", "vpcId", "CreateVpc CidrBlock=10.0.0.0/16")
        .await;
    let value = async |attribute: &str| {
        let line = format!("DescribeVpcAttribute VpcId=$vpc Attribute={attribute}");
        element(&scene.ok(&line).await, "value").unwrap()
    };
    assert_eq!(value("enableDnsSupport").await, "true");
    assert_eq!(value("enableDnsHostnames").await, "false");
    scene
        .ok("ModifyVpcAttribute VpcId=$vpc EnableDnsHostnames.Value=true")
        .await;
    assert_eq!(value("enableDnsHostnames").await, "true");
    scene
        .refused(&[
            (
                "ModifyVpcAttribute VpcId=$vpc EnableDnsHostnames.Value=true EnableDnsSupport.Value=true",
                "InvalidParameterCombination",
            ),
            ("ModifyVpcAttribute VpcId=$vpc", "MissingParameter"),
            (
                "DescribeVpcAttribute VpcId=$vpc Attribute=colour",
                "InvalidParameterValue",
            ),
        ])
        .await;
}

#[tokio::test]
async fn refusals() {
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
        .make("igw", "internetGatewayId", "CreateInternetGateway")
        .await;
    scene
        .make("second", "internetGatewayId", "CreateInternetGateway")
        .await;
    scene
        .make("lone", "vpcId", "CreateVpc CidrBlock=10.9.0.0/16")
        .await;
    scene
        .ok("AttachInternetGateway InternetGatewayId=$igw VpcId=$vpc")
        .await;
    scene
        .refused(&[
            ("CreateVpc CidrBlock=10.0.0.0", "InvalidParameterValue"),
            ("CreateVpc CidrBlock=10.0.0.0/8", "InvalidVpc.Range"),
            ("CreateVpc CidrBlock=10.0.0.0/29", "InvalidVpc.Range"),
            ("CreateVpc", "MissingParameter"),
            (
                "CreateVpc CidrBlock=10.0.0.0/16 InstanceTenancy=host",
                "InvalidParameterValue",
            ),
            (
                "CreateVpc CidrBlock=10.0.0.0/16 AmazonProvidedIpv6CidrBlock=true",
                "UnsupportedOperation",
            ),
            (
                "CreateVpc CidrBlock=10.0.0.0/16 DryRun=true",
                "DryRunOperation",
            ),
            (
                "CreateSubnet VpcId=$vpc CidrBlock=10.0.1.128/25",
                "InvalidSubnet.Conflict",
            ),
            (
                "CreateSubnet VpcId=$vpc CidrBlock=10.0.0.0/23",
                "InvalidSubnet.Conflict",
            ),
            (
                "CreateSubnet VpcId=$vpc CidrBlock=10.1.0.0/24",
                "InvalidSubnet.Range",
            ),
            (
                "CreateSubnet VpcId=$vpc CidrBlock=10.0.2.0/29",
                "InvalidSubnet.Range",
            ),
            (
                "CreateSubnet VpcId=$vpc CidrBlock=10.0.2.0/24 AvailabilityZone=eu-west-2a",
                "InvalidParameterValue",
            ),
            (
                "CreateSubnet VpcId=vpc-00000000 CidrBlock=10.0.2.0/24",
                "InvalidVpcID.NotFound",
            ),
            (
                "CreateSubnet VpcId=net-1 CidrBlock=10.0.2.0/24",
                "InvalidVpcID.Malformed",
            ),
            (
                "CreateSubnet VpcId=$vpc CidrBlock=10.0.2.0/24 DryRun=true",
                "DryRunOperation",
            ),
            (
                "ModifySubnetAttribute SubnetId=$subnet MapPublicIpOnLaunch.Value=perhaps",
                "InvalidParameterValue",
            ),
            (
                "AttachInternetGateway InternetGatewayId=$igw VpcId=$lone",
                "Resource.AlreadyAssociated",
            ),
            (
                "AttachInternetGateway InternetGatewayId=$second VpcId=$vpc",
                "InvalidParameterValue",
            ),
            (
                "DetachInternetGateway InternetGatewayId=$second VpcId=$vpc",
                "Gateway.NotAttached",
            ),
            (
                "DeleteInternetGateway InternetGatewayId=$igw",
                "DependencyViolation",
            ),
            (
                "DeleteInternetGateway InternetGatewayId=igw-00000000",
                "InvalidInternetGatewayID.NotFound",
            ),
            ("DeleteVpc VpcId=$vpc", "DependencyViolation"),
            (
                "DeleteSubnet SubnetId=subnet-00000000",
                "InvalidSubnetID.NotFound",
            ),
            (
                "DeleteSubnet SubnetId=$subnet DryRun=true",
                "DryRunOperation",
            ),
            ("RunInstances ImageId=ami-1", "InvalidAction"),
            ("X xx-nowhere-1: DescribeVpcs", "AuthFailure"),
        ])
        .await;
    // Nothing was made or deleted by all that.
    let counts = scene.sandbox.info().counts;
    assert_eq!((counts["vpcs"], counts["subnets"]), (2, 1));
}

#[tokio::test]
async fn secondary_blocks() {
    let mut scene = Scene::new();
    scene
        .make("vpc", "vpcId", "CreateVpc CidrBlock=10.0.0.0/16")
        .await;
    scene
        .make(
            "second",
            "associationId",
            "AssociateVpcCidrBlock VpcId=$vpc CidrBlock=10.1.0.0/16",
        )
        .await;
    scene
        .make(
            "subnet",
            "subnetId",
            "CreateSubnet VpcId=$vpc CidrBlock=10.1.0.0/24",
        )
        .await;
    let shown = scene.ok("DescribeVpcs").await;
    scene.make("primary", "associationId", "DescribeVpcs").await;
    assert_eq!(
        elements(&shown, "cidrBlock"),
        ["10.0.0.0/16", "10.0.0.0/16", "10.1.0.0/16"]
    );
    scene
        .refused(&[
            (
                "AssociateVpcCidrBlock VpcId=$vpc CidrBlock=10.1.4.0/24",
                "InvalidVpc.Range",
            ),
            (
                "AssociateVpcCidrBlock VpcId=$vpc CidrBlock=192.168.0.0/24",
                "InvalidVpc.Range",
            ),
            (
                "DisassociateVpcCidrBlock AssociationId=$second",
                "DependencyViolation",
            ),
            (
                "DisassociateVpcCidrBlock AssociationId=$primary",
                "OperationNotPermitted",
            ),
        ])
        .await;
    scene.ok("DeleteSubnet SubnetId=$subnet").await;
    scene
        .ok("DisassociateVpcCidrBlock AssociationId=$second")
        .await;
    scene.ok("DeleteVpc VpcId=$vpc").await;
}

#[tokio::test]
async fn quotas() {
    let few = Behaviour {
        vpcs_per_region: 2,
        waits: false,
        ..Behaviour::default()
    };
    let mut scene = Scene::of(Sandbox::in_memory(sandbox().clock().clone(), few));
    scene
        .make("vpc", "vpcId", "CreateVpc CidrBlock=10.0.0.0/16")
        .await;
    scene.ok("CreateVpc CidrBlock=10.0.0.0/16").await;
    for n in 0..200 {
        let line = format!("CreateSubnet VpcId=$vpc CidrBlock=10.0.{n}.0/24");
        scene.ok(&line).await;
    }
    scene
        .refused(&[
            ("CreateVpc CidrBlock=10.0.0.0/16", "VpcLimitExceeded"),
            (
                "CreateSubnet VpcId=$vpc CidrBlock=10.0.200.0/24",
                "SubnetLimitExceeded",
            ),
        ])
        .await;
    // Another region and another account have their own.
    let elsewhere = format!("{ACCOUNT} eu-west-2: CreateVpc CidrBlock=10.0.0.0/16");
    scene.ok(&elsewhere).await;
    let other = format!("OTHER {REGION}: CreateVpc CidrBlock=10.0.0.0/16");
    scene.ok(&other).await;
}
