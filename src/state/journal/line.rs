//! The bytes of a journal: one line for each entry, numbered and checksummed.
//!
//! `NUMBER BATCH CHECK JSON`: numbers count from 0, a batch is what was made durable together, the
//! check is over all of the line and a salt of the journal, so that a line of another journal does
//! not fit. What a crash tore off is at the end and of the last batch; it was never acted upon.

use sha2::{Digest, Sha256};

use super::entry::{Entry, FORMAT_VERSION, Head};
use crate::diagnostic::{Diagnostic, codes};
use crate::weight::{self, TOO_MANY_VALUES};

/// Bytes of a check: 64 bits find every torn line.
const CHECK_BYTES: usize = 8;
/// The longest journal that is read, in bytes.
const MAX_BYTES: usize = 1 << 30;

/// The entry as a line. The salt is the run's name; the head's own line has none.
///
/// # Errors
/// A sensitive value in a record: a defect, refused rather than written.
pub fn encode(
    entry: &Entry,
    number: u64,
    batch: u64,
    salt: &str,
    out: &mut Vec<u8>,
) -> Result<(), Diagnostic> {
    let json = serde_json::to_string(entry).map_err(|error| {
        Diagnostic::error(
            codes::state::INTERNAL,
            format!("the journal cannot be written: {error}"),
        )
    })?;
    let check = check(number, batch, salt, &json);
    out.extend(format!("{number} {batch} {check} {json}\n").into_bytes());
    Ok(())
}

fn check(number: u64, batch: u64, salt: &str, json: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(format!(
        "smd journal {FORMAT_VERSION}\n{salt}\n{number}\n{batch}\n"
    ));
    hasher.update(json);
    let digest = hasher.finalize();
    hex::encode(digest.get(..CHECK_BYTES).unwrap_or_default())
}

/// A journal as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// Its head.
    pub head: Head,
    /// What follows the head, as far as it is whole.
    pub entries: Vec<Entry>,
    /// Whether something torn was left out at the end.
    pub torn: bool,
}

/// One line, taken apart.
struct Line<'a> {
    number: u64,
    batch: u64,
    check: &'a str,
    json: &'a str,
}

impl<'a> Line<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let mut parts = text.splitn(4, ' ');
        Some(Self {
            number: parts.next()?.parse().ok()?,
            batch: parts.next()?.parse().ok()?,
            check: parts.next()?,
            json: parts.next()?,
        })
    }

    fn holds(&self, salt: &str) -> bool {
        check(self.number, self.batch, salt, self.json) == self.check
    }
}

/// Reads a journal. `name` is how it is called in messages. `None`: there is none, or only the torn
/// beginning of one, and nothing was done under it.
///
/// # Errors
/// Damage before the last batch, or a journal of a newer smd. Nothing in the bytes makes it panic.
pub fn decode(bytes: &[u8], name: &str) -> Result<Option<Read>, Diagnostic> {
    let damaged = |number: usize| {
        Diagnostic::error(
            codes::state::JOURNAL_DAMAGED,
            format!("the journal `{name}` is damaged at its line {}", number + 1),
        )
        .help("restore it from a copy; if there is none, move it away and run `smd state rebuild`, which finds what the broken-off run made by its marks")
    };
    if bytes.len() > MAX_BYTES {
        return Err(Diagnostic::error(
            codes::state::JOURNAL_DAMAGED,
            format!("the journal `{name}` is larger than {MAX_BYTES} bytes"),
        ));
    }
    if !weight::is_bearable(bytes) {
        return Err(Diagnostic::error(
            codes::state::JOURNAL_DAMAGED,
            format!("the journal `{name}` cannot be read: {TOO_MANY_VALUES}"),
        ));
    }
    let whole = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let mut torn = whole < bytes.len();
    let lines = bytes.get(..whole).unwrap_or_default();
    let mut lines = lines.split_inclusive(|byte| *byte == b'\n').enumerate();
    let Some((_, first)) = lines.next() else {
        return Ok(None);
    };
    let head = match whole_line(first, 0, "") {
        Some((_, Entry::Head(head))) => head,
        _ if newer(first) => {
            return Err(Diagnostic::error(
                codes::state::NEWER,
                format!("the journal `{name}` was written by a newer smd"),
            )
            .help("use the smd that wrote it, or a newer one"));
        }
        // The head is durable before anything else is written.
        _ if lines.any(|(_, line)| Line::of(trim(line)).is_some_and(|line| line.batch > 1)) => {
            return Err(damaged(0));
        }
        _ => return Ok(None),
    };
    let mut entries = Vec::new();
    let mut last_batch = 0;
    for (at, line) in lines.by_ref() {
        let expected = u64::try_from(at).unwrap_or(u64::MAX);
        match whole_line(line, expected, &head.run) {
            Some((batch, entry)) => {
                last_batch = batch;
                entries.push(entry);
            }
            None => {
                // Batches are written one after the other: what follows a torn one was written
                // by nobody.
                let later = lines.any(|(_, line)| {
                    Line::of(trim(line))
                        .is_some_and(|line| line.batch > last_batch + 1 && line.holds(&head.run))
                });
                if later {
                    return Err(damaged(at));
                }
                torn = true;
                break;
            }
        }
    }
    Ok(Some(Read {
        head,
        entries,
        torn,
    }))
}

fn trim(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

fn whole_line(line: &[u8], expected: u64, salt: &str) -> Option<(u64, Entry)> {
    let line = Line::of(trim(line)).filter(|line| line.number == expected && line.holds(salt))?;
    Some((line.batch, serde_json::from_str(line.json).ok()?))
}

/// Whether a first line is the head of a later format.
fn newer(line: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Version {
        format_version: u32,
    }
    #[derive(serde::Deserialize)]
    struct Any {
        head: Version,
    }
    Line::of(trim(line))
        .and_then(|line| serde_json::from_str::<Any>(line.json).ok())
        .is_some_and(|any| any.head.format_version > FORMAT_VERSION)
}
