//! pest's parser for `grammar/smd.pest` and the two ways into it.

// The derive makes public items without doc comments.
#[allow(missing_docs, reason = "made by pest's derive")]
mod derived {
    /// The parser that pest makes of the grammar.
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/smd.pest"]
    pub struct SmdParser;
}

use pest::Parser;
use pest::iterators::{Pair, Pairs};

pub(super) use derived::Rule;

pub(super) type Node<'t> = Pair<'t, Rule>;
pub(super) type Nodes<'t> = Pairs<'t, Rule>;

/// Reads prepared text as one statement (`Rule::whole_statement`) or one item of a block
/// (`Rule::whole_item`). The error is the byte in `text` at which pest gave up.
pub(super) fn read(rule: Rule, text: &str) -> Result<Nodes<'_>, usize> {
    derived::SmdParser::parse(rule, text).map_err(|error| match error.location {
        pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => at,
    })
}
