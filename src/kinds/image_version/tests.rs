//! Versions of images on the embedded AWS.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use crate::aws::Cause;
use crate::kinds::find;
use crate::kinds::scene::{Fault, Scene, evaluate};
use crate::sandbox;

const IMAGE: &str = r#"
role r { trust = service("sagemaker.amazonaws.com") }
image lab { name = "lab", role = role.r }
"#;

fn version(name: &str, tag: &str, more: &str) -> String {
    format!(
        r#"
image_version {name} {{
  image      = image.lab
  base_image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/lab:{tag}"
  {more}
}}"#
    )
}

fn aliases(scene: &Scene, address: &str) -> Vec<String> {
    let record = scene.record(address);
    let list = record.attribute("aliases").unwrap().as_list().unwrap();
    let texts = list.iter().map(|one| one.as_str().unwrap().to_owned());
    texts.collect()
}

#[tokio::test]
async fn versions_are_made_changed_and_deleted() {
    let mut scene = Scene::slow();
    let empty = scene.things();
    let one = version("one", "1", "aliases = [\"stable\"], release_notes = \"x\"");
    scene.apply(&format!("{IMAGE}{one}")).await.unwrap();
    assert_eq!(scene.id("image_version.one"), "lab/1");
    let container = scene.record("image_version.one").text("container_image");
    assert!(container.unwrap().contains("/lab@sha256:"));

    // An alias moves to the version that is written with it.
    let one = version("one", "1", "aliases = [\"old\"], release_notes = \"x\"");
    let two = version("two", "2", "aliases = [\"stable\"], processor = \"GPU\"");
    scene.apply(&format!("{IMAGE}{one}{two}")).await.unwrap();
    assert_eq!(scene.id("image_version.two"), "lab/2");
    assert_eq!(aliases(&scene, "image_version.one"), ["old"]);
    assert_eq!(aliases(&scene, "image_version.two"), ["stable"]);

    // Only what changed is sent.
    scene.calls();
    let two = version("two", "2", "aliases = [\"stable\"], processor = \"CPU\"");
    scene.apply(&format!("{IMAGE}{one}{two}")).await.unwrap();
    let calls = scene.writes();
    let sent: Vec<&str> = calls
        .lines()
        .filter(|call| call.starts_with("Update"))
        .collect();
    assert_eq!(
        sent,
        [r#"UpdateImageVersion {"ImageName":"lab","Version":2,"Processor":"CPU"}"#]
    );

    // One that is taken out goes, the other stays.
    scene.apply(&format!("{IMAGE}{two}")).await.unwrap();
    assert_eq!(scene.things()["sagemaker_image_versions"], 1);
    scene.destroy().await.unwrap();
    assert_eq!(scene.things(), empty);
}

#[tokio::test]
async fn a_new_version_takes_an_alias_of_the_one_that_stays() {
    let mut scene = Scene::new();
    let one = version("one", "1", "aliases = [\"stable\", \"old\"]");
    scene.apply(&format!("{IMAGE}{one}")).await.unwrap();
    let mut ready = scene.ready("image_version.one");
    ready.attributes.insert(
        "base_image".into(),
        crate::value::Value::string("111122223333.dkr.ecr.eu-west-1.amazonaws.com/lab:2"),
    );
    ready.attributes.insert(
        "aliases".into(),
        crate::value::Value::list(vec![crate::value::Value::string("stable")]),
    );
    let kind = find("image_version").unwrap();
    let made = scene.context(async |cx| kind.create(cx, &ready).await);
    let made = made.await.unwrap();
    assert_eq!(made.id, "lab/2");
    assert_eq!(made.attributes["aliases"].as_list().unwrap().len(), 1);
    let there = scene.read().await;
    let (_, old) = there.into_iter().next_back().unwrap();
    let left = old.unwrap().attributes["aliases"].as_list().unwrap().len();
    assert_eq!(left, 1);
}

/// As after a destroy that was broken off and is taken back: the version that has the alias is going.
#[tokio::test]
async fn an_alias_of_a_version_that_is_going_is_waited_for() {
    let mut scene = Scene::slow();
    let one = version("one", "1", "aliases = [\"stable\"]");
    scene.apply(&format!("{IMAGE}{one}")).await.unwrap();
    let config = sandbox::scene::config(
        &scene.sandbox,
        sandbox::scene::ACCOUNT,
        sandbox::scene::REGION,
    );
    let client = aws_sdk_sagemaker::Client::new(&config);
    let delete = client.delete_image_version().image_name("lab").version(1);
    delete.send().await.unwrap();
    let kind = find("image_version").unwrap();
    let ready = scene.ready("image_version.one");
    let made = scene.context(async |cx| kind.create(cx, &ready).await);
    let made = made.await.unwrap();
    assert_eq!(made.id, "lab/2");
    assert_eq!(made.attributes["aliases"].as_list().unwrap().len(), 1);
}

/// As after a run that was broken off while it made it.
#[tokio::test]
async fn a_version_that_is_being_made_gets_its_aliases_afterwards() {
    let mut scene = Scene::slow();
    scene
        .apply(&format!("{IMAGE}{}", version("one", "1", "")))
        .await
        .unwrap();
    let config = sandbox::scene::config(
        &scene.sandbox,
        sandbox::scene::ACCOUNT,
        sandbox::scene::REGION,
    );
    let client = aws_sdk_sagemaker::Client::new(&config);
    let create = client
        .create_image_version()
        .image_name("lab")
        .client_token("t");
    let create = create.base_image("111122223333.dkr.ecr.eu-west-1.amazonaws.com/lab:2");
    create.send().await.unwrap();
    let mut record = scene.record("image_version.one").clone();
    record.id = "lab/2".to_owned();
    let mut ready = scene.ready("image_version.one");
    let aliases = crate::value::Value::list(vec![crate::value::Value::string("stable")]);
    ready.attributes.insert("aliases".into(), aliases.clone());
    let change = crate::kinds::Change {
        path: "aliases".to_owned(),
        before: crate::value::Value::null(),
        after: aliases,
    };
    let kind = find("image_version").unwrap();
    let changed = scene.context(async |cx| {
        kind.update(cx, &ready, &record, std::slice::from_ref(&change))
            .await
    });
    let changed = changed.await.unwrap();
    assert_eq!(changed.attributes["aliases"].as_list().unwrap().len(), 1);
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_makes_no_second_one() {
    let mut scene = Scene::new();
    scene.lineage = Some("one");
    scene.fault("CreateImageVersion", Fault::Lost);
    let one = version("one", "1", "");
    scene.apply(&format!("{IMAGE}{one}")).await.unwrap();
    assert_eq!(scene.things()["sagemaker_image_versions"], 1);
    // Found by a run that knows of it no more than that it was to be made.
    let kind = find("image_version").unwrap();
    let ready = scene.ready("image_version.one");
    let found = kind.find(&scene.aws, &ready).await.unwrap();
    assert_eq!(found.as_deref(), Some("lab/1"));
    let mut other = ready;
    let base = crate::value::Value::string("1.dkr.ecr.eu-west-1.amazonaws.com/other");
    other.attributes.insert("base_image".into(), base);
    assert_eq!(kind.find(&scene.aws, &other).await.unwrap(), None);
}

#[tokio::test]
async fn a_container_image_that_is_none_of_ecr_is_told_and_can_only_be_replaced() {
    let mut scene = Scene::new();
    let text = format!(
        "{IMAGE}image_version one {{ image = image.lab, base_image = \"docker.io/library/x\" }}"
    );
    let failure = scene.apply(&text).await.unwrap_err();
    assert_eq!(failure.cause, Cause::Failed);
    assert_eq!(
        failure.message,
        "image version lab/1 ended as `CREATE_FAILED`: The base image docker.io/library/x is not in Amazon ECR."
    );
}

#[test]
fn settings_that_name_an_image_need_its_versions() {
    let (configuration, _, found) = evaluate(&format!(
        r#"{IMAGE}{}
app_image_config lab {{ name = "lab" }}
vpc a {{ cidr = "10.0.0.0/16" }}
subnet a {{ vpc = vpc.a, cidr = "10.0.1.0/24" }}
domain d {{
  auth_mode = "IAM"
  vpc       = vpc.a
  subnets   = [subnet.a]
  default_user_settings {{
    execution_role = role.r
    jupyter_lab_app_settings {{
      custom_images = [{{ image_name = image.lab, app_image_config_name = app_image_config.lab }}]
    }}
  }}
}}"#,
        version("one", "1", "")
    ));
    assert!(found.iter().all(|one| !one.is_error()), "{found:?}");
    let domain = configuration
        .nodes
        .values()
        .find(|node| node.kind == "domain");
    let needs: Vec<&str> = domain
        .unwrap()
        .edges
        .iter()
        .map(|edge| edge.to.as_str())
        .collect();
    assert!(needs.contains(&"image_version.one"), "{needs:?}");
}
