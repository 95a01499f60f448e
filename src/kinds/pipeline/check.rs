//! Rules for pipelines that are checked before any call.

use super::definition;
use super::schema::PIPELINE;
use crate::config::Node;
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::refer;
use crate::kinds::iam::check::names;
use crate::kinds::sagemaker::check::{Named, execution_role};

pub(super) fn check(checks: &mut Checks<'_>) {
    let configuration = checks.configuration;
    let pipelines = || {
        configuration
            .nodes
            .values()
            .filter(|node| node.kind == PIPELINE.kind)
    };
    if pipelines().next().is_none() {
        return;
    }
    let named = Named::of(configuration);
    for node in pipelines() {
        json(node, checks);
        execution_role(node, "role", &named, checks);
    }
    names(
        pipelines(),
        codes::kinds::PIPELINE_NAME_TWICE,
        "pipelines",
        |node| Some(format!("{} {}", node.place.account, node.place.region)),
        checks,
    );
}

fn json(node: &Node, checks: &mut Checks<'_>) {
    let Some(Err(why)) = refer::text(node, "definition").map(definition::parsed) else {
        return;
    };
    checks.out.push(
        Diagnostic::error(
            codes::kinds::PIPELINE_DEFINITION,
            format!("the definition is not JSON: {why}"),
        )
        .at(
            refer::span(node, "definition"),
            "expected an object in JSON",
        )
        .about(node.address.as_str())
        .help("write `file(\"pipeline.json\")`, `json_encode({ … })` or a heredoc"),
    );
}
