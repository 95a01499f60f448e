//! Making, changing and deleting spaces.

use super::read::SPACES;
use super::{id_of, split};
use crate::aws::{Failure, Repeat, call};
use crate::kinds::sagemaker::{self, Scope, shapes};
use crate::kinds::{Actual, Change, Context, Ready};
use crate::state::Record;

pub(super) async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.sagemaker(&node.place).await?;
    let request = shapes::create_space(&node.attributes)?
        .set_tags(Some(sagemaker::to_tags(&node.all_tags())));
    let answer = call(cx.aws, "sagemaker:CreateSpace", Repeat::Once, || {
        request.clone().send_with(&client)
    })
    .await?;
    let arn = answer.space_arn;
    SPACES.made(cx, node, &id_of(node), [("arn", arn)]).await
}

/// Sends what changed and no more: AWS refuses `AppType` in an update even when it is the same
/// (behaviour: section 2).
pub(super) async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    let client = cx.aws.sagemaker(&node.place).await?;
    let (domain, name) = split(&record.id);
    let payload = sagemaker::changed(sagemaker::SPACE, changes, &node.attributes, &record.written);
    let sent = !payload.is_empty();
    if sent {
        let request = shapes::update_space(&payload)?
            .domain_id(domain)
            .space_name(name);
        let send = || {
            call(cx.aws, "sagemaker:UpdateSpace", Repeat::Safe, || {
                request.clone().send_with(&client)
            })
        };
        SPACES.update(cx, &node.place, &record.id, send).await?;
    }
    SPACES.updated(cx, node, record, changes, sent).await
}

/// Deletes the space with its volume. Its apps are a person's: without consent they are named, not
/// deleted.
pub(super) async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.sagemaker(&record.place).await?;
    let (domain, name) = split(&record.id);
    let what = format!("space `{name}` of domain {domain}");
    let (client, what) = (&client, &*what);
    let operation = "sagemaker:DeleteSpace";
    let send = || {
        call(cx.aws, operation, Repeat::Safe, || {
            client
                .delete_space()
                .domain_id(domain)
                .space_name(name)
                .send()
        })
    };
    let held = |failure| async move {
        let scope = Scope::Space(domain, name);
        match sagemaker::held(cx, client, scope, (operation, what)).await? {
            true => Ok(()),
            false => Err(failure),
        }
    };
    SPACES.delete(cx, (record, what), send, held).await
}
