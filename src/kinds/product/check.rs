//! What Studio would not show.

use super::template;
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::refer;

/// The parameters that Studio fills in (SageMaker guide, "Cluster templates for EMR in Studio").
const WANTED: [&str; 2] = ["SageMakerProjectName", "SageMakerProjectId"];

pub fn check(checks: &mut Checks<'_>) {
    for node in checks.configuration.nodes.values() {
        if node.kind != "product" || refer::text(node, "studio_visibility").is_none() {
            continue;
        }
        let Some(text) = refer::text(node, "template") else {
            continue;
        };
        let there = template::parameters(text);
        let missing: Vec<&str> = WANTED
            .into_iter()
            .filter(|name| !there.contains(*name))
            .collect();
        if !missing.is_empty() {
            checks.out.push(
                Diagnostic::error(
                    codes::kinds::STUDIO_PARAMETERS,
                    format!(
                        "the template of `{}` lacks the parameters {} that Studio fills in",
                        node.address,
                        missing.join(" and ")
                    ),
                )
                .at(refer::span(node, "template"), "this template")
                .at(
                    refer::span(node, "studio_visibility"),
                    "is to be shown in Studio",
                )
                .help("declare each below `Parameters`, with `Type: String`")
                .about(node.address.to_string()),
            );
        }
    }
}
