#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use crate::kinds::scene::{Fault, Scene, said};

const NETWORK: &str = r#"
vpc a { cidr = "10.0.0.0/16", dns_hostnames = true }
subnet one { vpc = vpc.a, cidr = "10.0.1.0/24", az = "eu-west-1a" }
subnet two { vpc = vpc.a, cidr = "10.0.2.0/24", az = "eu-west-1b" }
route_table t { vpc = vpc.a, subnets = [subnet.one] }
route_table u { vpc = vpc.a }
security_group g { vpc = vpc.a }
security_group h { vpc = vpc.a }
"#;

fn with(rest: &str) -> String {
    format!("{NETWORK}\n{rest}")
}

#[tokio::test]
async fn a_gateway_endpoint_is_made_changed_and_deleted() {
    let mut scene = Scene::new();
    let empty = scene.things();
    let s3 = |rest: &str| {
        with(&format!(
            "vpc_endpoint s3 {{ vpc = vpc.a, service = \"com.amazonaws.eu-west-1.s3\"\n{rest} }}"
        ))
    };
    scene
        .apply(&s3("route_tables = [route_table.t]"))
        .await
        .unwrap();
    let record = scene.record("vpc_endpoint.s3");
    assert_eq!(record.text("type"), Some("Gateway"));
    assert!(record.text("prefix_list").unwrap().starts_with("pl-"));
    scene.writes();
    // The route that AWS makes is nobody's.
    let kind = crate::kinds::find("route_table").unwrap();
    let table = scene.id("route_table.t");
    let mut wanted = [crate::kinds::Wanted {
        address: crate::address::Address::from_text("route_table.t"),
        kind: "route_table".into(),
        id: table,
        attributes: Default::default(),
        inside: true,
    }];
    wanted[0].inside = true;
    let read = kind
        .read(&scene.aws, &crate::kinds::scene::place(), &wanted)
        .await
        .unwrap();
    let inside = &read[0].as_ref().unwrap().inside;
    assert!(
        inside.iter().all(|one| !one.what.contains("pl-")),
        "{inside:?}"
    );
    let policy = r#"policy { statement Read { effect = "Allow", principals = "*", actions = ["s3:GetObject"], resources = ["*"] } }"#;
    scene
        .apply(&s3(&format!("route_tables = [route_table.u]\n{policy}")))
        .await
        .unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"ModifyVpcEndpoint AddRouteTableId.1=rtb-90a9ad03bd2ae4bc3 PolicyDocument={"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:GetObject","Resource":"*"}]} RemoveRouteTableId.1=rtb-0d5d03384e3020a71 VpcEndpointId=vpce-cbc1db4e4397a572b"#);
    // What is as it was wanted is left alone, however it is written.
    let other = r#"policy = { Statement = { Sid = "Read", Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "*" }, Version = "2012-10-17" }"#;
    scene
        .apply(&s3(&format!("route_tables = [route_table.u]\n{other}")))
        .await
        .unwrap();
    scene.destroy().await.unwrap();
    insta::assert_snapshot!(scene.writes().lines().last().unwrap_or_default(), @"DeleteVpc VpcId=vpc-e4c02074307872d7d");
    assert_eq!(scene.things(), empty);
}

#[tokio::test]
async fn an_interface_endpoint_is_made_changed_and_deleted() {
    let mut scene = Scene::slow();
    let empty = scene.things();
    let sts = |rest: &str| {
        with(&format!(
            "vpc_endpoint sts {{ vpc = vpc.a, service = \"com.amazonaws.eu-west-1.sts\", type = \"Interface\"\n{rest} }}"
        ))
    };
    scene
        .apply(&sts(
            "subnets = [subnet.one, subnet.two], security_groups = [security_group.g], private_dns = true",
        ))
        .await
        .unwrap();
    let record = scene.record("vpc_endpoint.sts");
    assert_eq!(record.text("state"), Some("available"));
    scene.writes();
    scene
        .apply(&sts(
            "subnets = [subnet.two], security_groups = [security_group.h], private_dns = false",
        ))
        .await
        .unwrap();
    insta::assert_snapshot!(scene.writes(), @"ModifyVpcEndpoint AddSecurityGroupId.1=sg-0174ac8a7ef6eb879 PrivateDnsEnabled=false RemoveSecurityGroupId.1=sg-7557526f5f1672029 RemoveSubnetId.1=subnet-f95e97b88d3022e24 VpcEndpointId=vpce-cbc1db4e4397a572b");
    let records = scene.records.clone();
    scene.destroy().await.unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
DeleteVpcEndpoints VpcEndpointId.1=vpce-cbc1db4e4397a572b
DeleteSubnet SubnetId=subnet-6de5a191f2cc50134
DisassociateRouteTable AssociationId=rtbassoc-e54a5c1d1a4d3d148
DeleteSubnet SubnetId=subnet-f95e97b88d3022e24
RevokeSecurityGroupEgress GroupId=sg-0174ac8a7ef6eb879 SecurityGroupRuleId.1=sgr-12686f2065a42b9d3
DeleteSecurityGroup GroupId=sg-0174ac8a7ef6eb879
RevokeSecurityGroupEgress GroupId=sg-7557526f5f1672029 SecurityGroupRuleId.1=sgr-668f9c70f448d2038
DeleteSecurityGroup GroupId=sg-7557526f5f1672029
DeleteRouteTable RouteTableId=rtb-90a9ad03bd2ae4bc3
DeleteRouteTable RouteTableId=rtb-0d5d03384e3020a71
DeleteVpc VpcId=vpc-e4c02074307872d7d
"#);
    assert_eq!(scene.things(), empty);
    // A delete survives being run twice.
    scene.records = records;
    scene.destroy().await.unwrap();
}

#[tokio::test]
async fn a_subnet_waits_for_the_interface_of_an_endpoint_that_left_it() {
    let mut scene = Scene::slow();
    let text = with(
        "vpc_endpoint sts { vpc = vpc.a, service = \"com.amazonaws.eu-west-1.sts\", type = \"Interface\", subnets = [subnet.one, subnet.two] }",
    );
    scene.apply(&text).await.unwrap();
    let subnet = scene.record("subnet.two").clone();
    let kind = crate::kinds::find("subnet").unwrap();
    let delete = async |scene: &Scene| {
        scene
            .context(async |cx| kind.delete(cx, &subnet).await)
            .await
    };
    let failure = delete(&scene).await.unwrap_err();
    assert!(
        failure.help[0].contains("VPC Endpoint Interface vpce-"),
        "{failure:?}"
    );
    let fewer = text.replace("[subnet.one, subnet.two]", "[subnet.one]");
    scene.apply(&fewer).await.unwrap();
    delete(&scene).await.unwrap();
}

#[tokio::test]
async fn a_lost_answer_makes_one_endpoint() {
    for operation in ["CreateVpcEndpoint", "ModifyVpcEndpoint"] {
        for fault in [Fault::Lost, Fault::Unheard] {
            let mut scene = Scene::new();
            scene.lineage = Some("27c7d218f0d7cae1");
            scene.fault(operation, fault);
            let text = with(
                "vpc_endpoint sts { vpc = vpc.a, service = \"com.amazonaws.eu-west-1.sts\", type = \"Interface\", subnets = [subnet.one] }",
            );
            scene.apply(&text).await.unwrap();
            let more = text.replace("[subnet.one] }", "[subnet.one, subnet.two] }");
            scene.apply(&more).await.unwrap();
            assert_eq!(scene.things()["vpc_endpoints"], 1, "{operation} {fault:?}");
        }
    }
}

#[tokio::test]
async fn a_second_private_name_says_which_endpoint_has_it() {
    let mut scene = Scene::new();
    let sts = |name: &str| {
        format!(
            "vpc_endpoint {name} {{ vpc = vpc.a, service = \"com.amazonaws.eu-west-1.sts\", type = \"Interface\", subnets = [subnet.one], private_dns = true }}"
        )
    };
    scene.apply(&with(&sts("first"))).await.unwrap();
    // Nobody records the first one any more.
    let first = scene.id("vpc_endpoint.first");
    scene
        .records
        .retain(|(_, record)| record.kind != "vpc_endpoint");
    let failure = scene.apply(&with(&sts("second"))).await.unwrap_err();
    assert_eq!(failure.code.as_deref(), Some("InvalidParameter"));
    assert!(
        failure.help.iter().any(|help| help.contains(&first)),
        "{failure:?}"
    );
}

#[tokio::test]
async fn a_private_name_is_taken_when_the_endpoint_that_is_going_has_let_go() {
    let mut scene = Scene::slow();
    let text = with(
        "vpc_endpoint sts { vpc = vpc.a, service = \"com.amazonaws.eu-west-1.sts\", type = \"Interface\", subnets = [subnet.one], private_dns = true }",
    );
    scene.apply(&text).await.unwrap();
    let client = scene.aws.ec2(&crate::kinds::scene::place()).await.unwrap();
    client
        .delete_vpc_endpoints()
        .vpc_endpoint_ids(scene.id("vpc_endpoint.sts"))
        .send()
        .await
        .unwrap();
    scene
        .records
        .retain(|(_, record)| record.kind != "vpc_endpoint");
    scene.apply(&text).await.unwrap();
    assert_eq!(scene.things()["vpc_endpoints"], 1);
}

#[test]
fn what_aws_would_refuse() {
    insta::assert_snapshot!(said(r#"
vpc a { cidr = "10.0.0.0/16", dns_hostnames = true }
vpc b { cidr = "10.1.0.0/16" }
subnet one { vpc = vpc.a, cidr = "10.0.1.0/24", az = "eu-west-1a" }
subnet two { vpc = vpc.a, cidr = "10.0.2.0/24", az = "eu-west-1a" }
subnet far { vpc = vpc.b, cidr = "10.1.2.0/24", az = "eu-west-1b" }
route_table t { vpc = vpc.a }
let sts = "com.amazonaws.eu-west-1.sts"
vpc_endpoint gateway { vpc = vpc.a, service = let.sts }
vpc_endpoint mixed   { vpc = vpc.a, service = "com.amazonaws.eu-west-1.s3", subnets = [subnet.one] }
vpc_endpoint first   { vpc = vpc.a, service = let.sts, type = "Interface", subnets = [subnet.one, subnet.two], private_dns = true }
vpc_endpoint second  { vpc = vpc.a, service = let.sts, type = "Interface", subnets = [subnet.far], private_dns = true }
vpc_endpoint nodns   { vpc = vpc.b, service = let.sts, type = "Interface", subnets = [subnet.far], private_dns = true }
vpc_endpoint s3      { vpc = vpc.a, service = "com.amazonaws.eu-west-1.s3", route_tables = [route_table.t] }
vpc_endpoint again   { vpc = vpc.a, service = "com.amazonaws.eu-west-1.s3", route_tables = [route_table.t] }
"#), @r#"
error[E0330]: `com.amazonaws.eu-west-1.sts` has no gateway endpoints
 --> main.smd:9:47
  |
9 | vpc_endpoint gateway { vpc = vpc.a, service = let.sts }
  |                                               ^^^^^^^ only S3 and DynamoDB have them
  |
  = note: about `vpc_endpoint.gateway`
  = help: write `type = "Interface"` with `subnets` and `security_groups`

error[E0330]: `vpc_endpoint.mixed` is of type `Gateway`, which has no `subnets`
  --> main.smd:10:87
   |
10 | vpc_endpoint mixed   { vpc = vpc.a, service = "com.amazonaws.eu-west-1.s3", subnets = [subnet.one] }
   |                                                                                       ^^^^^^^^^^^^ for `type = "Interface"`
   |
   = help: write `type = "Interface"`, or leave `subnets` out

error[E0333]: `subnet.one` and `subnet.two` are both in `eu-west-1a`
  --> main.smd:11:99
   |
11 | vpc_endpoint first   { vpc = vpc.a, service = let.sts, type = "Interface", subnets = [subnet.one, subnet.two], private_dns = true }
   |                                                                                       ----------  ^^^^^^^^^^ a second subnet of the zone
   |                                                                                       |
   |                                                                                       the first one
   |
   = note: about `vpc_endpoint.first`
   = help: leave one of them out: an interface serves the whole VPC, and its zone best

error[E0324]: `vpc_endpoint.second` is in `vpc.a`, but `subnet.far` is in `vpc.b`
  --> main.smd:12:87
   |
12 | vpc_endpoint second  { vpc = vpc.a, service = let.sts, type = "Interface", subnets = [subnet.far], private_dns = true }
   |                              ----- the VPC of the endpoint                            ^^^^^^^^^^ of another VPC

error[E0331]: two endpoints of `vpc.a` have the private name of `com.amazonaws.eu-west-1.sts`
  --> main.smd:12:114
   |
11 | vpc_endpoint first   { vpc = vpc.a, service = let.sts, type = "Interface", subnets = [subnet.one, subnet.two], private_dns = true }
   |                                                                                                                              ---- `vpc_endpoint.first`
12 | vpc_endpoint second  { vpc = vpc.a, service = let.sts, type = "Interface", subnets = [subnet.far], private_dns = true }
   |                                                                                                                  ^^^^ `vpc_endpoint.second`
   |
   = note: about `vpc_endpoint.second`
   = help: write `private_dns = false` in one, or add the subnets of one to the other

error[E0332]: `vpc_endpoint.nodns` has private DNS, but `vpc.b` has no `dns_hostnames`
  --> main.smd:13:114
   |
 3 | vpc b { cidr = "10.1.0.0/16" }
   |     - this VPC
...
13 | vpc_endpoint nodns   { vpc = vpc.b, service = let.sts, type = "Interface", subnets = [subnet.far], private_dns = true }
   |                                                                                                                  ^^^^ needs the DNS of the VPC
   |
   = help: write `dns_hostnames = true` in the VPC, and leave `dns_support` on

error[E0334]: `route_table.t` leads to two endpoints of `com.amazonaws.eu-west-1.s3`
  --> main.smd:15:92
   |
14 | vpc_endpoint s3      { vpc = vpc.a, service = "com.amazonaws.eu-west-1.s3", route_tables = [route_table.t] }
   |                                                                                            --------------- `vpc_endpoint.s3`
15 | vpc_endpoint again   { vpc = vpc.a, service = "com.amazonaws.eu-west-1.s3", route_tables = [route_table.t] }
   |                                                                                            ^^^^^^^^^^^^^^^ `vpc_endpoint.again`
   |
   = note: about `vpc_endpoint.again`
   = help: leave the table out of one of them
"#);
}
