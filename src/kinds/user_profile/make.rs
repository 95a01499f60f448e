//! Making, changing and deleting user profiles.

use std::sync::Arc;

use super::{LIMIT, read, split};
use crate::aws::{Cause, Failure, Repeat, call};
use crate::kinds::sagemaker::{self, Scope, shapes};
use crate::kinds::{Actual, Change, Context, Ready, Wanted};
use crate::state::Record;
use crate::value::{Map, Value};

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
    let id = super::id_of(node);
    let mut known = Map::new();
    known.insert(Arc::from("id"), Value::string(id.as_str()));
    if let Some(arn) = answer.user_profile_arn {
        known.insert(Arc::from("arn"), Value::string(arn));
    }
    (cx.made)(Actual {
        id: id.clone(),
        attributes: known,
    });
    ready(cx, node, &id).await
}

/// Waits until it is in service and reads it with its tags.
async fn ready(cx: &Context<'_>, node: &Ready, id: &str) -> Result<Actual, Failure> {
    let client = cx.aws.sagemaker(&node.place).await?;
    sagemaker::in_service(
        cx,
        &format!("user profile {id}"),
        id,
        "sagemaker:DescribeUserProfile",
        LIMIT,
        || read::describe(cx.aws, &client, id),
    )
    .await?;
    let wanted = [Wanted {
        address: node.address.clone(),
        kind: node.kind.clone(),
        id: id.to_owned(),
        attributes: Arc::new(node.attributes.clone()),
    }];
    read::read(cx.aws, &node.place, &wanted)
        .await?
        .into_iter()
        .next()
        .flatten()
        .ok_or_else(|| {
            Failure::new(
                Cause::NotFound,
                "sagemaker:DescribeUserProfile",
                format!("user profile {id} is gone"),
            )
        })
}

pub(super) async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    let client = cx.aws.sagemaker(&node.place).await?;
    let id = record.id.as_str();
    let (domain, name) = split(id);
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
        sagemaker::with_roles(cx, &roles, || {
            call(cx.aws, "sagemaker:UpdateUserProfile", Repeat::Safe, || {
                request.clone().send_with(&client)
            })
        })
        .await?;
        ready(cx, node, id).await?;
    }
    if let Some(arn) = record.text("arn") {
        sagemaker::retag(cx, &client, arn, changes).await?;
    }
    ready(cx, node, id).await
}

/// Deletes the profile. Its apps and private spaces are a person's: they are named, not deleted.
pub(super) async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.sagemaker(&record.place).await?;
    let id = record.id.as_str();
    let (domain, name) = split(id);
    let what = format!("user profile `{name}` of domain {domain}");
    let sent = call(cx.aws, "sagemaker:DeleteUserProfile", Repeat::Safe, || {
        client
            .delete_user_profile()
            .domain_id(domain)
            .user_profile_name(name)
            .send()
    })
    .await;
    if sent
        .as_ref()
        .is_err_and(|failure| failure.cause == Cause::InUse)
    {
        // Asked for only now: what keeps a profile is rare, and each list is a call.
        let scope = Scope {
            domain,
            profile: Some(name),
        };
        let blockers = sagemaker::blockers(cx.aws, &client, scope).await?;
        if let Some(refusal) = blockers.refusal("sagemaker:DeleteUserProfile", &what) {
            return Err(refusal);
        }
    }
    if crate::kinds::reading::gone_is_none(sent)?.is_none() {
        return Ok(());
    }
    sagemaker::gone(cx, &what, "sagemaker:DescribeUserProfile", LIMIT, || {
        read::describe(cx.aws, &client, id)
    })
    .await
}
