//! What the files declare and yet leave out, so that the cause can be named where it goes.

use std::collections::BTreeMap;

use super::Configuration;
use crate::address::Address;
use crate::diagnostic::Span;

/// Blocks that do not simply stand for one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// What a `when` leaves out, by its whole address, with the condition.
    pub when: BTreeMap<Address, Span>,
    /// Blocks with `for_each`, by their addresses without a key, with the expression.
    pub for_each: BTreeMap<Address, Span>,
}

/// Why a thing is not wanted although a block for it stands in the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// Its `when` is false.
    When(Span),
    /// The `for_each` has no such key.
    Key {
        /// The key, as it stands in addresses.
        key: String,
        /// The `for_each`.
        span: Span,
    },
    /// It has no key, and the block has a `for_each` now.
    Keyed(Span),
    /// It has a key, and the block has no `for_each` now.
    Single(Span),
    /// The resource that it is a part of, or the module that it is in, is left out.
    Resource(Address, Box<Cause>),
}

impl Cause {
    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::When(span) | Self::Key { span, .. } | Self::Keyed(span) | Self::Single(span) => {
                *span
            }
            Self::Resource(_, cause) => cause.span(),
        }
    }

    /// What is said of it.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::When(_) => "it is declared, and its `when` is false".to_owned(),
            Self::Key { key, .. } => {
                format!("it is declared, and its `for_each` does not have the key `{key}`")
            }
            Self::Keyed(_) => {
                "it is declared with `for_each` now, under other addresses".to_owned()
            }
            Self::Single(_) => {
                "it is declared without `for_each` now, under another address".to_owned()
            }
            Self::Resource(address, cause) => format!("`{address}` goes: {}", cause.words()),
        }
    }

    /// What brings it back, in words.
    #[must_use]
    pub fn back(&self) -> String {
        match self {
            Self::When(_) => "let `when` be true".to_owned(),
            Self::Key { key, .. } => format!("give `for_each` the key `{key}`"),
            Self::Keyed(_) => "take the `for_each` out".to_owned(),
            Self::Single(_) => "write the `for_each` again".to_owned(),
            Self::Resource(_, cause) => cause.back(),
        }
    }
}

impl Configuration {
    /// Why a resource, or a part of `parent`, is not wanted, where a block for it stands in the
    /// files.
    #[must_use]
    pub fn left_out(&self, address: &Address, parent: Option<&Address>) -> Option<Cause> {
        if let Some(parent) = parent
            && !self.nodes.contains_key(parent)
        {
            let cause = self.left_out(parent, None)?;
            return Some(Cause::Resource(parent.clone(), Box::new(cause)));
        }
        if let Some(span) = self.left_out.when.get(address) {
            return Some(Cause::When(*span));
        }
        if let Some(span) = self.left_out.for_each.get(address) {
            return Some(Cause::Keyed(*span));
        }
        let mut inside = 0;
        for module in address.modules() {
            if self.calls.is_module(module) {
                inside = module.len();
                continue;
            }
            let cause = self.module_left_out(module, inside)?;
            return Some(Cause::Resource(Address::from_text(module), Box::new(cause)));
        }
        // Kinds, names, words and labels have no brackets: the first one behind them opens the key.
        let own = parent.map_or(inside, |parent| parent.as_str().len());
        let (block, key) = keyed(address.as_str(), own)?;
        if let Some(span) = self.left_out.for_each.get(&block) {
            let span = *span;
            return Some(Cause::Key { key, span });
        }
        let node = self.nodes.get(&block)?;
        Some(Cause::Single(node.span))
    }

    /// The same of a module that lies in one which is there, whose address takes `inside` bytes.
    fn module_left_out(&self, module: &str, inside: usize) -> Option<Cause> {
        let address = Address::from_text(module);
        if let Some(span) = self.left_out.when.get(&address) {
            return Some(Cause::When(*span));
        }
        if let Some(span) = self.left_out.for_each.get(&address) {
            return Some(Cause::Keyed(*span));
        }
        let (block, key) = keyed(module, inside)?;
        if let Some(span) = self.left_out.for_each.get(&block) {
            let span = *span;
            return Some(Cause::Key { key, span });
        }
        self.calls.call_of(block.as_str()).map(Cause::Single)
    }
}

/// What stands before the brackets at the end of an address, and the key in them.
fn keyed(text: &str, from: usize) -> Option<(Address, String)> {
    let at = from + text.get(from..)?.find('[')?;
    let block = Address::from_text(text.get(..at)?);
    let key = text.get(at..)?.strip_prefix("[\"")?.strip_suffix("\"]")?;
    Some((block, key.to_owned()))
}
