#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use aws_sdk_ec2::types::SecurityGroupRule;
use serde_json::json;

use super::rule::{came_with_its_group, is_aws_own_egress};
use crate::kinds::scene::{Scene, evaluate, said};
use crate::kinds::testbed::Bed;

const NETWORK: &str = r#"
vpc a { cidr = "10.0.0.0/16" }
"#;

#[tokio::test]
async fn groups_that_name_each_other_are_made_changed_and_deleted() {
    let mut scene = Scene::new();
    let empty = scene.things();
    let text = format!(
        r#"{NETWORK}
security_group x {{
  vpc = vpc.a
  description = "Studio apps"
  ingress apps {{ protocol = "tcp", ports = 8192..65535, from = self }}
  ingress y    {{ protocol = "udp", ports = 53, from = security_group.y, description = "names" }}
  ingress ping {{ protocol = "icmp", icmp_type = 8, from = "10.0.0.0/8", tags = {{ a = "b" }} }}
  egress  all  {{ protocol = "all", to = "0.0.0.0/0" }}
}}
security_group y {{
  vpc = vpc.a
  ingress x {{ protocol = "tcp", ports = 443, from = security_group.x }}
}}"#
    );
    scene.apply(&text).await.unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
CreateVpc CidrBlock=10.0.0.0/16
CreateSecurityGroup GroupDescription=Studio apps GroupName=stack-x VpcId=vpc-e4c02074307872d7d
RevokeSecurityGroupEgress GroupId=sg-2e4c232207086b665 SecurityGroupRuleId.1=sgr-aeac9773e041bfa03
AuthorizeSecurityGroupEgress GroupId=sg-2e4c232207086b665 IpPermissions.1.IpProtocol=-1 IpPermissions.1.IpRanges.1.CidrIp=0.0.0.0/0
AuthorizeSecurityGroupIngress GroupId=sg-2e4c232207086b665 IpPermissions.1.FromPort=8192 IpPermissions.1.Groups.1.GroupId=sg-2e4c232207086b665 IpPermissions.1.IpProtocol=tcp IpPermissions.1.ToPort=65535
AuthorizeSecurityGroupIngress GroupId=sg-2e4c232207086b665 IpPermissions.1.FromPort=8 IpPermissions.1.IpProtocol=icmp IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8 IpPermissions.1.ToPort=-1
CreateSecurityGroup GroupDescription=Managed by smd GroupName=stack-y VpcId=vpc-e4c02074307872d7d
CreateTags ResourceId.1=sgr-596288c1a7d4d4a06 Tag.1.Key=smd:address Tag.1.Value=security_group.y.egress.default Tag.2.Key=smd:stack Tag.2.Value=test
AuthorizeSecurityGroupIngress GroupId=sg-2e4c232207086b665 IpPermissions.1.FromPort=53 IpPermissions.1.Groups.1.Description=names IpPermissions.1.Groups.1.GroupId=sg-e47f07dd4cef6d093 IpPermissions.1.IpProtocol=udp IpPermissions.1.ToPort=53
AuthorizeSecurityGroupIngress GroupId=sg-e47f07dd4cef6d093 IpPermissions.1.FromPort=443 IpPermissions.1.Groups.1.GroupId=sg-2e4c232207086b665 IpPermissions.1.IpProtocol=tcp IpPermissions.1.ToPort=443
"#);
    assert!(
        scene
            .id("security_group.y.egress.default")
            .starts_with("sgr-")
    );
    let before = scene.id("security_group.x.ingress.apps");
    scene
        .apply(
            &text
                .replace("8192..65535", "8192..9000")
                .replace("description = \"names\"", "tags = { c = \"d\" }"),
        )
        .await
        .unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
ModifySecurityGroupRules GroupId=sg-2e4c232207086b665 SecurityGroupRule.1.SecurityGroupRule.FromPort=8192 SecurityGroupRule.1.SecurityGroupRule.IpProtocol=tcp SecurityGroupRule.1.SecurityGroupRule.ReferencedGroupId=sg-2e4c232207086b665 SecurityGroupRule.1.SecurityGroupRule.ToPort=9000 SecurityGroupRule.1.SecurityGroupRuleId=sgr-668f9c70f448d2038
ModifySecurityGroupRules GroupId=sg-2e4c232207086b665 SecurityGroupRule.1.SecurityGroupRule.Description= SecurityGroupRule.1.SecurityGroupRule.FromPort=53 SecurityGroupRule.1.SecurityGroupRule.IpProtocol=udp SecurityGroupRule.1.SecurityGroupRule.ReferencedGroupId=sg-e47f07dd4cef6d093 SecurityGroupRule.1.SecurityGroupRule.ToPort=53 SecurityGroupRule.1.SecurityGroupRuleId=sgr-d6fabd474da459202
CreateTags ResourceId.1=sgr-d6fabd474da459202 Tag.1.Key=c Tag.1.Value=d
"#);
    assert_eq!(scene.id("security_group.x.ingress.apps"), before);
    // Any egress takes the place of AWS's own rule.
    scene
        .apply(&text.replace(
            "ingress x {",
            "egress https { protocol = \"tcp\", ports = 443, to = \"0.0.0.0/0\" }\n  ingress x {",
        ))
        .await
        .unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
ModifySecurityGroupRules GroupId=sg-2e4c232207086b665 SecurityGroupRule.1.SecurityGroupRule.FromPort=8192 SecurityGroupRule.1.SecurityGroupRule.IpProtocol=tcp SecurityGroupRule.1.SecurityGroupRule.ReferencedGroupId=sg-2e4c232207086b665 SecurityGroupRule.1.SecurityGroupRule.ToPort=65535 SecurityGroupRule.1.SecurityGroupRuleId=sgr-668f9c70f448d2038
AuthorizeSecurityGroupEgress GroupId=sg-e47f07dd4cef6d093 IpPermissions.1.FromPort=443 IpPermissions.1.IpProtocol=tcp IpPermissions.1.IpRanges.1.CidrIp=0.0.0.0/0 IpPermissions.1.ToPort=443
ModifySecurityGroupRules GroupId=sg-2e4c232207086b665 SecurityGroupRule.1.SecurityGroupRule.Description=names SecurityGroupRule.1.SecurityGroupRule.FromPort=53 SecurityGroupRule.1.SecurityGroupRule.IpProtocol=udp SecurityGroupRule.1.SecurityGroupRule.ReferencedGroupId=sg-e47f07dd4cef6d093 SecurityGroupRule.1.SecurityGroupRule.ToPort=53 SecurityGroupRule.1.SecurityGroupRuleId=sgr-d6fabd474da459202
DeleteTags ResourceId.1=sgr-d6fabd474da459202 Tag.1.Key=c
RevokeSecurityGroupEgress GroupId=sg-e47f07dd4cef6d093 SecurityGroupRuleId.1=sgr-596288c1a7d4d4a06
"#);
    scene.destroy().await.unwrap();
    assert_eq!(scene.things(), empty);
}

#[tokio::test]
async fn a_rule_names_a_group_of_a_peered_account() {
    let mut scene = Scene::new();
    let empty = scene.things();
    let text = r#"
vpc a { cidr = "10.0.0.0/16" }
vpc b { account = account.emr, cidr = "10.1.0.0/16" }
peering p { requester = vpc.a, accepter = vpc.b }
security_group studio { vpc = vpc.a }
security_group primary {
  vpc = vpc.b
  ingress livy { protocol = "tcp", ports = 8998, from = security_group.studio }
}"#;
    scene.apply(text).await.unwrap();
    let rule = scene.record("security_group.primary.ingress.livy");
    assert_eq!(
        rule.text("from"),
        Some(format!("111122223333/{}", scene.id("security_group.studio")).as_str())
    );
    scene.writes();
    scene.apply(text).await.unwrap();
    assert_eq!(scene.writes(), "");
    scene.destroy().await.unwrap();
    assert_eq!(scene.things(), empty);
}

#[tokio::test]
async fn what_keeps_a_group_is_named() {
    let mut scene = Scene::slow();
    scene
        .apply(&format!("{NETWORK}security_group x {{ vpc = vpc.a, name = \"x\" }}\nsecurity_group y {{ vpc = vpc.a, name = \"y\" }}"))
        .await
        .unwrap();
    let client = scene.aws.ec2(&crate::kinds::scene::place()).await.unwrap();
    let permission = aws_sdk_ec2::types::IpPermission::builder()
        .ip_protocol("tcp")
        .from_port(443)
        .to_port(443)
        .user_id_group_pairs(
            aws_sdk_ec2::types::UserIdGroupPair::builder()
                .group_id(scene.id("security_group.x"))
                .build(),
        )
        .build();
    client
        .authorize_security_group_ingress()
        .group_id(scene.id("security_group.y"))
        .ip_permissions(permission)
        .send()
        .await
        .unwrap();
    scene
        .records
        .retain(|(address, _)| address.as_str() == "security_group.x");
    let before = scene.sandbox.clock().now();
    let failure = scene.destroy().await.unwrap_err();
    // At once: what nobody deletes does not go by waiting.
    let passed = scene.sandbox.clock().now().duration_since(before).unwrap();
    assert!(passed < std::time::Duration::from_secs(60), "{passed:?}");
    insta::assert_snapshot!(format!("{failure}\n{}", failure.help.join("\n")), @r#"
ec2:DeleteSecurityGroup failed: resource sg-2e4c232207086b665 has a dependent object (DependencyViolation)
ingress rule sgr-569c3e13335078e76 of group sg-7557526f5f1672029 of account 111122223333 hangs on sg-2e4c232207086b665
"#);
}

#[test]
fn a_rule_needs_the_acceptance_of_the_peering() {
    let (configuration, _, _) = evaluate(
        r#"
vpc a { cidr = "10.0.0.0/16" }
vpc b { cidr = "10.1.0.0/16" }
peering p { requester = vpc.a, accepter = vpc.b }
security_group x { vpc = vpc.a }
security_group y { vpc = vpc.b, ingress x { protocol = "tcp", ports = 1, from = security_group.x } }
"#,
    );
    let rule =
        &configuration.nodes[&crate::address::Address::from_text("security_group.y.ingress.x")];
    assert!(
        rule.edges
            .iter()
            .any(|edge| edge.to.as_str() == "peering.p.acceptance" && !edge.soft)
    );
}

#[test]
fn what_aws_would_refuse() {
    insta::assert_snapshot!(said(r#"
vpc a { cidr = "10.0.0.0/16" }
vpc b { cidr = "10.1.0.0/16" }
vpc far { account = account.far, cidr = "10.2.0.0/16" }
security_group named { name = "sg-mine", vpc = vpc.a }
security_group twin_a { name = "twin", vpc = vpc.a }
security_group twin_b { name = "Twin", vpc = vpc.a }
security_group b { vpc = vpc.b }
security_group far { vpc = vpc.far }
security_group x {
  vpc = vpc.a
  ingress one      { protocol = "tcp", ports = 443, from = "10.0.0.0/8", description = "a" }
  ingress again    { protocol = "6", ports = 443..443, from = "10.0.0.0/8" }
  ingress no_ports { protocol = "tcp", from = self }
  ingress all      { protocol = "all", ports = 1..2, from = self }
  ingress ping     { protocol = "icmp", ports = 8, from = self }
  ingress types    { protocol = "udp", ports = 8, icmp_type = 8, from = self }
  ingress bits     { protocol = "tcp", ports = 1, from = "10.0.0.1/8" }
  ingress word     { protocol = "tcp", ports = 1, from = "anywhere" }
  ingress other    { protocol = "tcp", ports = 1, from = security_group.b }
  ingress far      { protocol = "tcp", ports = 1, from = security_group.far }
}
"#), @r#"
error[E0313]: a security group cannot be named `sg-mine`
 --> main.smd:5:31
  |
5 | security_group named { name = "sg-mine", vpc = vpc.a }
  |                               ^^^^^^^^^ looks like an id
  |
  = note: about `security_group.named`

error[E0313]: two security groups of `vpc.a` are named `Twin`
 --> main.smd:7:32
  |
6 | security_group twin_a { name = "twin", vpc = vpc.a }
  |                                ------ `security_group.twin_a`
7 | security_group twin_b { name = "Twin", vpc = vpc.a }
  |                                ^^^^^^ `security_group.twin_b`
  |
  = note: about `security_group.twin_b`

error[E0305]: `security_group.x.ingress.one` and `security_group.x.ingress.again` are the same rule
  --> main.smd:13:11
   |
12 |   ingress one      { protocol = "tcp", ports = 443, from = "10.0.0.0/8", description = "a" }
   |           --- the rule
13 |   ingress again    { protocol = "6", ports = 443..443, from = "10.0.0.0/8" }
   |           ^^^^^ the same again
   |
   = help: delete one of them: descriptions and tags do not make two rules of one

error[E0308]: a `tcp` rule needs `ports`
  --> main.smd:14:33
   |
14 |   ingress no_ports { protocol = "tcp", from = self }
   |                                 ^^^^^
   |
   = note: about `security_group.x.ingress.no_ports`
   = help: for all of them write `ports = 0..65535`

error[E0308]: `all` has no ports
  --> main.smd:15:48
   |
15 |   ingress all      { protocol = "all", ports = 1..2, from = self }
   |                                 -----          ^^^^
   |                                 |
   |                                 the protocol
   |
   = note: about `security_group.x.ingress.all`
   = help: leave `ports` out: the rule is for all of them

error[E0308]: `icmp` has no ports
  --> main.smd:16:49
   |
16 |   ingress ping     { protocol = "icmp", ports = 8, from = self }
   |                                 ------          ^
   |                                 |
   |                                 the protocol
   |
   = note: about `security_group.x.ingress.ping`
   = help: write `icmp_type` and `icmp_code`

error[E0308]: `udp` has no `icmp_type`
  --> main.smd:17:63
   |
17 |   ingress types    { protocol = "udp", ports = 8, icmp_type = 8, from = self }
   |                                 ----- the protocol            ^
   |
   = note: about `security_group.x.ingress.types`
   = help: write `ports`

error[E0309]: `10.0.0.1/8` is not a source of a rule
  --> main.smd:18:58
   |
18 |   ingress bits     { protocol = "tcp", ports = 1, from = "10.0.0.1/8" }
   |                                                          ^^^^^^^^^^^^
   |
   = note: about `security_group.x.ingress.bits`
   = help: it has host bits: the network is `10.0.0.0/8`

error[E0309]: `anywhere` is not a source of a rule
  --> main.smd:19:58
   |
19 |   ingress word     { protocol = "tcp", ports = 1, from = "anywhere" }
   |                                                          ^^^^^^^^^^
   |
   = note: about `security_group.x.ingress.word`
   = help: one rule has one: `self`, a security group, a network, a prefix list `pl-…`, or `account-id/sg-id`; for several write one labelled rule each

warning[W0307]: `security_group.b` is in another VPC, and no peering of the two is declared
  --> main.smd:20:58
   |
20 |   ingress other    { protocol = "tcp", ports = 1, from = security_group.b }
   |                                                          ^^^^^^^^^^^^^^^^ AWS takes it only while the two VPCs are peered
   |
   = note: about `security_group.x.ingress.other`
   = help: declare a `peering` of the two VPCs

error[E0306]: `security_group.far` is in `us-east-1`, and a rule can name groups of its own region only
  --> main.smd:21:58
   |
21 |   ingress far      { protocol = "tcp", ports = 1, from = security_group.far }
   |                                                          ^^^^^^^^^^^^^^^^^^ this rule is in `eu-west-1`
   |
   = note: about `security_group.x.ingress.far`
   = help: write the network of the other side: `vpc.far.cidr`
"#);
}

#[test]
fn a_description_that_does_not_come_back_is_told_once() {
    let kind = crate::kinds::find("security_group").unwrap();
    let schema = crate::kinds::schema_of("security_group.ingress").unwrap();
    let map = |json: serde_json::Value| {
        crate::value::Value::from_json(&json)
            .as_map()
            .cloned()
            .unwrap()
    };
    let rule = serde_json::json!({"protocol": "tcp", "from_port": 443, "to_port": 443, "description": "a"});
    let mut there = map(rule.clone());
    let written = map(rule);
    assert!(crate::plan::not_applied(kind, schema, &written, &there).is_empty());
    there.remove("description");
    assert_eq!(
        crate::plan::not_applied(kind, schema, &written, &there),
        ["description"]
    );
}

#[tokio::test]
async fn what_a_broken_off_run_left_of_awss_egress_is_taken_away() {
    let bed = Bed::new();
    let vpc = bed
        .made(&bed.node("vpc", "a", &json!({ "cidr": "10.0.0.0/16" })))
        .await;
    let group = |stays: bool| {
        let attributes = json!({ "name": "x", "vpc": vpc.id, "default_egress": stays });
        bed.node("security_group", "x", &attributes)
    };
    // As when the run ended between the group and the call that takes its rule away.
    let left = bed.made(&group(true)).await;
    for (unfinished, stays, revoked) in [
        (false, false, 0),
        (true, true, 0),
        (true, false, 1),
        (true, false, 0),
    ] {
        let mut record = left.clone();
        record.unfinished = unfinished;
        bed.requests();
        bed.update(&group(stays), &record, &[]).await.unwrap();
        let calls = bed.requests();
        let found = calls
            .iter()
            .filter(|(name, _)| name == "RevokeSecurityGroupEgress");
        assert_eq!(found.count(), revoked, "{unfinished} {stays}");
    }
}

/// In a VPC with an IPv6 network, which the sandbox has none of, AWS makes two rules with a group.
#[test]
fn rules_like_those_that_come_with_a_group() {
    let rule = || {
        SecurityGroupRule::builder()
            .is_egress(true)
            .ip_protocol("-1")
    };
    let tag = aws_sdk_ec2::types::Tag::builder()
        .key("a")
        .value("b")
        .build();
    for (rule, came, is_own) in [
        (rule().cidr_ipv4("0.0.0.0/0"), true, true),
        (rule().cidr_ipv6("::/0"), true, false),
        (rule().cidr_ipv6("::/0").is_egress(false), false, false),
        (rule().cidr_ipv6("::/0").ip_protocol("tcp"), false, false),
        (rule().cidr_ipv6("2001:db8::/48"), false, false),
        (rule().cidr_ipv6("::/0").description("ours"), false, false),
        (rule().cidr_ipv4("0.0.0.0/0").tags(tag), false, false),
    ] {
        let rule = rule.build();
        assert_eq!(came_with_its_group(&rule), came, "{rule:?}");
        assert_eq!(is_aws_own_egress(&rule), is_own, "{rule:?}");
    }
}

#[tokio::test]
async fn rules_for_ipv6_and_prefix_lists() {
    let mut scene = Scene::new();
    let empty = scene.things();
    scene
        .apply(
            r#"
vpc a { cidr = "10.0.0.0/16" }
vpc_endpoint s3 { vpc = vpc.a, service = "com.amazonaws.eu-west-1.s3" }
security_group g {
  vpc = vpc.a
  ingress six   { protocol = "tcp", ports = 443, from = "2001:DB8::/32" }
  ingress ping  { protocol = "icmpv6", from = "::/0" }
  egress  s3    { protocol = "tcp", ports = 443, to = vpc_endpoint.s3.prefix_list }
  egress  lists { protocol = "tcp", ports = 80, to = "pl-0123456789abcdef0" }
}
"#,
        )
        .await
        .unwrap();
    assert_eq!(
        scene.record("security_group.g.egress.s3").text("to"),
        scene.record("vpc_endpoint.s3").text("prefix_list")
    );
    scene.destroy().await.unwrap();
    assert_eq!(scene.things(), empty);
}

#[test]
fn rules_within_each_other() {
    insta::assert_snapshot!(said(r#"
vpc a { cidr = "10.0.0.0/16" }
security_group g {
  vpc = vpc.a
  ingress wide   { protocol = "tcp", ports = 0..1000, from = "10.0.0.0/8" }
  ingress narrow { protocol = "tcp", ports = 443, from = "10.1.0.0/16" }
  ingress other  { protocol = "tcp", ports = 2049, from = "10.1.0.0/16" }
  ingress udp    { protocol = "udp", ports = 443, from = "10.1.0.0/16" }
  egress  all    { protocol = "all", to = "0.0.0.0/0" }
  egress  nfs    { protocol = "tcp", ports = 2049, to = "10.0.0.0/16" }
}
"#), @r#"
warning[W0338]: `security_group.g.ingress.narrow` lies within `security_group.g.ingress.wide`
 --> main.smd:6:11
  |
5 |   ingress wide   { protocol = "tcp", ports = 0..1000, from = "10.0.0.0/8" }
  |           ---- allows all of it
6 |   ingress narrow { protocol = "tcp", ports = 443, from = "10.1.0.0/16" }
  |           ^^^^^^ allows nothing more
  |
  = help: leave it out, or make the other one narrower

warning[W0338]: `security_group.g.egress.nfs` lies within `security_group.g.egress.all`
  --> main.smd:10:11
   |
 9 |   egress  all    { protocol = "all", to = "0.0.0.0/0" }
   |           --- allows all of it
10 |   egress  nfs    { protocol = "tcp", ports = 2049, to = "10.0.0.0/16" }
   |           ^^^ allows nothing more
   |
   = help: leave it out, or make the other one narrower
"#);
}

#[test]
fn of_rules_for_one_network_the_widest_is_around_the_others() {
    let rules = [
        "ingress https { protocol = \"tcp\", ports = 443, from = \"10.0.0.0/8\" }",
        "ingress most { protocol = \"tcp\", ports = 0..1000, from = \"10.0.0.0/8\" }",
        "ingress all { protocol = \"all\", from = \"10.0.0.0/8\" }",
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]] {
        let rules: Vec<&str> = order.iter().map(|at| rules[*at]).collect();
        let said = said(&format!(
            "vpc a {{ cidr = \"10.0.0.0/16\" }}\nsecurity_group g {{\n vpc = vpc.a\n{}\n}}\n",
            rules.join("\n")
        ));
        for inner in ["https", "most"] {
            let found = format!("`security_group.g.ingress.{inner}` lies within");
            assert!(said.contains(&found), "{order:?} {said}");
        }
        assert_eq!(said.matches("W0338").count(), 2, "{order:?} {said}");
    }
}
