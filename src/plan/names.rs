//! Made-up names of replacements that stand beside what they replace.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::make::Current;
use crate::config::Node;
use crate::kinds::compare::meaning;
use crate::kinds::schema::{NameRule, Schema};
use crate::state::Record;
use crate::value::{Map, Value};

/// Hex digits of the suffix: enough that two generations of one thing never meet.
const SUFFIX_DIGITS: usize = 8;

/// Whether the user wrote the name.
pub(super) fn is_written(node: &Node, rule: NameRule) -> bool {
    node.attribute_spans.contains_key(rule.attribute)
}

/// `base-1a2b3c4d`, fitted to the kind's longest name.
fn with_suffix(base: &str, suffix: &str, rule: NameRule) -> String {
    let room = rule.max_length.saturating_sub(suffix.len() + 1);
    let mut name: String = base.chars().take(room).collect();
    if (rule.allowed)('-') {
        name.push('-');
    }
    name.push_str(suffix);
    name
}

/// Whether `name` is `base` with a suffix.
fn is_suffixed(base: &str, name: &str, rule: NameRule) -> bool {
    let digits = name.len().checked_sub(SUFFIX_DIGITS);
    digits
        .and_then(|at| name.get(at..))
        .filter(|suffix| suffix.bytes().all(|b| b.is_ascii_hexdigit()))
        .is_some_and(|suffix| with_suffix(base, suffix, rule) == name)
}

/// A made-up name that an earlier replacement suffixed stays as it is.
pub(super) fn keep_suffix(
    node: &Node,
    rule: NameRule,
    record: &Record,
    current: Option<Current<'_>>,
    wanted: &mut Map,
) {
    if is_written(node, rule) {
        return;
    }
    let there = current
        .and_then(|current| current.attributes.get(rule.attribute))
        .or_else(|| record.attribute(rule.attribute))
        .and_then(Value::as_str);
    let base = wanted.get(rule.attribute).and_then(Value::as_str);
    if let (Some(base), Some(there)) = (base, there)
        && is_suffixed(base, there, rule)
    {
        let name = Value::string(there);
        wanted.insert(Arc::from(rule.attribute), name);
    }
}

/// The made-up name with a suffix that follows from the content and the generation of what it
/// replaces.
pub(super) fn suffixed(
    node: &Node,
    schema: &Schema,
    rule: NameRule,
    record: &Record,
    wanted: &Map,
) -> Option<String> {
    let base = node.attributes.get(rule.attribute)?.as_str()?;
    let mut hasher = Sha256::new();
    hasher.update(u64::from(record.generation).to_le_bytes());
    hasher.update(record.id.as_bytes());
    for attribute in schema.attributes {
        if let Some(value) = wanted.get(attribute.name) {
            hasher.update(attribute.name.as_bytes());
            hasher.update(meaning(&attribute.ty, value).as_bytes());
        }
    }
    let digest = hex::encode(hasher.finalize());
    Some(with_suffix(base, digest.get(..SUFFIX_DIGITS)?, rule))
}
