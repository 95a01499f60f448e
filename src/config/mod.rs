//! From trees to nodes: names, types, evaluation by attribute with unknown and sensitive values,
//! inputs, `for_each` expansion, placement. Makes no AWS call.
//!
//! [`load()`] reads and parses, [`evaluate`] does the rest: `declare` lists what is declared and
//! `block` reads blocks against schemas; `evaluator` holds what is evaluated, each thing once;
//! `expression`, `reference`, `operator` and [`function`] give values, `conform` fits them to the
//! types of fields; `expand` makes resources and parts, `place` and `name` say where they are and
//! how they are called; `assemble` makes nodes. A module's files are read once (`modules`); each module
//! that a call makes is a `scope` with names, lets and inputs of its own (`module`). [`finish`]
//! evaluates what was not known with the same operators and functions.

mod account;
mod assemble;
mod block;
mod budget;
mod calls;
mod conform;
mod declare;
mod evaluator;
mod existing;
mod existing_stack;
mod expand;
mod expectation;
mod expression;
mod facts;
mod fail;
mod files;
pub mod function;
mod handover;
mod identity;
mod input;
mod input_type;
mod left_out;
mod lifecycle;
mod load;
mod module;
mod modules;
mod name;
mod node;
mod operator;
mod output;
mod place;
mod reference;
mod residual;
mod scope;
mod stack;
mod thing;
mod timeouts;
mod variables;
mod world;

#[cfg(test)]
mod tests;

pub use calls::Calls;
pub use expectation::holds;
pub use handover::{Handover, Import, Move, Moves, Removed};
pub use identity::{Identity, is_global};
pub use left_out::{Cause, LeftOut};
pub use load::{EvaluateOptions, Loaded, evaluate, evaluate_with, load};
pub use modules::Modules;
pub use node::{
    Access, Account, Caller, Configuration, Edge, Expectation, FoundStacks, FoundThings, Lifecycle,
    Mentioned, Node, Output, Place, Rule, Seek, SeekBy, Stack, StackSeek, StateStore,
};
pub use residual::{CALLER, conform, finish};
pub use timeouts::Timeouts;
