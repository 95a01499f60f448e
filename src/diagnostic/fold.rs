//! Few diagnostics out of many: one for all instances of a block, and no more than can be read.

use std::collections::{BTreeMap, BTreeSet};

use super::codes::syntax::TOO_MANY_ERRORS;
use super::{Diagnostic, Diagnostics, Severity, Span};

/// Most errors of one kind of work that are shown: of a file's text, of the values of a
/// configuration.
pub const MAX_ERRORS: usize = 100;

/// Brings what was found about values in order, with one for all instances of a block.
pub fn settle(diagnostics: &mut Diagnostics) {
    super::sort(diagnostics);
    fold(diagnostics);
}

/// Leaves the first [`MAX_ERRORS`] errors about values, and says how many more there are.
///
/// Expects them sorted.
pub fn limit_shown(diagnostics: &mut Diagnostics) {
    limit(diagnostics, MAX_ERRORS, |more| {
        format!(
            "only the first {MAX_ERRORS} errors are shown, and there are {} more",
            thousands(more)
        )
    });
}

/// Makes one of what is said of the same text for many instances: those of the first instance
/// stay, with a note of how many others there are, and nothing is said twice.
///
/// Expects them sorted. What has no place in a file, or is about no resource, is left as it is.
fn fold(diagnostics: &mut Diagnostics) {
    /// The instances of which one thing is said.
    struct Instances {
        /// The position of the first one's first diagnostic.
        first: usize,
        /// Its address.
        address: String,
        /// The addresses of the others.
        others: BTreeSet<String>,
    }
    let mut groups: BTreeMap<(&'static str, Severity, Vec<Span>), Instances> = BTreeMap::new();
    let mut kept = Diagnostics::with_capacity(diagnostics.len());
    for diagnostic in diagnostics.drain(..) {
        if let Some(address) = &diagnostic.address
            && !diagnostic.labels.is_empty()
        {
            let place = diagnostic.labels.iter().map(|label| label.span).collect();
            let group = groups
                .entry((diagnostic.code.id, diagnostic.severity, place))
                .or_insert_with(|| Instances {
                    first: kept.len(),
                    address: address.clone(),
                    others: BTreeSet::new(),
                });
            if group.address != *address {
                group.others.insert(address.clone());
                continue;
            }
        }
        let is_said = kept
            .last()
            .is_some_and(|last: &Diagnostic| says_the_same(last, &diagnostic));
        if !is_said {
            kept.push(diagnostic);
        }
    }
    for group in groups.into_values() {
        let note = match group.others.len() {
            0 => continue,
            1 => "also in 1 other instance".to_owned(),
            others => format!("also in {} other instances", thousands(others)),
        };
        if let Some(diagnostic) = kept.get_mut(group.first) {
            diagnostic.notes.push(note);
        }
    }
    *diagnostics = kept;
}

fn says_the_same(a: &Diagnostic, b: &Diagnostic) -> bool {
    a.code == b.code && a.message == b.message && a.labels == b.labels && a.address == b.address
}

/// Leaves the first `most` errors, and where there were more says so in a note behind everything,
/// in the words of `note`, which is given how many were left out. Warnings and notes all stay.
///
/// Expects them sorted.
pub fn limit(diagnostics: &mut Diagnostics, most: usize, note: impl FnOnce(usize) -> String) {
    let mut errors = 0;
    let mut next: Option<Span> = None;
    diagnostics.retain(|diagnostic| {
        if !diagnostic.is_error() {
            return true;
        }
        errors += 1;
        if errors == most + 1 {
            next = diagnostic.span();
        }
        errors <= most
    });
    if errors > most {
        let next = next.map(|next| Span::new(next.file, next.start, next.start));
        diagnostics.push(
            Diagnostic::new(Severity::Note, TOO_MANY_ERRORS, note(errors - most))
                .at_opt(next, "the next one is here"),
        );
    }
}

/// `12,345`.
fn thousands(number: usize) -> String {
    /// Digits between two commas.
    const GROUP: usize = 3;
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / GROUP);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(GROUP) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests say what breaks by panicking")]
mod tests {
    use super::super::codes::config::{BAD_VALUE, UNKNOWN_NAME};
    use super::super::{FileId, sort};
    use super::*;

    fn wrong(at: u32, message: &str, address: &str) -> Diagnostic {
        Diagnostic::error(UNKNOWN_NAME, message)
            .at(Span::new(FileId(0), at, at + 1), "")
            .about(address)
    }

    fn check(mut diagnostics: Diagnostics) -> Vec<String> {
        sort(&mut diagnostics);
        fold(&mut diagnostics);
        diagnostics
            .iter()
            .map(|one| format!("{} {:?}", one.message, one.notes))
            .collect()
    }

    #[test]
    fn instances_are_one() {
        let many = (0..10_000).map(|at| wrong(1, &format!("{at}"), &format!("vpc.a[\"{at}\"]")));
        assert_eq!(
            check(many.collect()),
            [r#"0 ["also in 9,999 other instances"]"#]
        );
        let two = ["x", "y"].map(|of| wrong(1, "same", of));
        assert_eq!(
            check(two.to_vec()),
            [r#"same ["also in 1 other instance"]"#]
        );
    }

    #[test]
    fn other_places_codes_and_messages_of_one_stay() {
        let other = Diagnostic {
            code: BAD_VALUE,
            ..wrong(1, "a", "y")
        };
        let all = vec![
            wrong(1, "a", "x"),
            wrong(1, "b", "x"),
            wrong(1, "b", "x"),
            wrong(2, "a", "y"),
            other,
        ];
        assert_eq!(check(all), ["a []", "a []", "b []", "a []"]);
    }

    #[test]
    fn the_rest_is_counted() {
        let mut all: Diagnostics = (0..1_234).map(|at| wrong(at, "wrong", "x")).collect();
        all.push(Diagnostic::warning(BAD_VALUE, "a warning"));
        limit(&mut all, 100, thousands);
        assert_eq!(all.len(), 102);
        let note = all.last().unwrap();
        assert_eq!(note.to_string(), "note[E0118]: 1,134");
        assert_eq!(note.span(), Some(Span::new(FileId(0), 100, 100)));
        let mut few = vec![wrong(1, "wrong", "x")];
        limit(&mut few, 1, thousands);
        assert_eq!(few.len(), 1);
    }
}
