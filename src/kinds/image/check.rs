//! Rules for images that are checked before any call.

use super::schema::IMAGE;
use crate::diagnostic::codes;
use crate::kinds::Checks;
use crate::kinds::iam::check::names;
use crate::kinds::sagemaker::check::{Named, execution_role};

pub(super) fn check(checks: &mut Checks<'_>) {
    let configuration = checks.configuration;
    let nodes = configuration.nodes.values();
    let images = nodes.filter(|node| node.kind == IMAGE.kind);
    if images.clone().next().is_none() {
        return;
    }
    let named = Named::of(configuration);
    for node in images.clone() {
        execution_role(node, "role", &named, checks);
    }
    names(
        images,
        codes::kinds::IMAGE_NAME_TWICE,
        "images",
        |node| Some(format!("{} {}", node.place.account, node.place.region)),
        checks,
    );
}
