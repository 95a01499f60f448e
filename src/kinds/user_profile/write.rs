//! Making, changing and deleting user profiles.

use super::read::PROFILES;
use crate::aws::{Failure, Repeat, call};
use crate::kinds::sagemaker::{self, Scope, id_in_domain, shapes, split_id};
use crate::kinds::{Actual, Change, Context, Ready};
use crate::state::Record;

pub(super) async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.sagemaker(&node.place).await?;
    let request = shapes::create_user_profile(&node.attributes)?
        .set_tags(Some(sagemaker::to_tags(&node.all_tags())));
    let roles = sagemaker::roles_in(&node.attributes);
    let answer = sagemaker::with_roles(cx, &roles, || {
        call(cx.aws, "sagemaker:CreateUserProfile", Repeat::Once, || {
            request.clone().send_with(&client)
        })
    })
    .await?;
    let arn = answer.user_profile_arn;
    PROFILES
        .made(cx, node, &id_in_domain(node), [("arn", arn)])
        .await
}

pub(super) async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    let client = cx.aws.sagemaker(&node.place).await?;
    let (domain, name) = split_id(&record.id);
    let payload = sagemaker::changed(
        sagemaker::USER_PROFILE,
        changes,
        &node.attributes,
        &record.written,
    );
    if !payload.is_empty() {
        let request = shapes::update_user_profile(&payload)?
            .domain_id(domain)
            .user_profile_name(name);
        let roles = sagemaker::roles_in(&payload);
        let send = || {
            call(cx.aws, "sagemaker:UpdateUserProfile", Repeat::Safe, || {
                request.clone().send_with(&client)
            })
        };
        sagemaker::with_roles(cx, &roles, || {
            PROFILES.update(cx, &node.place, &record.id, send)
        })
        .await?;
    }
    let sent = !payload.is_empty();
    PROFILES.updated(cx, node, record, changes, sent).await
}

/// Deletes the profile. Its apps and private spaces are a person's: without consent they are named,
/// not deleted.
pub(super) async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.sagemaker(&record.place).await?;
    let (domain, name) = split_id(&record.id);
    let what = format!("user profile `{name}` of domain {domain}");
    let (client, what) = (&client, &*what);
    let operation = "sagemaker:DeleteUserProfile";
    let send = || {
        call(cx.aws, operation, Repeat::Safe, || {
            client
                .delete_user_profile()
                .domain_id(domain)
                .user_profile_name(name)
                .send()
        })
    };
    let held = |failure| async move {
        let scope = Scope::Profile(domain, name);
        match sagemaker::held(cx, client, scope, (operation, what)).await? {
            true => Ok(()),
            false => Err(failure),
        }
    };
    PROFILES.delete(cx, (record, what), send, held).await
}
