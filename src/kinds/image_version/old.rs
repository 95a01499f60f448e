//! What becomes of a version that a new one takes the place of.

use crate::kinds::Removal;
use crate::state::Record;

/// Whether the version of this record goes when a new one takes its place.
pub(super) fn goes(record: &Record) -> bool {
    record.text("old_versions") == Some("delete")
}

/// What a removal means for it, in words.
pub(super) fn risks(removal: Removal, record: &Record) -> Vec<String> {
    match removal {
        Removal::Replace if !goes(record) => {
            vec![format!("image version {} stays", record.id)]
        }
        Removal::Replace | Removal::Delete => {
            vec![format!("deletes image version {}", record.id)]
        }
    }
}
