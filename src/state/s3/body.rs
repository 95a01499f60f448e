//! The state's object: the state itself, and what the store's side must know of it.
//!
//! Metadata say which fence wrote it and up to where the journal is in it. White space at the end
//! spells the fence: the entity tag is made from the content alone, and must change when a lock is
//! taken over though the state stays the same. JSON does not mind white space; the length of what was
//! given is in the metadata too.

use super::position::Position;
use super::store::{Object, Put, When};

/// The fence that wrote it.
const FENCE: &str = "smd-fence";
/// The last journal position that is in it.
const JOURNAL: &str = "smd-journal";
/// How many bytes are the state's own.
const LENGTH: &str = "smd-length";

/// A state as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The state's own bytes.
    pub content: Vec<u8>,
    /// The object's entity tag; empty for one that is to be written.
    pub etag: String,
    /// The fence that wrote it; 0 for what was put there by hand.
    pub fence: u64,
    /// The last journal position that is in it.
    pub folded: Position,
}

impl Body {
    /// Takes an object apart; of a head, only the metadata count.
    pub fn of(object: Object) -> Self {
        let number = |name: &str| object.metadata(name)?.parse::<u64>().ok();
        let fence = number(FENCE).unwrap_or_default();
        let length = number(LENGTH).and_then(|length| usize::try_from(length).ok());
        let folded = object
            .metadata(JOURNAL)
            .and_then(|text| text.parse().ok())
            .unwrap_or_default();
        let etag = object.etag.clone();
        let mut content = object.bytes;
        if let Some(length) = length {
            content.truncate(length);
        }
        Self {
            content,
            etag,
            fence,
            folded,
        }
    }

    /// The write that stores it.
    pub fn put(self, key: &str, when: When) -> Put {
        let metadata = vec![
            (FENCE, self.fence.to_string()),
            (JOURNAL, self.folded.to_string()),
            (LENGTH, self.content.len().to_string()),
        ];
        let mut bytes = self.content;
        bytes.push(b'\n');
        let digits = format!("{:b}", self.fence);
        bytes.extend(digits.bytes().map(|digit| match digit {
            b'1' => b'\t',
            _ => b' ',
        }));
        Put {
            key: key.to_owned(),
            bytes,
            metadata,
            when,
        }
    }
}
