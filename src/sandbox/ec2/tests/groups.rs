//! Security groups and their rules.

use crate::sandbox::scene::{Scene, element, elements};

async fn scene() -> Scene {
    let mut scene = Scene::new();
    scene
        .make("vpc", "vpcId", "CreateVpc CidrBlock=10.0.0.0/16")
        .await;
    for name in ["a", "b"] {
        let line = format!("CreateSecurityGroup VpcId=$vpc GroupName={name} GroupDescription=test");
        scene.make(name, "groupId", &line).await;
    }
    scene
}

const TCP: &str =
    "IpPermissions.1.IpProtocol=tcp IpPermissions.1.FromPort=443 IpPermissions.1.ToPort=443";

#[tokio::test]
async fn refusals() {
    let mut scene = scene().await;
    let ingress = |rest: &str| format!("AuthorizeSecurityGroupIngress GroupId=$a {TCP} {rest}");
    scene
        .make(
            "rule",
            "securityGroupRuleId",
            &ingress("IpPermissions.1.IpRanges.1.CidrIp=10.1.2.3/16"),
        )
        .await;
    scene
        .make(
            "default",
            "groupId",
            "DescribeSecurityGroups Filter.1.Name=group-name Filter.1.Value.1=default",
        )
        .await;
    let cases = [
        (
            ingress("IpPermissions.1.IpRanges.1.CidrIp=10.1.0.0/16"),
            "InvalidPermission.Duplicate",
        ),
        (
            ingress(
                "IpPermissions.1.IpRanges.1.CidrIp=10.1.0.0/16 IpPermissions.1.IpRanges.1.Description=other",
            ),
            "InvalidPermission.Duplicate",
        ),
        (
            ingress("IpPermissions.1.IpRanges.1.CidrIp=10.1.0.0"),
            "InvalidParameterValue",
        ),
        (
            ingress("IpPermissions.1.IpRanges.1.CidrIp=::/0"),
            "InvalidParameterValue",
        ),
        (
            ingress("IpPermissions.1.Groups.1.GroupId=sg-00000000"),
            "InvalidGroup.NotFound",
        ),
        (
            ingress("IpPermissions.1.PrefixListIds.1.PrefixListId=pl-1"),
            "InvalidPrefixListId.Malformed",
        ),
        (
            ingress(
                "IpPermissions.1.IpRanges.1.CidrIp=10.3.0.0/16 IpPermissions.1.IpRanges.2.CidrIp=10.3.0.0/16",
            ),
            "InvalidParameterValue",
        ),
        (
            ingress(
                "IpPermissions.1.IpRanges.1.CidrIp=10.3.0.0/16 IpPermissions.1.IpRanges.1.Description=caf%C3%A9é",
            ),
            "InvalidParameterValue",
        ),
        (
            ingress("IpPermissions.1.IpRanges.1.CidrIp=10.3.0.0/16 DryRun=true"),
            "DryRunOperation",
        ),
        (ingress(""), "InvalidParameterValue"),
    ];
    for (line, code) in &cases {
        scene.refused(&[(line, code)]).await;
    }
    scene
        .refused(&[
            ("CreateSecurityGroup VpcId=$vpc GroupName=a GroupDescription=x", "InvalidGroup.Duplicate"),
            ("CreateSecurityGroup VpcId=$vpc GroupName=sg-a GroupDescription=x", "InvalidParameterValue"),
            ("CreateSecurityGroup VpcId=$vpc GroupName=default GroupDescription=x", "InvalidGroup.Reserved"),
            ("CreateSecurityGroup VpcId=$vpc GroupName=c", "MissingParameter"),
            ("CreateSecurityGroup VpcId=$vpc GroupName=c GroupDescription=ä", "InvalidParameterValue"),
            ("CreateSecurityGroup GroupName=c GroupDescription=x", "VPCIdNotSpecified"),
            ("AuthorizeSecurityGroupIngress GroupId=$a", "MissingParameter"),
            ("AuthorizeSecurityGroupIngress GroupId=sg-1 IpProtocol=tcp", "InvalidGroupId.Malformed"),
            ("AuthorizeSecurityGroupIngress GroupId=$a IpProtocol=tcp CidrIp=10.0.0.0/8", "InvalidParameterValue"),
            ("AuthorizeSecurityGroupIngress GroupId=$a IpProtocol=smoke CidrIp=10.0.0.0/8", "InvalidParameterValue"),
            ("AuthorizeSecurityGroupIngress GroupId=$a IpProtocol=tcp FromPort=9 ToPort=8 CidrIp=10.0.0.0/8", "InvalidParameterValue"),
            ("RevokeSecurityGroupIngress GroupId=$a IpProtocol=udp FromPort=1 ToPort=2 CidrIp=10.0.0.0/8", "InvalidPermission.NotFound"),
            ("RevokeSecurityGroupEgress GroupId=$a SecurityGroupRuleId.1=$rule", "InvalidSecurityGroupRuleId.NotFound"),
            ("DeleteSecurityGroup GroupId=$default", "CannotDelete"),
            ("DeleteSecurityGroup GroupId=sg-00000000", "InvalidGroup.NotFound"),
            ("DeleteSecurityGroup GroupName=a", "InvalidGroup.NotFound"),
        ])
        .await;
}

#[tokio::test]
async fn protocols_and_ports_are_normalised() {
    let scene = scene().await;
    for (given, expected) in [
        ("IpProtocol=6 FromPort=1 ToPort=2", ("tcp", "1", "2")),
        (
            "IpProtocol=TCP FromPort=0 ToPort=65535",
            ("tcp", "0", "65535"),
        ),
        ("IpProtocol=-1 FromPort=1 ToPort=2", ("-1", "-1", "-1")),
        ("IpProtocol=all", ("-1", "-1", "-1")),
        (
            "IpProtocol=58 FromPort=-1 ToPort=-1",
            ("icmpv6", "-1", "-1"),
        ),
        ("IpProtocol=50", ("50", "-1", "-1")),
        ("IpProtocol=icmp FromPort=8 ToPort=-1", ("icmp", "8", "-1")),
    ] {
        let line = format!("AuthorizeSecurityGroupIngress GroupId=$a {given} CidrIp=10.0.0.0/8");
        let shown = scene.ok(&line).await;
        let got = |name| element(&shown, name).unwrap();
        let revoke = format!("RevokeSecurityGroupIngress GroupId=$a {given} CidrIp=10.0.0.0/8");
        scene.ok(&revoke).await;
        assert_eq!(
            (&*got("ipProtocol"), &*got("fromPort"), &*got("toPort")),
            expected,
            "{given}"
        );
    }
}

#[tokio::test]
async fn a_group_that_others_name_stays() {
    let scene = scene().await;
    let line = format!(
        "AuthorizeSecurityGroupIngress GroupId=$a {TCP} IpPermissions.1.Groups.1.GroupId=$b"
    );
    scene.ok(&line).await;
    let back = format!(
        "AuthorizeSecurityGroupEgress GroupId=$b {TCP} IpPermissions.1.Groups.1.GroupId=$a"
    );
    scene.ok(&back).await;
    let naming = "DescribeSecurityGroups Filter.1.Name=ip-permission.group-id Filter.1.Value.1=$b";
    assert_eq!(
        element(&scene.ok(naming).await, "groupId").unwrap(),
        scene.get("a")
    );
    scene
        .refused(&[
            ("DeleteSecurityGroup GroupId=$a", "DependencyViolation"),
            ("DeleteSecurityGroup GroupId=$b", "DependencyViolation"),
            ("DeleteVpc VpcId=$vpc", "DependencyViolation"),
        ])
        .await;
    scene.ok(&line.replace("Authorize", "Revoke")).await;
    scene.ok("DeleteSecurityGroup GroupId=$b").await;
    scene.ok("DeleteSecurityGroup GroupId=$a").await;
    scene.ok("DeleteVpc VpcId=$vpc").await;
    assert!(scene.sandbox.info().counts.is_empty());
}

#[tokio::test]
async fn a_modified_rule_keeps_its_id() {
    let mut scene = scene().await;
    let line = format!(
        "AuthorizeSecurityGroupIngress GroupId=$a {TCP} IpPermissions.1.IpRanges.1.CidrIp=10.1.0.0/16 IpPermissions.1.IpRanges.2.CidrIp=10.2.0.0/16"
    );
    scene.make("rule", "securityGroupRuleId", &line).await;
    let modify = |cidr: &str| {
        format!(
            "ModifySecurityGroupRules GroupId=$a SecurityGroupRule.1.SecurityGroupRuleId=$rule SecurityGroupRule.1.SecurityGroupRule.IpProtocol=tcp SecurityGroupRule.1.SecurityGroupRule.FromPort=443 SecurityGroupRule.1.SecurityGroupRule.ToPort=443 {cidr}"
        )
    };
    let to = |cidr: &str| {
        modify(&format!(
            "SecurityGroupRule.1.SecurityGroupRule.CidrIpv4={cidr}"
        ))
    };
    scene
        .refused(&[
            (&to("10.2.0.0/16"), "InvalidPermission.Duplicate"),
            (&modify(""), "InvalidParameterCombination"),
        ])
        .await;
    scene.ok(&to("10.3.0.0/16")).await;
    scene.ok("UpdateSecurityGroupRuleDescriptionsIngress GroupId=$a SecurityGroupRuleDescription.1.SecurityGroupRuleId=$rule SecurityGroupRuleDescription.1.Description=why").await;
    let shown = scene
        .ok("DescribeSecurityGroupRules SecurityGroupRuleId.1=$rule")
        .await;
    assert_eq!(element(&shown, "cidrIpv4").unwrap(), "10.3.0.0/16");
    assert_eq!(element(&shown, "description").unwrap(), "why");
    assert_eq!(elements(&shown, "securityGroupRuleId"), [scene.get("rule")]);
    // Revoked with the others by their ids.
    let revoked = scene
        .ok("RevokeSecurityGroupIngress GroupId=$a SecurityGroupRuleId.1=$rule")
        .await;
    assert_eq!(element(&revoked, "cidrIpv4").unwrap(), "10.3.0.0/16");
}

#[tokio::test]
async fn sixty_rules_of_a_family() {
    let scene = scene().await;
    for n in 0..60 {
        let line = format!(
            "AuthorizeSecurityGroupIngress GroupId=$a IpProtocol=tcp FromPort={n} ToPort={n} CidrIp=10.0.0.0/8"
        );
        scene.ok(&line).await;
    }
    scene
        .refused(&[(
            "AuthorizeSecurityGroupIngress GroupId=$a IpProtocol=tcp FromPort=60 ToPort=60 CidrIp=10.0.0.0/8",
            "RulesPerSecurityGroupLimitExceeded",
        )])
        .await;
    let v6 = format!(
        "AuthorizeSecurityGroupIngress GroupId=$a {TCP} IpPermissions.1.Ipv6Ranges.1.CidrIpv6=::/0"
    );
    scene.ok(&v6).await;
}
