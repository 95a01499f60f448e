//! Managed policies in discovery: the roles that they are attached to lead there.

use crate::kinds::discovery::Portrait;

/// The usual path is not written.
pub(super) fn portray(portraits: &mut [Portrait]) {
    for portrait in portraits {
        portrait.drop_text("path", Some("/"));
    }
}
