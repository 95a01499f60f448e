//! What a create or update asked for and AWS did not take, though the call succeeded.

use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::kinds::{Actual, Kind};
use crate::plan::{self, Step};
use crate::value::Map;

/// One warning for each written path that AWS says is otherwise.
pub fn warnings(kind: &dyn Kind, step: &Step, written: &Map, actual: &Actual) -> Diagnostics {
    let Some(schema) = kind.schema(&step.kind) else {
        return Diagnostics::new();
    };
    plan::not_applied(kind, schema, written, &actual.attributes)
        .into_iter()
        // AWS does not give sensitive values back.
        .filter(|path| {
            !step
                .sensitive
                .keys()
                .any(|secret| is_in(secret, path) || is_in(path, secret))
        })
        // The plan said already what the API cannot do.
        .filter(|path| {
            !step
                .changes
                .iter()
                .any(|change| change.path == *path && change.note.is_some())
        })
        .map(|path| {
            Diagnostic::warning(
                codes::apply::NOT_APPLIED,
                format!(
                    "`{path}` of `{}` was not applied: AWS kept it as it was",
                    step.address
                ),
            )
            .about(step.address.as_str())
            .help("the next plan shows what is there and what is wanted")
        })
        .collect()
}

/// Whether a path is another one or below it.
fn is_in(path: &str, other: &str) -> bool {
    path.strip_prefix(other)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
