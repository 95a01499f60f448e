#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use crate::kinds::scene::{Scene, evaluate, said};

const NETWORK: &str = r#"
vpc a { cidr = "10.0.0.0/16" }
vpc b { cidr = "10.1.0.0/16" }
subnet s { vpc = vpc.a, cidr = "10.0.1.0/24" }
internet_gateway g { vpc = vpc.a }
peering p { requester = vpc.a, accepter = vpc.b }
route_table other { vpc = vpc.a }
"#;

#[tokio::test]
async fn routes_and_associations_are_made_changed_and_deleted() {
    let mut scene = Scene::new();
    let empty = scene.things();
    let with = |rest: &str| format!("{NETWORK}\n{rest}");
    scene
        .apply(&with(
            r#"route_table t { vpc = vpc.a, subnets = [subnet.s], route r { to = "10.1.0.0/16", via = internet_gateway.g } }"#,
        ))
        .await
        .unwrap();
    scene.writes();
    scene
        .apply(&with(
            r#"route_table t { vpc = vpc.a, subnets = [subnet.s], route r { to = "10.1.0.0/16", via = peering.p } }"#,
        ))
        .await
        .unwrap();
    insta::assert_snapshot!(scene.writes(), @"ReplaceRoute DestinationCidrBlock=10.1.0.0/16 RouteTableId=rtb-12d05231d79db7c1e VpcPeeringConnectionId=pcx-7fcacfb8dac560e99");
    assert_eq!(
        scene.record("route_table.t.route.r").text("state"),
        Some("active")
    );
    scene.destroy().await.unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
DeleteVpcPeeringConnection VpcPeeringConnectionId=pcx-7fcacfb8dac560e99
DeleteVpc VpcId=vpc-a4a41619cd150319c
DisassociateRouteTable AssociationId=rtbassoc-972df95fb23ff0d0e
DeleteSubnet SubnetId=subnet-0871cb2e3c4bcf565
DeleteRoute DestinationCidrBlock=10.1.0.0/16 RouteTableId=rtb-12d05231d79db7c1e
DeleteRouteTable RouteTableId=rtb-12d05231d79db7c1e
DeleteRouteTable RouteTableId=rtb-90a9ad03bd2ae4bc3
DetachInternetGateway InternetGatewayId=igw-befe529c791e54d12 VpcId=vpc-e4c02074307872d7d
DeleteInternetGateway InternetGatewayId=igw-befe529c791e54d12
DeleteVpc VpcId=vpc-e4c02074307872d7d
"#);
    assert_eq!(scene.things(), empty);
}

#[tokio::test]
async fn a_subnet_moves_to_another_table_without_a_gap() {
    let mut scene = Scene::new();
    scene
        .apply(&format!(
            "{NETWORK}\nroute_table t {{ vpc = vpc.a, subnets = [subnet.s] }}"
        ))
        .await
        .unwrap();
    scene.writes();
    let (_, record) = scene
        .records
        .iter_mut()
        .find(|(_, record)| record.kind == "route_table.subnets")
        .unwrap();
    let moved = crate::state::Record { ..record.clone() };
    let other = scene.id("route_table.other");
    let ready = crate::kinds::Ready {
        address: crate::address::Address::from_text("route_table.other.subnets[\"subnet.s\"]"),
        kind: "route_table.subnets".into(),
        place: moved.place.clone(),
        attributes: [
            ("table".into(), crate::value::Value::string(other.as_str())),
            ("subnet".into(), moved.attributes["subnet"].clone()),
        ]
        .into(),
        marks: std::collections::BTreeMap::new(),
    };
    let kind = crate::kinds::find("route_table.subnets").unwrap();
    let actual = scene
        .context(async |cx| kind.update(cx, &ready, &moved, &[]).await)
        .await
        .unwrap();
    assert_ne!(actual.id, moved.id);
    assert_eq!(actual.attributes["table"].as_str(), Some(other.as_str()));
    insta::assert_snapshot!(scene.writes(), @"ReplaceRouteTableAssociation AssociationId=rtbassoc-972df95fb23ff0d0e RouteTableId=rtb-90a9ad03bd2ae4bc3");
}

#[tokio::test]
async fn a_route_of_somebody_else_is_named() {
    let mut scene = Scene::new();
    let text = format!("{NETWORK}\nroute_table t {{ vpc = vpc.a }}");
    scene.apply(&text).await.unwrap();
    let client = scene.aws.ec2(&crate::kinds::scene::place()).await.unwrap();
    client
        .create_route()
        .route_table_id(scene.id("route_table.t"))
        .destination_cidr_block("10.1.0.0/16")
        .gateway_id(scene.id("internet_gateway.g"))
        .send()
        .await
        .unwrap();
    let failure = scene
        .apply(&text.replace(
            "t { vpc = vpc.a }",
            "t { vpc = vpc.a, route r { to = \"10.1.0.0/16\", via = peering.p } }",
        ))
        .await
        .unwrap_err();
    insta::assert_snapshot!(format!("{failure}\n{}", failure.help.join("\n")), @r#"
ec2:CreateRoute failed: The route identified by 10.1.0.0/16 already exists. (RouteAlreadyExists)
rtb-12d05231d79db7c1e has a route to 10.1.0.0/16 by igw-befe529c791e54d12 that smd does not own: delete it, or choose another destination
"#);
}

#[test]
fn routes_need_what_no_reference_shows() {
    let (configuration, _, _) = evaluate(&format!(
        "{NETWORK}\nroute_table t {{ vpc = vpc.a, route g {{ to = \"0.0.0.0/0\", via = internet_gateway.g }}, route p {{ to = \"10.1.0.0/16\", via = peering.p }} }}"
    ));
    let hard = |address: &str| -> Vec<String> {
        configuration.nodes[&crate::address::Address::from_text(address)]
            .edges
            .iter()
            .filter(|edge| !edge.soft)
            .map(|edge| edge.to.to_string())
            .collect()
    };
    assert!(hard("route_table.t.route.g").contains(&"internet_gateway.g.attachment".to_owned()));
    assert!(hard("route_table.t.route.p").contains(&"peering.p.acceptance".to_owned()));
}

#[test]
fn what_aws_would_refuse() {
    insta::assert_snapshot!(said(&format!(r#"{NETWORK}
route_table one {{
  vpc     = vpc.a
  subnets = [subnet.s]
  route a {{ to = "10.1.0.0/24", via = peering.p }}
  route b {{ to = "10.1.0.0/24", via = internet_gateway.g }}
  route c {{ to = "10.1.1.0/24", via = "the-gateway" }}
}}
route_table two {{ vpc = vpc.a, subnets = [subnet.s] }}
route_table wrong {{ vpc = vpc.b, subnets = [subnet.s] }}
"#)), @r#"
warning[W0337]: `peering.p` has routes of the requester's side, but none of the accepter's
 --> main.smd:6:43
  |
6 | peering p { requester = vpc.a, accepter = vpc.b }
  |                                           ^^^^^ no route back from here
  |
  = help: write `accepter_routes { tables = […], to = […] }`

error[E0312]: `route_table.one` has two routes to 10.1.0.0/24
  --> main.smd:13:18
   |
12 |   route a { to = "10.1.0.0/24", via = peering.p }
   |                  ------------- `route_table.one.route.a`
13 |   route b { to = "10.1.0.0/24", via = internet_gateway.g }
   |                  ^^^^^^^^^^^^^ `route_table.one.route.b`
   |
   = note: about `route_table.one.route.b`

error[E0311]: `the-gateway` is not a target of a route
  --> main.smd:14:39
   |
14 |   route c { to = "10.1.1.0/24", via = "the-gateway" }
   |                                       ^^^^^^^^^^^^^
   |
   = note: about `route_table.one.route.c`
   = help: write an internet or NAT gateway, a peering, or an id: `igw-…`, `vgw-…`, `nat-…`, `tgw-…`, `vpce-…`, `eni-…`, `i-…`, `pcx-…`, `eigw-…`, `lgw-…`, `cagw-…`

error[E0314]: `subnet.s` is associated with two route tables
  --> main.smd:16:43
   |
11 |   subnets = [subnet.s]
   |              -------- `route_table.one.subnets["subnet.s"]`
...
16 | route_table two { vpc = vpc.a, subnets = [subnet.s] }
   |                                           ^^^^^^^^ `route_table.two.subnets["subnet.s"]`
   |
   = note: about `route_table.two.subnets["subnet.s"]`

error[E0314]: `subnet.s` is associated with two route tables
  --> main.smd:17:45
   |
11 |   subnets = [subnet.s]
   |              -------- `route_table.one.subnets["subnet.s"]`
...
17 | route_table wrong { vpc = vpc.b, subnets = [subnet.s] }
   |                                             ^^^^^^^^ `route_table.wrong.subnets["subnet.s"]`
   |
   = note: about `route_table.wrong.subnets["subnet.s"]`

error[E0324]: `route_table.wrong` is in `vpc.b`, but the subnet `subnet.s` is in `vpc.a`
  --> main.smd:17:45
   |
17 | route_table wrong { vpc = vpc.b, subnets = [subnet.s] }
   |                           -----             ^^^^^^^^ of another VPC
   |                           |
   |                           the VPC of the table
   |
   = note: about `route_table.wrong.subnets["subnet.s"]`
"#);
}

#[tokio::test]
async fn a_gateway_that_is_not_there_is_told_at_once() {
    let mut scene = Scene::slow();
    let before = scene.sandbox.clock().now();
    let failure = scene
        .apply(
            r#"
vpc a { cidr = "10.0.0.0/16" }
route_table t { vpc = vpc.a, route r { to = "10.1.0.0/16", via = "igw-0123456789abcdef0" } }
"#,
        )
        .await
        .unwrap_err();
    insta::assert_snapshot!(failure.to_string(), @"ec2:CreateRoute failed: The gateway ID 'igw-0123456789abcdef0' does not exist (InvalidGatewayID.NotFound)");
    let passed = scene.sandbox.clock().now().duration_since(before).unwrap();
    assert!(passed < crate::kinds::wait::PROPAGATION, "{passed:?}");
}

#[tokio::test]
async fn literal_targets_and_prefix_lists() {
    let mut scene = Scene::new();
    let empty = scene.things();
    let with = |target: &str| {
        format!(
            r#"
vpc a {{ cidr = "10.0.0.0/16" }}
route_table t {{
  vpc = vpc.a
  route corporate {{ to = "10.8.0.0/16", via = "{target}" }}
  route lists     {{ prefix_list = "pl-0123456789abcdef0", via = "{target}" }}
  route six       {{ to = "::/0", via = "eigw-0123456789abcdef0" }}
}}
"#
        )
    };
    scene.apply(&with("tgw-0123456789abcdef0")).await.unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
CreateVpc CidrBlock=10.0.0.0/16
CreateRouteTable VpcId=vpc-e4c02074307872d7d
CreateRoute DestinationCidrBlock=10.8.0.0/16 RouteTableId=rtb-0d5d03384e3020a71 TransitGatewayId=tgw-0123456789abcdef0
CreateRoute DestinationPrefixListId=pl-0123456789abcdef0 RouteTableId=rtb-0d5d03384e3020a71 TransitGatewayId=tgw-0123456789abcdef0
CreateRoute DestinationIpv6CidrBlock=::/0 EgressOnlyInternetGatewayId=eigw-0123456789abcdef0 RouteTableId=rtb-0d5d03384e3020a71
"#);
    scene.apply(&with("vgw-0123456789abcdef0")).await.unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
ReplaceRoute DestinationCidrBlock=10.8.0.0/16 GatewayId=vgw-0123456789abcdef0 RouteTableId=rtb-0d5d03384e3020a71
ReplaceRoute DestinationPrefixListId=pl-0123456789abcdef0 GatewayId=vgw-0123456789abcdef0 RouteTableId=rtb-0d5d03384e3020a71
"#);
    scene.destroy().await.unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
DeleteRoute DestinationIpv6CidrBlock=::/0 RouteTableId=rtb-0d5d03384e3020a71
DeleteRoute DestinationPrefixListId=pl-0123456789abcdef0 RouteTableId=rtb-0d5d03384e3020a71
DeleteRoute DestinationCidrBlock=10.8.0.0/16 RouteTableId=rtb-0d5d03384e3020a71
DeleteRouteTable RouteTableId=rtb-0d5d03384e3020a71
DeleteVpc VpcId=vpc-e4c02074307872d7d
"#);
    assert_eq!(scene.things(), empty);
}

#[test]
fn a_route_has_one_destination_and_a_target_that_is_there() {
    insta::assert_snapshot!(said(r#"
vpc a { cidr = "10.0.0.0/16" }
internet_gateway loose {}
route_table t {
  vpc = vpc.a
  route none    { via = "tgw-0123456789abcdef0" }
  route both    { to = "10.8.0.0/16", prefix_list = "pl-0123456789abcdef0", via = "tgw-0123456789abcdef0" }
  route first   { prefix_list = "pl-00000000", via = "tgw-0123456789abcdef0" }
  route second  { prefix_list = "pl-00000000", via = "tgw-0123456789abcdef0" }
  route nothing { to = "0.0.0.0/0", via = internet_gateway.loose }
}
"#), @r#"
error[E0335]: `route_table.t.route.none` leads nowhere
 --> main.smd:6:9
  |
6 |   route none    { via = "tgw-0123456789abcdef0" }
  |         ^^^^ has no `to`
  |
  = help: write `to = "0.0.0.0/0"`, or `prefix_list = "pl-…"`

error[E0335]: `route_table.t.route.both` has `to` and `prefix_list`
 --> main.smd:7:24
  |
7 |   route both    { to = "10.8.0.0/16", prefix_list = "pl-0123456789abcdef0", via = "tgw-0123456789abcdef0" }
  |                        ^^^^^^^^^^^^^ a network      ---------------------- a list of networks
  |
  = help: write a route for each

error[E0312]: `route_table.t` has two routes to pl-00000000
 --> main.smd:9:33
  |
8 |   route first   { prefix_list = "pl-00000000", via = "tgw-0123456789abcdef0" }
  |                                 ------------- `route_table.t.route.first`
9 |   route second  { prefix_list = "pl-00000000", via = "tgw-0123456789abcdef0" }
  |                                 ^^^^^^^^^^^^^ `route_table.t.route.second`
  |
  = note: about `route_table.t.route.second`

error[E0336]: `internet_gateway.loose` is attached to no VPC
  --> main.smd:10:43
   |
 3 | internet_gateway loose {}
   |                  ----- has no `vpc`
...
10 |   route nothing { to = "0.0.0.0/0", via = internet_gateway.loose }
   |                                           ^^^^^^^^^^^^^^^^^^^^^^ leads to nothing
   |
   = note: about `route_table.t.route.nothing`
   = help: write `vpc` in `internet_gateway.loose`
"#);
}
