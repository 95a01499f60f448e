#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use crate::kinds::scene::{Fault, Scene, place, said};
use crate::kinds::{due, find};
use crate::sandbox::sagemaker::api::{NewThing, put_thing};

/// When SageMaker began to tag by itself, in milliseconds since the epoch (2022-11-30).
const TAGGED_SINCE_MS: u64 = 1_669_766_400_000;
const DOMAIN: &str = "arn:aws:sagemaker:eu-west-1:111122223333:domain/d-1";
const MAKER: &str = "arn:aws:sagemaker:eu-west-1:111122223333:user-profile/d-1/ada";

fn put(scene: &Scene, kind: &str, name: &str, created_ms: u64, maker: Option<&str>) {
    let new = NewThing {
        kind,
        name,
        created_ms,
        maker,
    };
    let at = (place().account.to_string(), place().region.to_string());
    scene
        .sandbox
        .arrange(|world| put_thing(world, (&at.0, &at.1), new))
        .unwrap()
        .unwrap();
}

fn text(rest: &str) -> String {
    format!("tag_backfill old {{\n  domain = \"{DOMAIN}\"\n  {rest}\n}}\n")
}

fn tagged(scene: &Scene) -> usize {
    let calls = scene.calls();
    let tags = calls.iter().filter(|call| call.starts_with("AddTags"));
    tags.count()
}

#[tokio::test]
async fn five_hundred_experiments_are_tagged_once() {
    let mut scene = Scene::slow();
    for n in 0..500 {
        put(
            &scene,
            "experiment",
            &format!("old-{n:03}"),
            TAGGED_SINCE_MS,
            None,
        );
    }
    put(&scene, "experiment", "new", TAGGED_SINCE_MS * 2, None);
    let choice = text("kinds = [\"experiment\"]\n  names = [\"old-*\"]");
    let began = scene.sandbox.clock().now();
    scene.apply(&choice).await.unwrap();
    assert_eq!(tagged(&scene), 500);
    // Not faster than the API takes it.
    let passed = scene.sandbox.clock().now().duration_since(began).unwrap();
    assert!(passed.as_secs() >= 120, "{passed:?}");
    let record = scene.record("tag_backfill.old").clone();
    assert_eq!(due(&record.attributes), None);
    assert_eq!(record.attributes["chosen"].as_int(), Some(500));
    let kind = find(&record.kind).unwrap();
    let node = scene.ready("tag_backfill.old");
    scene
        .context(async |cx| kind.update(cx, &node, &record, &[]).await)
        .await
        .unwrap();
    assert_eq!(tagged(&scene), 0);
}

#[tokio::test]
async fn what_was_broken_off_goes_on_with_the_rest() {
    let mut scene = Scene::slow();
    for n in 0..30 {
        put(&scene, "trial", &format!("t-{n:02}"), TAGGED_SINCE_MS, None);
    }
    let choice = text("kinds = [\"trial\"]");
    // What a run tagged before it was broken off.
    let client = scene.aws.sagemaker(&place()).await.unwrap();
    for n in 0..10 {
        let tag = aws_sdk_sagemaker::types::Tag::builder()
            .key("sagemaker:domain-arn")
            .value(DOMAIN)
            .build();
        client
            .add_tags()
            .resource_arn(format!(
                "arn:aws:sagemaker:eu-west-1:111122223333:experiment-trial/t-{n:02}"
            ))
            .tags(tag)
            .send()
            .await
            .unwrap();
    }
    for _ in 0..20 {
        scene.fault("AddTags", Fault::Unheard);
    }
    let failure = scene.apply(&choice).await.unwrap_err();
    assert!(failure.message.starts_with("trial `t-10`"), "{failure}");
    scene.clear_faults();
    scene.calls();
    scene.apply(&choice).await.unwrap();
    assert_eq!(tagged(&scene), 20);
}

#[tokio::test]
async fn a_choice_is_by_kind_name_time_and_maker_and_other_domains_are_left_alone() {
    let mut scene = Scene::new();
    let (old, young) = (TAGGED_SINCE_MS - 1000, TAGGED_SINCE_MS + 1000);
    put(&scene, "experiment", "mine", old, Some(MAKER));
    put(&scene, "experiment", "theirs", old, Some("arn:other"));
    put(&scene, "experiment", "young", young, Some(MAKER));
    put(&scene, "pipeline", "mine", old, Some(MAKER));
    for kind in ["training_job", "processing_job", "transform_job", "model"] {
        put(&scene, kind, "job", old, None);
    }
    // One that another domain has already.
    put(&scene, "experiment", "taken", old, Some(MAKER));
    let client = scene.aws.sagemaker(&place()).await.unwrap();
    let tag = aws_sdk_sagemaker::types::Tag::builder()
        .key("sagemaker:domain-arn")
        .value("arn:aws:sagemaker:eu-west-1:111122223333:domain/d-2")
        .build();
    client
        .add_tags()
        .resource_arn("arn:aws:sagemaker:eu-west-1:111122223333:experiment/taken")
        .tags(tag)
        .send()
        .await
        .unwrap();
    scene.calls();
    let mine = format!(
        "{}tag_backfill jobs {{\n  domain = \"{DOMAIN}\"\n  kinds = [\"training_job\", \"processing_job\", \"transform_job\", \"model\"]\n}}\n",
        text(&format!(
            "kinds = [\"experiment\", \"pipeline\"]\n  created_before = \"2022-11-30\"\n  created_by = [\"{MAKER}\"]"
        ))
    );
    scene.apply(&mine).await.unwrap();
    let mut named: Vec<String> = scene
        .calls()
        .iter()
        .filter(|call| call.starts_with("AddTags"))
        .map(|call| call.split("111122223333:").nth(1).unwrap())
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    named.sort();
    assert_eq!(
        named,
        [
            "experiment/mine",
            "model/job",
            "pipeline/mine",
            "processing-job/job",
            "training-job/job",
            "transform-job/job",
        ]
    );
    assert_eq!(
        scene.record("tag_backfill.old").attributes["chosen"].as_int(),
        Some(3)
    );
    // What came since is due, by kind and name.
    put(&scene, "training_job", "late", old, None);
    let read = scene.read().await;
    let (_, late) = read
        .iter()
        .find(|(address, _)| address.as_str() == "tag_backfill.jobs")
        .unwrap();
    assert_eq!(
        due(&late.as_ref().unwrap().attributes),
        Some("1 of 5 lack the tag: training_job late")
    );
}

#[tokio::test]
async fn tags_are_asked_for_of_what_is_chosen_only() {
    let mut scene = Scene::new();
    for n in 0..20 {
        let name = format!("young-{n}");
        put(&scene, "processing_job", &name, TAGGED_SINCE_MS * 2, None);
    }
    put(&scene, "processing_job", "old", TAGGED_SINCE_MS - 1, None);
    let choice = text("kinds = [\"processing_job\"]\n  created_before = \"2022-11-30\"");
    scene.apply(&choice).await.unwrap();
    scene.calls();
    scene.read().await;
    let calls = scene.calls();
    let asked = calls.iter().filter(|call| call.starts_with("ListTags "));
    assert!(asked.count() <= 1, "{calls:?}");
}

#[test]
fn choices_that_choose_nothing() {
    insta::assert_snapshot!(said(&format!(
        r#"
tag_backfill a {{
  domain         = "{DOMAIN}"
  kinds          = ["experiment", "training_job"]
  created_after  = "2022-11-30"
  created_before = "2022-11-29"
  created_by     = ["{MAKER}"]
}}
tag_backfill b {{ domain = "{DOMAIN}", kinds = ["trial"], created_after = "2022-02-31" }}
"#
    )));
}
