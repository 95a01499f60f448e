//! The resource kinds: one file each with schema, checks, parts, and how it is read in bulk,
//! created, updated with the smallest payload, deleted and waited for.
//!
//! A new kind is one file (a folder past 300 lines), one line in [`registry`], and its calls in
//! the sandbox. Kinds know neither the command line nor rendering.

mod kind;
mod registry;
pub mod schema;

pub use kind::{Actual, BoxFuture, Change, Checks, Context, Facts, Kind, PartDraft, Ready, Wanted};
pub use registry::{find, kind_words, registry, schema_of};
