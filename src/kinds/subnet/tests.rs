#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use crate::kinds::scene::{Scene, said};

#[tokio::test]
async fn a_subnet_is_made_changed_and_deleted() {
    let mut scene = Scene::new();
    let empty = scene.things();
    let with = |rest: &str| {
        format!(
            "vpc a {{ cidr = \"10.0.0.0/16\" }}\nsubnet s {{ vpc = vpc.a, cidr = \"10.0.1.0/24\", az = \"eu-west-1b\"\n{rest} }}"
        )
    };
    scene
        .apply(&with(
            "map_public_ip_on_launch = true\nprivate_dns_name_options_on_launch { hostname_type = \"resource-name\" }",
        ))
        .await
        .unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
CreateVpc CidrBlock=10.0.0.0/16
CreateSubnet AvailabilityZone=eu-west-1b CidrBlock=10.0.1.0/24 VpcId=vpc-e4c02074307872d7d
ModifySubnetAttribute MapPublicIpOnLaunch.Value=true SubnetId=subnet-ea3b0d6af554f738a
ModifySubnetAttribute PrivateDnsHostnameTypeOnLaunch=resource-name SubnetId=subnet-ea3b0d6af554f738a
"#);
    scene
        .apply(&with(
            "map_public_ip_on_launch = false\nprivate_dns_name_options_on_launch { hostname_type = \"resource-name\", enable_resource_name_dns_a_record = true }\ntags = { a = \"b\" }",
        ))
        .await
        .unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
ModifySubnetAttribute MapPublicIpOnLaunch.Value=false SubnetId=subnet-ea3b0d6af554f738a
ModifySubnetAttribute EnableResourceNameDnsARecordOnLaunch.Value=true SubnetId=subnet-ea3b0d6af554f738a
CreateTags ResourceId.1=subnet-ea3b0d6af554f738a Tag.1.Key=a Tag.1.Value=b
"#);
    scene.destroy().await.unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
DeleteSubnet SubnetId=subnet-ea3b0d6af554f738a
DeleteVpc VpcId=vpc-e4c02074307872d7d
"#);
    assert_eq!(scene.things(), empty);
}

#[test]
fn what_aws_would_refuse() {
    insta::assert_snapshot!(said(r#"
vpc a { cidr = "10.0.0.0/16", secondary_cidrs = ["10.1.0.0/16"] }
subnet outside  { vpc = vpc.a, cidr = "10.2.0.0/24" }
subnet second   { vpc = vpc.a, cidr = "10.1.0.0/24" }
subnet one      { vpc = vpc.a, cidr = "10.0.0.0/24" }
subnet overlaps { vpc = vpc.a, cidr = "10.0.0.128/25" }
subnet literal  { vpc = "vpc-00000001", cidr = "10.0.0.0/24" }
subnet small    { vpc = vpc.a, cidr = "10.0.9.0/30" }
subnet none     { vpc = vpc.a }
subnet zones    { vpc = vpc.a, cidr = "10.0.8.0/24", az = "eu-west-1a", az_id = "euw1-az1" }
"#), @r#"
error[E0301]: `subnet.outside` lies outside `vpc.a`
 --> main.smd:3:39
  |
2 | vpc a { cidr = "10.0.0.0/16", secondary_cidrs = ["10.1.0.0/16"] }
  |                ------------- the network of the VPC
3 | subnet outside  { vpc = vpc.a, cidr = "10.2.0.0/24" }
  |                                       ^^^^^^^^^^^^^ 10.2.0.0/24 is not in 10.0.0.0/16
  |
  = help: take a network inside it, such as `cidr_subnet(vpc.a.cidr, 8, 1)`

error[E0302]: `subnet.one` and `subnet.overlaps` overlap
 --> main.smd:6:39
  |
5 | subnet one      { vpc = vpc.a, cidr = "10.0.0.0/24" }
  |                                       ------------- 10.0.0.0/24 here
6 | subnet overlaps { vpc = vpc.a, cidr = "10.0.0.128/25" }
  |                                       ^^^^^^^^^^^^^^^ 10.0.0.128/25 overlaps

error[E0304]: `10.0.9.0/30` is smaller than /28
 --> main.smd:8:39
  |
8 | subnet small    { vpc = vpc.a, cidr = "10.0.9.0/30" }
  |                                       ^^^^^^^^^^^^^ must be between /16 and /28
  |
  = note: about `subnet.small`

error[E0316]: `subnet.none` has no `cidr`
 --> main.smd:9:8
  |
9 | subnet none     { vpc = vpc.a }
  |        ^^^^
  |
  = help: write `cidr`, such as `cidr_subnet(vpc.x.cidr, 8, 1)`

error[E0323]: `subnet.zones` has `az` and `availability_zone_id`
  --> main.smd:10:59
   |
10 | subnet zones    { vpc = vpc.a, cidr = "10.0.8.0/24", az = "eu-west-1a", az_id = "euw1-az1" }
   |                                                           ^^^^^^^^^^^^ one zone ---------- written again
"#);
}
