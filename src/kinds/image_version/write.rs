//! Making, changing and deleting versions of images.

use super::read::{VERSIONS, split};
use super::{alias, old};
use crate::aws::{Cause, Failure, Repeat, call};
use crate::kinds::reading::gone_is_none;
use crate::kinds::sagemaker::{self, shapes};
use crate::kinds::{Actual, Change, Context, Ready, marks, wait};
use crate::state::Record;

/// Characters of a client token: AWS takes up to 36.
const TOKEN_LENGTH: usize = 32;

pub(super) async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.sagemaker(&node.place).await?;
    let image = node.text("image").unwrap_or_default();
    let (mut free, mut taken) = (Vec::new(), Vec::new());
    for name in node.texts("aliases") {
        match alias::holder(cx.aws, &client, image, &name).await? {
            Some(_) => taken.push(name),
            None => free.push(name),
        }
    }
    let request = shapes::create_image_version(&node.attributes)?
        .set_client_token(marks::token(&node.marks, TOKEN_LENGTH))
        .set_aliases((!free.is_empty()).then_some(free));
    // An image that is being changed takes no new version.
    let answer = wait::retry(
        cx,
        VERSIONS.limit,
        "the image to be free",
        |failure| failure.cause == Cause::InUse,
        || {
            call(cx.aws, "sagemaker:CreateImageVersion", Repeat::Safe, || {
                request.clone().send_with(&client)
            })
        },
    )
    .await?;
    let arn = answer.image_version_arn.unwrap_or_default();
    let number = arn.rsplit('/').next().unwrap_or_default();
    let id = format!("{image}/{number}");
    let made = VERSIONS
        .made(cx, node, &id, [("arn", Some(arn.clone()))])
        .await?;
    if taken.is_empty() {
        return Ok(made);
    }
    // Only now, when the new one can be used, so that an alias always names one that can.
    alias::give(cx, &client, split(&id), &taken).await?;
    VERSIONS.ready(cx, node, &id).await
}

pub(super) async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    let client = cx.aws.sagemaker(&node.place).await?;
    let (image, version) = split(&record.id);
    let mut payload = sagemaker::changed(
        sagemaker::IMAGE_VERSION,
        changes,
        &node.attributes,
        &record.written,
    );
    if payload.remove("aliases").is_some() {
        let there = alias::of(cx.aws, &client, image, version).await?;
        let wanted = node.texts("aliases");
        let gone: Vec<String> = there
            .iter()
            .filter(|alias| !wanted.contains(alias))
            .cloned()
            .collect();
        let new: Vec<String> = wanted
            .into_iter()
            .filter(|alias| !there.contains(alias))
            .collect();
        if !gone.is_empty() {
            alias::take(cx, &client, (image, version), &gone).await?;
        }
        if !new.is_empty() {
            alias::give(cx, &client, (image, version), &new).await?;
        }
    }
    if !payload.is_empty() {
        let request = shapes::update_image_version(&payload)?
            .image_name(image)
            .version(version);
        let send = || {
            call(cx.aws, "sagemaker:UpdateImageVersion", Repeat::Safe, || {
                request.clone().send_with(&client)
            })
        };
        VERSIONS.update(cx, &node.place, &record.id, send).await?;
    }
    VERSIONS.ready(cx, node, &record.id).await
}

/// Deletes it, unless a new one took its place and it shall stay. One that could not be made is of no
/// use to anybody.
pub(super) async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.sagemaker(&record.place).await?;
    let (client, id) = (&client, record.id.as_str());
    if cx.replaced && !old::goes(record) {
        let there = gone_is_none((VERSIONS.describe)(cx.aws, client, id).await)?;
        let is_broken = there.is_some_and(|there| sagemaker::broken(&there).is_some());
        if !is_broken {
            return Ok(());
        }
    }
    let (image, version) = split(id);
    let what = format!("image version {id}");
    let what = what.as_str();
    let send = || {
        call(cx.aws, "sagemaker:DeleteImageVersion", Repeat::Safe, || {
            client
                .delete_image_version()
                .image_name(image)
                .version(version)
                .send()
        })
    };
    let began = cx.clock.now();
    let held = |failure| sagemaker::until_free(cx, what, began, failure);
    VERSIONS.delete(cx, (record, what), send, held).await
}
