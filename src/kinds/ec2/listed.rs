//! What a describe shows, for `existing`.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::Tag;

use super::fields::NAME_TAG;
use crate::kinds::Listed;

/// A thing with its tags, and its name: one of its own, or else the `Name` tag. `None`: it has no id.
pub fn listed(id: Option<String>, name: Option<String>, tags: Option<Vec<Tag>>) -> Option<Listed> {
    let tags: BTreeMap<String, String> = tags
        .unwrap_or_default()
        .into_iter()
        .filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())))
        .collect();
    Some(Listed {
        id: id?,
        name: name.or_else(|| tags.get(NAME_TAG).cloned()),
        tags,
    })
}
