//! Spaces on the embedded AWS, and the rules for them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use serde_json::{Value as Json, json};

use crate::aws::Cause;
use crate::kinds::scene::{Scene, evaluate, said};
use crate::kinds::schema::ChangeRule;
use crate::kinds::{Kind, find};
use crate::value::Value;

/// A domain with a profile.
const GROUND: &str = r#"
vpc a { cidr = "10.0.0.0/16" }
subnet a { vpc = vpc.a, cidr = "10.0.1.0/24" }
role r { trust = service("sagemaker.amazonaws.com") }
domain d {
  auth_mode = "IAM"
  vpc       = vpc.a
  subnets   = [subnet.a]
  home_efs_file_system_creation = "Disabled"
  default_user_settings { execution_role = role.r }
}
user_profile jo { domain = domain.d, name = "Jo" }
"#;

fn private(size: u32, more: &str) -> String {
    format!(
        r#"{GROUND}
space lab {{
  domain                 = domain.d
  name                   = "Lab"
  ownership_settings     {{ owner_user_profile_name = user_profile.jo }}
  space_sharing_settings {{ sharing_type = "Private" }}
  space_settings {{
    app_type = "JupyterLab"
    space_storage_settings {{ ebs_storage_settings {{ ebs_volume_size_in_gb = {size} }} }}
    {more}
  }}
}}"#
    )
}

/// The body of the only call of this operation.
fn sent(scene: &Scene, operation: &str) -> Json {
    let calls = scene.calls();
    let mut of = calls.iter().filter_map(|call| {
        let (name, body) = call.split_once(' ')?;
        (name == operation).then_some(body)
    });
    let body = of.next().unwrap_or_else(|| panic!("{calls:?}"));
    assert_eq!(of.next(), None);
    serde_json::from_str(body).unwrap()
}

#[tokio::test]
async fn a_space_is_made_changed_and_deleted() {
    let mut scene = Scene::new();
    let empty = scene.things();
    scene.apply(&private(5, "")).await.unwrap();
    let domain = scene.id("domain.d");
    assert_eq!(scene.id("space.lab"), format!("{domain}/space/Lab"));
    let made = sent(&scene, "CreateSpace");
    assert_eq!(
        made["OwnershipSettings"],
        json!({ "OwnerUserProfileName": "Jo" })
    );
    assert_eq!(made["SpaceSettings"]["AppType"], "JupyterLab");
    // Only what changed: AWS refuses the app type even when it is the same.
    scene
        .apply(&private(8, "remote_access = \"ENABLED\""))
        .await
        .unwrap();
    assert_eq!(
        sent(&scene, "UpdateSpace"),
        json!({ "DomainId": domain, "SpaceName": "Lab", "SpaceSettings": {
            "RemoteAccess": "ENABLED",
            "SpaceStorageSettings": { "EbsStorageSettings": { "EbsVolumeSizeInGb": 8 } } } })
    );
    scene.destroy().await.unwrap();
    assert_eq!(scene.things(), empty);
}

#[tokio::test]
async fn apps_keep_a_space_and_go_with_consent() {
    let mut scene = Scene::new();
    scene.apply(&private(5, "")).await.unwrap();
    let sagemaker = scene
        .aws
        .sagemaker(&super::super::scene::place())
        .await
        .unwrap();
    let app = sagemaker
        .create_app()
        .domain_id(scene.id("domain.d"))
        .space_name("Lab")
        .app_type("JupyterLab".into())
        .app_name("default");
    app.send().await.unwrap();
    let record = scene.record("space.lab").clone();
    let kind = super::Space;
    let refused = scene
        .context(async |cx| kind.delete(cx, &record).await)
        .await
        .unwrap_err();
    assert_eq!(refused.cause, Cause::InUse);
    assert_eq!(
        refused.help[0],
        "app `JupyterLab/default` of space `Lab` (InService)"
    );
    scene.calls();
    scene.consented = true;
    // What this run made it takes back without asking, but not what somebody opened in it since.
    scene.fresh = true;
    for address in ["space.lab", "user_profile.jo", "domain.d"] {
        let record = scene.record(address).clone();
        let kind = find(&record.kind).unwrap();
        let kept = scene.context(async |cx| kind.delete(cx, &record).await);
        assert_eq!(kept.await.unwrap_err().cause, Cause::InUse, "{address}");
    }
    let calls = scene.calls();
    assert!(
        !calls.iter().any(|call| call.starts_with("DeleteApp ")),
        "{calls:?}"
    );
    scene.fresh = false;
    // Twice: what is gone is gone.
    for _ in 0..2 {
        scene
            .context(async |cx| kind.delete(cx, &record).await)
            .await
            .unwrap();
    }
    let writes: Vec<String> = scene.calls();
    let names: Vec<&str> = writes
        .iter()
        .filter_map(|call| call.split(' ').next())
        .filter(|name| name.starts_with("Delete"))
        .collect();
    assert_eq!(
        names,
        ["DeleteSpace", "DeleteApp", "DeleteSpace", "DeleteSpace"]
    );
}

#[test]
fn a_volume_grows_in_place_and_never_shrinks() {
    let rule = |before: i64, after: i64| {
        let path =
            "space_settings.space_storage_settings.ebs_storage_settings.ebs_volume_size_in_gb";
        super::Space.change_rule("space", path, &Value::int(before), &Value::int(after))
    };
    assert_eq!(rule(5, 8), ChangeRule::InPlace);
    assert!(matches!(rule(8, 5), ChangeRule::Replace(_)));
}

#[test]
fn an_owner_that_is_written_as_text_is_needed_all_the_same() {
    let text = private(5, "").replace("user_profile.jo }", "\"jo\" }");
    let (configuration, _, found) = evaluate(&text);
    assert!(found.is_empty(), "{found:?}");
    let node = configuration
        .nodes
        .values()
        .find(|node| node.kind == "space")
        .unwrap();
    let needs: Vec<&str> = node.edges.iter().map(|edge| edge.to.as_str()).collect();
    assert!(needs.contains(&"user_profile.jo"), "{needs:?}");
}

#[test]
fn what_aws_would_refuse() {
    insta::assert_snapshot!(said(&format!(
        r#"{GROUND}
space alone {{
  domain             = domain.d
  ownership_settings {{ owner_user_profile_name = user_profile.jo }}
}}
space one {{ domain = domain.d, name = "x" }}
space two {{
  domain = domain.d
  name   = "X"
  space_settings {{
    jupyter_server_app_settings {{ code_repositories = [{{ repository_url = "https://github.com/a/b" }}] }}
    custom_file_systems = [{{}}]
  }}
}}
"#
    )));
}

#[tokio::test]
async fn the_volume_of_a_space_that_is_being_deleted_is_lost_already() {
    let mut scene = Scene::new();
    scene.apply(&private(5, "")).await.unwrap();
    let mut record = scene.record("space.lab").clone();
    assert!(super::volume::lost_with(&record).is_some());
    let status = std::sync::Arc::from("status");
    record.attributes.insert(status, Value::string("Deleting"));
    assert_eq!(super::volume::lost_with(&record), None);
}
