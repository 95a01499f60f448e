//! A page for each function, with an example and what it gave.

use std::collections::BTreeMap;
use std::fmt::Write;

use smd::config::function::{Form, Takes, functions};

use super::check;
use crate::smd::Project;

/// What the examples name.
const AROUND: &str = r#"stack example {}

account studio { id = "111122223333", region = "eu-west-1" }

vpc studio { cidr = "10.0.0.0/16" }

subnet studio { vpc = vpc.studio, cidr = "10.0.1.0/24", az = "eu-west-1a" }

role studio { trust = service("sagemaker.amazonaws.com") }

domain finance {
  auth_mode = "IAM"
  vpc       = vpc.studio
  subnets   = [subnet.studio]
  default_user_settings { execution_role = role.studio }
}
"#;
/// The file that some of them read.
const FILE: (&str, &str) = ("hello.txt", "Hello, ${name}!\n");

#[test]
fn every_function_has_a_page_with_an_example_that_ran() {
    let mut text = AROUND.to_owned();
    for function in functions() {
        let _ = writeln!(text, "output {} = {}", function.name, function.example);
    }
    let project = Project::new(&[("main.smd", &text), FILE]);
    project.sandboxed(&["apply", "-y"]).exits(0);
    let outputs = project
        .sandboxed(&["output", "--format", "json"])
        .exits(0)
        .json();
    let mut pages = BTreeMap::new();
    for function in functions() {
        let mut out = format!("# {}\n\n{}\n\n", function.signature(), function.doc);
        if !function.params.is_empty() {
            out.push_str("| parameter | takes | |\n|---|---|---|\n");
        }
        for param in function.params {
            let form = match param.form {
                Form::Required => "",
                Form::Optional => "may be left out",
                Form::Rest => "any number of them",
            };
            let _ = writeln!(
                out,
                "| `{}` | {} | {form} |",
                param.name,
                takes(param.takes)
            );
        }
        let value = &outputs["outputs"][function.name];
        let value = value.get("value").unwrap_or(value);
        assert!(!value.is_null(), "{}: {outputs}", function.name);
        let shown = serde_json::to_string_pretty(value).unwrap();
        let _ = write!(
            out,
            "\n```smd\n{}\n```\n\ngives\n\n```json\n{shown}\n```\n",
            function.example
        );
        if function.example.contains(FILE.0) {
            let _ = write!(out, "\nwith this in `{}`:\n\n```\n{}```\n", FILE.0, FILE.1);
        }
        pages.insert(format!("{}.md", function.name), out);
    }
    check("functions", &pages);
}

fn takes(takes: Takes) -> &'static str {
    match takes {
        Takes::Any => "any value",
        Takes::Text => "a string, a number or a bool",
        Takes::Number => "a number, or a string that is one",
        Takes::List => "a list",
        Takes::Map => "a map or an object",
        Takes::Collection => "a list or a map",
        Takes::Resource => "a resource, or the text that names it",
    }
}
