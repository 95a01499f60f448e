//! What tests of several parts share.

mod driver;

pub(crate) use driver::Driver;

use proptest::prelude::ProptestConfig;

/// How many cases a property is tried on: `PROPTEST_CASES` where that is set, else `usual`, which
/// keeps the ordinary test run short.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    let set = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: set.and_then(|count| count.parse().ok()).unwrap_or(usual),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
