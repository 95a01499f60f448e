//! App image configurations on the embedded AWS.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use serde_json::{Value as Json, json};

use crate::kinds::scene::{Fault, Scene};

fn text(lab: &str, editor: &str) -> String {
    format!(
        r#"
app_image_config lab {{
  name = "lab"
  jupyter_lab_app_image_config {{ {lab} }}
  code_editor_app_image_config {{ {editor} }}
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

const EDITOR: &str = "file_system_config { mount_path = \"/home/x\" }";

#[tokio::test]
async fn settings_of_one_type_of_app_change_alone_and_whole() {
    let mut scene = Scene::new();
    let empty = scene.things();
    let first = "
      file_system_config { default_uid = 1000, default_gid = 100 }
      container_config {
        container_arguments             = [\"--b\", \"--a\", \"--b\"]
        container_environment_variables = { MODE = \"x\" }
      }";
    scene.apply(&text(first, EDITOR)).await.unwrap();
    let made = sent(&scene, "CreateAppImageConfig");
    // In their order, twice if written twice.
    assert_eq!(
        made["JupyterLabAppImageConfig"]["ContainerConfig"],
        json!({ "ContainerArguments": ["--b", "--a", "--b"], "ContainerEnvironmentVariables": { "MODE": "x" } })
    );
    let second = "
      file_system_config { default_uid = 1000, default_gid = 200 }
      container_config { container_environment_variables = { MODE = \"y\" } }";
    scene.apply(&text(second, EDITOR)).await.unwrap();
    assert_eq!(
        sent(&scene, "UpdateAppImageConfig"),
        json!({
            "AppImageConfigName": "lab",
            "JupyterLabAppImageConfig": {
                "FileSystemConfig": { "DefaultUid": 1000, "DefaultGid": 200 },
                "ContainerConfig": {
                    "ContainerArguments": [],
                    "ContainerEnvironmentVariables": { "MODE": "y" },
                },
            },
        })
    );
    scene.destroy().await.unwrap();
    assert_eq!(scene.things(), empty);
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_makes_no_second_one() {
    let mut scene = Scene::new();
    scene.lineage = Some("one");
    scene.fault("CreateAppImageConfig", Fault::Lost);
    scene.apply(&text(EDITOR, EDITOR)).await.unwrap();
    assert_eq!(scene.things()["sagemaker_app_image_configs"], 1);
}
