//! Times as the protocols write them.

use aws_smithy_types::date_time::{DateTime, Format};
use serde_json::Value;

/// Milliseconds in a second.
pub const SECOND_MS: u64 = 1_000;

/// `2026-11-21T19:00:00Z`, as the query protocol has it (whole seconds).
#[must_use]
pub fn iso(at_ms: u64) -> String {
    let seconds = i64::try_from(at_ms / SECOND_MS).unwrap_or_default();
    DateTime::from_secs(seconds)
        .fmt(Format::DateTime)
        .unwrap_or_default()
}

/// Seconds since the epoch with a fraction, as the JSON protocols have it.
#[must_use]
pub fn epoch(at_ms: u64) -> Value {
    Value::from(at_ms as f64 / SECOND_MS as f64)
}

#[cfg(test)]
mod tests {
    #[test]
    fn both_forms() {
        assert_eq!(super::iso(1_700_000_000_999), "2023-11-14T22:13:20Z");
        assert_eq!(super::epoch(1_700_000_000_250), 1_700_000_000.25);
    }
}
