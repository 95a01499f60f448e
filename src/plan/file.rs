//! Plan files: a line that names what it is and its digest, then the plan as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::model::{Half, PLAN_FORMAT_VERSION, Plan};
use crate::diagnostic::{Diagnostic, Sources, codes};
use crate::state::sealed;
use crate::weight::{self, TOO_MANY_VALUES};

/// Largest plan file that is read, in bytes: far more than 100,000 steps take.
pub const MAX_PLAN_BYTES: usize = 512 * 1024 * 1024;
/// Deepest nesting of JSON that is written, since no deeper is read.
const MAX_DEPTH: usize = 120;
/// Longest first line, in bytes.
const MAX_HEADER: usize = 4096;

/// A plan as it was read from a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// The plan.
    pub plan: Plan,
    /// SHA-256 of its text, hex.
    pub digest: String,
}

/// The first line.
#[derive(Serialize, Deserialize)]
struct Header {
    /// The format's version.
    smd_plan: u32,
    /// SHA-256 of the rest, hex.
    sha256: String,
    /// The smd that wrote it.
    smd_version: String,
}

/// The bytes of a plan file. Sensitive values are in it only as digests. Same plan, same bytes.
///
/// # Errors
/// A value that may not be written, or one nested deeper than a file can hold.
pub fn write(plan: &Plan) -> Result<Vec<u8>, Diagnostic> {
    let internal = |error: serde_json::Error| {
        Diagnostic::error(
            codes::plan::INTERNAL,
            format!("the plan cannot be written: {error}"),
        )
    };
    let body = serde_json::to_vec(plan).map_err(internal)?;
    if depth(&body) > MAX_DEPTH {
        return Err(Diagnostic::error(
            codes::plan::TOO_DEEP,
            "a value known only after apply is nested too deeply for a plan file",
        )
        .help("split the expression with `let`, or apply without a plan file"));
    }
    if !weight::is_bearable(&body) {
        // It would not be read.
        return Err(Diagnostic::error(
            codes::plan::TOO_DEEP,
            format!("the plan cannot be kept in a file: {TOO_MANY_VALUES}"),
        )
        .help("apply without a plan file"));
    }
    let header = Header {
        smd_plan: plan.format_version,
        sha256: hex::encode(Sha256::digest(&body)),
        smd_version: plan.smd_version.clone(),
    };
    let mut out = serde_json::to_vec(&header).map_err(internal)?;
    if out.len() >= MAX_HEADER {
        return Err(Diagnostic::error(
            codes::plan::INTERNAL,
            "the plan cannot be written: its first line is too long",
        ));
    }
    out.push(b'\n');
    out.extend(body);
    out.push(b'\n');
    Ok(out)
}

/// Reads a plan file. `shown` names it in messages.
///
/// # Errors
/// Whatever is not a whole plan of this format.
pub fn read(bytes: &[u8], shown: &str) -> Result<Stored, Diagnostic> {
    let damaged = |what: &str| {
        Diagnostic::error(
            codes::plan::DAMAGED_FILE,
            format!("`{shown}` is not a whole plan file: {what}"),
        )
        .help("make the plan again with `smd plan -o FILE`")
    };
    if bytes.len() > MAX_PLAN_BYTES {
        return Err(damaged("it is too large"));
    }
    let end = bytes
        .iter()
        .take(MAX_HEADER)
        .position(|byte| *byte == b'\n')
        .ok_or_else(|| damaged("it does not start as one"))?;
    let (first, rest) = bytes.split_at(end);
    let header: Header =
        serde_json::from_slice(first).map_err(|_| damaged("it does not start as one"))?;
    if header.smd_plan != PLAN_FORMAT_VERSION {
        return Err(Diagnostic::error(
            codes::plan::FOREIGN_FORMAT,
            format!(
                "`{shown}` has plan format {}, this smd knows {PLAN_FORMAT_VERSION}",
                header.smd_plan
            ),
        )
        .note(format!("it was written by smd {}", header.smd_version))
        .help("make the plan again with this smd"));
    }
    let body = rest.trim_ascii();
    let digest = hex::encode(Sha256::digest(body));
    if digest != header.sha256 {
        return Err(damaged("its text is not the one that was written"));
    }
    if !weight::is_bearable(body) {
        return Err(damaged(TOO_MANY_VALUES));
    }
    let plan: Plan = serde_json::from_slice(body).map_err(|error| {
        damaged(&format!(
            "line 2, column {}: {}",
            error.column(),
            words(&error)
        ))
    })?;
    if !is_sound(&plan) {
        return Err(damaged("its tasks contradict its steps"));
    }
    Ok(Stored { plan, digest })
}

/// How many bytes [`is_plan_file`] looks at.
pub const RECOGNIZED_BYTES: usize = MAX_HEADER;

/// Whether a file that starts with these bytes was written as a plan file, of whatever format and
/// encrypted or not;
/// its first [`RECOGNIZED_BYTES`] are enough.
#[must_use]
pub fn is_plan_file(start: &[u8]) -> bool {
    /// What the first line has in every format.
    #[derive(Deserialize)]
    struct Mark {
        #[serde(rename = "smd_plan")]
        _smd_plan: u32,
    }
    let is_clear = start
        .split(|byte| *byte == b'\n')
        .next()
        .is_some_and(|first| serde_json::from_slice::<Mark>(first).is_ok());
    is_clear || sealed::purpose_of(start) == Some(sealed::Purpose::Plan)
}

/// What serde says, without the position it adds.
fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.split_once(" at line ") {
        Some((words, _)) => words.to_owned(),
        None => text,
    }
}

/// Whether tasks name steps that are there and only earlier tasks.
fn is_sound(plan: &Plan) -> bool {
    plan.format_version == PLAN_FORMAT_VERSION
        && plan.steps.is_sorted_by(|a, b| a.address < b.address)
        && plan.tasks.iter().enumerate().all(|(index, task)| {
            let fits = plan.steps.get(task.step).is_some_and(|step| {
                matches!(task.half, Half::Delete | Half::Forget) || step.after.is_some()
            });
            fits && task.after.iter().all(|first| *first < index)
        })
}

/// How deep brackets nest in a JSON text.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_text, mut escaped) = (false, false);
    for byte in json {
        match (in_text, *byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (true, b'"') => in_text = false,
            (true, _) => {}
            (false, b'"') => in_text = true,
            (false, b'[' | b'{') => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            (false, _) => {}
        }
    }
    deepest
}

/// The digest of each source text by its shown name, for [`super::PlanInput::file_digests`].
#[must_use]
pub fn file_digests(sources: &Sources) -> BTreeMap<String, String> {
    sources
        .iter()
        .map(|(_, file)| {
            let digest = hex::encode(Sha256::digest(file.text.as_bytes()));
            (file.name.clone(), digest)
        })
        .collect()
}
