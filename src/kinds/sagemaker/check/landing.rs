//! Where users land, and whether Studio is open to them: two members that SageMaker takes together
//! only (API reference of UserSettings; hashicorp/terraform-provider-aws#35504).

use crate::config::Node;
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::refer;
use crate::value::Value;

/// The member that says where users land.
const LANDING: &str = "default_landing_uri";
/// The member that opens and closes Studio.
const PORTAL: &str = "studio_web_portal";
/// Its word for closed.
const CLOSED: &str = "DISABLED";
/// What leads to Studio begins with this.
const STUDIO: &str = "studio::";
/// What leads to Studio Classic.
const CLASSIC: &str = "app:JupyterServer:";

/// The settings of a node: its own members count, and of a user profile those of its domain where it
/// has none.
pub(super) fn check(node: &Node, settings: &Value, span: Span, checks: &mut Checks<'_>) {
    let domain = refer::node_of(checks.configuration, node, "domain");
    let inherited = domain.and_then(|domain| domain.attributes.get("default_user_settings"));
    let own = |name: &str| settings.get(name).filter(|value| !value.is_null());
    let member = |name: &str| own(name).or_else(|| inherited?.get(name));
    // What both have of the domain is told there.
    let Some(place) = own(PORTAL).or_else(|| own(LANDING)) else {
        return;
    };
    let place = place.span.unwrap_or(span);
    if member(PORTAL).and_then(Value::as_str) != Some(CLOSED) {
        return;
    }
    let help = format!("for Studio Classic write `{LANDING} = \"{CLASSIC}\"`");
    let landing = member(LANDING).filter(|value| !value.is_null());
    let told = match landing.map(Value::as_str) {
        Some(Some(uri)) if uri.starts_with(STUDIO) => {
            let where_to = own(LANDING).and_then(|value| value.span);
            Diagnostic::error(
                codes::kinds::LANDING_CLOSED,
                format!("users land in Studio, which `{PORTAL} = \"{CLOSED}\"` closes"),
            )
            .at(where_to.unwrap_or(place), "SageMaker refuses both together")
        }
        Some(_) => return,
        None => Diagnostic::warning(
            codes::kinds::LANDING_UNSAID,
            format!("`{PORTAL} = \"{CLOSED}\"` without `{LANDING}`"),
        )
        .at(place, "SageMaker refuses it where users land in Studio"),
    };
    checks
        .out
        .push(told.about(node.address.as_str()).help(help));
}
