//! Elastic IP addresses in discovery: what AWS chose of them is not written.

use crate::config::Place;
use crate::kinds::discovery::Portrait;

/// AWS's own pool.
const POOL: &str = "amazon";

/// Takes out the address and what is so unless written.
pub(super) fn portray(place: &Place, portraits: &mut [Portrait]) {
    for portrait in portraits {
        portrait.drop_text("address", None);
        portrait.drop_text("public_ipv4_pool", Some(POOL));
        portrait.drop_text("network_border_group", Some(&place.region));
    }
}
