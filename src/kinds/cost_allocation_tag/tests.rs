#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::time::Duration;

use crate::kinds::scene::{Scene, said};
use crate::kinds::{find, pending};
use crate::sandbox::cost_explorer::api::link;

/// A VPC with 45 tags, whose keys are to split the bill.
fn text(keys: usize) -> String {
    format!(
        r#"
let keys = [for n in range({keys}) : "team${{n}}"]
vpc a {{ cidr = "10.0.0.0/16", tags = {{ for key in let.keys : key => "x" }} }}
cost_allocation_tag teams {{ keys = let.keys, depends_on = [vpc.a] }}
"#
    )
}

#[tokio::test]
async fn keys_wait_for_billing_and_go_twenty_a_call() {
    let mut scene = Scene::slow();
    scene.apply(&text(45)).await.unwrap();
    assert!(!scene.writes().contains("UpdateCostAllocationTagsStatus"));
    let record = scene.record("cost_allocation_tag.teams").clone();
    let why = pending(&record.attributes).unwrap();
    assert!(why.contains("not yet known to billing"), "{why}");

    scene
        .sandbox
        .clock()
        .sleep(Duration::from_secs(24 * 60 * 60))
        .await;
    let kind = find(&record.kind).unwrap();
    let node = scene.ready("cost_allocation_tag.teams");
    let done = scene
        .context(async |cx| kind.update(cx, &node, &record, &[]).await)
        .await
        .unwrap();
    assert_eq!(pending(&done.attributes), None);
    let active = done.attributes["active"].as_list().unwrap();
    assert_eq!(active.len(), 45);
    let sizes: Vec<usize> = scene
        .calls()
        .iter()
        .filter(|call| call.starts_with("UpdateCostAllocationTagsStatus"))
        .map(|call| call.matches("TagKey\"").count())
        .collect();
    assert_eq!(sizes, [20, 20, 5]);
    // A second time there is nothing to send.
    scene
        .context(async |cx| kind.update(cx, &node, &record, &[]).await)
        .await
        .unwrap();
    assert!(!scene.writes().contains("UpdateCostAllocationTagsStatus"));
}

#[tokio::test]
async fn what_somebody_made_inactive_shows_and_destroy_leaves_keys_active() {
    use aws_sdk_costexplorer::types::{
        CostAllocationTagStatus as Status, CostAllocationTagStatusEntry,
    };
    let mut scene = Scene::new();
    scene.apply(&text(2)).await.unwrap();
    let keys = async |scene: &Scene| {
        let read = scene.read().await;
        let (_, actual) = read.last().unwrap();
        let actual = actual.clone().unwrap();
        actual.attributes["keys"].as_list().unwrap().len()
    };
    assert_eq!(keys(&scene).await, 2);
    let client = scene
        .aws
        .cost_explorer(&crate::kinds::scene::place())
        .await
        .unwrap();
    let entry = CostAllocationTagStatusEntry::builder()
        .tag_key("team0")
        .status(Status::Inactive)
        .build()
        .unwrap();
    client
        .update_cost_allocation_tags_status()
        .cost_allocation_tags_status(entry)
        .send()
        .await
        .unwrap();
    assert_eq!(keys(&scene).await, 1);
    scene.destroy().await.unwrap();
    let left = client.list_cost_allocation_tags().send().await.unwrap();
    let active = left.cost_allocation_tags().iter();
    let active: Vec<_> = active
        .filter(|tag| *tag.status() == Status::Active)
        .map(|tag| tag.tag_key().to_owned())
        .collect();
    assert_eq!(active, ["team1"]);
}

#[tokio::test]
async fn a_linked_account_is_told_who_may() {
    let mut scene = Scene::new();
    scene
        .sandbox
        .arrange(|world| link(world, "111122223333", "999999999999"))
        .unwrap();
    let failure = scene.apply(&text(1)).await.unwrap_err();
    let help = failure.help.join("\n");
    assert!(help.contains("the payer's"), "{help}");
}

#[test]
fn keys_of_aws_and_doubles() {
    insta::assert_snapshot!(said(
        r#"
cost_allocation_tag a { keys = ["aws:createdBy", "team"] }
cost_allocation_tag b { keys = ["team"] }
"#
    ));
}
