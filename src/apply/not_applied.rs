//! What a create or update asked for and AWS did not take, though the call succeeded.

use super::meaning::{attribute, means_the_same};
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::kinds::Actual;
use crate::kinds::schema::ChangeRule;
use crate::plan::Step;
use crate::value::Map;

/// One warning for each written attribute that AWS says is otherwise.
pub fn warnings(step: &Step, written: &Map, actual: &Actual) -> Diagnostics {
    written
        .iter()
        .map(|(name, value)| (name, value, attribute(&step.kind, name)))
        .filter(|(_, value, known)| {
            let own = |change| matches!(change, ChangeRule::Own | ChangeRule::Computed);
            !value.has_sensitive() && !known.is_some_and(|known| own(known.change))
        })
        // What the kind cannot read says nothing.
        .filter_map(|(name, value, known)| Some((name, value, known, actual.attributes.get(name)?)))
        .filter(|(name, value, known, actual)| {
            !means_the_same(&step.kind, *known, name, value, actual)
        })
        .map(|(name, ..)| {
            Diagnostic::warning(
                codes::apply::NOT_APPLIED,
                format!(
                    "`{name}` of `{}` was not applied: AWS kept it as it was",
                    step.address
                ),
            )
            .about(step.address.as_str())
            .help("the next plan shows what is there and what is wanted")
        })
        .collect()
}
