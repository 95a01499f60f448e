#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use crate::aws::Cause;
use crate::kinds::scene::{Fault, Scene, evaluate, said};

const NETWORK: &str = r#"
vpc a { cidr = "10.0.0.0/16" }
subnet public { vpc = vpc.a, cidr = "10.0.1.0/24" }
subnet private { vpc = vpc.a, cidr = "10.0.2.0/24" }
internet_gateway g { vpc = vpc.a }
elastic_ip out {}
"#;
const GATEWAY: &str = r#"
nat_gateway n { subnet = subnet.public, elastic_ip = elastic_ip.out }
route_table t {
  vpc     = vpc.a
  subnets = [subnet.private]
  route out { to = "0.0.0.0/0", via = nat_gateway.n }
}
"#;

fn with(rest: &str) -> String {
    format!("{NETWORK}\n{rest}")
}

#[tokio::test]
async fn a_gateway_is_made_tagged_and_deleted() {
    let mut scene = Scene::slow();
    let empty = scene.things();
    scene.apply(&with(GATEWAY)).await.unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
AllocateAddress Domain=vpc
CreateVpc CidrBlock=10.0.0.0/16
CreateInternetGateway
AttachInternetGateway InternetGatewayId=igw-ca5d6cf8277f07a13 VpcId=vpc-33720b0fe75ece9e9
CreateRouteTable VpcId=vpc-33720b0fe75ece9e9
CreateSubnet CidrBlock=10.0.2.0/24 VpcId=vpc-33720b0fe75ece9e9
AssociateRouteTable RouteTableId=rtb-12d05231d79db7c1e SubnetId=subnet-0871cb2e3c4bcf565
CreateSubnet CidrBlock=10.0.1.0/24 VpcId=vpc-33720b0fe75ece9e9
CreateNatGateway AllocationId=eipalloc-1de4d096a90f15ec7 SubnetId=subnet-f95e97b88d3022e24
CreateRoute DestinationCidrBlock=0.0.0.0/0 NatGatewayId=nat-4c19201311a6e265d RouteTableId=rtb-12d05231d79db7c1e
"#);
    let record = scene.record("nat_gateway.n");
    assert_eq!(record.text("state"), Some("available"));
    assert_eq!(record.text("vpc"), Some(scene.id("vpc.a").as_str()));
    assert_eq!(
        record.text("public_ip"),
        scene.record("elastic_ip.out").text("public_ip")
    );
    assert_eq!(
        scene.record("route_table.t.route.out").text("state"),
        Some("active")
    );
    scene
        .apply(&with(
            &GATEWAY.replace("nat_gateway n {", "nat_gateway n { name = \"x\", "),
        ))
        .await
        .unwrap();
    insta::assert_snapshot!(scene.writes(), @"CreateTags ResourceId.1=nat-4c19201311a6e265d Tag.1.Key=Name Tag.1.Value=x");
    let records = scene.records.clone();
    scene.destroy().await.unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
DeleteRoute DestinationCidrBlock=0.0.0.0/0 RouteTableId=rtb-12d05231d79db7c1e
DeleteNatGateway NatGatewayId=nat-4c19201311a6e265d
DeleteSubnet SubnetId=subnet-f95e97b88d3022e24
DisassociateRouteTable AssociationId=rtbassoc-972df95fb23ff0d0e
DeleteSubnet SubnetId=subnet-0871cb2e3c4bcf565
DeleteRouteTable RouteTableId=rtb-12d05231d79db7c1e
DetachInternetGateway InternetGatewayId=igw-ca5d6cf8277f07a13 VpcId=vpc-33720b0fe75ece9e9
DeleteInternetGateway InternetGatewayId=igw-ca5d6cf8277f07a13
DeleteVpc VpcId=vpc-33720b0fe75ece9e9
ReleaseAddress AllocationId=eipalloc-1de4d096a90f15ec7
"#);
    assert_eq!(scene.things(), empty);
    // A delete survives being run twice, while AWS still shows what is gone.
    scene.records = records;
    scene.destroy().await.unwrap();
}

#[tokio::test]
async fn a_private_gateway_has_no_public_address() {
    let mut scene = Scene::new();
    scene
        .apply(
            r#"
vpc a { cidr = "10.0.0.0/16" }
subnet s { vpc = vpc.a, cidr = "10.0.1.0/24" }
nat_gateway n { subnet = subnet.s, connectivity = "private", private_ip = "10.0.1.9" }
"#,
        )
        .await
        .unwrap();
    let record = scene.record("nat_gateway.n");
    assert_eq!(record.text("private_ip_address"), Some("10.0.1.9"));
    assert_eq!(record.text("public_ip"), None);
    scene.destroy().await.unwrap();
}

#[tokio::test]
async fn a_lost_answer_makes_one_gateway() {
    for fault in [Fault::Lost, Fault::Unheard] {
        let mut scene = Scene::new();
        scene.lineage = Some("27c7d218f0d7cae1");
        scene.fault("CreateNatGateway", fault);
        scene.apply(&with(GATEWAY)).await.unwrap();
        assert_eq!(scene.things()["nat_gateways"], 1, "{fault:?}");
    }
}

#[tokio::test]
async fn one_that_fails_says_why_and_can_only_be_replaced() {
    let mut scene = Scene::slow();
    let failure = scene
        .apply(
            r#"
vpc a { cidr = "10.0.0.0/16" }
subnet s { vpc = vpc.a, cidr = "10.0.1.0/24" }
elastic_ip out {}
nat_gateway n { subnet = subnet.s, elastic_ip = elastic_ip.out }
"#,
        )
        .await
        .unwrap_err();
    assert_eq!(failure.cause, Cause::Failed);
    assert_eq!(failure.code.as_deref(), Some("Gateway.NotAttached"));
    assert!(failure.message.contains("has no Internet gateway attached"));
    assert!(failure.help[0].contains("internet_gateway"), "{failure:?}");
    let kind = crate::kinds::find("nat_gateway").unwrap();
    let actual = crate::value::Map::from([
        ("state".into(), crate::value::Value::string("failed")),
        (
            "failure_message".into(),
            crate::value::Value::string("no gateway"),
        ),
    ]);
    assert_eq!(
        kind.broken("nat_gateway", &actual).as_deref(),
        Some("it could not be made: no gateway")
    );
}

#[tokio::test]
async fn an_address_that_is_in_use_names_what_has_it() {
    let mut scene = Scene::slow();
    scene.apply(&with(GATEWAY)).await.unwrap();
    let address = scene.record("elastic_ip.out").clone();
    let kind = crate::kinds::find("elastic_ip").unwrap();
    let failure = scene
        .context(async |cx| kind.delete(cx, &address).await)
        .await
        .unwrap_err();
    assert_eq!(failure.code.as_deref(), Some("InvalidIPAddress.InUse"));
    assert!(
        failure.help[0].contains("network interface eni-"),
        "{failure:?}"
    );
}

#[tokio::test]
async fn an_internet_gateway_waits_for_a_gateway_that_is_going() {
    let mut scene = Scene::slow();
    scene.apply(&with(GATEWAY)).await.unwrap();
    let attachment = scene.record("internet_gateway.g.attachment").clone();
    let kind = crate::kinds::find("internet_gateway").unwrap();
    let detach = async |scene: &Scene| {
        scene
            .context(async |cx| kind.delete(cx, &attachment).await)
            .await
    };
    let failure = detach(&scene).await.unwrap_err();
    assert_eq!(failure.code.as_deref(), Some("DependencyViolation"));
    assert!(
        failure.help[0].contains("the public address 18.200."),
        "{failure:?}"
    );
    let client = scene.aws.ec2(&crate::kinds::scene::place()).await.unwrap();
    client
        .delete_nat_gateway()
        .nat_gateway_id(scene.id("nat_gateway.n"))
        .send()
        .await
        .unwrap();
    detach(&scene).await.unwrap();
}

#[tokio::test]
async fn a_new_gateway_waits_for_the_address_of_one_that_is_going() {
    let mut scene = Scene::slow();
    scene.apply(&with(GATEWAY)).await.unwrap();
    // A run that was killed had begun to delete it; nobody records it any more.
    let client = scene.aws.ec2(&crate::kinds::scene::place()).await.unwrap();
    client
        .delete_nat_gateway()
        .nat_gateway_id(scene.id("nat_gateway.n"))
        .send()
        .await
        .unwrap();
    let goes = |kind: &str| matches!(kind, "nat_gateway" | "route_table.route");
    scene.records.retain(|(_, record)| !goes(&record.kind));
    let text = with(GATEWAY)
        .replace("route out", "route again")
        .replace("0.0.0.0/0", "9.0.0.0/8");
    scene.apply(&text).await.unwrap();
    assert_eq!(
        scene.record("nat_gateway.n").text("state"),
        Some("available")
    );
}

#[test]
fn a_public_gateway_waits_for_the_internet_gateway() {
    let (configuration, ..) = evaluate(&with(GATEWAY));
    let needs = |address: &str| -> Vec<String> {
        let node = &configuration.nodes[&crate::address::Address::from_text(address)];
        let hard = node.edges.iter().filter(|edge| !edge.soft);
        hard.map(|edge| edge.to.to_string()).collect()
    };
    assert!(needs("nat_gateway.n").contains(&"internet_gateway.g.attachment".to_owned()));
    let (configuration, ..) = evaluate(&with(
        "nat_gateway n { subnet = subnet.private, connectivity_type = \"private\" }",
    ));
    let node = &configuration.nodes[&crate::address::Address::from_text("nat_gateway.n")];
    let to = |text: &str| node.edges.iter().any(|edge| edge.to.as_str() == text);
    assert!(!to("internet_gateway.g.attachment"));
}

#[test]
fn only_a_shared_address_stands_in_the_way() {
    use crate::value::{Map, Value};
    let kind = crate::kinds::find("nat_gateway").unwrap();
    let map = |members: &[(&str, &str)]| -> Map {
        members
            .iter()
            .map(|(name, value)| ((*name).into(), Value::string(*value)))
            .collect()
    };
    let check = |before: &[(&str, &str)], after: &[(&str, &str)], wanted: bool| {
        let got = kind.in_the_way("nat_gateway", &map(before), &map(after));
        assert_eq!(got, wanted, "{before:?} {after:?}");
    };
    let one = [("subnet", "subnet-1"), ("elastic_ip", "eipalloc-1")];
    check(
        &one,
        &[("subnet", "subnet-2"), ("elastic_ip", "eipalloc-1")],
        true,
    );
    check(
        &one,
        &[("subnet", "subnet-2"), ("elastic_ip", "eipalloc-2")],
        false,
    );
    check(
        &one,
        &[("subnet", "subnet-2"), ("connectivity_type", "private")],
        false,
    );
    let fixed = [("private_ip_address", "10.0.1.9")];
    check(&fixed, &fixed, true);
}

#[test]
fn what_aws_would_refuse() {
    insta::assert_snapshot!(said(r#"
vpc a { cidr = "10.0.0.0/16" }
vpc b { cidr = "10.1.0.0/16" }
subnet s { vpc = vpc.a, cidr = "10.0.1.0/24" }
internet_gateway g { vpc = vpc.a }
subnet far { vpc = vpc.b, cidr = "10.1.1.0/24" }
elastic_ip one {}
elastic_ip two { account = account.emr }
elastic_ip three {}
nat_gateway bare    { subnet = subnet.s }
nat_gateway private { subnet = subnet.s, elastic_ip = elastic_ip.one, connectivity_type = "private" }
nat_gateway again   { subnet = subnet.s, elastic_ip = elastic_ip.one }
nat_gateway away    { subnet = subnet.s, elastic_ip = elastic_ip.two }
nat_gateway shut    { subnet = subnet.far, elastic_ip = elastic_ip.three }
route_table t { vpc = vpc.a, route out { to = "0.0.0.0/0", via = nat_gateway.shut } }
"#), @r#"
error[E0326]: `nat_gateway.bare` has no `elastic_ip`
  --> main.smd:10:13
   |
10 | nat_gateway bare    { subnet = subnet.s }
   |             ^^^^ a public NAT gateway
   |
   = help: declare an `elastic_ip` and write `elastic_ip = elastic_ip.x`, or write `connectivity_type = "private"`

error[E0326]: `nat_gateway.private` is private and has an `elastic_ip`
  --> main.smd:11:55
   |
11 | nat_gateway private { subnet = subnet.s, elastic_ip = elastic_ip.one, connectivity_type = "private" }
   |                                                       ^^^^^^^^^^^^^^ a public address     --------- private
   |
   = help: leave one of the two out

error[E0327]: two NAT gateways have `elastic_ip.one`
  --> main.smd:12:55
   |
11 | nat_gateway private { subnet = subnet.s, elastic_ip = elastic_ip.one, connectivity_type = "private" }
   |                                                       -------------- `nat_gateway.private`
12 | nat_gateway again   { subnet = subnet.s, elastic_ip = elastic_ip.one }
   |                                                       ^^^^^^^^^^^^^^ `nat_gateway.again`
   |
   = note: about `nat_gateway.again`
   = help: declare an `elastic_ip` for each

error[E0328]: `nat_gateway.away` is in 111122223333 eu-west-1, but `elastic_ip.two` in 444455556666 eu-west-1
  --> main.smd:13:55
   |
13 | nat_gateway away    { subnet = subnet.s, elastic_ip = elastic_ip.two }
   |                                                       ^^^^^^^^^^^^^^ of another account or region
   |
   = help: write the `account` (and `region`) of the gateway's VPC in `elastic_ip.two`

warning[W0329]: `nat_gateway.shut` is public, but `vpc.b` has no internet gateway
  --> main.smd:14:13
   |
14 | nat_gateway shut    { subnet = subnet.far, elastic_ip = elastic_ip.three }
   |             ^^^^ AWS lets it fail
   |
   = help: declare `internet_gateway x { vpc = vpc.b }`, or write `connectivity_type = "private"`

error[E0324]: `route_table.t` is in `vpc.a`, but the NAT gateway `nat_gateway.shut` is in `vpc.b`
  --> main.smd:15:66
   |
15 | route_table t { vpc = vpc.a, route out { to = "0.0.0.0/0", via = nat_gateway.shut } }
   |                       ----- the VPC of the table                 ^^^^^^^^^^^^^^^^ of another VPC
   |
   = note: about `route_table.t.route.out`
"#);
}
