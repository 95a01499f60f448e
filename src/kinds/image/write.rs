//! Making, changing and deleting images.

use super::read::IMAGES;
use crate::aws::{Failure, Repeat, call};
use crate::kinds::sagemaker::{self, shapes};
use crate::kinds::{Actual, Change, Context, Ready};
use crate::state::Record;
use crate::value::{Map, Value};

/// What an update deletes by its name instead of taking an empty text (API reference of UpdateImage,
/// `DeleteProperties`).
const DELETED_BY_NAME: [(&str, &str); 2] = [
    ("description", "Description"),
    ("display_name", "DisplayName"),
];

pub(super) async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.sagemaker(&node.place).await?;
    let request = shapes::create_image(&node.attributes)?
        .set_tags(Some(sagemaker::to_tags(&node.all_tags())));
    let roles = sagemaker::roles_in(&node.attributes);
    let answer = sagemaker::with_roles(cx, &roles, || {
        call(cx.aws, "sagemaker:CreateImage", Repeat::Once, || {
            request.clone().send_with(&client)
        })
    })
    .await?;
    let name = node.text("name").unwrap_or_default();
    let arn = answer.image_arn;
    IMAGES.made(cx, node, name, [("arn", arn)]).await
}

pub(super) async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    let client = cx.aws.sagemaker(&node.place).await?;
    let mut payload =
        sagemaker::changed(sagemaker::IMAGE, changes, &node.attributes, &record.written);
    let sent = !payload.is_empty();
    if sent {
        let deleted = deleted(&mut payload);
        let request = shapes::update_image(&payload)?
            .image_name(&record.id)
            .set_delete_properties(deleted);
        let roles = sagemaker::roles_in(&payload);
        let send = || {
            call(cx.aws, "sagemaker:UpdateImage", Repeat::Safe, || {
                request.clone().send_with(&client)
            })
        };
        sagemaker::with_roles(cx, &roles, || {
            IMAGES.update(cx, &node.place, &record.id, send)
        })
        .await?;
    }
    IMAGES.updated(cx, node, record, changes, sent).await
}

/// Takes what is to be empty out of the payload: it is deleted by its name.
fn deleted(payload: &mut Map) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for (word, name) in DELETED_BY_NAME {
        if payload.get(word).and_then(Value::as_str) == Some("") {
            payload.remove(word);
            names.push(name.to_owned());
        }
    }
    (!names.is_empty()).then_some(names)
}

/// Deletes it with all its versions. AWS keeps it while settings name it: this run took it out of
/// them, which may take AWS a moment to see.
pub(super) async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.sagemaker(&record.place).await?;
    let name = record.id.as_str();
    let what = format!("image `{name}`");
    let (client, what) = (&client, &*what);
    let began = cx.clock.now();
    let send = || {
        call(cx.aws, "sagemaker:DeleteImage", Repeat::Safe, || {
            client.delete_image().image_name(name).send()
        })
    };
    let held = |failure| sagemaker::until_free(cx, what, began, failure);
    IMAGES.delete(cx, (record, what), send, held).await
}
