//! How much the findings of the kinds' rules weigh: warnings are a project's to change, by `rules` in
//! its `stack`. Errors are not: AWS would refuse what they are about.

use std::collections::BTreeMap;

use crate::config::Rule;
use crate::diagnostic::{Code, Diagnostics, Severity, codes};

/// The codes that a project can change.
pub fn changeable() -> impl Iterator<Item = Code> {
    let all = codes::kinds::ALL.iter().copied();
    all.filter(|code| code.id.starts_with('W'))
}

/// The findings as the project wants them.
pub(super) fn weigh(rules: &BTreeMap<String, Rule>, found: Diagnostics) -> Diagnostics {
    found
        .into_iter()
        .filter_map(|mut one| {
            if one.severity == Severity::Warning {
                match rules.get(one.code.id) {
                    Some(Rule::Off) => return None,
                    Some(Rule::Error) => one.severity = Severity::Error,
                    Some(Rule::Warn) | None => {}
                }
            }
            Some(one)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;

    #[test]
    fn warnings_are_the_projects_and_errors_are_not() {
        let found = || -> Diagnostics {
            [
                Diagnostic::warning(codes::kinds::TOO_MANY_GROUPS, "many"),
                Diagnostic::error(codes::kinds::SUBNETS_OVERLAP, "overlap"),
            ]
            .into_iter()
            .collect()
        };
        let check = |rule: Option<Rule>, wanted: &[(&str, Severity)]| {
            let rules = rule
                .into_iter()
                .flat_map(|rule| ["W0361", "E0302"].map(|code| (code.to_owned(), rule)))
                .collect();
            let got: Vec<(&str, Severity)> = weigh(&rules, found())
                .iter()
                .map(|one| (one.code.id, one.severity))
                .collect();
            assert_eq!(got, wanted, "{rule:?}");
        };
        let overlap = ("E0302", Severity::Error);
        check(None, &[("W0361", Severity::Warning), overlap]);
        check(Some(Rule::Warn), &[("W0361", Severity::Warning), overlap]);
        check(Some(Rule::Error), &[("W0361", Severity::Error), overlap]);
        check(Some(Rule::Off), &[overlap]);
    }
}
