#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use crate::kinds::scene::{Fault, Scene, said};

#[tokio::test]
async fn an_address_is_taken_tagged_and_given_back() {
    let mut scene = Scene::new();
    let empty = scene.things();
    scene
        .apply("elastic_ip out { tags = { a = \"b\" } }")
        .await
        .unwrap();
    insta::assert_snapshot!(scene.writes(), @"AllocateAddress Domain=vpc");
    let record = scene.record("elastic_ip.out");
    assert!(record.text("public_ip").unwrap().starts_with("18.200."));
    assert_eq!(record.text("public_ipv4_pool"), Some("amazon"));
    scene
        .apply("elastic_ip out { tags = { a = \"c\" } }")
        .await
        .unwrap();
    insta::assert_snapshot!(scene.writes(), @"CreateTags ResourceId.1=eipalloc-1de4d096a90f15ec7 Tag.1.Key=a Tag.1.Value=c");
    let records = scene.records.clone();
    scene.destroy().await.unwrap();
    // A delete survives being run twice.
    scene.records = records;
    scene.destroy().await.unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
ReleaseAddress AllocationId=eipalloc-1de4d096a90f15ec7
ReleaseAddress AllocationId=eipalloc-1de4d096a90f15ec7
ReleaseAddress AllocationId=eipalloc-1de4d096a90f15ec7
"#);
    assert_eq!(scene.things(), empty);
}

#[tokio::test]
async fn a_lost_answer_makes_one_address() {
    for fault in [Fault::Lost, Fault::Unheard] {
        let mut scene = Scene::new();
        scene.fault("AllocateAddress", fault);
        scene.apply("elastic_ip out {}").await.unwrap();
        assert_eq!(scene.things()["elastic_ips"], 1, "{fault:?}");
    }
}

#[test]
fn what_aws_would_refuse() {
    insta::assert_snapshot!(said(r#"
elastic_ip a { address = "here" }
elastic_ip b { name = "one", tags = { Name = "two" } }
"#), @r#"
error[E0216]: `address` takes 7 to 15 characters, and this has 4
 --> main.smd:2:26
  |
2 | elastic_ip a { address = "here" }
  |                          ^^^^^^
  |
  = note: about `elastic_ip.a`
"#);
}
