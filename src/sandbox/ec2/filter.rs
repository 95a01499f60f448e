//! Filters of Describe calls: `Filter.1.Name`, `Filter.1.Value.1`.

use super::state::Tags;
use crate::sandbox::call::{Fault, Query};

/// The values of a filter an EC2 call may have.
const MOST_VALUES: usize = 200;

/// The filters of a call: all must hold, each for one of its values.
#[derive(Debug)]
pub(super) struct Filters(Vec<(String, Vec<String>)>);

impl Filters {
    /// Reads the filters; those not in `known` are refused. `tag:KEY` and `tag-key` are known
    /// where `tag-key` is.
    pub fn read(query: &Query, known: &[&str]) -> Result<Self, Fault> {
        let mut filters = Vec::new();
        for filter in query.structures("Filter") {
            let name = filter.get("Name").unwrap_or_default();
            let is_tag = name.starts_with("tag:") && known.contains(&"tag-key");
            if !is_tag && !known.contains(&name) {
                return Err(Fault::client(
                    "InvalidParameterValue",
                    format!("The filter '{name}' is invalid"),
                ));
            }
            let values = filter.list("Value");
            if values.len() > MOST_VALUES {
                return Err(Fault::client(
                    "FilterLimitExceeded",
                    format!(
                        "The maximum number of filter values specified on a single call is {MOST_VALUES}"
                    ),
                ));
            }
            filters.push((name.to_owned(), values));
        }
        Ok(Self(filters))
    }

    /// The filters whose values are no patterns.
    pub fn exact(&self) -> impl Iterator<Item = (&str, &[String])> {
        let filters = self.0.iter();
        filters
            .filter(|(_, values)| !values.iter().any(|value| is_pattern(value)))
            .map(|(name, values)| (name.as_str(), values.as_slice()))
    }

    /// Whether a thing with these tags and these values of the other filters is wanted.
    pub fn want(&self, tags: Option<&Tags>, values: impl Fn(&str) -> Vec<String>) -> bool {
        self.0.iter().all(|(name, wanted)| {
            let fits = |value: &str| wanted.iter().any(|pattern| matches(pattern, value));
            if let Some(key) = name.strip_prefix("tag:") {
                tags.and_then(|tags| tags.get(key))
                    .is_some_and(|value| fits(value))
            } else if name == "tag-key" {
                tags.is_some_and(|tags| tags.keys().any(|key| fits(key)))
            } else {
                values(name).iter().any(|value| fits(value))
            }
        })
    }
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '\\'])
}

/// Whether a value fits a pattern: `*` is any text, `?` any letter, `\` takes their meaning away.
fn matches(pattern: &str, value: &str) -> bool {
    if !is_pattern(pattern) {
        return pattern == value;
    }
    let mut pattern = pattern.chars();
    let mut value = value.chars();
    // Where to go on when the last `*` has to take one more letter.
    let mut retry: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let before = value.clone();
        let fits = match pattern.next() {
            Some('*') => {
                retry = Some((pattern.clone(), before));
                continue;
            }
            Some('?') => value.next().is_some(),
            Some('\\') => match pattern.next() {
                Some(letter) => value.next() == Some(letter),
                None => value.next() == Some('\\'),
            },
            Some(letter) => value.next() == Some(letter),
            None => match value.next() {
                None => return true,
                Some(_) => false,
            },
        };
        if fits {
            continue;
        }
        let Some((after_star, from)) = &mut retry else {
            return false;
        };
        if from.next().is_none() {
            return false;
        }
        pattern = after_star.clone();
        value = from.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns() {
        for (pattern, value, fits) in [
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("a*", "abcd", true),
            ("*d", "abcd", true),
            ("a*c*", "abcd", true),
            ("a*b*b", "aabcb", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*", "", true),
            ("?", "", false),
            (r"a\*c", "a*c", true),
            (r"a\*c", "abc", false),
            ("*ab", "aab", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, value), fits, "{pattern} {value}");
        }
    }
}
