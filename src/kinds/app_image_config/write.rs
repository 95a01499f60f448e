//! Making, changing and deleting app image configurations.

use super::read::CONFIGS;
use crate::aws::{Failure, Repeat, call};
use crate::kinds::sagemaker::{self, shapes};
use crate::kinds::{Actual, Change, Context, Ready};
use crate::state::Record;
use crate::value::{Map, Value};

pub(super) async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.sagemaker(&node.place).await?;
    let request = shapes::create_app_image_config(&node.attributes)?
        .set_tags(Some(sagemaker::to_tags(&node.all_tags())));
    let operation = "sagemaker:CreateAppImageConfig";
    let answer = call(cx.aws, operation, Repeat::Once, || {
        request.clone().send_with(&client)
    })
    .await?;
    let name = node.text("name").unwrap_or_default();
    let arn = answer.app_image_config_arn;
    CONFIGS.made(cx, node, name, [("arn", arn)]).await
}

pub(super) async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    let client = cx.aws.sagemaker(&node.place).await?;
    let changed = sagemaker::changed(
        sagemaker::APP_IMAGE_CONFIG,
        changes,
        &node.attributes,
        &record.written,
    );
    let payload = whole(changed, &node.attributes);
    let sent = !payload.is_empty();
    if sent {
        let request = shapes::update_app_image_config(&payload)?.app_image_config_name(&record.id);
        let operation = "sagemaker:UpdateAppImageConfig";
        call(cx.aws, operation, Repeat::Safe, || {
            request.clone().send_with(&client)
        })
        .await?;
    }
    CONFIGS.updated(cx, node, record, changes, sent).await
}

/// The settings of each type of app that changed, whole: no source tells whether AWS joins them with
/// what is there or puts them in its place, and whole they mean the same either way. Settings of other
/// types stay out.
fn whole(changed: Map, desired: &Map) -> Map {
    changed
        .into_iter()
        .map(|(name, change)| {
            let value = match desired.get(&name) {
                Some(wanted) => joined(wanted, &change),
                None => change,
            };
            (name, value)
        })
        .collect()
}

/// What is wanted, with what a change adds to it: empty lists for what is no longer written.
fn joined(wanted: &Value, change: &Value) -> Value {
    let (Some(members), Some(changes)) = (wanted.as_map(), change.as_map()) else {
        return change.clone();
    };
    let mut all = members.clone();
    for (name, change) in changes {
        let value = match members.get(name) {
            Some(wanted) => joined(wanted, change),
            None => change.clone(),
        };
        all.insert(name.clone(), value);
    }
    Value::map(all)
}

/// Deletes it: AWS knows no refusal for one that settings still name (API reference of
/// DeleteAppImageConfig), so that the order of the plan alone spares them.
pub(super) async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.sagemaker(&record.place).await?;
    let name = record.id.as_str();
    let what = format!("app image configuration `{name}`");
    let (client, what) = (&client, &*what);
    let send = || {
        call(
            cx.aws,
            "sagemaker:DeleteAppImageConfig",
            Repeat::Safe,
            || {
                client
                    .delete_app_image_config()
                    .app_image_config_name(name)
                    .send()
            },
        )
    };
    let began = cx.clock.now();
    let held = |failure| sagemaker::until_free(cx, what, began, failure);
    CONFIGS.delete(cx, (record, what), send, held).await
}
