//! The sealed form of a file: one line of JSON that says what it is and how its data key is
//! wrapped, then frames, one a line.
//!
//! A frame is base64 of nonce, ciphertext and tag (AES-256-GCM, random nonce). The first line and
//! the frame's number are authenticated with it, so that no frame can be changed, moved, or taken
//! from another file, and no file can stand for another stack or purpose. State and plan have one
//! frame; a journal has one for each of its batches.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::keys::{DataKey, Wrap, no_random};
use crate::diagnostic::{Code, Diagnostic, codes};

/// The version of this form.
const FORMAT: u32 = 1;
/// How every sealed file begins, in every version.
const MARK: &[u8] = b"{\"smd_sealed\":";
/// The longest first line, in bytes.
pub const MAX_HEADER: usize = 4096;
/// Bytes of a nonce (NIST SP 800-38D: 96 bits).
pub(super) const NONCE_BYTES: usize = 12;
/// Bytes of a file's random name.
const NAME_BYTES: usize = 16;
/// What stands at the end of an opened journal whose last frame is torn: the beginning of a line,
/// which the journal's reader takes for what it is.
const TORN: &[u8] = b"torn";
/// What a crash can leave where bytes did not reach the disk.
const NEVER_WRITTEN: u8 = 0;

/// What a sealed file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// A state.
    State,
    /// A journal.
    Journal,
    /// A plan file.
    Plan,
}

impl Purpose {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Journal => "journal",
            Self::Plan => "plan",
        }
    }

    fn damaged(self) -> (Code, &'static str) {
        match self {
            Self::State => (
                codes::state::DAMAGED,
                "restore the file from a backup or its version history; smd changed nothing",
            ),
            Self::Journal => (
                codes::state::JOURNAL_DAMAGED,
                "restore it from a copy; if there is none, move it away and run `smd state rebuild`, which finds what the broken-off run made by its marks",
            ),
            Self::Plan => (
                codes::plan::DAMAGED_FILE,
                "make the plan again with `smd plan -o FILE`",
            ),
        }
    }
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header {
    /// [`FORMAT`]. Stands first: it is part of [`MARK`].
    smd_sealed: u32,
    purpose: Purpose,
    /// The stack it is of.
    pub(super) stack: String,
    /// Random, hex: no two files have one name.
    file: String,
    /// How its data key is wrapped.
    pub(super) key: Wrap,
}

/// What a file that begins with these bytes is for, if it is a sealed one; the first
/// [`MAX_HEADER`] bytes are enough.
#[must_use]
pub fn purpose_of(start: &[u8]) -> Option<Purpose> {
    /// What the first line has in every version.
    #[derive(Deserialize)]
    struct Any {
        purpose: Purpose,
    }
    let first = start.split(|byte| *byte == b'\n').next()?;
    if !first.starts_with(MARK) {
        return None;
    }
    let any: Any = serde_json::from_slice(first).ok()?;
    Some(any.purpose)
}

/// Seals the frames of one file.
pub(super) struct Sealer {
    cipher: Aes256Gcm,
    first_line: Vec<u8>,
    digest: [u8; 32],
    frames: u64,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer")
            .field("frames", &self.frames)
            .finish_non_exhaustive()
    }
}

impl Sealer {
    /// Of a new file.
    ///
    /// # Errors
    /// No random numbers, or a first line that would be too long.
    pub(super) fn new(
        purpose: Purpose,
        stack: &str,
        key: &DataKey,
        wrap: Wrap,
    ) -> Result<Self, Diagnostic> {
        let mut name = [0; NAME_BYTES];
        getrandom::fill(&mut name).map_err(no_random)?;
        let header = Header {
            smd_sealed: FORMAT,
            purpose,
            stack: stack.to_owned(),
            file: hex::encode(name),
            key: wrap,
        };
        let first_line = serde_json::to_vec(&header).map_err(|error| internal(&error))?;
        if first_line.len() >= MAX_HEADER {
            return Err(internal(&"its first line is too long"));
        }
        Ok(Self {
            cipher: cipher(key),
            digest: Sha256::digest(&first_line).into(),
            first_line,
            frames: 0,
        })
    }

    /// The next frame, as it is written; the first one with the first line.
    ///
    /// # Errors
    /// No random numbers.
    pub(super) fn frame(&mut self, plain: &[u8]) -> Result<Vec<u8>, Diagnostic> {
        let sealed = seal(&self.cipher, plain, &bound(&self.digest, self.frames))?;
        let mut out = Vec::new();
        if self.frames == 0 {
            out.extend(&self.first_line);
            out.push(b'\n');
        }
        out.extend(STANDARD.encode(sealed).into_bytes());
        out.push(b'\n');
        self.frames += 1;
        Ok(out)
    }
}

fn internal(why: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::error(
        codes::state::INTERNAL,
        format!("the record cannot be encrypted: {why}"),
    )
}

pub(super) fn cipher(key: &DataKey) -> Aes256Gcm {
    Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(key.bytes()))
}

/// Nonce, ciphertext and tag.
///
/// # Errors
/// No random numbers.
pub(super) fn seal(cipher: &Aes256Gcm, plain: &[u8], bound: &[u8]) -> Result<Vec<u8>, Diagnostic> {
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(no_random)?;
    let payload = Payload {
        msg: plain,
        aad: bound,
    };
    let sealed = cipher
        .encrypt(Nonce::from_slice(&nonce), payload)
        .map_err(|_| internal(&"it is too large"))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// What [`seal`] sealed; `None` if any of it is not as it was written.
pub(super) fn unseal(cipher: &Aes256Gcm, sealed: &[u8], bound: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES)?;
    let payload = Payload {
        msg: sealed,
        aad: bound,
    };
    cipher.decrypt(Nonce::from_slice(nonce), payload).ok()
}

/// What is authenticated with a frame.
fn bound(first_line: &[u8; 32], number: u64) -> Vec<u8> {
    let mut bound = b"smd sealed frame\n".to_vec();
    bound.extend(first_line);
    bound.extend(number.to_be_bytes());
    bound
}

/// A file that may be sealed, as far as it can be read without a key.
#[derive(Debug)]
pub(super) enum Seen {
    /// It is not sealed.
    Clear(Vec<u8>),
    /// Only a torn beginning of a journal is there: nothing was done under it.
    TornBegin,
    /// It is sealed.
    Sealed(Box<Envelope>),
}

/// A sealed file.
#[derive(Debug)]
pub(super) struct Envelope {
    purpose: Purpose,
    name: String,
    pub(super) header: Header,
    digest: [u8; 32],
    frames: Vec<u8>,
}

/// Looks at a file. `stack`: the one it must be of (`None`: any).
///
/// # Errors
/// A sealed file that is damaged, of a newer smd, of another stack, or for another purpose.
pub(super) fn look(
    mut bytes: Vec<u8>,
    purpose: Purpose,
    stack: Option<&str>,
    name: &str,
) -> Result<Seen, Diagnostic> {
    /// What every version says of itself.
    #[derive(Deserialize)]
    struct Version {
        smd_sealed: u32,
    }
    let is_journal = purpose == Purpose::Journal;
    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
        return match (is_journal, bytes.starts_with(MARK)) {
            (true, _) => Ok(Seen::TornBegin),
            (false, true) => Err(damaged(purpose, name, "it ends within its first line")),
            (false, false) => Ok(Seen::Clear(bytes)),
        };
    };
    let frames = bytes.split_off(end + 1);
    bytes.truncate(end);
    let first_line = bytes;
    if !first_line.starts_with(MARK) {
        // A journal in clear begins with the number of its first line. What begins otherwise was
        // sealed once: to take it for a torn one would drop all that it says.
        if is_journal && !first_line.first().is_some_and(u8::is_ascii_digit) {
            if frames.is_empty() && first_line.contains(&NEVER_WRITTEN) {
                return Ok(Seen::TornBegin);
            }
            return Err(damaged(
                purpose,
                name,
                "its first line is not as it was written",
            ));
        }
        let mut bytes = first_line;
        bytes.push(b'\n');
        bytes.extend(frames);
        return Ok(Seen::Clear(bytes));
    }
    if is_journal && frames.is_empty() && first_line.contains(&NEVER_WRITTEN) {
        return Ok(Seen::TornBegin);
    }
    let no_header = || damaged(purpose, name, "its first line is not as it was written");
    if first_line.len() >= MAX_HEADER {
        return Err(no_header());
    }
    let version: Version = serde_json::from_slice(&first_line).map_err(|_| no_header())?;
    if version.smd_sealed > FORMAT {
        return Err(Diagnostic::error(
            codes::state::NEWER,
            format!(
                "the {} `{name}` was encrypted by a newer smd (format {}, this one knows {FORMAT})",
                purpose.word(),
                version.smd_sealed
            ),
        )
        .help("use the smd that wrote it, or a newer one"));
    }
    let header: Header = serde_json::from_slice(&first_line).map_err(|_| no_header())?;
    if header.purpose != purpose {
        let what = format!("it is an encrypted {}", header.purpose.word());
        return Err(damaged(purpose, name, &what));
    }
    if let Some(stack) = stack
        && stack != header.stack
    {
        return Err(Diagnostic::error(
            codes::state::OTHER_STACK,
            format!(
                "the {} `{name}` belongs to the stack `{}`, not to `{stack}`",
                purpose.word(),
                header.stack
            ),
        )
        .help("give each stack a state of its own: another `path` in its `state` block, or the stack's old name back"));
    }
    Ok(Seen::Sealed(Box::new(Envelope {
        purpose,
        name: name.to_owned(),
        header,
        digest: Sha256::digest(&first_line).into(),
        frames,
    })))
}

/// The opened form of a journal of which only a torn beginning is there.
pub(super) fn torn_begin() -> Vec<u8> {
    TORN.to_vec()
}

fn damaged(purpose: Purpose, name: &str, why: &str) -> Diagnostic {
    let (code, help) = purpose.damaged();
    Diagnostic::error(
        code,
        format!("the {} `{name}` cannot be decrypted: {why}", purpose.word()),
    )
    .help(help)
}

impl Envelope {
    /// `the state `…``, for messages.
    pub(super) fn what(&self) -> String {
        format!("the {} `{}`", self.purpose.word(), self.name)
    }

    /// What is in it.
    ///
    /// # Errors
    /// Anything of it is not as it was written, but for the torn last frame of a journal.
    pub(super) fn open(&self, key: &DataKey) -> Result<Vec<u8>, Diagnostic> {
        let cipher = cipher(key);
        let mut lines = self
            .frames
            .split_inclusive(|byte| *byte == b'\n')
            .peekable();
        let mut out = Vec::new();
        let mut number = 0;
        while let Some(line) = lines.next() {
            if number > 0 && self.purpose != Purpose::Journal {
                return Err(self.damaged("something follows its text"));
            }
            match self.frame(&cipher, line, number) {
                Some(plain) => out.extend(plain),
                None if self.purpose == Purpose::Journal
                    && lines.peek().is_none()
                    && is_torn(line) =>
                {
                    out.extend(TORN);
                }
                None => {
                    return Err(self.damaged(&format!(
                        "its line {} is not as it was written",
                        number + FIRST_FRAME_LINE
                    )));
                }
            }
            number += 1;
        }
        match (number, self.purpose) {
            // The first line and the first frame are written together.
            (0, Purpose::Journal) => Ok(torn_begin()),
            (0, _) => Err(self.damaged("it ends after its first line")),
            _ => Ok(out),
        }
    }

    fn frame(&self, cipher: &Aes256Gcm, line: &[u8], number: u64) -> Option<Vec<u8>> {
        let text = line.strip_suffix(b"\n")?;
        let sealed = STANDARD.decode(text).ok()?;
        unseal(cipher, &sealed, &bound(&self.digest, number))
    }

    fn damaged(&self, why: &str) -> Diagnostic {
        damaged(self.purpose, &self.name, why)
    }
}

/// The line of a file, as people count, in which its first frame is.
const FIRST_FRAME_LINE: u64 = 2;

/// Whether a last line can be what a crash left of one: it has no end, or pieces of it were never
/// written.
fn is_torn(line: &[u8]) -> bool {
    !line.ends_with(b"\n") || line.contains(&NEVER_WRITTEN)
}
