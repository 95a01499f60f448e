#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use aws_sdk_costexplorer::Client;
use aws_sdk_costexplorer::types::{
    CostAllocationTagStatus as Status, CostAllocationTagStatusEntry,
};

use crate::sandbox::scene::Scene;
use crate::sandbox::testing::{ACCOUNT, Lab, said};

fn entry(key: &str) -> CostAllocationTagStatusEntry {
    CostAllocationTagStatusEntry::builder()
        .tag_key(key)
        .status(Status::Active)
        .build()
        .unwrap()
}

async fn statuses(client: &Client) -> Vec<(String, String)> {
    let answer = client.list_cost_allocation_tags().send().await.unwrap();
    let all = answer.cost_allocation_tags().iter();
    all.map(|tag| (tag.tag_key().to_owned(), tag.status().as_str().to_owned()))
        .collect()
}

async fn use_key(lab: &Lab, key: &str) {
    let mut scene = Scene::of(lab.sandbox.clone());
    let line = format!(
        "CreateVpc CidrBlock=10.0.0.0/16 TagSpecification.1.ResourceType=vpc TagSpecification.1.Tag.1.Key={key} TagSpecification.1.Tag.1.Value=a"
    );
    scene.make("vpc", "vpcId", &line).await;
}

#[tokio::test]
async fn a_key_is_known_a_day_after_it_came_into_use() {
    let lab = Lab::slow();
    use_key(&lab, "team").await;
    let client = Client::new(&lab.config());
    assert_eq!(statuses(&client).await, []);
    let activate = || {
        client
            .update_cost_allocation_tags_status()
            .cost_allocation_tags_status(entry("team"))
            .send()
    };
    let refused = activate().await.unwrap();
    assert_eq!(refused.errors()[0].tag_key(), Some("team"));
    lab.pass(24 * 60 * 60).await;
    let of = |status: &str| vec![("team".to_owned(), status.to_owned())];
    assert_eq!(statuses(&client).await, of("Inactive"));
    assert!(activate().await.unwrap().errors().is_empty());
    assert_eq!(statuses(&client).await, of("Active"));
    // Another payer's bill is another one.
    let other = Client::new(&lab.config_of("444455556666"));
    assert_eq!(statuses(&other).await, of("Inactive"));
}

#[tokio::test]
async fn a_linked_account_and_too_many_keys_are_refused() {
    let lab = Lab::quick();
    let client = Client::new(&lab.config());
    let many = (0..21).map(|n| entry(&format!("k{n}"))).collect();
    let update = client
        .update_cost_allocation_tags_status()
        .set_cost_allocation_tags_status(Some(many));
    assert!(said(update.send().await).starts_with("ValidationException"));
    lab.sandbox
        .arrange(|world| super::api::link(world, ACCOUNT, "999999999999"))
        .unwrap();
    let refused = said(client.list_cost_allocation_tags().send().await);
    assert!(
        refused.starts_with("AccessDeniedException: Linked account"),
        "{refused}"
    );
}
