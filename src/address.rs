//! Addresses: the reference form of a resource or a part, such as
//! `role.team["finance"].policy.isolation`.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The address of a resource or of a part. Cheap to clone; ordered as text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(Arc<str>);

impl Address {
    /// Takes a text that already is an address (from state, a plan or the command line).
    pub fn from_text(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// `kind.name`, or `kind.name["key"]`.
    #[must_use]
    pub fn resource(kind: &str, name: &str, key: Option<&str>) -> Self {
        match key {
            Some(key) => Self(format!("{kind}.{name}[{}]", quote(key)).into()),
            None => Self(format!("{kind}.{name}").into()),
        }
    }

    /// The same inside of a module, whose address is given; an empty one stands for no module.
    #[must_use]
    pub fn inside(self, module: &str) -> Self {
        if module.is_empty() {
            self
        } else {
            Self(format!("{module}.{self}").into())
        }
    }

    /// The modules it lies in, by address and from the outermost: `module.a` and
    /// `module.a.module.b["k"]`. The address of a module counts as lying in it.
    #[must_use]
    pub fn modules(&self) -> Vec<&str> {
        let text = self.as_str();
        let mut modules = Vec::new();
        let mut at = 0;
        while let Some(end) = module_end(text, at) {
            modules.extend(text.get(..end));
            if !text.get(end..).is_some_and(|rest| rest.starts_with('.')) {
                break;
            }
            at = end + 1;
        }
        modules
    }

    /// A labelled part: `ADDRESS.word.label`, or `ADDRESS.word.label["key"]`.
    #[must_use]
    pub fn part(&self, word: &str, label: &str, key: Option<&str>) -> Self {
        let label = if is_identifier(label) {
            label.to_owned()
        } else {
            quote(label)
        };
        match key {
            Some(key) => Self(format!("{self}.{word}.{label}[{}]", quote(key)).into()),
            None => Self(format!("{self}.{word}.{label}").into()),
        }
    }

    /// A part made by a list: `ADDRESS.word["key"]`.
    #[must_use]
    pub fn item(&self, word: &str, key: &str) -> Self {
        Self(format!("{self}.{word}[{}]", quote(key)).into())
    }

    /// A part of which there is one: `ADDRESS.word`.
    #[must_use]
    pub fn single(&self, word: &str) -> Self {
        Self(format!("{self}.{word}").into())
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is `other` or a part of it.
    #[must_use]
    pub fn is_or_is_in(&self, other: &Self) -> bool {
        self.0
            .strip_prefix(&*other.0)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `module.NAME`, or `module.NAME["key"]`: the start of the addresses of what is in a module.
#[must_use]
pub fn module(name: &str, key: Option<&str>) -> Address {
    Address::resource(MODULE, name, key)
}

/// The word of modules in addresses and references.
pub const MODULE: &str = "module";

/// Where a module's address ends that starts at a byte of an address; `None`: none starts there.
fn module_end(text: &str, at: usize) -> Option<usize> {
    let name = text.get(at..)?.strip_prefix(MODULE)?.strip_prefix('.')?;
    let start = text.len() - name.len();
    let end = name
        .find(['.', '['])
        .map_or(text.len(), |length| start + length);
    let Some(key) = text.get(end..)?.strip_prefix("[\"") else {
        return Some(end);
    };
    let mut escaped = false;
    for (offset, c) in key.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            // The quote and the bracket that close the key.
            '"' => return Some(text.len() - key.len() + offset + "\"]".len()),
            _ => {}
        }
    }
    None
}

/// `text` in double quotes with the language's escapes.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether `text` is an identifier of the language: letters, digits, `_`, not starting with a digit.
#[must_use]
pub fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
#[allow(clippy::panic, reason = "tests say what breaks by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_modules_of_an_address() {
        let check = |text: &str, wanted: &[&str]| {
            assert_eq!(Address::from_text(text).modules(), wanted, "{text}");
        };
        check("vpc.module", &[]);
        check("vpc.a[\"module.b.c\"].x", &[]);
        check("module.a", &["module.a"]);
        check("module.a.vpc.x", &["module.a"]);
        check(
            r#"module.a["k.\"]."].module.b.vpc.x["y"]"#,
            &[r#"module.a["k.\"]."]"#, r#"module.a["k.\"]."].module.b"#],
        );
        check("module.a[\"open", &[]);
        check("module", &[]);
    }
}
