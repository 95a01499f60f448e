//! Tags: in the create call, and afterwards only the difference.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{ResourceType, Tag, TagSpecification};

use super::fields::{NAME_TAG, texts};
use crate::aws::{Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::{Change, Context, Ready, wait};

/// The tags of a create call: written ones, ownership marks and, where `named`, the `Name` tag.
pub fn of(node: &Ready, named: bool) -> BTreeMap<String, String> {
    let mut tags = node.all_tags();
    if let (true, Some(name)) = (named, node.text("name")) {
        tags.insert(NAME_TAG.to_owned(), name.to_owned());
    }
    tags
}

/// [`of`] as a create call takes them; `None` where there are none.
pub fn specification(
    resource: ResourceType,
    node: &Ready,
    named: bool,
) -> Option<Vec<TagSpecification>> {
    let tags = of(node, named);
    (!tags.is_empty()).then(|| {
        vec![
            TagSpecification::builder()
                .resource_type(resource)
                .set_tags(Some(to_sdk(&tags)))
                .build(),
        ]
    })
}

fn to_sdk(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}

/// What changes of tags amount to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Tags to set.
    pub set: BTreeMap<String, String>,
    /// Keys to take away.
    pub unset: Vec<String>,
}

/// The changes of `tags` (and, where `named`, of `name`) as tags to set and to take away.
pub fn difference(changes: &[Change], named: bool) -> Difference {
    let mut difference = Difference::default();
    let mut one = |key: &str, after: Option<String>| match after {
        Some(value) => {
            difference.set.insert(key.to_owned(), value);
        }
        None => difference.unset.push(key.to_owned()),
    };
    for change in changes {
        if named && change.path == "name" {
            one(NAME_TAG, change.after.as_str().map(str::to_owned));
        } else if let Some(key) = change.path.strip_prefix("tags.") {
            one(key, change.after.as_str().map(str::to_owned));
        } else if change.path == "tags" {
            let (before, after) = (texts(&change.before), texts(&change.after));
            for key in before.keys().filter(|key| !after.contains_key(*key)) {
                one(key, None);
            }
            for (key, value) in &after {
                if before.get(key) != Some(value) {
                    one(key, Some(value.clone()));
                }
            }
        }
    }
    difference
}

/// Sends the changes of `tags` (and `name`) of the thing with this id.
///
/// # Errors
/// A failed call.
pub async fn update(
    cx: &Context<'_>,
    place: &Place,
    id: &str,
    changes: &[Change],
    named: bool,
) -> Result<(), Failure> {
    let difference = difference(changes, named);
    let client = cx.aws.ec2(place).await?;
    if !difference.unset.is_empty() {
        let tags: Vec<Tag> = difference
            .unset
            .iter()
            .map(|key| Tag::builder().key(key).build())
            .collect();
        call(cx.aws, "ec2:DeleteTags", Repeat::Safe, || {
            client
                .delete_tags()
                .resources(id)
                .set_tags(Some(tags.clone()))
                .send()
        })
        .await?;
    }
    set(cx, place, id, &difference.set).await
}

/// Sets tags on the thing with this id, which may have been made a moment ago.
///
/// # Errors
/// A failed call.
pub async fn set(
    cx: &Context<'_>,
    place: &Place,
    id: &str,
    tags: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    if tags.is_empty() {
        return Ok(());
    }
    let client = cx.aws.ec2(place).await?;
    let tags = to_sdk(tags);
    wait::visible(cx, &[id], || {
        call(cx.aws, "ec2:CreateTags", Repeat::Safe, || {
            client
                .create_tags()
                .resources(id)
                .set_tags(Some(tags.clone()))
                .send()
        })
    })
    .await
    .map(|_| ())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::value::{Map, Value};

    fn tags(pairs: &[(&str, &str)]) -> Value {
        let members: Map = pairs
            .iter()
            .map(|(key, value)| ((*key).into(), Value::string(*value)))
            .collect();
        Value::map(members)
    }

    #[test]
    fn only_the_difference_is_sent() {
        let change = |path: &str, before, after| Change {
            path: path.to_owned(),
            before,
            after,
        };
        let changes = [
            change(
                "tags",
                tags(&[("a", "1"), ("b", "2"), ("c", "3")]),
                tags(&[("a", "1"), ("b", "x")]),
            ),
            change("tags.team.x", Value::null(), Value::string("y")),
            change("name", Value::string("old"), Value::string("new")),
            change("cidr", Value::null(), Value::string("z")),
        ];
        let got = difference(&changes, true);
        assert_eq!(got.unset, ["c"]);
        assert_eq!(
            got.set.into_iter().collect::<Vec<_>>(),
            [
                ("Name".to_owned(), "new".to_owned()),
                ("b".to_owned(), "x".to_owned()),
                ("team.x".to_owned(), "y".to_owned()),
            ]
        );
        assert_eq!(difference(&changes[2..3], false), Difference::default());
    }
}
