//! Pipelines on the embedded AWS, and the rules for them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use serde_json::{Value as Json, json};

use crate::aws::Cause;
use crate::kinds::scene::{Fault, Scene, said};

fn text(steps: &str, more: &str) -> String {
    format!(
        r#"
role r {{ trust = service("sagemaker.amazonaws.com") }}
pipeline train {{
  name       = "train"
  role       = role.r
  definition = json_encode({{ Version = "2020-12-01", Steps = [{steps}] }})
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
async fn a_pipeline_is_made_changed_and_deleted() {
    let mut scene = Scene::new();
    scene.lineage = Some("one");
    let empty = scene.things();
    scene.apply(&text("", "description = \"x\"")).await.unwrap();
    let made = sent(&scene, "CreatePipeline");
    assert_eq!(made["ClientRequestToken"].as_str().unwrap().len(), 64);
    scene
        .apply(&text(
            "{ Name = \"a\", Type = \"Fail\" }",
            "description = \"x\"\n  parallelism_configuration { max_parallel_execution_steps = 4 }",
        ))
        .await
        .unwrap();
    let changed = sent(&scene, "UpdatePipeline");
    assert_eq!(
        changed["ParallelismConfiguration"],
        json!({ "MaxParallelExecutionSteps": 4 })
    );
    assert!(
        changed["PipelineDefinition"]
            .as_str()
            .unwrap()
            .contains("Fail")
    );
    assert!(changed.get("PipelineDescription").is_none(), "{changed}");
    // What is gone from the files is cleared.
    scene
        .apply(&text("{ Name = \"a\", Type = \"Fail\" }", ""))
        .await
        .unwrap();
    assert_eq!(sent(&scene, "UpdatePipeline")["PipelineDescription"], "");
    scene.destroy().await.unwrap();
    assert_eq!(scene.things(), empty);
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_makes_no_second_one() {
    let mut scene = Scene::new();
    scene.lineage = Some("one");
    scene.fault("CreatePipeline", Fault::Lost);
    scene.apply(&text("", "")).await.unwrap();
    assert_eq!(scene.things()["sagemaker_pipelines"], 1);
}

#[tokio::test]
async fn a_name_that_is_taken_is_told_as_such() {
    let mut scene = Scene::new();
    let sagemaker = scene
        .aws
        .sagemaker(&crate::kinds::scene::place())
        .await
        .unwrap();
    sagemaker
        .create_pipeline()
        .pipeline_name("train")
        .pipeline_definition("{}")
        .role_arn("arn:aws:iam::111122223333:role/someone-elses")
        .send()
        .await
        .unwrap();
    let refused = scene.apply(&text("", "")).await.unwrap_err();
    assert_eq!(refused.cause, Cause::AlreadyExists);
    assert!(
        refused
            .help
            .iter()
            .any(|help| help.contains("was not made by smd")),
        "{:?}",
        refused.help
    );
}

#[test]
fn what_aws_would_refuse() {
    insta::assert_snapshot!(said(
        r#"
role other { trust = service("ec2.amazonaws.com") }
role r { trust = service("sagemaker.amazonaws.com") }
pipeline closed { role = role.other, definition = "{}" }
pipeline list { role = role.r, definition = "[]" }
pipeline bad {
  name       = "x"
  role       = role.r
  definition = "{ no json }"
}
pipeline twice {
  name       = "x"
  role       = role.r
  definition = "{}"
}
"#
    ));
}
