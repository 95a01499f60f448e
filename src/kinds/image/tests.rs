//! Images on the embedded AWS, and the rules for them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use serde_json::{Value as Json, json};

use crate::kinds::find;
use crate::kinds::scene::{Fault, Scene, place, said};

fn text(more: &str) -> String {
    format!(
        r#"
role r {{ trust = service("sagemaker.amazonaws.com") }}
image lab {{
  name = "lab"
  role = role.r
  {more}
}}"#
    )
}

fn sent(scene: &Scene, operation: &str) -> Json {
    let calls = scene.calls();
    let body = calls.iter().find_map(|call| {
        let (name, body) = call.split_once(' ')?;
        (name == operation).then_some(body)
    });
    serde_json::from_str(body.unwrap_or_else(|| panic!("{calls:?}"))).unwrap()
}

#[tokio::test]
async fn an_image_is_made_changed_and_deleted() {
    let mut scene = Scene::slow();
    let empty = scene.things();
    scene
        .apply(&text("description = \"x\", display_name = \"Lab\""))
        .await
        .unwrap();
    let status = scene.record("image.lab").text("status").unwrap();
    assert_eq!(status, "CREATED");
    // Only what changed, and what is gone from the files by its name.
    scene.calls();
    scene
        .apply(&text("display_name = \"New lab\""))
        .await
        .unwrap();
    assert_eq!(
        sent(&scene, "UpdateImage"),
        json!({ "ImageName": "lab", "DisplayName": "New lab", "DeleteProperties": ["Description"] })
    );
    scene.destroy().await.unwrap();
    assert_eq!(scene.things(), empty);
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_makes_no_second_one() {
    let mut scene = Scene::new();
    scene.lineage = Some("one");
    scene.fault("CreateImage", Fault::Lost);
    scene.apply(&text("")).await.unwrap();
    assert_eq!(scene.things()["sagemaker_images"], 1);
}

#[tokio::test]
async fn every_image_of_a_place_is_listed() {
    let mut scene = Scene::new();
    scene
        .apply(&text("tags = { team = \"ml\" }"))
        .await
        .unwrap();
    let kind = find("image").unwrap();
    let listed = kind.list(&scene.aws, &place(), true).await.unwrap();
    let listed = listed.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].name.as_deref(), Some("lab"));
    assert_eq!(listed[0].tags["team"], "ml");
}

#[test]
fn what_aws_would_refuse() {
    insta::assert_snapshot!(said(
        r#"
role other { trust = service("ec2.amazonaws.com") }
role r { trust = service("sagemaker.amazonaws.com") }
image closed { role = role.other }
image one { name = "x", role = role.r }
image two { name = "x", role = role.r }
image_version one { image = image.one, base_image = "1.dkr.ecr.eu-west-1.amazonaws.com/a", aliases = ["stable", "a"] }
image_version two { image = image.one, base_image = "1.dkr.ecr.eu-west-1.amazonaws.com/b", aliases = ["stable"] }
app_image_config one { name = "x" }
app_image_config two { name = "x" }
"#
    ));
}

#[test]
fn words_that_aws_does_not_take() {
    insta::assert_snapshot!(said(
        r#"
role r { trust = service("sagemaker.amazonaws.com") }
image bad { name = "no_line", role = role.r }
image_version bad { image = image.bad, base_image = "1.dkr.ecr.eu-west-1.amazonaws.com/b", aliases = [".hidden"] }
"#
    ));
}
