#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use crate::kinds::discovery::{Portrait, Ways};
use crate::kinds::scene::{Scene, place, said};
use crate::kinds::{Actual, find};
use crate::value::Map;

#[tokio::test]
async fn a_vpc_is_made_changed_and_deleted() {
    let mut scene = Scene::new();
    let empty = scene.things();
    scene
        .apply(r#"vpc a { cidr = "10.0.0.0/16", dns_hostnames = true, tags = { team = "x", gone = "y" } }"#)
        .await
        .unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
CreateVpc CidrBlock=10.0.0.0/16
ModifyVpcAttribute EnableDnsHostnames.Value=true VpcId=vpc-e4c02074307872d7d
"#);
    let made = scene.record("vpc.a").attributes.clone();
    for name in [
        "arn",
        "owner",
        "default_security_group",
        "main_route_table",
        "default_network_acl",
        "dhcp_options",
    ] {
        assert!(made.contains_key(name), "{name}: {made:?}");
    }
    scene
        .apply(r#"vpc a { name = "other", cidr = "10.0.0.0/16", dns_support = false, tags = { team = "z" }, secondary_cidrs = ["10.1.0.0/16"] }"#)
        .await
        .unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
ModifyVpcAttribute EnableDnsHostnames.Value=false VpcId=vpc-e4c02074307872d7d
ModifyVpcAttribute EnableDnsSupport.Value=false VpcId=vpc-e4c02074307872d7d
DeleteTags ResourceId.1=vpc-e4c02074307872d7d Tag.1.Key=gone
CreateTags ResourceId.1=vpc-e4c02074307872d7d Tag.1.Key=Name Tag.1.Value=other Tag.2.Key=team Tag.2.Value=z
AssociateVpcCidrBlock CidrBlock=10.1.0.0/16 VpcId=vpc-e4c02074307872d7d
"#);
    scene.apply(r#"vpc a { name = "other", cidr = "10.0.0.0/16", dns_support = false, tags = { team = "z" }, secondary_cidrs = ["10.1.0.0/16"] }"#).await.unwrap();
    insta::assert_snapshot!(scene.writes(), @"");
    scene.destroy().await.unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
DisassociateVpcCidrBlock AssociationId=vpc-cidr-assoc-96261f3f67b820e1b
DeleteVpc VpcId=vpc-e4c02074307872d7d
"#);
    assert_eq!(scene.things(), empty);
}

#[tokio::test]
async fn many_are_read_with_few_calls() {
    let mut scene = Scene::new();
    let text: String = (0..12)
        .map(|n| format!("vpc v{n} {{ cidr = \"10.{n}.0.0/16\" }}\n"))
        .collect();
    scene.apply(&text).await.unwrap();
    scene.count();
    let wanted: Vec<crate::kinds::Wanted> = scene
        .records
        .iter()
        .map(|(address, record)| crate::kinds::Wanted {
            address: address.clone(),
            kind: record.kind.as_str().into(),
            id: record.id.clone(),
            attributes: std::sync::Arc::new(record.attributes.clone()),
            inside: false,
        })
        .chain([crate::kinds::Wanted {
            address: crate::address::Address::from_text("vpc.gone"),
            kind: "vpc".into(),
            id: "vpc-00000000".to_owned(),
            attributes: std::sync::Arc::default(),
            inside: false,
        }])
        .collect();
    let found = crate::kinds::find("vpc")
        .unwrap()
        .read(&scene.aws, &crate::kinds::scene::place(), &wanted)
        .await
        .unwrap();
    assert_eq!(found.iter().filter(|one| one.is_some()).count(), 12);
    assert!(found[12].is_none());
    // VPCs, the one that is gone by id, groups, tables, ACLs, and two flags each.
    assert_eq!(scene.count(), 5 + 24);
}

#[test]
fn what_aws_would_refuse() {
    insta::assert_snapshot!(said(r#"
vpc large { cidr = "10.0.0.0/8" }
vpc small { cidr = "10.0.0.0/29" }
vpc none { }
vpc pool { ipv4_ipam_pool = "ipam-pool-0123456789abcdef0" }
vpc dns {
  cidr          = "10.0.0.0/16"
  dns_support   = false
  dns_hostnames = true
}
vpc mixed { cidr = "10.0.0.0/16", secondary_cidrs = ["10.0.128.0/17", "192.168.0.0/16"] }
vpc names { name = "a", cidr = "10.0.0.0/16", tags = { Name = "b" } }
"#), @r#"
error[E0304]: `10.0.0.0/8` is larger than /16
 --> main.smd:2:20
  |
2 | vpc large { cidr = "10.0.0.0/8" }
  |                    ^^^^^^^^^^^^ must be between /16 and /28
  |
  = note: about `vpc.large`

warning[W0339]: 7 VPCs in `111122223333 eu-west-1`; an account and region may have 5 at first
 --> main.smd:3:5
  |
3 | vpc small { cidr = "10.0.0.0/29" }
  |     ^^^^^ one of them
  |
  = note: about `vpc.small`
  = help: ask for a higher quota in Service Quotas before the apply, or make fewer

error[E0304]: `10.0.0.0/29` is smaller than /28
 --> main.smd:3:20
  |
3 | vpc small { cidr = "10.0.0.0/29" }
  |                    ^^^^^^^^^^^^^ must be between /16 and /28
  |
  = note: about `vpc.small`

error[E0316]: `vpc.none` has no `cidr`
 --> main.smd:4:5
  |
4 | vpc none { }
  |     ^^^^
  |
  = help: write `cidr = "10.0.0.0/16"`, or `ipv4_ipam_pool` with `ipv4_netmask_length`

error[E0316]: `vpc.pool` takes its network from a pool, but no `ipv4_netmask_length`
 --> main.smd:5:5
  |
5 | vpc pool { ipv4_ipam_pool = "ipam-pool-0123456789abcdef0" }
  |     ^^^^
  |
  = help: write `cidr = "10.0.0.0/16"`, or `ipv4_ipam_pool` with `ipv4_netmask_length`

error[E0310]: `vpc.dns` has DNS hostnames without DNS support
 --> main.smd:9:19
  |
8 |   dns_support   = false
  |                   ----- off here
9 |   dns_hostnames = true
  |                   ^^^^ needs `dns_support`

error[E0317]: `vpc.mixed` cannot have both networks: `10.0.0.0/16` and `10.0.128.0/17` overlap
  --> main.smd:11:54
   |
11 | vpc mixed { cidr = "10.0.0.0/16", secondary_cidrs = ["10.0.128.0/17", "192.168.0.0/16"] }
   |                    ------------- with this one       ^^^^^^^^^^^^^^^ cannot be together

error[E0317]: `vpc.mixed` cannot have both networks: `10.0.0.0/16` and `192.168.0.0/16` are of different private ranges
  --> main.smd:11:71
   |
11 | vpc mixed { cidr = "10.0.0.0/16", secondary_cidrs = ["10.0.128.0/17", "192.168.0.0/16"] }
   |                    ------------- with this one                        ^^^^^^^^^^^^^^^^ cannot be together

error[E0318]: `vpc.names` has a `name` and another `Name` tag
  --> main.smd:12:20
   |
12 | vpc names { name = "a", cidr = "10.0.0.0/16", tags = { Name = "b" } }
   |                    ^^^ one name                               --- another name
   |
   = help: write `name` only: it is the `Name` tag
"#);
}

#[test]
fn a_name_tag_is_the_name() {
    let (configuration, _, _) = crate::kinds::scene::evaluate(
        r#"vpc a { cidr = "10.0.0.0/16", tags = { Name = "b", c = "d" } }"#,
    );
    let node = configuration.nodes.values().next().unwrap();
    assert_eq!(node.attributes["name"].as_str(), Some("b"));
    assert_eq!(
        node.attributes["tags"].to_json().unwrap().to_string(),
        r#"{"c":"d"}"#
    );
}

#[test]
fn more_than_aws_allows_at_first() {
    let text = "vpc many {\n  for_each = { for i in range(6) : \"v${i}\" => i }\n  cidr = \"10.${each.value}.0.0/16\"\n}";
    insta::assert_snapshot!(said(text), @r#"
warning[W0339]: 6 VPCs in `111122223333 eu-west-1`; an account and region may have 5 at first
 --> main.smd:1:5
  |
1 | vpc many {
  |     ^^^^ one of them
  |
  = note: about `vpc.many["v5"]`
  = help: ask for a higher quota in Service Quotas before the apply, or make fewer
"#);
    assert_eq!(said(&text.replace("range(6)", "range(5)")), "");
}

#[tokio::test]
async fn network_acls_of_many_are_read_in_chunks() {
    let mut scene = Scene::new();
    scene
        .apply(r#"vpc a { cidr = "10.0.0.0/16" }"#)
        .await
        .unwrap();
    let mut ids: Vec<String> = (0..200).map(|n| format!("vpc-{n:017x}")).collect();
    ids.push(scene.id("vpc.a"));
    let mut portraits: Vec<Portrait> = ids
        .iter()
        .map(|id| Portrait::new(Actual::new(id.as_str(), Map::new())))
        .collect();
    scene.calls();
    let kind = find("vpc").unwrap();
    let ways = Ways::default();
    kind.portray(&scene.aws, &place(), &ways, &mut portraits)
        .await
        .unwrap();
    let mut values: Vec<usize> = scene
        .calls()
        .iter()
        .filter(|call| call.starts_with("DescribeNetworkAcls"))
        .map(|call| call.matches("Filter.1.Value.").count())
        .collect();
    values.sort_unstable();
    assert_eq!(values, [1, 200]);
    let beside: Vec<&str> = portraits
        .iter()
        .flat_map(|one| &one.beside)
        .map(|(kind, _, _)| *kind)
        .collect();
    assert_eq!(beside, ["network_acl"]);
    // Without a VPC nothing is asked: a filter without values is an error on AWS.
    kind.portray(&scene.aws, &place(), &ways, &mut [])
        .await
        .unwrap();
    assert_eq!(scene.calls(), [""; 0]);
}
