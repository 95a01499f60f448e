//! Rules of security groups.

use super::state::{RulePeer, SecurityGroupRule};
use crate::sandbox::call::Fault;

impl SecurityGroupRule {
    /// Whether both allow the same: descriptions do not count.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let peers = match (&self.peer, &other.peer) {
            (RulePeer::Group { id: one, .. }, RulePeer::Group { id: two, .. }) => one == two,
            (one, two) => one == two,
        };
        peers
            && self.egress == other.egress
            && self.protocol == other.protocol
            && self.from_port == other.from_port
            && self.to_port == other.to_port
    }
}

/// The fault of a rule that is there already.
pub(super) fn duplicate(rule: &SecurityGroupRule) -> Fault {
    let peer = match &rule.peer {
        RulePeer::Cidr(cidr) => cidr.to_string(),
        RulePeer::Group { id, .. } => id.clone(),
    };
    let protocol = if rule.protocol == "-1" {
        "ALL"
    } else {
        &rule.protocol
    };
    let ports = match (rule.from_port, rule.to_port) {
        (Some(from), Some(to)) if from >= 0 => format!(", from port: {from}, to port: {to}"),
        _ => String::new(),
    };
    Fault::client(
        "InvalidPermission.Duplicate",
        format!(
            "the specified rule \"peer: {peer}, {}{ports}, ALLOW\" already exists",
            protocol.to_uppercase()
        ),
    )
}
