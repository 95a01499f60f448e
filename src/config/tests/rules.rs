//! How much findings weigh: `rules` of a stack.

use super::*;

#[test]
fn rules_are_read() {
    let text = r#"stack x { rules = { W0339 = "off", W0340 = "error", W0361 = "warn" } }"#;
    let (configuration, found, _) = evaluate_files(&[("main.smd", text)], &options());
    assert_eq!(found.len(), 0, "{found:?}");
    let rules: Vec<_> = configuration.stack.rules.iter().collect();
    assert_eq!(
        rules,
        [
            (&"W0339".to_owned(), &Rule::Off),
            (&"W0340".to_owned(), &Rule::Error),
            (&"W0361".to_owned(), &Rule::Warn),
        ]
    );
}

#[test]
fn what_cannot_be_a_rule() {
    insta::assert_snapshot!(check(
        r#"
stack x {
  rules = {
    W0339 = "loud"
    E0302 = "off"
    W0342 = "off"
  }
}
"#
    ), @"");
    insta::assert_snapshot!(check(r#"stack x { rules = ["W0339"] }"#), @"");
    insta::assert_snapshot!(check("stack x {\n  rules { }\n}"), @"");
}

#[test]
fn a_warning_becomes_what_the_project_wants() {
    let weighed = |rule: &str| -> Vec<(&'static str, crate::diagnostic::Severity)> {
        let text = format!(
            "stack x {{ {rule} }}\nvpc v {{\n for_each = {{ for i in range(6) : \"v${{i}}\" => i }}\n cidr = \"10.${{each.value}}.0.0/16\"\n}}"
        );
        let (configuration, ..) = evaluate_files(&[("main.smd", &text)], &options());
        let found = crate::kinds::check(&configuration);
        found
            .iter()
            .map(|one| (one.code.id, one.severity))
            .collect()
    };
    use crate::diagnostic::Severity::{Error, Warning};
    assert_eq!(weighed(""), [("W0339", Warning)]);
    assert_eq!(weighed("rules = { W0339 = \"error\" }"), [("W0339", Error)]);
    assert_eq!(weighed("rules = { W0339 = \"off\" }"), []);
}
