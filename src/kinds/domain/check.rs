//! Rules that are checked before any call.

use crate::kinds::Checks;

pub(super) fn check(checks: &mut Checks<'_>) {
    let _ = checks;
}
