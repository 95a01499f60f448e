//! S3 through the SDK's own client: conditions, lists, refusals, persistence.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};

use crate::sandbox::scene;
use crate::sandbox::testing::{Lab, said};

const BUCKET: &str = "team-states";

fn client(lab: &Lab) -> Client {
    Client::new(&lab.config())
}

async fn create(client: &Client, name: &str) -> String {
    let place = CreateBucketConfiguration::builder()
        .location_constraint(BucketLocationConstraint::from(scene::REGION))
        .build();
    said(
        client
            .create_bucket()
            .bucket(name)
            .create_bucket_configuration(place)
            .send()
            .await,
    )
}

/// Puts `text` with conditions; the entity tag.
async fn put(
    client: &Client,
    key: &str,
    text: &'static str,
    if_match: Option<&str>,
    if_none_match: Option<&str>,
) -> Result<String, String> {
    let sent = client
        .put_object()
        .bucket(BUCKET)
        .key(key)
        .body(ByteStream::from_static(text.as_bytes()))
        .set_if_match(if_match.map(str::to_owned))
        .set_if_none_match(if_none_match.map(str::to_owned))
        .metadata("fence", "7")
        .send()
        .await;
    match sent {
        Ok(output) => Ok(output.e_tag().unwrap().to_owned()),
        Err(error) => Err(code(Err::<(), _>(error))),
    }
}

/// The code of a refusal.
fn code<T, E>(
    result: Result<
        T,
        aws_sdk_s3::error::SdkError<E, aws_smithy_runtime_api::client::orchestrator::HttpResponse>,
    >,
) -> String
where
    E: aws_sdk_s3::error::ProvideErrorMetadata + std::fmt::Debug,
{
    let text = said(result);
    text.split(':').next().unwrap().to_owned()
}

#[tokio::test]
async fn writes_and_deletes_have_conditions() {
    let lab = Lab::quick();
    let client = client(&lab);
    assert_eq!(
        put(&client, "a", "1", None, None).await.unwrap_err(),
        "NoSuchBucket"
    );
    assert_eq!(create(&client, BUCKET).await, "taken");
    let star = Some("*");
    assert_eq!(
        put(&client, "a", "1", Some("\"0\""), None)
            .await
            .unwrap_err(),
        "NoSuchKey"
    );
    let first = put(&client, "a", "1", None, star).await.unwrap();
    // The MD5 of `1`.
    assert_eq!(first, "\"c4ca4238a0b923820dcc509a6f75849b\"");
    for (if_match, if_none_match, refused) in [
        (None, star, "PreconditionFailed"),
        (Some("\"0\""), None, "PreconditionFailed"),
        (None, Some(first.as_str()), "NotImplemented"),
    ] {
        let why = put(&client, "a", "2", if_match, if_none_match).await;
        assert_eq!(why.unwrap_err(), refused, "{if_match:?} {if_none_match:?}");
    }
    let second = put(&client, "a", "2", Some(&first), None).await.unwrap();
    let got = client
        .get_object()
        .bucket(BUCKET)
        .key("a")
        .send()
        .await
        .unwrap();
    assert_eq!(got.e_tag(), Some(second.as_str()));
    assert_eq!(got.metadata().unwrap()["fence"], "7");
    assert_eq!(got.body.collect().await.unwrap().into_bytes(), "2");
    let head = client
        .head_object()
        .bucket(BUCKET)
        .key("a")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (head.e_tag(), head.content_length()),
        (Some(second.as_str()), Some(1))
    );
    let delete = async |tag: Option<&str>| {
        let tag = tag.map(str::to_owned);
        let call = client
            .delete_object()
            .bucket(BUCKET)
            .key("a")
            .set_if_match(tag);
        code(call.send().await)
    };
    assert_eq!(delete(Some(&first)).await, "PreconditionFailed");
    assert_eq!(delete(Some(&second)).await, "taken");
    assert_eq!(delete(Some(&second)).await, "NoSuchKey");
    assert_eq!(delete(None).await, "taken");
    let head = client
        .head_object()
        .bucket(BUCKET)
        .key("a")
        .send()
        .await
        .unwrap_err();
    assert_eq!(head.raw_response().unwrap().status().as_u16(), 404);
    assert_eq!(put(&client, "b", "1", None, star).await.unwrap(), first);
}

#[tokio::test]
async fn lists_come_in_pages_and_folders() {
    let lab = Lab::quick();
    let client = client(&lab);
    create(&client, BUCKET).await;
    for key in ["x/1", "x/2", "x/y/3", "x/y/4", "x/z/5", "y", "x"] {
        put(&client, key, "1", None, None).await.unwrap();
    }
    let list = async |prefix: &str, delimiter: Option<&str>, size: i32| {
        let mut out = String::new();
        let mut pages = client
            .list_objects_v2()
            .bucket(BUCKET)
            .prefix(prefix)
            .max_keys(size)
            .set_delimiter(delimiter.map(str::to_owned))
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.unwrap();
            for object in page.contents() {
                write!(out, "{} ", object.key().unwrap()).unwrap();
            }
            for common in page.common_prefixes() {
                write!(out, "{}* ", common.prefix().unwrap()).unwrap();
            }
            out.push_str("| ");
        }
        out
    };
    assert_eq!(
        list("", None, 1000).await,
        "x x/1 x/2 x/y/3 x/y/4 x/z/5 y | "
    );
    assert_eq!(
        list("x/", None, 2).await,
        "x/1 x/2 | x/y/3 x/y/4 | x/z/5 | "
    );
    assert_eq!(list("x/", Some("/"), 1000).await, "x/1 x/2 x/y/* x/z/* | ");
    assert_eq!(list("x/", Some("/"), 3).await, "x/1 x/2 x/y/* | x/z/* | ");
    assert_eq!(list("", Some("/"), 1).await, "x | x/* | y | ");
    assert_eq!(list("none", None, 1000).await, "| ");
}

#[tokio::test]
async fn buckets_are_their_accounts() {
    let lab = Lab::quick();
    let mine = client(&lab);
    let theirs = Client::new(&lab.config_of(scene::OTHER));
    let far = Client::new(&scene::config(&lab.sandbox, scene::ACCOUNT, "us-east-1"));
    for (name, answer) in [
        ("No", "InvalidBucketName"),
        ("10.0.0.1", "InvalidBucketName"),
        (BUCKET, "taken"),
        (BUCKET, "BucketAlreadyOwnedByYou"),
    ] {
        let text = create(&mine, name).await;
        assert_eq!(text.split(':').next().unwrap(), answer, "{name}");
    }
    let text = create(&theirs, BUCKET).await;
    assert!(text.starts_with("BucketAlreadyExists"), "{text}");
    let why = put(&theirs, "a", "1", None, None).await.unwrap_err();
    assert_eq!(why, "AccessDenied");
    let why = put(&far, "a", "1", None, None).await.unwrap_err();
    assert_eq!(why, "AuthorizationHeaderMalformed");
    assert_eq!(
        code(far.create_bucket().bucket("far").send().await),
        "taken"
    );
    assert_eq!(
        code(far.create_bucket().bucket("far").send().await),
        "taken"
    );
    assert_eq!(
        code(mine.head_bucket().bucket(BUCKET).send().await),
        "taken"
    );
    let listed = mine.list_buckets().send().await.unwrap();
    let names: Vec<_> = listed.buckets().iter().filter_map(|b| b.name()).collect();
    assert_eq!(names, ["far", BUCKET]);
    put(&mine, "a", "1", None, None).await.unwrap();
    let delete = async || code(mine.delete_bucket().bucket(BUCKET).send().await);
    assert_eq!(delete().await, "BucketNotEmpty");
    mine.delete_object()
        .bucket(BUCKET)
        .key("a")
        .send()
        .await
        .unwrap();
    assert_eq!(delete().await, "taken");
    assert_eq!(delete().await, "NoSuchBucket");
}

#[tokio::test]
async fn objects_are_kept_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let open = || {
        let behaviour = crate::sandbox::Behaviour::default();
        crate::sandbox::Sandbox::open(dir.path(), scene::clock(), behaviour).unwrap()
    };
    let tag = {
        let client = client(&Lab { sandbox: open() });
        create(&client, BUCKET).await;
        put(&client, "ä/ b", "content", None, None).await.unwrap()
    };
    for _ in 0..2 {
        let lab = Lab { sandbox: open() };
        let got = client(&lab)
            .get_object()
            .bucket(BUCKET)
            .key("ä/ b")
            .send()
            .await
            .unwrap();
        assert_eq!(got.e_tag(), Some(tag.as_str()));
        assert_eq!(got.body.collect().await.unwrap().into_bytes(), "content");
        lab.sandbox.flush().unwrap();
    }
}
