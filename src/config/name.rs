//! Names that nobody wrote, and tags that everything gets.

use std::rc::Rc;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::evaluator::Evaluator;
use super::fail::Res;
use super::thing::Thing;
use crate::diagnostic::Span;
use crate::kinds::schema::NameRule;
use crate::value::{Map, Value};

/// Hexadecimal digits of the hash behind a name that had to be changed.
const HASH_DIGITS: usize = 6;
/// Hexadecimal digits of the hash of a content that a name ends with: enough that two contents of one
/// thing never meet, and not as many as a replacement's suffix has, which is told from it so.
const CONTENT_DIGITS: usize = 10;
/// What stands for a character that a name may not have.
const FILLER: char = '-';

/// A name as a rule takes it; what had to be changed gets a short hash of the whole, so that two
/// such names stay different.
pub(super) fn fit(wanted: &str, rule: &NameRule) -> String {
    let filler_allowed = (rule.allowed)(FILLER);
    let fitted: String = wanted
        .chars()
        .filter_map(|c| {
            if (rule.allowed)(c) {
                Some(c)
            } else {
                filler_allowed.then_some(FILLER)
            }
        })
        .collect();
    if fitted == wanted && fitted.chars().count() <= rule.max_length {
        return fitted;
    }
    let digest = hex::encode(Sha256::digest(wanted.as_bytes()));
    let hash: String = digest.chars().take(HASH_DIGITS).collect();
    let separator = if filler_allowed { "-" } else { "" };
    let room = rule
        .max_length
        .saturating_sub(HASH_DIGITS + separator.len());
    let start: String = fitted.chars().take(room).collect();
    let start = start.trim_matches(FILLER);
    if start.is_empty() {
        // A hash may start with a digit, which some names may not.
        return format!("s{hash}").chars().take(rule.max_length).collect();
    }
    format!("{start}{separator}{hash}")
}

impl<'a> Evaluator<'a> {
    /// The name of a thing that has none written, if its kind has a rule and this is the attribute.
    pub(super) fn made_up_name(&self, thing: &Rc<Thing<'a>>, attribute: &str) -> Option<Value> {
        let rule = thing
            .schema
            .name
            .filter(|rule| rule.attribute == attribute)?;
        let stack = Arc::clone(&self.stack.borrow().name);
        // Underscores of labels read better as they are where they may stand.
        let scope = self.scope(thing.scope)?;
        let mut wanted = format!("{stack}-{}{}", scope.name_start, thing.label);
        if let Some(key) = &thing.key {
            wanted.push('-');
            wanted.push_str(key);
        }
        if !(rule.allowed)('_') {
            wanted = wanted.replace('_', "-");
        }
        let Some(hash) = self.content_hash(thing) else {
            return Some(Value::string(fit(&wanted, &rule)));
        };
        let room = NameRule {
            max_length: rule.max_length.saturating_sub(hash.len() + 1),
            ..rule
        };
        Some(Value::string(format!("{}-{hash}", fit(&wanted, &room))))
    }

    /// The hash of what a thing is named after; `None` where it is named after nothing, and where that
    /// is not known, may not be shown or is wrong, which is told elsewhere.
    fn content_hash(&self, thing: &Rc<Thing<'a>>) -> Option<String> {
        let attributes = thing.kind.named_after(thing.schema.kind);
        if attributes.is_empty() {
            return None;
        }
        let mut hasher = Sha256::new();
        for attribute in attributes {
            let value = self.known_attribute(thing, attribute, None).ok()??;
            if value.sensitive {
                return None;
            }
            let text = value.as_str()?;
            hasher.update(text.len().to_le_bytes());
            hasher.update(text.as_bytes());
        }
        let digest = hex::encode(hasher.finalize());
        digest.get(..CONTENT_DIGITS).map(str::to_owned)
    }

    /// The tags of a thing: the stack's with its own on top.
    pub(super) fn tags(&self, thing: &Rc<Thing<'a>>, via: Option<Span>) -> Res<Option<Value>> {
        let own = match thing.entry("tags") {
            Some(entry) => Some(self.entry_attr(thing, entry, via)?),
            None => None,
        };
        let Some(shared) = self.shared_tags() else {
            return Ok(own
                .filter(|own| !own.value.is_null())
                .map(|own| own.value.clone()));
        };
        let Some(own) = own else {
            return Ok(Some(shared));
        };
        if own.value.is_unknown() {
            let merged = super::function::call_by_name(
                self,
                "merge",
                &[shared, own.value.clone()],
                own.value.span,
            )?;
            return Ok(Some(merged));
        }
        let mut tags: Map = shared.as_map().cloned().unwrap_or_default();
        if let Some(members) = own.value.as_map() {
            tags.extend(members.iter().map(|(k, v)| (Arc::clone(k), v.clone())));
        }
        let mut value = Value::map(tags);
        value.span = own.value.span;
        Ok(Some(value))
    }

    /// The stack's default tags as a value, made once; `None` if there are none.
    fn shared_tags(&self) -> Option<Value> {
        let stack = self.stack.borrow();
        if stack.default_tags.is_empty() {
            return None;
        }
        let mut shared = self.default_tags.borrow_mut();
        let tags = shared.get_or_insert_with(|| {
            Value::map(
                stack
                    .default_tags
                    .iter()
                    .map(|(key, value)| (Arc::from(key.as_str()), Value::string(value.as_str())))
                    .collect(),
            )
        });
        Some(tags.clone())
    }
}
