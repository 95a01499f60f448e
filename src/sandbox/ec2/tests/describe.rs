//! Filters, pages and tags.

use crate::sandbox::scene::{Scene, element, elements};

#[tokio::test]
async fn pages_cover_everything_once() {
    let scene = Scene::new();
    for n in 0..13 {
        scene
            .ok(&format!("CreateVpc CidrBlock=10.{n}.0.0/16"))
            .await;
    }
    let mut seen = Vec::new();
    let mut token = String::new();
    loop {
        let page = scene.ok(&format!("DescribeVpcs MaxResults=5{token}")).await;
        seen.push(elements(&page, "vpcId"));
        let Some(next) = element(&page, "nextToken") else {
            break;
        };
        token = format!(" NextToken={next}");
    }
    assert_eq!(seen.iter().map(Vec::len).collect::<Vec<_>>(), [5, 5, 3]);
    let mut all = seen.concat();
    all.dedup();
    assert_eq!(all.len(), 13);
    scene
        .refused(&[
            ("DescribeVpcs MaxResults=4", "InvalidParameterValue"),
            ("DescribeVpcs MaxResults=1001", "InvalidParameterValue"),
            ("DescribeVpcs MaxResults=many", "InvalidParameterValue"),
            ("DescribeVpcs NextToken=§", "InvalidPaginationToken"),
            (
                "DescribeRouteTables MaxResults=101",
                "InvalidParameterValue",
            ),
            (
                "DescribeVpcs MaxResults=5 VpcId.1=vpc-00000000",
                "InvalidParameterCombination",
            ),
            ("DescribeVpcs VpcId.1=vpc-00000000", "InvalidVpcID.NotFound"),
            (
                "DescribeVpcs Filter.1.Name=colour Filter.1.Value.1=red",
                "InvalidParameterValue",
            ),
            ("DescribeVpcs DryRun=true", "DryRunOperation"),
        ])
        .await;
}

#[tokio::test]
async fn filters() {
    let mut scene = Scene::new();
    let tag = "TagSpecification.1.ResourceType=vpc TagSpecification.1.Tag.1.Key=smd:stack TagSpecification.1.Tag.1.Value";
    scene
        .make(
            "one",
            "vpcId",
            &format!("CreateVpc CidrBlock=10.0.0.0/16 {tag}=one"),
        )
        .await;
    scene
        .make(
            "two",
            "vpcId",
            &format!("CreateVpc CidrBlock=10.1.0.0/16 {tag}=two"),
        )
        .await;
    scene
        .make(
            "subnet",
            "subnetId",
            "CreateSubnet VpcId=$two CidrBlock=10.1.0.0/24 AvailabilityZoneId=euw1-az2",
        )
        .await;
    let found = async |what: &str, name: &str, value: &str| {
        let element = match what {
            "Vpcs" => "vpcId",
            _ => "subnetId",
        };
        let line = format!("Describe{what} Filter.1.Name={name} Filter.1.Value.1={value}");
        elements(&scene.ok(&line).await, element).len()
    };
    for (what, name, value, count) in [
        ("Vpcs", "tag:smd:stack", "one", 1),
        ("Vpcs", "tag:smd:stack", "*", 2),
        ("Vpcs", "tag:smd:stack", "t?o", 1),
        ("Vpcs", "tag-key", "smd:*", 2),
        ("Vpcs", "tag-key", "stack", 0),
        ("Vpcs", "cidr", "10.1.0.0/16", 1),
        ("Vpcs", "vpc-id", "$one", 1),
        ("Vpcs", "state", "available", 2),
        ("Vpcs", "is-default", "true", 0),
        ("Subnets", "vpc-id", "$two", 1),
        ("Subnets", "vpc-id", "$one", 0),
        ("Subnets", "availability-zone", "eu-west-1b", 1),
        ("Subnets", "available-ip-address-count", "251", 1),
        ("Subnets", "map-public-ip-on-launch", "false", 1),
    ] {
        assert_eq!(found(what, name, value).await, count, "{name}={value}");
    }
}

#[tokio::test]
async fn tags() {
    let mut scene = Scene::new();
    scene
        .make("vpc", "vpcId", "CreateVpc CidrBlock=10.0.0.0/16")
        .await;
    scene
        .make("igw", "internetGatewayId", "CreateInternetGateway")
        .await;
    scene
        .ok("CreateTags ResourceId.1=$vpc ResourceId.2=$igw Tag.1.Key=a Tag.1.Value=1 Tag.2.Key=b Tag.2.Value=2")
        .await;
    let all = async |scene: &Scene| {
        let shown = scene.ok("DescribeTags").await;
        elements(&shown, "resourceType")
            .into_iter()
            .zip(elements(&shown, "key"))
            .zip(elements(&shown, "value"))
            .map(|((kind, key), value)| format!("{kind} {key}={value}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        all(&scene).await,
        [
            "internet-gateway a=1",
            "internet-gateway b=2",
            "vpc a=1",
            "vpc b=2"
        ]
    );
    scene
        .ok("DeleteTags ResourceId.1=$vpc Tag.1.Key=a Tag.2.Key=b Tag.2.Value=other")
        .await;
    scene.ok("DeleteTags ResourceId.1=$igw").await;
    assert_eq!(all(&scene).await, ["vpc b=2"]);
    let many: String = (0..50)
        .map(|n| format!(" Tag.{}.Key=k{n} Tag.{}.Value=v", n + 1, n + 1))
        .collect();
    scene
        .refused(&[
            (&format!("CreateTags ResourceId.1=$vpc{many}"), "TagLimitExceeded"),
            ("CreateTags ResourceId.1=$vpc Tag.1.Key=aws:x Tag.1.Value=1", "InvalidParameterValue"),
            ("CreateTags ResourceId.1=$vpc", "MissingParameter"),
            ("CreateTags ResourceId.1=vpc-00000000 Tag.1.Key=a Tag.1.Value=1", "InvalidVpcID.NotFound"),
            ("CreateTags ResourceId.1=something Tag.1.Key=a Tag.1.Value=1", "InvalidID"),
            (
                "CreateVpc CidrBlock=10.0.0.0/16 TagSpecification.1.ResourceType=subnet TagSpecification.1.Tag.1.Key=a",
                "InvalidParameterValue",
            ),
        ])
        .await;
}

#[tokio::test]
async fn places() {
    let scene = Scene::new();
    let zones = scene.ok("DescribeAvailabilityZones").await;
    assert_eq!(
        elements(&zones, "zoneName"),
        ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    );
    assert_eq!(
        elements(&zones, "zoneId"),
        ["euw1-az1", "euw1-az2", "euw1-az3"]
    );
    let regions = scene.ok("DescribeRegions RegionName.1=us-east-1").await;
    assert_eq!(elements(&regions, "regionName"), ["us-east-1"]);
    assert_eq!(
        element(&scene.ok("DescribeDhcpOptions").await, "value").unwrap(),
        "eu-west-1.compute.internal"
    );
}
