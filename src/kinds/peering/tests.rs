#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use crate::config::Place;
use crate::kinds::discovery::{Portrait, Ways};
use crate::kinds::scene::{Scene, place, said};
use crate::kinds::{Actual, find};

const ACROSS: &str = r#"
vpc a { cidr = "10.0.0.0/16", dns_hostnames = true }
vpc b { account = account.emr, cidr = "10.1.0.0/16", dns_hostnames = true }
route_table a { vpc = vpc.a }
route_table b { vpc = vpc.b }
peering p {
  requester        = vpc.a
  accepter         = vpc.b
  dns_resolution   = true
  tags             = { team = "x" }
  requester_routes { tables = [route_table.a], to = [vpc.b.cidr] }
  accepter_routes  { tables = [route_table.b], to = ["10.0.1.0/24", "10.0.2.0/24"] }
}
"#;

#[tokio::test]
async fn a_peering_across_accounts_is_made_changed_and_deleted() {
    let mut scene = Scene::slow();
    let empty = scene.things();
    scene.apply(ACROSS).await.unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
CreateVpc CidrBlock=10.0.0.0/16
ModifyVpcAttribute EnableDnsHostnames.Value=true VpcId=vpc-e4c02074307872d7d
CreateRouteTable VpcId=vpc-e4c02074307872d7d
CreateVpc CidrBlock=10.1.0.0/16
ModifyVpcAttribute EnableDnsHostnames.Value=true VpcId=vpc-53972b69e4b724420
CreateRouteTable VpcId=vpc-53972b69e4b724420
CreateVpcPeeringConnection PeerOwnerId=444455556666 PeerVpcId=vpc-53972b69e4b724420 VpcId=vpc-e4c02074307872d7d
AcceptVpcPeeringConnection VpcPeeringConnectionId=pcx-2d4b8298ed142981e
CreateTags ResourceId.1=pcx-2d4b8298ed142981e Tag.1.Key=Name Tag.1.Value=stack-p Tag.2.Key=smd:address Tag.2.Value=peering.p.acceptance Tag.3.Key=smd:stack Tag.3.Value=test Tag.4.Key=team Tag.4.Value=x
ModifyVpcPeeringConnectionOptions AccepterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc=true VpcPeeringConnectionId=pcx-2d4b8298ed142981e
CreateRoute DestinationCidrBlock=10.0.1.0/24 RouteTableId=rtb-f60b3ddff0f6a6875 VpcPeeringConnectionId=pcx-2d4b8298ed142981e
CreateRoute DestinationCidrBlock=10.0.2.0/24 RouteTableId=rtb-f60b3ddff0f6a6875 VpcPeeringConnectionId=pcx-2d4b8298ed142981e
ModifyVpcPeeringConnectionOptions RequesterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc=true VpcPeeringConnectionId=pcx-2d4b8298ed142981e
CreateRoute DestinationCidrBlock=10.1.0.0/16 RouteTableId=rtb-0d5d03384e3020a71 VpcPeeringConnectionId=pcx-2d4b8298ed142981e
"#);
    let addresses: Vec<String> = scene
        .records
        .iter()
        .filter(|(_, record)| record.kind.starts_with("peering"))
        .map(|(address, record)| format!("{address} in {}: {}", record.place.account, record.id))
        .collect();
    insta::assert_snapshot!(addresses.join("\n"), @r#"
peering.p in 111122223333: pcx-2d4b8298ed142981e
peering.p.acceptance in 444455556666: pcx-2d4b8298ed142981e
peering.p.accepter_options in 444455556666: pcx-2d4b8298ed142981e
peering.p.accepter_routes["route_table.b 10.0.1.0/24"] in 444455556666: rtb-f60b3ddff0f6a6875 10.0.1.0/24
peering.p.accepter_routes["route_table.b 10.0.2.0/24"] in 444455556666: rtb-f60b3ddff0f6a6875 10.0.2.0/24
peering.p.requester_options in 111122223333: pcx-2d4b8298ed142981e
peering.p.requester_routes["route_table.a 10.1.0.0/16"] in 111122223333: rtb-0d5d03384e3020a71 10.1.0.0/16
"#);
    scene.apply(ACROSS).await.unwrap();
    assert_eq!(scene.writes(), "");
    scene
        .apply(
            &ACROSS
                .replace(
                    "dns_resolution   = true",
                    "requester_dns_resolution = true\n  accepter_dns_resolution = false",
                )
                .replace(", \"10.0.2.0/24\"", ""),
        )
        .await
        .unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
ModifyVpcPeeringConnectionOptions AccepterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc=false VpcPeeringConnectionId=pcx-2d4b8298ed142981e
DeleteRoute DestinationCidrBlock=10.0.2.0/24 RouteTableId=rtb-f60b3ddff0f6a6875
"#);
    scene.destroy().await.unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
DeleteRoute DestinationCidrBlock=10.1.0.0/16 RouteTableId=rtb-0d5d03384e3020a71
ModifyVpcPeeringConnectionOptions RequesterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc=false VpcPeeringConnectionId=pcx-2d4b8298ed142981e
DeleteRoute DestinationCidrBlock=10.0.1.0/24 RouteTableId=rtb-f60b3ddff0f6a6875
DeleteVpcPeeringConnection VpcPeeringConnectionId=pcx-2d4b8298ed142981e
DeleteRouteTable RouteTableId=rtb-f60b3ddff0f6a6875
DeleteVpc VpcId=vpc-53972b69e4b724420
DeleteRouteTable RouteTableId=rtb-0d5d03384e3020a71
DeleteVpc VpcId=vpc-e4c02074307872d7d
"#);
    assert_eq!(scene.things(), empty);
}

#[tokio::test]
async fn one_in_another_region_is_accepted_there() {
    let mut scene = Scene::new();
    let text = r#"
vpc a { cidr = "10.0.0.0/16" }
vpc b { account = account.far, cidr = "10.1.0.0/16" }
peering p { requester = vpc.a, accepter = vpc.b }
"#;
    scene.apply(text).await.unwrap();
    let acceptance = scene.record("peering.p.acceptance");
    assert_eq!(&*acceptance.place.region, "us-east-1");
    assert_eq!(acceptance.text("status"), Some("active"));
    scene.destroy().await.unwrap();
}

/// A VPC that no file declares.
async fn foreign_vpc(scene: &Scene, account: &str) -> String {
    let client = scene
        .aws
        .ec2(&Place {
            account: account.into(),
            ..place()
        })
        .await
        .unwrap();
    let made = client.create_vpc().cidr_block("10.9.0.0/16").send().await;
    made.unwrap().vpc().unwrap().vpc_id().unwrap().to_owned()
}

fn to_foreign(vpc: &str, account: &str) -> String {
    format!(
        r#"
vpc a {{ cidr = "10.0.0.0/16", dns_hostnames = true }}
peering p {{
  requester        = vpc.a
  accepter         = "{vpc}"
  accepter_account = "{account}"
  dns_resolution   = true
}}
"#
    )
}

#[tokio::test]
async fn one_that_somebody_else_accepts_is_left_pending() {
    let mut scene = Scene::new();
    let vpc = foreign_vpc(&scene, "999999999999").await;
    let text = to_foreign(&vpc, "999999999999");
    scene.apply(&text).await.unwrap();
    assert_eq!(
        scene.record("peering.p").text("status"),
        Some("pending-acceptance")
    );
    assert!(!scene.writes().contains("AcceptVpcPeeringConnection"));
    insta::assert_snapshot!(said(&text.replace(&vpc, "vpc-00000000")), @r#"
warning[W0322]: `dns_resolution` of `peering.p` is not set: its accepter is in no declared account
 --> main.smd:7:22
  |
7 |   dns_resolution   = true
  |                      ^^^^
  |
  = help: declare the account with `assume_role` or `profile`, and the accepter's VPC in it
"#);
    scene.destroy().await.unwrap();
}

#[tokio::test]
async fn one_of_a_declared_account_is_accepted_with_its_credentials() {
    let mut scene = Scene::new();
    let vpc = foreign_vpc(&scene, "444455556666").await;
    scene
        .apply(&to_foreign(&vpc, "444455556666").replace("  dns_resolution   = true\n", ""))
        .await
        .unwrap();
    let acceptance = scene.record("peering.p.acceptance");
    assert_eq!(&*acceptance.place.account, "444455556666");
    assert_eq!(acceptance.text("status"), Some("active"));
    scene.destroy().await.unwrap();
}

#[test]
fn what_aws_would_refuse() {
    insta::assert_snapshot!(said(r#"
vpc a { cidr = "10.0.0.0/16", dns_hostnames = true }
vpc b { cidr = "10.0.128.0/17" }
vpc c { cidr = "10.1.0.0/16" }
route_table t {
  vpc = vpc.a
  route c { to = "10.1.0.0/16", via = peering.ac }
}
peering itself { requester = vpc.a, accepter = vpc.a }
peering overlap { requester = vpc.a, accepter = vpc.b }
peering ac {
  requester = vpc.a
  accepter  = vpc.c
  dns_resolution = true
  requester_routes { tables = [route_table.t], to = [vpc.c.cidr] }
}
peering ca { requester = vpc.c, accepter = vpc.a }
"#), @r#"
error[E0320]: `peering.itself` peers `vpc.a` with itself
 --> main.smd:9:48
  |
9 | peering itself { requester = vpc.a, accepter = vpc.a }
  |                              ----- as here     ^^^^^ the same VPC

error[E0303]: the VPCs of `peering.overlap` overlap
  --> main.smd:10:9
   |
 2 | vpc a { cidr = "10.0.0.0/16", dns_hostnames = true }
   |                ------------- 10.0.0.0/16 of the requester
 3 | vpc b { cidr = "10.0.128.0/17" }
   |                --------------- 10.0.128.0/17 of the accepter
...
10 | peering overlap { requester = vpc.a, accepter = vpc.b }
   |         ^^^^^^^ they cannot be peered

warning[W0337]: `peering.ac` has routes of the requester's side, but none of the accepter's
  --> main.smd:13:15
   |
13 |   accepter  = vpc.c
   |               ^^^^^ no route back from here
   |
   = help: write `accepter_routes { tables = […], to = […] }`

error[E0325]: `peering.ac` resolves names over the peering, but `vpc.c` has no DNS hostnames
  --> main.smd:14:20
   |
 4 | vpc c { cidr = "10.1.0.0/16" }
   |     - this VPC
...
14 |   dns_resolution = true
   |                    ^^^^
   |
   = help: write `dns_hostnames = true` in both VPCs

error[E0312]: `route_table.t` has two routes to 10.1.0.0/16
  --> main.smd:15:54
   |
 7 |   route c { to = "10.1.0.0/16", via = peering.ac }
   |                  ------------- `route_table.t.route.c`
...
15 |   requester_routes { tables = [route_table.t], to = [vpc.c.cidr] }
   |                                                      ^^^^^^^^^^ `peering.ac.requester_routes["route_table.t 10.1.0.0/16"]`
   |
   = note: about `peering.ac.requester_routes["route_table.t 10.1.0.0/16"]`

error[E0321]: `peering.ac` and `peering.ca` peer the same VPCs
  --> main.smd:17:9
   |
11 | peering ac {
   |         -- peered here
...
17 | peering ca { requester = vpc.c, accepter = vpc.a }
   |         ^^ the same VPCs again
"#);
}

#[test]
fn destinations_must_be_known() {
    insta::assert_snapshot!(said(r#"
vpc a { cidr = "10.0.0.0/16" }
vpc c { ipv4_ipam_pool = "ipam-pool-0123456789abcdef0", ipv4_netmask_length = 20 }
route_table t { vpc = vpc.a }
peering ac {
  requester = vpc.a
  accepter  = vpc.c
  requester_routes { tables = [route_table.t], to = [vpc.c.cidr] }
}
"#), @r#"
error[E0319]: `requester_routes` of `peering.ac` holds what is known only after apply
 --> main.smd:8:54
  |
8 |   requester_routes { tables = [route_table.t], to = [vpc.c.cidr] }
  |                                                      ^^^^^^^^^^
  |
  = help: name route tables by reference or id, and networks by text or a written `cidr`
"#);
}

#[test]
fn a_peering_with_routes_on_one_side() {
    insta::assert_snapshot!(said(r#"
vpc a { cidr = "10.0.0.0/16" }
vpc b { cidr = "10.1.0.0/16" }
vpc c { cidr = "10.2.0.0/16" }
route_table a { vpc = vpc.a }
route_table c { vpc = vpc.c, route back { to = vpc.a.cidr, via = peering.ac } }
peering ab { requester = vpc.a, accepter = vpc.b, requester_routes { tables = [route_table.a], to = [vpc.b.cidr] } }
peering ac { requester = vpc.a, accepter = vpc.c, requester_routes { tables = [route_table.a], to = [vpc.c.cidr] } }
"#), @r#"
warning[W0337]: `peering.ab` has routes of the requester's side, but none of the accepter's
 --> main.smd:7:44
  |
7 | peering ab { requester = vpc.a, accepter = vpc.b, requester_routes { tables = [route_table.a], to = [vpc.b.cidr] } }
  |                                            ^^^^^ no route back from here
  |
  = help: write `accepter_routes { tables = […], to = […] }`
"#);
}

#[tokio::test]
async fn discovery_asks_each_side_once() {
    let mut scene = Scene::new();
    let text = r#"
vpc c { account = account.emr, cidr = "10.2.0.0/16", dns_hostnames = true }
peering q {
  requester               = vpc.a
  accepter                = vpc.c
  accepter_dns_resolution = true
}
"#;
    scene.apply(&format!("{ACROSS}{text}")).await.unwrap();
    let kind = find("peering").unwrap();
    let mut ways = Ways::default();
    for account in ["111122223333", "444455556666"] {
        ways.add(Place {
            account: account.into(),
            ..place()
        });
    }
    let mut portraits: Vec<Portrait> = ["peering.p", "peering.q"]
        .map(|address| {
            let record = scene.record(address);
            Portrait::new(Actual::new(record.id.as_str(), record.attributes.clone()))
        })
        .into();
    scene.calls();
    kind.portray(&scene.aws, &place(), &ways, &mut portraits)
        .await
        .unwrap();
    let calls = scene.calls();
    assert_eq!(calls.len(), 2, "{calls:?}");
    let has = |at: usize, name: &str| portraits[at].actual.attributes.contains_key(name);
    assert!(has(0, "dns_resolution") && !has(0, "accepter_dns_resolution"));
    assert!(has(1, "accepter_dns_resolution") && !has(1, "dns_resolution"));
}
