//! The script: text in the files, base64 in calls.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Most bytes of a script: AWS takes 16,384 characters of base64 (behaviour: section 9).
pub(super) const MAX_BYTES: usize = 16_384 / 4 * 3;
/// What a script begins with.
const SHEBANG: &str = "#!";

/// As AWS takes it.
pub(super) fn encoded(script: &str) -> String {
    STANDARD.encode(script)
}

/// What AWS keeps as a script. What is not base64 of a text stays as it is: AWS takes any text.
pub(super) fn decoded(kept: &str) -> String {
    text(kept).unwrap_or_else(|| kept.to_owned())
}

/// Whether a script is written as base64 already, as other tools want it.
pub(super) fn is_encoded(script: &str) -> bool {
    text(script.trim()).is_some_and(|text| text.starts_with(SHEBANG))
}

fn text(encoded: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(encoded).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_is_the_same_again() {
        for script in ["#!/bin/bash\nset -e\n", "x", "grüße\n"] {
            assert_eq!(decoded(&encoded(script)), script);
        }
        // Not base64, and base64 of what is no text.
        for kept in ["echo hello", "/w=="] {
            assert_eq!(decoded(kept), kept);
        }
    }

    #[test]
    fn the_largest_script_fits() {
        assert_eq!(encoded(&"a".repeat(MAX_BYTES)).len(), 16_384);
    }

    #[test]
    fn base64_of_a_script_is_told_from_a_script() {
        assert!(is_encoded(&format!("{}\n", encoded("#!/bin/bash\n"))));
        assert!(!is_encoded("#!/bin/bash\n"));
        // Base64 by chance.
        assert!(!is_encoded("echo"));
    }
}
