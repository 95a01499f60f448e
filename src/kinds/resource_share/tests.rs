#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::time::Duration;

use aws_sdk_ram::types::ResourceOwner;

use crate::config::Place;
use crate::kinds::scene::{Fault, Scene, place, said};
use crate::kinds::{find, pending};

const ARN: &str = "arn:aws:sagemaker:eu-west-1:111122223333:pipeline";

fn text(rest: &str) -> String {
    format!(
        r#"
resource_share train {{
  resources  = ["{ARN}/train", "{ARN}/score"]
  principals = [account.emr.id]
  {rest}
}}
"#
    )
}

/// The receiver's place.
fn receiver() -> Place {
    Place {
        account: "444455556666".into(),
        ..place()
    }
}

async fn received(scene: &Scene) -> Vec<String> {
    let client = scene.aws.ram(&receiver()).await.unwrap();
    let owner = ResourceOwner::OtherAccounts;
    let answer = client
        .get_resource_shares()
        .resource_owner(owner)
        .send()
        .await;
    let shares = answer.unwrap().resource_shares.unwrap();
    shares.into_iter().filter_map(|share| share.name).collect()
}

/// The paths of the writes.
fn paths(scene: &Scene) -> Vec<String> {
    let is_write = |call: &&String| !call.contains("/get") && !call.contains("/list");
    let calls = scene.calls();
    let writes = calls.iter().filter(is_write);
    writes
        .map(|call| call.split('?').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_share_is_accepted_by_the_receiver_changed_and_deleted() {
    let mut scene = Scene::slow();
    scene.apply(&text("permission = \"read\"")).await.unwrap();
    assert_eq!(
        paths(&scene),
        [
            "POST /createresourceshare",
            "POST /associateresourceshare",
            "POST /acceptresourceshareinvitation",
            "POST /associateresourceshare",
            "POST /associateresourceshare",
        ]
    );
    let acceptance = scene.record("resource_share.train.acceptance[\"444455556666\"]");
    assert_eq!(acceptance.text("status"), Some("accepted"));
    assert_eq!(&*acceptance.place.account, "444455556666");
    assert_eq!(received(&scene).await, ["stack-train"]);

    scene.apply(&text("permission = \"read\"")).await.unwrap();
    assert_eq!(paths(&scene), [""; 0]);
    let changed = text("permission = \"execute\"\n  tags = { team = \"a\" }")
        .replace(&format!(", \"{ARN}/score\""), "");
    scene.apply(&changed).await.unwrap();
    assert_eq!(
        paths(&scene),
        [
            "POST /associateresourcesharepermission",
            "POST /tagresource",
            "POST /disassociateresourceshare",
        ]
    );
    scene.destroy().await.unwrap();
    assert_eq!(received(&scene).await, [""; 0]);
    assert!(paths(&scene).contains(&"DELETE /deleteresourceshare".to_owned()));
}

#[tokio::test]
async fn inside_an_organisation_nothing_is_accepted() {
    let mut scene = Scene::slow();
    scene.sandbox.ensure_account("444455556666", &[]).unwrap();
    let own = scene.aws.ram(&place()).await.unwrap();
    own.enable_sharing_with_aws_organization()
        .send()
        .await
        .unwrap();
    scene.calls();
    let within = text("allow_external_principals = false");
    scene.apply(&within).await.unwrap();
    assert!(!paths(&scene).contains(&"POST /acceptresourceshareinvitation".to_owned()));
    let acceptance = scene.record("resource_share.train.acceptance[\"444455556666\"]");
    assert_eq!(acceptance.text("status"), Some("not needed"));
    assert_eq!(received(&scene).await, ["stack-train"]);
}

#[tokio::test]
async fn outside_principals_are_refused_with_a_way_out() {
    let mut scene = Scene::new();
    let failure = scene
        .apply(&text("allow_external_principals = false"))
        .await
        .unwrap_err();
    assert_eq!(
        failure.code.as_deref(),
        Some("OperationNotPermittedException")
    );
    let help = failure.help.join("\n");
    assert!(
        help.contains("`allow_external_principals = false`"),
        "{help}"
    );
}

#[tokio::test]
async fn an_invitation_that_does_not_come_is_pending_and_accepted_later() {
    let mut scene = Scene::slow();
    scene.apply(&text("")).await.unwrap();
    let id = scene.id("resource_share.train");
    // Somebody takes the account out of the share.
    let own = scene.aws.ram(&place()).await.unwrap();
    let principal = || (id.as_str(), "444455556666");
    own.disassociate_resource_share()
        .resource_share_arn(principal().0)
        .principals(principal().1)
        .send()
        .await
        .unwrap();
    let record = scene
        .record("resource_share.train.acceptance[\"444455556666\"]")
        .clone();
    let kind = find(&record.kind).unwrap();
    let node = scene.ready("resource_share.train.acceptance[\"444455556666\"]");
    let began = scene.sandbox.clock().now();
    let waits = scene
        .context(async |cx| kind.update(cx, &node, &record, &[]).await)
        .await
        .unwrap();
    let passed = scene.sandbox.clock().now().duration_since(began).unwrap();
    assert!(passed < Duration::from_secs(600), "{passed:?}");
    assert!(pending(&waits.attributes).is_some(), "{waits:?}");
    // It is put in again, and the next run accepts.
    own.associate_resource_share()
        .resource_share_arn(principal().0)
        .principals(principal().1)
        .send()
        .await
        .unwrap();
    let done = scene
        .context(async |cx| kind.update(cx, &node, &record, &[]).await)
        .await
        .unwrap();
    assert_eq!(pending(&done.attributes), None);
    assert_eq!(received(&scene).await.len(), 1);
}

#[tokio::test]
async fn lost_answers_make_one_share_and_one_acceptance() {
    for (path, fault) in [
        ("POST /createresourceshare", Fault::Lost),
        ("POST /createresourceshare", Fault::Unheard),
        ("POST /acceptresourceshareinvitation", Fault::Lost),
        ("POST /associateresourceshare", Fault::Lost),
    ] {
        let mut scene = Scene::slow();
        scene.lineage = Some("key");
        scene.fault(path, fault);
        scene.apply(&text("")).await.unwrap();
        let own = scene.aws.ram(&place()).await.unwrap();
        let shares = own
            .get_resource_shares()
            .resource_owner(ResourceOwner::SelfValue)
            .send()
            .await
            .unwrap();
        assert_eq!(shares.resource_shares().len(), 1, "{path} {fault:?}");
        assert_eq!(received(&scene).await.len(), 1, "{path} {fault:?}");
    }
}

#[tokio::test]
async fn an_account_that_is_not_declared_accepts_by_itself() {
    let mut scene = Scene::new();
    let foreign = text("").replace("account.emr.id", "\"999999999999\"");
    scene.apply(&foreign).await.unwrap();
    assert!(
        scene
            .records
            .iter()
            .all(|(_, record)| record.kind != "resource_share.acceptance")
    );
    scene.destroy().await.unwrap();
}

#[test]
fn what_aws_would_refuse() {
    insta::assert_snapshot!(said(
        r#"
resource_share bad {
  resources  = ["arn:aws:s3:::bucket", "arn:aws:sagemaker:us-east-1:111122223333:pipeline/x"]
  principals = [account.studio.id]
}
"#
    ));
}
