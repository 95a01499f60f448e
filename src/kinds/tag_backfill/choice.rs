//! Which things a backfill is for.

use std::collections::BTreeSet;

use aws_sdk_sagemaker::primitives::{DateTime, DateTimeFormat};

use super::sources::Found;
use crate::value::{Map, Value};

/// What stands for any text in a name.
const ANY: char = '*';

/// A choice of things by kind, name, time and maker.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Words of kinds.
    pub kinds: BTreeSet<String>,
    names: Vec<String>,
    after: Option<DateTime>,
    before: Option<DateTime>,
    makers: Vec<String>,
}

/// A day, or a time of it.
#[must_use]
pub fn time(text: &str) -> Option<DateTime> {
    let whole = if text.contains('T') {
        text.to_owned()
    } else {
        format!("{text}T00:00:00Z")
    };
    DateTime::from_str(&whole, DateTimeFormat::DateTime).ok()
}

impl Choice {
    /// The choice that these attributes make.
    #[must_use]
    pub fn of(attributes: &Map) -> Self {
        let texts = |name: &str| {
            let list = attributes.get(name).and_then(Value::as_list);
            let items = list.unwrap_or_default().iter();
            items.filter_map(Value::as_str).map(str::to_owned)
        };
        let at = |name: &str| time(attributes.get(name)?.as_str()?);
        Self {
            kinds: texts("kinds").collect(),
            names: texts("names").collect(),
            after: at("created_after"),
            before: at("created_before"),
            makers: texts("created_by").collect(),
        }
    }

    /// Whether a thing of one of its kinds is meant.
    #[must_use]
    pub fn takes(&self, found: &Found) -> bool {
        let name = self.names.is_empty() || self.names.iter().any(|p| fits(p, &found.name));
        // What tells no time was made at no time that is asked for.
        let seconds = found.created.map(|time| time.secs());
        let after = self
            .after
            .is_none_or(|after| seconds.is_some_and(|made| made >= after.secs()));
        let before = self
            .before
            .is_none_or(|before| seconds.is_some_and(|made| made < before.secs()));
        let maker = self.makers.is_empty()
            || found
                .maker
                .as_ref()
                .is_some_and(|maker| self.makers.contains(maker));
        name && after && before && maker
    }
}

/// Whether a name fits a pattern: everything but [`ANY`] is itself. Takes time linear in the name for
/// each piece of the pattern.
fn fits(pattern: &str, name: &str) -> bool {
    let mut pieces = pattern.split(ANY);
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        let Some((_, after)) = rest.split_once(piece) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::{fits, time};

    #[test]
    fn patterns_and_times() {
        for (pattern, name, wanted) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxc", false),
            ("*", "", true),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(fits(pattern, name), wanted, "{pattern} {name}");
        }
        assert_eq!(time("2022-11-30"), time("2022-11-30T00:00:00Z"));
        assert_eq!(time("2022-13-30"), None);
    }
}
