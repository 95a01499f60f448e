//! Rules for app image configurations that are checked before any call.

use super::schema::APP_IMAGE_CONFIG;
use crate::diagnostic::codes;
use crate::kinds::Checks;
use crate::kinds::iam::check::names;

pub(super) fn check(checks: &mut Checks<'_>) {
    let nodes = checks.configuration.nodes.values();
    names(
        nodes.filter(|node| node.kind == APP_IMAGE_CONFIG.kind),
        codes::kinds::IMAGE_NAME_TWICE,
        "app image configurations",
        |node| Some(format!("{} {}", node.place.account, node.place.region)),
        checks,
    );
}
