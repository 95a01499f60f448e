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
    ), @r#"
error[E0242]: `W0339` is `"off"`, `"warn"` or `"error"`
 --> main.smd:4:13
  |
4 |     W0339 = "loud"
  |             ^^^^^^

error[E0242]: how much `E0302` weighs cannot be changed
 --> main.smd:5:13
  |
5 |     E0302 = "off"
  |             ^^^^^
  |
  = help: the findings of the kinds that are warnings can be changed: AWS would refuse what the others are about

error[E0242]: there is no rule `W0342`
 --> main.smd:6:13
  |
6 |     W0342 = "off"
  |             ^^^^^
  |
  = help: did you mean `W0340`?
"#);
    let list = check(r#"stack x { rules = ["W0339"] }"#);
    assert!(
        list.contains("`rules` is a map from codes to words"),
        "{list}"
    );
    let block = check("stack x {\n  rules { }\n}");
    assert!(block.contains("error[E0"), "{block}");
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
