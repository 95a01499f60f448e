//! Making, tagging and deleting lifecycle configurations.

use std::sync::Arc;

use super::content;
use super::read::CONFIGS;
use crate::aws::{Failure, Repeat, call};
use crate::kinds::sagemaker::{self, shapes};
use crate::kinds::{Actual, Change, Context, Ready};
use crate::state::Record;
use crate::value::Value;

pub(super) async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.sagemaker(&node.place).await?;
    let mut members = node.attributes.clone();
    if let Some(script) = node.text("content") {
        let encoded = Value::string(content::encoded(script));
        members.insert(Arc::from("content"), encoded);
    }
    let request = shapes::create_studio_lifecycle_config(&members)?
        .set_tags(Some(sagemaker::to_tags(&node.all_tags())));
    let operation = "sagemaker:CreateStudioLifecycleConfig";
    let answer = call(cx.aws, operation, Repeat::Once, || {
        request.clone().send_with(&client)
    })
    .await?;
    let name = node.text("name").unwrap_or_default();
    let arn = answer.studio_lifecycle_config_arn;
    CONFIGS.made(cx, node, name, [("arn", arn)]).await
}

/// Nothing but tags changes in place.
pub(super) async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    CONFIGS.updated(cx, node, record, changes, false).await
}

/// Deletes it. AWS keeps it while a domain, a profile, a space or an app names it: this run took it
/// out of the settings, which may take AWS a moment to see; apps that run with it are named.
pub(super) async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.sagemaker(&record.place).await?;
    let name = record.id.as_str();
    let what = format!("lifecycle configuration `{name}`");
    let operation = "sagemaker:DeleteStudioLifecycleConfig";
    let (client, what) = (&client, &*what);
    let started = cx.clock.now();
    let send = || {
        call(cx.aws, operation, Repeat::Safe, || {
            client
                .delete_studio_lifecycle_config()
                .studio_lifecycle_config_name(name)
                .send()
        })
    };
    let held = |failure: Failure| async move {
        // Asked for only now: what keeps it is rare, and the list is a call for each page.
        let arn = record.text("arn").unwrap_or_default();
        let apps = sagemaker::apps_with(cx.aws, client, arn).await?;
        if !apps.is_empty() {
            let mut failure = failure;
            failure.message = format!("{what} is in use by running apps");
            failure.help.extend(apps);
            return Err(failure.help(
                "they keep it until they are stopped or restarted: then run the same command again",
            ));
        }
        sagemaker::until_free(cx, what, started, failure).await
    };
    CONFIGS.delete(cx, (record, what), send, held).await
}
