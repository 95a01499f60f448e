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

/// `2026-11-21T19:00:00.000Z`, as S3 has it.
#[must_use]
pub fn iso_millis(at_ms: u64) -> String {
    let whole = iso(at_ms);
    format!("{}.{:03}Z", whole.trim_end_matches('Z'), at_ms % SECOND_MS)
}

/// `Sat, 21 Nov 2026 19:00:00 GMT`, as headers have it (whole seconds).
#[must_use]
pub fn http_date(at_ms: u64) -> String {
    let seconds = i64::try_from(at_ms / SECOND_MS).unwrap_or_default();
    DateTime::from_secs(seconds)
        .fmt(Format::HttpDate)
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
    fn every_form() {
        assert_eq!(super::iso(1_700_000_000_999), "2023-11-14T22:13:20Z");
        assert_eq!(
            super::iso_millis(1_700_000_000_009),
            "2023-11-14T22:13:20.009Z"
        );
        assert_eq!(
            super::http_date(1_700_000_000_999),
            "Tue, 14 Nov 2023 22:13:20 GMT"
        );
        assert_eq!(super::epoch(1_700_000_000_250), 1_700_000_000.25);
    }
}
