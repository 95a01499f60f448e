//! Texts with limits, words of a list, whole numbers, ARNs, account ids and zones.

use std::cell::RefCell;
use std::collections::HashMap;

use regex::{Regex, RegexBuilder};

use super::{Conform, Site, shown};
use crate::config::operator;
use crate::diagnostic::{Diagnostic, codes, did_you_mean};
use crate::kinds::schema::Text;
use crate::value::{Data, Value};

/// Largest compiled pattern of a kind: AWS's have long repetitions.
const MAX_PATTERN_BYTES: usize = 64 << 20;
/// Digits of an account id.
const ACCOUNT_DIGITS: usize = 12;
/// Pieces of an ARN between colons; the last may hold colons itself.
const ARN_PIECES: usize = 6;
/// Names of zones, local and Wavelength zones included.
const ZONE_PATTERN: &str = "[a-z]{2,4}(-[a-z0-9]+)*-[0-9]+(-[a-z0-9-]+-[0-9]+)?[a-z]";

thread_local! {
    static PATTERNS: RefCell<HashMap<&'static str, Option<Regex>>> = RefCell::new(HashMap::new());
}

/// Whether all of a text matches a pattern of a kind; `None` if the pattern cannot be compiled.
pub(in crate::config) fn matches(pattern: &'static str, text: &str) -> Option<bool> {
    PATTERNS.with_borrow_mut(|known| {
        known
            .entry(pattern)
            .or_insert_with(|| {
                RegexBuilder::new(&format!("^(?:{pattern})$"))
                    .size_limit(MAX_PATTERN_BYTES)
                    .build()
                    .ok()
            })
            .as_ref()
            .map(|regex| regex.is_match(text))
    })
}

/// Whether it is twelve digits.
pub(in crate::config) fn is_account_id(text: &str) -> bool {
    text.len() == ACCOUNT_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Conform<'_> {
    pub(super) fn text(&mut self, value: &Value, limits: &Text, site: Site<'_>) -> Option<Data> {
        let Some(text) = operator::to_text(value) else {
            self.wrong("a string", value, site);
            return None;
        };
        let length = text.chars().count();
        if length < limits.min || length > limits.max {
            let takes = if limits.max == usize::MAX {
                format!("at least {}", limits.min)
            } else if limits.min == 0 {
                format!("at most {}", limits.max)
            } else {
                format!("{} to {}", limits.min, limits.max)
            };
            self.refuse(
                codes::config::BAD_VALUE,
                format!(
                    "`{}` takes {takes} characters, and this has {length}",
                    site.path
                ),
                value,
                site,
            );
            return None;
        }
        if !limits.pattern.is_empty() {
            match matches(limits.pattern, &text) {
                Some(true) => {}
                Some(false) => {
                    self.out.push(
                        Diagnostic::error(
                            codes::config::BAD_VALUE,
                            format!("`{}` does not take {}", site.path, shown(value)),
                        )
                        .at_opt(value.span.or(site.span), "")
                        .note(format!("AWS takes what matches `{}`", limits.pattern)),
                    );
                    return None;
                }
                None => {
                    self.refuse(
                        codes::config::INTERNAL,
                        format!("the pattern of `{}` cannot be compiled", site.path),
                        value,
                        site,
                    );
                    return None;
                }
            }
        }
        Some(Data::String(text))
    }

    pub(super) fn word(
        &mut self,
        value: &Value,
        words: &'static [&'static str],
        site: Site<'_>,
    ) -> Option<Data> {
        let Some(text) = operator::to_text(value) else {
            self.wrong("a string", value, site);
            return None;
        };
        if words.contains(&&*text) {
            return Some(Data::String(text));
        }
        /// Most words that a message lists.
        const MOST: usize = 12;
        let near = words
            .iter()
            .find(|word| word.eq_ignore_ascii_case(&text))
            .map(|word| format!("did you mean `{word}`?"))
            .or_else(|| did_you_mean(&text, words.iter().copied()));
        let mut diagnostic = Diagnostic::error(
            codes::config::BAD_VALUE,
            format!("`{}` does not take {}", site.path, shown(value)),
        )
        .at_opt(value.span.or(site.span), "");
        diagnostic = if words.len() <= MOST {
            diagnostic.note(format!("it takes `{}`", words.join("`, `")))
        } else {
            diagnostic.note(format!("it takes one of {} words of AWS", words.len()))
        };
        self.out.push(if value.sensitive {
            diagnostic
        } else {
            diagnostic.help_opt(near)
        });
        None
    }

    pub(super) fn int(
        &mut self,
        value: &Value,
        least: i64,
        most: i64,
        site: Site<'_>,
    ) -> Option<Data> {
        let number = match &value.data {
            Data::String(text) => text.trim().parse::<i64>().ok(),
            _ => value.as_int(),
        };
        let Some(number) = number else {
            self.wrong("a whole number", value, site);
            return None;
        };
        if number < least || number > most {
            self.refuse(
                codes::config::BAD_VALUE,
                format!(
                    "`{}` takes {least} to {most}, not {}",
                    site.path,
                    shown(value)
                ),
                value,
                site,
            );
            return None;
        }
        Some(Data::Int(number))
    }

    pub(super) fn arn(&mut self, value: &Value, site: Site<'_>) -> Option<Data> {
        let Some(text) = value.as_str() else {
            self.wrong("an ARN", value, site);
            return None;
        };
        let pieces: Vec<&str> = text.splitn(ARN_PIECES, ':').collect();
        let fits = matches!(pieces.as_slice(), ["arn", partition, service, _, _, resource]
            if partition.starts_with("aws") && !service.is_empty() && !resource.is_empty());
        if !fits {
            self.refuse(
                codes::config::BAD_VALUE,
                format!(
                    "`{}` takes an ARN, such as `arn:aws:iam::111122223333:role/x`, not {}",
                    site.path,
                    shown(value)
                ),
                value,
                site,
            );
            return None;
        }
        Some(value.data.clone())
    }

    pub(super) fn account_id(&mut self, value: &Value, site: Site<'_>) -> Option<Data> {
        let text = operator::to_text(value);
        match text {
            Some(text) if is_account_id(&text) => Some(Data::String(text)),
            Some(_) => {
                let mut diagnostic = Diagnostic::error(
                    codes::config::ACCOUNT,
                    format!(
                        "`{}` takes an account id of twelve digits, not {}",
                        site.path,
                        shown(value)
                    ),
                )
                .at_opt(value.span.or(site.span), "");
                if matches!(value.data, Data::Int(_)) {
                    diagnostic =
                        diagnostic.help("write it in quotes, so that zeros at its start stay");
                }
                self.out.push(diagnostic);
                None
            }
            None => {
                self.wrong("an account id", value, site);
                None
            }
        }
    }

    pub(super) fn zone(&mut self, value: &Value, site: Site<'_>) -> Option<Data> {
        let Some(text) = value.as_str() else {
            self.wrong("an availability zone", value, site);
            return None;
        };
        if matches(ZONE_PATTERN, text) != Some(true) {
            self.refuse(
                codes::config::BAD_VALUE,
                format!(
                    "`{}` takes an availability zone, such as `eu-west-1a`, not {}",
                    site.path,
                    shown(value)
                ),
                value,
                site,
            );
            return None;
        }
        Some(value.data.clone())
    }
}
