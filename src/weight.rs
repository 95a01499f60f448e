//! How much memory the values of a JSON text may take, told before any is made.
//!
//! A value in memory is larger than its text, and a few bytes of text can be a whole map. What smd
//! writes stays far below [`BYTES_PER_BYTE`]; a text above was made to fill the memory.

use std::mem::size_of;

use crate::value::{Map, Value};

/// What is said of a text that is not bearable.
pub(crate) const TOO_MANY_VALUES: &str = "it holds more values than a file of its size may";

/// Memory that a byte of text may ask for.
const BYTES_PER_BYTE: usize = 60;
/// Memory that any text may ask for.
const FLOOR_BYTES: usize = 512 * 1024;
/// A value in a list: lists double when they are full, and are there twice while they are copied.
const ITEM_BYTES: usize = 3 * size_of::<Value>();
/// The counts of a shared value, and its list or map.
const SHARED_BYTES: usize = 2 * size_of::<usize>() + size_of::<Map>();
/// A list that is not empty begins with room for four.
const FIRST_ITEMS_BYTES: usize = 4 * size_of::<Value>();
/// Entries for which a map has room as soon as it has one, and what else is in its node.
const NODE_ENTRIES: usize = 11;
const NODE_BYTES: usize =
    NODE_ENTRIES * (size_of::<std::sync::Arc<str>>() + size_of::<Value>()) + 2 * size_of::<usize>();

/// Whether the values of a JSON text take at most so much memory as texts of its size may.
pub(crate) fn is_bearable(json: &[u8]) -> bool {
    let most = json
        .len()
        .saturating_mul(BYTES_PER_BYTE)
        .saturating_add(FLOOR_BYTES);
    let mut weight = 0_usize;
    let (mut in_text, mut escaped) = (false, false);
    let mut opened = None;
    for byte in json {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = false,
                _ => {}
            }
            continue;
        }
        if byte.is_ascii_whitespace() {
            continue;
        }
        // An empty list or map has no room yet.
        weight = weight.saturating_add(match (opened.take(), byte) {
            (Some(b'['), b']') | (Some(b'{'), b'}') | (None, _) => 0,
            (Some(b'['), _) => FIRST_ITEMS_BYTES,
            (Some(_), _) => NODE_BYTES,
        });
        match byte {
            b'"' => in_text = true,
            b',' => weight = weight.saturating_add(ITEM_BYTES),
            b'[' | b'{' => {
                weight = weight.saturating_add(SHARED_BYTES);
                opened = Some(*byte);
            }
            _ => {}
        }
    }
    weight <= most
}

#[cfg(test)]
mod tests {
    use super::is_bearable;

    #[test]
    fn what_was_made_to_fill_the_memory_is_told() {
        const MANY: usize = 200_000;
        let list = |item: &str| format!("[{}]", vec![item; MANY].join(","));
        for item in [
            "\"vpc-1\"",
            "\"a\"",
            "12345",
            "{\"id\":\"vpc-0123456\"}",
            "[\"sg-1\",\"sg-2\"]",
        ] {
            assert!(is_bearable(list(item).as_bytes()), "{item}");
        }
        for item in ["0", "[0]", "{\"\":0}", "[{\"\":{}}]"] {
            assert!(!is_bearable(list(item).as_bytes()), "{item}");
        }
        // A small text may be anything, and brackets in texts are none.
        assert!(is_bearable(b"[{\"\":0},{\"\":0}]"));
        assert!(is_bearable(list("\"[{,\\\"[{,\"").as_bytes()));
    }
}
