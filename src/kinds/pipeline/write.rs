//! Making, changing and deleting pipelines.

use super::read::PIPELINES;
use crate::aws::{Cause, Failure, Repeat, call};
use crate::kinds::sagemaker::{self, shapes};
use crate::kinds::{Actual, Change, Context, Ready, marks};
use crate::state::Record;

/// Characters of a client token: AWS takes 32 to 128.
const TOKEN_LENGTH: usize = 64;
/// What AWS says when the name is taken: the refusal has no code of its own.
const TAKEN: &str = "must be unique";

pub(super) async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.sagemaker(&node.place).await?;
    let request = shapes::create_pipeline(&node.attributes)?
        .set_client_request_token(marks::token(&node.marks, TOKEN_LENGTH))
        .set_tags(Some(sagemaker::to_tags(&node.all_tags())));
    let roles = sagemaker::roles_in(&node.attributes);
    let answer = sagemaker::with_roles(cx, &roles, || {
        call(cx.aws, "sagemaker:CreatePipeline", Repeat::Once, || {
            request.clone().send_with(&client)
        })
    })
    .await
    .map_err(name_taken)?;
    let name = node.text("name").unwrap_or_default();
    PIPELINES
        .made(cx, node, name, [("arn", answer.pipeline_arn)])
        .await
}

fn name_taken(mut failure: Failure) -> Failure {
    if failure.code.as_deref() == Some("ValidationException") && failure.message.contains(TAKEN) {
        failure.cause = Cause::AlreadyExists;
    }
    failure
}

pub(super) async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    let client = cx.aws.sagemaker(&node.place).await?;
    let payload = sagemaker::changed(
        sagemaker::PIPELINE,
        changes,
        &node.attributes,
        &record.written,
    );
    let sent = !payload.is_empty();
    if sent {
        let request = shapes::update_pipeline(&payload)?.pipeline_name(&record.id);
        let roles = sagemaker::roles_in(&payload);
        let send = || {
            call(cx.aws, "sagemaker:UpdatePipeline", Repeat::Safe, || {
                request.clone().send_with(&client)
            })
        };
        sagemaker::with_roles(cx, &roles, || {
            PIPELINES.update(cx, &node.place, &record.id, send)
        })
        .await?;
    }
    PIPELINES.updated(cx, node, record, changes, sent).await
}

pub(super) async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.sagemaker(&record.place).await?;
    let name = record.id.as_str();
    let what = format!("pipeline `{name}`");
    let (client, what) = (&client, &*what);
    let send = || {
        call(cx.aws, "sagemaker:DeletePipeline", Repeat::Safe, || {
            client.delete_pipeline().pipeline_name(name).send()
        })
    };
    let held = |failure| async move { Err(failure) };
    PIPELINES.delete(cx, (record, what), send, held).await
}
