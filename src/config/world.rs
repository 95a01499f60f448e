//! What operators and functions may ask of where they run: the evaluation of a configuration, or
//! the finishing of a value when its inputs have become known.

use super::budget::Budget;
use super::fail::Res;
use crate::diagnostic::Span;
use crate::value::{Map, ResourceRef};

/// Where operators and functions run.
pub(super) trait World {
    /// An attribute of a resource, part or account; unknown if only AWS knows it.
    fn attribute(&self, resource: &ResourceRef, name: &str, span: Option<Span>) -> Res;

    /// What may still be used.
    fn budget(&self) -> &Budget;

    /// The text of a file below the configuration's directory.
    fn file(&self, path: &str, span: Option<Span>) -> Res<String>;

    /// The text of a file, as a template with these variables.
    fn template(&self, path: &str, variables: &Map, span: Option<Span>) -> Res;
}
