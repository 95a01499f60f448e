//! `timeouts { create, update, delete }`.

use std::time::Duration;

use super::evaluator::Evaluator;
use super::expression::Env;
use super::thing::Thing;
use crate::diagnostic::{Diagnostic, Span, codes, did_you_mean};
use crate::syntax::tree::{BodyItem, Expr};

/// Words of the block.
const WORDS: &[&str] = &["create", "update", "delete"];
const MS_PER_SECOND: u64 = 1000;
const SECONDS_PER_MINUTE: u64 = 60;
const MINUTES_PER_HOUR: u64 = 60;
const HOURS_PER_DAY: u64 = 24;

/// How long smd waits for work on a thing, in milliseconds; `None`: as long as its kind says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Timeouts {
    /// For its making.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create: Option<u64>,
    /// For a change of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update: Option<u64>,
    /// For its deletion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete: Option<u64>,
}

impl Timeouts {
    /// Whether none is written.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl<'a> Evaluator<'a> {
    /// What a thing's `timeouts` block says, or for a part that of its resource.
    pub(super) fn timeouts(&self, thing: &Thing<'a>) -> Timeouts {
        let mut timeouts = Timeouts::default();
        let resource = thing.parent.as_deref().unwrap_or(thing);
        let Some(body) = resource.block.and_then(|block| block.timeouts) else {
            return timeouts;
        };
        for item in &body.items {
            let (name, value) = match item {
                BodyItem::Attribute { name, value } => (name, value),
                BodyItem::Block { keyword, .. } => {
                    self.no_timeout(&keyword.text, keyword.span);
                    continue;
                }
            };
            let slot = match &*name.text {
                "create" => &mut timeouts.create,
                "update" => &mut timeouts.update,
                "delete" => &mut timeouts.delete,
                other => {
                    self.no_timeout(other, name.span);
                    continue;
                }
            };
            *slot = self.duration(value, &resource.env());
        }
        timeouts
    }

    fn no_timeout(&self, word: &str, span: Span) {
        self.report(
            Diagnostic::error(
                codes::config::TIMEOUTS,
                format!("`timeouts` has no `{word}`"),
            )
            .at(span, "")
            .help_opt(did_you_mean(word, WORDS.iter().copied())),
        );
    }

    fn duration(&self, expr: &Expr, env: &Env<'_>) -> Option<u64> {
        let (value, _) = self.collect(false, || self.eval(expr, env));
        let value = self.or_report(value)?;
        let read = value
            .as_str()
            .filter(|_| !value.sensitive)
            .and_then(milliseconds);
        if read.is_none() {
            self.report(
                Diagnostic::error(codes::config::TIMEOUTS, "this is no duration")
                    .at(expr.span, "")
                    .help("write a text such as `\"45m\"`, `\"1h30m\"` or `\"90s\"`, known when planning"),
            );
        }
        read
    }
}

/// The milliseconds of `1h30m`, `90s`, `500ms`; `None` for what is no duration, or none at all.
fn milliseconds(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut sum = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, behind) = rest.split_at_checked(digits)?;
        let letters = behind
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(behind.len());
        let (unit, behind) = behind.split_at_checked(letters)?;
        let second = MS_PER_SECOND;
        let minute = second * SECONDS_PER_MINUTE;
        let hour = minute * MINUTES_PER_HOUR;
        let ms = match unit {
            "ms" => 1,
            "s" => second,
            "m" => minute,
            "h" => hour,
            "d" => hour * HOURS_PER_DAY,
            _ => return None,
        };
        let number: u64 = number.parse().ok()?;
        sum = sum.checked_add(Duration::from_millis(number.checked_mul(ms)?))?;
        rest = behind;
    }
    u64::try_from(sum.as_millis()).ok().filter(|ms| *ms > 0)
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn durations() {
        for (text, ms) in [
            ("90s", Some(90_000)),
            ("1h30m", Some(5_400_000)),
            ("2d", Some(172_800_000)),
            ("500ms", Some(500)),
            ("0s", None),
            ("", None),
            ("5", None),
            ("m", None),
            ("5 m", None),
            ("-5m", None),
            ("5w", None),
            ("99999999999999999999d", None),
        ] {
            assert_eq!(milliseconds(text), ms, "{text}");
        }
    }
}
