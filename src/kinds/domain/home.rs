//! What becomes of a domain's home file system.

use super::remains;
use crate::kinds::Removal;
use crate::state::Record;
use crate::value::{Map, Value};

/// Whether the domain was made without a home file system, or is gone and so is that.
fn has_none(record: &Record) -> bool {
    let is_gone = remains::is_gone(record.text("status"));
    (is_gone || record.text("home_efs_file_system_creation") == Some("Disabled"))
        && record.text("home_efs_file_system_id").is_none()
}

/// Whether the home file system is to go: recorded as such, and the files do not say otherwise by
/// now.
pub(super) fn goes(record: &Record, desired: Option<&Map>) -> bool {
    let now = desired.map(|map| map.get("home_efs").and_then(Value::as_str));
    !has_none(record)
        && record.text("home_efs") == Some("delete")
        && now.is_none_or(|now| now == Some("delete"))
}

/// `the home file system fs-…`.
fn named(record: &Record) -> String {
    match record.text("home_efs_file_system_id") {
        Some(id) => format!("the home file system {id}"),
        None => "the home file system".to_owned(),
    }
}

/// What a removal means for it, in words.
pub(super) fn risks(removal: Removal, record: &Record, desired: Option<&Map>) -> Vec<String> {
    if has_none(record) {
        return Vec::new();
    }
    let home = named(record);
    if goes(record, desired) {
        return vec![format!("deletes {home} with all home directories")];
    }
    vec![match removal {
        Removal::Replace => format!("{home} stays and does not follow"),
        Removal::Delete => format!("{home} stays"),
    }]
}

/// What is lost, if anything.
pub(super) fn needs_consent(record: &Record, desired: Option<&Map>) -> Option<String> {
    goes(record, desired).then(|| format!("{} with all home directories", named(record)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::{Access, Place};

    fn record(members: &[(&str, &str)]) -> Record {
        Record {
            kind: "domain".into(),
            parent: None,
            place: Place {
                account: "111122223333".into(),
                region: "eu-west-1".into(),
                access: Access::default(),
            },
            id: "d-1".into(),
            written: Map::new(),
            digests: std::collections::BTreeMap::new(),
            attributes: map(members),
            depends_on: Vec::new(),
            protect: false,
            generation: 0,
            unfinished: false,
            touched_ms: 0,
        }
    }

    fn map(members: &[(&str, &str)]) -> Map {
        members
            .iter()
            .map(|(name, value)| (Arc::from(*name), Value::string(*value)))
            .collect()
    }

    #[test]
    fn risks_tell_what_happens_to_home_directories() {
        let kept = record(&[("home_efs_file_system_id", "fs-1")]);
        let doomed = record(&[("home_efs_file_system_id", "fs-1"), ("home_efs", "delete")]);
        let none = record(&[
            ("home_efs_file_system_creation", "Disabled"),
            ("home_efs", "delete"),
        ]);
        let retain = map(&[]);
        assert_eq!(
            risks(Removal::Replace, &kept, None),
            ["the home file system fs-1 stays and does not follow"]
        );
        assert_eq!(
            risks(Removal::Delete, &kept, None),
            ["the home file system fs-1 stays"]
        );
        assert_eq!(
            risks(Removal::Delete, &doomed, None),
            ["deletes the home file system fs-1 with all home directories"]
        );
        // The files changed their mind in the same plan: nothing is lost.
        assert_eq!(
            risks(Removal::Replace, &doomed, Some(&retain)),
            ["the home file system fs-1 stays and does not follow"]
        );
        assert!(risks(Removal::Delete, &none, None).is_empty());
        assert_eq!(needs_consent(&kept, None), None);
        assert_eq!(needs_consent(&doomed, Some(&retain)), None);
        assert_eq!(needs_consent(&none, None), None);
        assert_eq!(
            needs_consent(&doomed, None).as_deref(),
            Some("the home file system fs-1 with all home directories")
        );
    }
}
