//! Condition blocks of trust policies.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::items;

/// The condition keys a call carries. Keys have no letter case.
#[derive(Debug, Clone, Default)]
pub struct Context(BTreeMap<String, String>);

impl Context {
    /// Sets a key.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.0.insert(key.to_ascii_lowercase(), value.into());
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(&key.to_ascii_lowercase()).map(String::as_str)
    }
}

/// Whether every part of the block holds. A key the call does not carry fails a test for
/// equality and passes a negated one or one with `IfExists`; an operator that is none here fails.
pub(super) fn holds(block: Option<&Value>, context: &Context) -> bool {
    let operators = block.and_then(Value::as_object).into_iter().flatten();
    operators
        .flat_map(|(operator, keys)| {
            let keys = keys.as_object().into_iter().flatten();
            keys.map(move |(key, wanted)| (operator, key, wanted))
        })
        .all(|(operator, key, wanted)| one_holds(operator, context.get(key), wanted))
}

/// The keys a block asks for that the call does not carry.
pub(super) fn missing(block: Option<&Value>, context: &Context) -> Vec<String> {
    let operators = block.and_then(Value::as_object).into_iter().flatten();
    operators
        .filter_map(|(_, keys)| keys.as_object())
        .flatten()
        .filter(|(key, _)| context.get(key).is_none())
        .map(|(key, _)| key.clone())
        .collect()
}

fn one_holds(operator: &str, actual: Option<&str>, wanted: &Value) -> bool {
    let (operator, if_exists) = match operator.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (operator, false),
    };
    if operator == "Null" {
        return texts(wanted).any(|wanted| wanted == actual.is_none().to_string());
    }
    let negated = operator.contains("Not");
    let Some(actual) = actual else {
        return if_exists || negated;
    };
    let any = |test: &dyn Fn(&str, &str) -> bool| texts(wanted).any(|wanted| test(&wanted, actual));
    match operator {
        "StringEquals" | "Bool" | "NumericEquals" => any(&|wanted, actual| wanted == actual),
        "StringNotEquals" => !any(&|wanted, actual| wanted == actual),
        "StringEqualsIgnoreCase" => any(&str::eq_ignore_ascii_case),
        "StringNotEqualsIgnoreCase" => !any(&str::eq_ignore_ascii_case),
        "StringLike" | "ArnLike" | "ArnEquals" => any(&like),
        "StringNotLike" | "ArnNotLike" | "ArnNotEquals" => !any(&like),
        _ => false,
    }
}

fn texts(value: &Value) -> impl Iterator<Item = String> {
    items(value).map(|item| match item {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    })
}

/// Whether `text` fits `pattern`, where `*` stands for any letters and `?` for one.
pub(super) fn like(pattern: &str, text: &str) -> bool {
    let mut pattern_left = pattern.chars();
    let mut text_left = text.chars();
    // Where to go on when a later letter does not fit: after the last star, one letter further.
    let mut retry: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let mut pattern_next = pattern_left.clone();
        let mut text_next = text_left.clone();
        match (pattern_next.next(), text_next.next()) {
            (Some('*'), _) => {
                pattern_left = pattern_next;
                retry = Some((pattern_left.clone(), text_left.clone()));
            }
            (Some(wanted), Some(actual)) if wanted == '?' || wanted == actual => {
                pattern_left = pattern_next;
                text_left = text_next;
            }
            (None, None) => return true,
            _ => {
                let Some((star_pattern, star_text)) = retry.as_mut() else {
                    return false;
                };
                if star_text.next().is_none() {
                    return false;
                }
                pattern_left = star_pattern.clone();
                text_left = star_text.clone();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn operators() {
        let mut context = Context::default();
        context.set("sts:ExternalId", "abc");
        let check = |block: Value| holds(Some(&block), &context);
        for (expected, block) in [
            (true, json!({"StringEquals": {"sts:externalid": "abc"}})),
            (false, json!({"StringEquals": {"sts:ExternalId": "ABC"}})),
            (
                true,
                json!({"StringEqualsIgnoreCase": {"sts:ExternalId": "ABC"}}),
            ),
            (true, json!({"StringLike": {"sts:ExternalId": ["x", "a*"]}})),
            (false, json!({"StringNotLike": {"sts:ExternalId": "a*"}})),
            (false, json!({"StringEquals": {"aws:Other": "x"}})),
            (true, json!({"StringNotEquals": {"aws:Other": "x"}})),
            (true, json!({"StringEqualsIfExists": {"aws:Other": "x"}})),
            (true, json!({"Null": {"aws:Other": true}})),
            (false, json!({"Null": {"sts:ExternalId": "true"}})),
            (false, json!({"Odd": {"sts:ExternalId": "abc"}})),
        ] {
            assert_eq!(check(block.clone()), expected, "{block}");
        }
    }

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abb", false),
            ("*b*d", "abcbd", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("sts:assume*", "sts:assumerole", true),
        ] {
            assert_eq!(like(pattern, text), expected, "{pattern} {text}");
        }
    }
}
