//! Aliases: each names one version of an image, and moves from one to another.

use std::collections::BTreeSet;

use aws_sdk_sagemaker::Client;
use aws_sdk_sagemaker::operation::update_image_version::builders::UpdateImageVersionFluentBuilder;

use super::read::VERSIONS;
use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::kinds::reading::gone_is_none;
use crate::kinds::sagemaker::PAGE;
use crate::kinds::{Context, wait};

/// The aliases of a version, in order.
///
/// # Errors
/// What the calls fail with.
pub(super) async fn of(
    aws: &Aws,
    client: &Client,
    image: &str,
    version: i32,
) -> Result<BTreeSet<String>, Failure> {
    let mut all = BTreeSet::new();
    let mut token: Option<String> = None;
    loop {
        let answer = call(aws, "sagemaker:ListAliases", Repeat::Safe, || {
            client
                .list_aliases()
                .image_name(image)
                .version(version)
                .max_results(PAGE)
                .set_next_token(token.clone())
                .send()
        })
        .await?;
        all.extend(answer.sage_maker_image_version_aliases.unwrap_or_default());
        token = answer.next_token;
        if token.is_none() {
            return Ok(all);
        }
    }
}

/// The version that an alias names, if it names one.
///
/// # Errors
/// What the call fails with.
pub(super) async fn holder(
    aws: &Aws,
    client: &Client,
    image: &str,
    alias: &str,
) -> Result<Option<i32>, Failure> {
    let operation = "sagemaker:DescribeImageVersion";
    let answer = call(aws, operation, Repeat::Safe, || {
        client
            .describe_image_version()
            .image_name(image)
            .alias(alias)
            .send()
    })
    .await;
    Ok(gone_is_none(answer)?.and_then(|answer| answer.version))
}

/// Gives a version these aliases; another version that has one of them gives it up first.
///
/// # Errors
/// What the calls fail with.
pub(super) async fn give(
    cx: &Context<'_>,
    client: &Client,
    (image, version): (&str, i32),
    aliases: &[String],
) -> Result<(), Failure> {
    for alias in aliases {
        let held = holder(cx.aws, client, image, alias).await?;
        if let Some(other) = held.filter(|held| *held != version) {
            (cx.progress)(format!("taking alias {alias} from version {other}"));
            let taken = take(cx, client, (image, other), std::slice::from_ref(alias)).await;
            // Gone by now, it has none.
            gone_is_none(taken)?;
        }
    }
    let request = client
        .update_image_version()
        .image_name(image)
        .version(version)
        .set_aliases_to_add(Some(aliases.to_vec()));
    update(cx, request).await
}

/// Takes these aliases from a version.
///
/// # Errors
/// What the call fails with.
pub(super) async fn take(
    cx: &Context<'_>,
    client: &Client,
    (image, version): (&str, i32),
    aliases: &[String],
) -> Result<(), Failure> {
    let request = client
        .update_image_version()
        .image_name(image)
        .version(version)
        .set_aliases_to_delete(Some(aliases.to_vec()));
    update(cx, request).await
}

/// Sends the change when the version takes it: not while it is made, changed or deleted.
async fn update(cx: &Context<'_>, request: UpdateImageVersionFluentBuilder) -> Result<(), Failure> {
    let busy = |failure: &Failure| failure.cause == Cause::InUse;
    wait::retry(
        cx,
        VERSIONS.limit,
        "the image version to be free",
        busy,
        || {
            call(cx.aws, "sagemaker:UpdateImageVersion", Repeat::Safe, || {
                request.clone().send()
            })
        },
    )
    .await
    .map(|_| ())
}
