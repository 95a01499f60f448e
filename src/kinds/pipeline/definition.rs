//! The definition of a pipeline: a JSON text that AWS gives back as it was sent.

use serde_json::Value as Json;

/// The definition, if it is an object in JSON; else what is wrong with it.
pub(super) fn parsed(text: &str) -> Result<Json, String> {
    match serde_json::from_str(text) {
        Ok(json @ Json::Object(_)) => Ok(json),
        Ok(_) => Err("it is no object".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Whether two definitions say the same: white space and the order of members do not count. `None`
/// where one of them is no definition.
pub(super) fn same(wanted: &str, actual: &str) -> Option<bool> {
    Some(parsed(wanted).ok()? == parsed(actual).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_are_compared_by_meaning() {
        let one = r#"{ "Version": "2020-12-01", "Steps": [] }"#;
        assert_eq!(
            same(one, r#"{"Steps":[],"Version":"2020-12-01"}"#),
            Some(true)
        );
        assert_eq!(
            same(one, r#"{"Steps":[{}],"Version":"2020-12-01"}"#),
            Some(false)
        );
        assert_eq!(same(one, "no json"), None);
        assert_eq!(parsed("[]").unwrap_err(), "it is no object");
    }
}
