#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use crate::kinds::scene::{Scene, said};

#[tokio::test]
async fn a_gateway_is_attached_moved_and_deleted() {
    let mut scene = Scene::new();
    let empty = scene.things();
    let text = r#"
vpc a { cidr = "10.0.0.0/16" }
internet_gateway g { vpc = vpc.a }
route_table t { vpc = vpc.a, route all { to = "0.0.0.0/0", gateway = internet_gateway.g } }
"#;
    scene.apply(text).await.unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
CreateVpc CidrBlock=10.0.0.0/16
CreateInternetGateway
AttachInternetGateway InternetGatewayId=igw-befe529c791e54d12 VpcId=vpc-e4c02074307872d7d
CreateRouteTable VpcId=vpc-e4c02074307872d7d
CreateRoute DestinationCidrBlock=0.0.0.0/0 GatewayId=igw-befe529c791e54d12 RouteTableId=rtb-90a9ad03bd2ae4bc3
"#);
    scene
        .apply(&text.replace("{ vpc = vpc.a }", "{ vpc = vpc.a, name = \"x\" }"))
        .await
        .unwrap();
    insta::assert_snapshot!(scene.writes(), @"CreateTags ResourceId.1=igw-befe529c791e54d12 Tag.1.Key=Name Tag.1.Value=x");
    scene.destroy().await.unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
DeleteRoute DestinationCidrBlock=0.0.0.0/0 RouteTableId=rtb-90a9ad03bd2ae4bc3
DeleteRouteTable RouteTableId=rtb-90a9ad03bd2ae4bc3
DetachInternetGateway InternetGatewayId=igw-befe529c791e54d12 VpcId=vpc-e4c02074307872d7d
DeleteInternetGateway InternetGatewayId=igw-befe529c791e54d12
DeleteVpc VpcId=vpc-e4c02074307872d7d
"#);
    assert_eq!(scene.things(), empty);
}

#[tokio::test]
async fn an_attached_gateway_is_detached_before_it_goes() {
    let mut scene = Scene::new();
    scene
        .apply("vpc a { cidr = \"10.0.0.0/16\" }\ninternet_gateway g { vpc = vpc.a }")
        .await
        .unwrap();
    // Its attachment was forgotten.
    scene
        .records
        .retain(|(address, _)| address.as_str() == "internet_gateway.g");
    scene.writes();
    scene.destroy().await.unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
DetachInternetGateway InternetGatewayId=igw-befe529c791e54d12 VpcId=vpc-e4c02074307872d7d
DeleteInternetGateway InternetGatewayId=igw-befe529c791e54d12
"#);
}

#[test]
fn what_aws_would_refuse() {
    insta::assert_snapshot!(said(r#"
vpc a { cidr = "10.0.0.0/16" }
internet_gateway g { vpc = vpc.a }
internet_gateway h { vpc = vpc.a }
"#), @r#"
error[E0315]: `internet_gateway.g` and `internet_gateway.h` are both attached to `vpc.a`
 --> main.smd:4:28
  |
3 | internet_gateway g { vpc = vpc.a }
  |                            ----- the first one
4 | internet_gateway h { vpc = vpc.a }
  |                            ^^^^^ a second gateway
"#);
}
