//! What is expected of a plan.

use insta::assert_snapshot;
use serde_json::json;

use super::world::{World, address, configuration};
use crate::config::Expectation;
use crate::diagnostic::{FileId, Span};
use crate::plan::PlanOptions;
use crate::value::Value;

/// It cannot be told before the first apply, and then at every plan.
#[test]
fn a_condition_that_comes_out_as_no_bool_does_not_hold() {
    let mut files = configuration(&[("net.a", json!({ "cidr": "10.0.0.0/16" }))]);
    files.expectations.push(Expectation {
        sentence: "it is there".into(),
        module: None,
        condition: Value::unknown_attribute(address("net.a"), "id"),
        message: None,
        mentioned: Vec::new(),
        span: Span::new(FileId(0), 0, 1),
    });
    let mut world = World::default();
    let plan = world.up(&files);
    assert!(plan.expectations[0].condition.is_unknown());
    let refused = world.plan_with(&files, PlanOptions::default()).unwrap_err();
    assert_snapshot!(refused[0], @r#"error[E0540]: the condition of the expectation "it is there" is a string, not a bool"#);
}
