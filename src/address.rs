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

/// A piece of an address: a word, and the key behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece<'a> {
    word: &'a str,
    /// The piece with its key, as it stands in the address.
    whole: &'a str,
    /// Where it ends in the address.
    end: usize,
}

impl Address {
    /// The kind word of what has this address: `vpc`, `security_group.ingress`; `None` for a module,
    /// or a text that is no address.
    #[must_use]
    pub fn word(&self) -> Option<String> {
        let pieces = self.own_pieces()?;
        let mut words = pieces.iter().map(|piece| piece.word);
        let (kind, _name) = (words.next()?, words.next()?);
        Some(match words.next() {
            Some(part) => format!("{kind}.{part}"),
            None => kind.to_owned(),
        })
    }

    /// The address of the resource: itself, or the one that this is a part of. `None` as for
    /// [`Address::word`].
    #[must_use]
    pub fn resource_of(&self) -> Option<Self> {
        let pieces = self.own_pieces()?;
        self.0.get(..pieces.get(1)?.end).map(Self::from_text)
    }

    /// Whether this is a module and nothing in it: `module.m["k"]`.
    #[must_use]
    pub fn is_module(&self) -> bool {
        pieces(&self.0).is_some_and(|pieces| {
            pieces.len() % 2 == 0
                && !pieces.is_empty()
                && pieces.iter().step_by(2).all(|piece| piece.whole == MODULE)
        })
    }

    /// The pieces behind those of modules: kind, name, and the words of a part.
    fn own_pieces(&self) -> Option<Vec<Piece<'_>>> {
        let mut pieces = pieces(&self.0)?;
        while pieces.first().is_some_and(|piece| piece.whole == MODULE) {
            if pieces.len() < 2 {
                return None;
            }
            pieces.drain(..2);
        }
        (pieces.len() >= 2).then_some(pieces)
    }

    /// Where what has the address `of` goes when `self` becomes `to`: itself and all that is in it,
    /// and, where neither has a key, every instance. `None`: it is not touched by that.
    #[must_use]
    pub fn carry(&self, to: &Self, of: &Self) -> Option<Self> {
        let rest = of.0.strip_prefix(&*self.0)?;
        let is_keyed = |address: &Self| address.0.ends_with(']');
        let goes = rest.is_empty()
            || rest.starts_with('.')
            || (rest.starts_with('[') && !is_keyed(self) && !is_keyed(to));
        goes.then(|| Self(format!("{to}{rest}").into()))
    }
}

/// The pieces of an address; `None` where it is none.
fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        let word_end = if rest.starts_with('"') {
            quoted_end(rest)?
        } else {
            rest.find(['.', '[']).unwrap_or(rest.len())
        };
        let mut end = word_end;
        if rest.get(end..)?.starts_with('[') {
            let key = rest.get(end + 1..)?;
            end += 1 + quoted_end(key)?;
            rest.get(end..)?.strip_prefix(']')?;
            end += 1;
        }
        let word = rest.get(..word_end).filter(|word| !word.is_empty())?;
        found.push(Piece {
            word,
            whole: rest.get(..end)?,
            end: text.len() - rest.len() + end,
        });
        rest = match rest.get(end..)? {
            "" => return Some(found),
            more => more.strip_prefix('.')?,
        };
    }
}

/// Where a quoted text ends, its quotes included.
fn quoted_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    let inner = text.strip_prefix('"')?;
    for (at, c) in inner.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 2),
            _ => {}
        }
    }
    None
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

    #[test]
    fn words_and_resources() {
        for (text, word, resource) in [
            ("vpc.a", Some("vpc"), Some("vpc.a")),
            ("vpc.a[\"k.x\"]", Some("vpc"), Some("vpc.a[\"k.x\"]")),
            (
                "module.m[\"a\"].module.n.role.r[\"]\"].policy.p",
                Some("role.policy"),
                Some("module.m[\"a\"].module.n.role.r[\"]\"]"),
            ),
            (
                "peering.p.requester_routes[\"route_table.x 10.0.0.0/8\"]",
                Some("peering.requester_routes"),
                Some("peering.p"),
            ),
            (
                "security_group.g.ingress.\"a \\\" b\"",
                Some("security_group.ingress"),
                Some("security_group.g"),
            ),
            ("module.m", None, None),
            ("vpc", None, None),
            ("vpc.", None, None),
            ("vpc.a[k]", None, None),
            ("vpc.a[\"k\"", None, None),
            ("", None, None),
        ] {
            let address = Address::from_text(text);
            assert_eq!(address.word().as_deref(), word, "{text}");
            let of = address.resource_of();
            assert_eq!(of.as_ref().map(Address::as_str), resource, "{text}");
        }
        assert!(Address::from_text("module.m[\"k\"]").is_module());
        assert!(!Address::from_text("module.m.vpc.a").is_module());
    }

    #[test]
    fn what_a_move_carries() {
        for (from, to, of, gone_to) in [
            ("vpc.a", "vpc.b", "vpc.a", Some("vpc.b")),
            (
                "vpc.a",
                "vpc.b",
                "vpc.a.networks[\"x\"]",
                Some("vpc.b.networks[\"x\"]"),
            ),
            ("vpc.a", "vpc.b", "vpc.a[\"k\"]", Some("vpc.b[\"k\"]")),
            ("vpc.a", "vpc.a[\"k\"]", "vpc.a", Some("vpc.a[\"k\"]")),
            ("vpc.a", "vpc.a[\"k\"]", "vpc.a[\"k\"]", None),
            ("vpc.a[\"k\"]", "vpc.a", "vpc.a[\"k\"]", Some("vpc.a")),
            ("vpc.a", "vpc.b", "vpc.ab", None),
            (
                "module.m",
                "module.n",
                "module.m.vpc.a",
                Some("module.n.vpc.a"),
            ),
        ] {
            let [from, to, of] = [from, to, of].map(Address::from_text);
            let carried = from.carry(&to, &of);
            assert_eq!(
                carried.as_ref().map(Address::as_str),
                gone_to,
                "{from} {to} {of}"
            );
        }
    }
}
