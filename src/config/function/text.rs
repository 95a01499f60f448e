//! Functions on texts.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use regex::{Regex, RegexBuilder};

use super::{Call, Function, Looks, Stop, Takes, required, rest};
use crate::config::operator;
use crate::value::{Data, Map, Value};

/// Largest compiled regular expression.
const MAX_REGEX_BYTES: usize = 1 << 20;
/// What compiling one of that size costs.
const LARGE_REGEX_STEPS: usize = 2_000_000;
/// Compiled regular expressions up to this size are kept.
const SMALL_REGEX_BYTES: usize = 64 << 10;
/// What compiling one of those costs.
const SMALL_REGEX_STEPS: usize = 20_000;
/// How many are kept.
const REGEXES_KEPT: usize = 64;
/// Memory that each may use to match.
const REGEX_CACHE_BYTES: usize = 256 << 10;
/// Widest field of a format.
const MAX_WIDTH: usize = 1_000;

pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "ends_with",
        example: r#"ends_with("notebook.ipynb", ".ipynb")"#,
        params: &[
            required("text", Takes::Text),
            required("suffix", Takes::Text),
        ],
        doc: "Whether the text ends with another.",
        looks: Looks::Deep,
        run: |call| Ok(Value::bool(call.text(0)?.ends_with(&*call.text(1)?))),
    },
    Function {
        name: "format",
        example: r#"format("%s-%02d", "team", 7)"#,
        params: &[required("pattern", Takes::Text), rest("values", Takes::Any)],
        doc: "The pattern with `%s`, `%d`, `%f`, `%q`, `%x`, `%t` and `%v` replaced by the values.",
        looks: Looks::Deep,
        run: format,
    },
    Function {
        name: "join",
        example: r#"join(", ", ["a", "b"])"#,
        params: &[
            required("separator", Takes::Text),
            required("items", Takes::List),
        ],
        doc: "The items as one text, with the separator between them.",
        looks: Looks::Deep,
        run: |call| {
            let (separator, items) = (call.text(0)?, call.texts(1)?);
            let bytes = items.iter().map(|item| item.len()).sum::<usize>()
                + separator.len().saturating_mul(items.len());
            // Asked for before it is made.
            call.world.budget().bytes(bytes, call.span)?;
            call.give_text(items.join(&*separator))
        },
    },
    Function {
        name: "lower",
        example: r#"lower("SageMaker")"#,
        params: &[required("text", Takes::Text)],
        doc: "The text in small letters.",
        looks: Looks::Deep,
        run: |call| call.give_text(call.text(0)?.to_lowercase()),
    },
    Function {
        name: "regex",
        example: r#"regex("([a-z]+)-([0-9]+)", "team-7")"#,
        params: &[
            required("pattern", Takes::Text),
            required("text", Takes::Text),
        ],
        doc: "The first match of a regular expression: its text, or its groups as a list or map.",
        looks: Looks::Deep,
        run: find,
    },
    Function {
        name: "replace",
        example: r#"replace("a-b-c", "-", "_")"#,
        params: &[
            required("text", Takes::Text),
            required("from", Takes::Text),
            required("to", Takes::Text),
        ],
        doc: "The text with every occurrence of `from` replaced; `/…/` is a regular expression.",
        looks: Looks::Deep,
        run: replace,
    },
    Function {
        name: "split",
        example: r#"split(",", "a,b")"#,
        params: &[
            required("separator", Takes::Text),
            required("text", Takes::Text),
        ],
        doc: "The pieces of the text between separators.",
        looks: Looks::Deep,
        run: |call| {
            let (separator, text) = (call.text(0)?, call.text(1)?);
            call.world.budget().values(
                text.len().min(text.matches(&*separator).count() + 1),
                call.span,
            )?;
            let pieces: Vec<Value> = if separator.is_empty() {
                text.chars().map(|c| Value::string(c.to_string())).collect()
            } else if text.is_empty() {
                Vec::new()
            } else {
                text.split(&*separator).map(Value::string).collect()
            };
            call.give_list(pieces)
        },
    },
    Function {
        name: "starts_with",
        example: r#"starts_with("arn:aws:iam", "arn:")"#,
        params: &[
            required("text", Takes::Text),
            required("prefix", Takes::Text),
        ],
        doc: "Whether the text starts with another.",
        looks: Looks::Deep,
        run: |call| Ok(Value::bool(call.text(0)?.starts_with(&*call.text(1)?))),
    },
    Function {
        name: "trim",
        example: r#"trim("  a ")"#,
        params: &[
            required("text", Takes::Text),
            super::optional("characters", Takes::Text),
        ],
        doc: "The text without white space, or these characters, at both ends.",
        looks: Looks::Deep,
        run: |call| {
            let text = call.text(0)?;
            match call.get(1) {
                Some(_) => {
                    let characters = call.text(1)?;
                    call.give_text(text.trim_matches(|c| characters.contains(c)))
                }
                None => call.give_text(text.trim()),
            }
        },
    },
    Function {
        name: "trim_prefix",
        example: r#"trim_prefix("ml.t3.medium", "ml.")"#,
        params: &[
            required("text", Takes::Text),
            required("prefix", Takes::Text),
        ],
        doc: "The text without the prefix, if it has it.",
        looks: Looks::Deep,
        run: |call| {
            let text = call.text(0)?;
            call.give_text(text.strip_prefix(&*call.text(1)?).unwrap_or(&text))
        },
    },
    Function {
        name: "trim_suffix",
        example: r#"trim_suffix("main.smd", ".smd")"#,
        params: &[
            required("text", Takes::Text),
            required("suffix", Takes::Text),
        ],
        doc: "The text without the suffix, if it has it.",
        looks: Looks::Deep,
        run: |call| {
            let text = call.text(0)?;
            call.give_text(text.strip_suffix(&*call.text(1)?).unwrap_or(&text))
        },
    },
    Function {
        name: "upper",
        example: r#"upper("iam")"#,
        params: &[required("text", Takes::Text)],
        doc: "The text in capital letters.",
        looks: Looks::Deep,
        run: |call| call.give_text(call.text(0)?.to_uppercase()),
    },
];

thread_local! {
    static REGEXES: RefCell<HashMap<Arc<str>, Regex>> = RefCell::new(HashMap::new());
}

/// Compiles a regular expression, or takes it from the few that are kept. Compiling takes far longer
/// than the pattern is, and an expression may make a pattern of each number.
fn compile(call: &Call<'_>, position: usize, pattern: &str) -> Result<Regex, Stop> {
    if let Some(regex) = REGEXES.with_borrow(|known| known.get(pattern).cloned()) {
        return Ok(regex);
    }
    call.world.budget().steps(SMALL_REGEX_STEPS, call.span)?;
    let regex = match build(pattern, SMALL_REGEX_BYTES) {
        Err(regex::Error::CompiledTooBig(_)) => {
            call.world.budget().steps(LARGE_REGEX_STEPS, call.span)?;
            return build(pattern, MAX_REGEX_BYTES)
                .map_err(|error| unusable(call, position, &error));
        }
        built => built.map_err(|error| unusable(call, position, &error))?,
    };
    REGEXES.with_borrow_mut(|known| {
        if known.len() >= REGEXES_KEPT {
            known.clear();
        }
        known.insert(pattern.into(), regex.clone());
    });
    Ok(regex)
}

fn build(pattern: &str, bytes: usize) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern)
        .size_limit(bytes)
        .dfa_size_limit(REGEX_CACHE_BYTES)
        .build()
}

fn unusable(call: &Call<'_>, position: usize, error: &regex::Error) -> Stop {
    let reason = match error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        other => other
            .to_string()
            .lines()
            .last()
            .map(|line| line.trim_start_matches("error: ").to_owned())
            .unwrap_or_default(),
    };
    call.fail_at(
        position,
        format!("the regular expression cannot be used: {reason}"),
    )
    .into()
}

fn find(call: &Call<'_>) -> Result<Value, Stop> {
    let (pattern, text) = (call.text(0)?, call.text(1)?);
    let regex = compile(call, 0, &pattern)?;
    call.world.budget().steps(text.len(), call.span)?;
    let captures = regex
        .captures(&text)
        .ok_or_else(|| call.fail_at(1, "the text does not match the regular expression"))?;
    let group = |found: Option<regex::Match<'_>>| {
        found.map_or_else(Value::null, |found| Value::string(found.as_str()))
    };
    if regex.capture_names().flatten().next().is_some() {
        return call.give_map(
            regex
                .capture_names()
                .flatten()
                .map(|name| (name.into(), group(captures.name(name))))
                .collect::<Map>(),
        );
    }
    if captures.len() > 1 {
        return call.give_list(captures.iter().skip(1).map(group).collect());
    }
    call.give_text(captures.get(0).map_or("", |found| found.as_str()))
}

fn replace(call: &Call<'_>) -> Result<Value, Stop> {
    let (text, from, to) = (call.text(0)?, call.text(1)?, call.text(2)?);
    if from.is_empty() {
        return Err(call.fail_at(1, "there is nothing to be replaced").into());
    }
    if let Some(pattern) = from
        .strip_prefix('/')
        .and_then(|rest| rest.strip_suffix('/'))
    {
        let regex = compile(call, 1, pattern)?;
        let groups = to.matches('$').count();
        let mut out = String::new();
        let mut end = 0;
        for captures in regex.captures_iter(&text) {
            let Some(found) = captures.get(0) else {
                continue;
            };
            let before = text.get(end..found.start()).unwrap_or_default();
            // Every `$` may stand for all that was found. Asked for before it is made.
            let most = to.len() + groups.saturating_mul(found.len());
            call.world
                .budget()
                .bytes(before.len().saturating_add(most), call.span)?;
            out.push_str(before);
            captures.expand(&to, &mut out);
            end = found.end();
        }
        out.push_str(text.get(end..).unwrap_or_default());
        return call.give_text(out);
    }
    let count = text.matches(&*from).count();
    call.world
        .budget()
        .bytes(text.len() + count.saturating_mul(to.len()), call.span)?;
    call.give_text(text.replace(&*from, &to))
}

fn format(call: &Call<'_>) -> Result<Value, Stop> {
    let pattern = call.text(0)?;
    let mut out = String::new();
    let mut next = 1;
    let mut rest = &*pattern;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let letter_at = after
            .find(|c: char| !(c.is_ascii_digit() || "+-. #".contains(c)))
            .ok_or_else(|| call.fail_at(0, "the format ends within a `%`"))?;
        let (flags, after) = after.split_at(letter_at);
        let mut chars = after.chars();
        let letter = chars.next().unwrap_or('%');
        rest = chars.as_str();
        if letter == '%' {
            out.push('%');
            continue;
        }
        if next >= call.args.len() {
            return Err(call
                .fail_at(0, format!("the format has more `%` than values: nothing is left for `%{flags}{letter}`"))
                .into());
        }
        let piece = formatted(call, next, flags, letter)?;
        call.world.budget().bytes(piece.len(), call.span)?;
        out.push_str(&piece);
        next += 1;
    }
    if next < call.args.len() {
        return Err(call
            .fail_at(
                next,
                "the format has fewer `%` than values: this one is left over",
            )
            .into());
    }
    out.push_str(rest);
    call.give_text(out)
}

fn formatted(call: &Call<'_>, at: usize, flags: &str, letter: char) -> Result<String, Stop> {
    let (before_point, precision) = match flags.split_once('.') {
        Some((width, precision)) => (width, Some(precision.parse::<usize>().unwrap_or(0))),
        None => (flags, None),
    };
    let left = before_point.contains('-');
    let plus = before_point.contains('+');
    let digits = before_point.trim_start_matches(['-', '+', ' ', '#']);
    let zero = digits.starts_with('0') && !left;
    let width = digits.parse::<usize>().unwrap_or(0);
    if width > MAX_WIDTH || precision.is_some_and(|precision| precision > MAX_WIDTH) {
        return Err(call
            .fail_at(
                0,
                format!("a field of a format is at most {MAX_WIDTH} wide"),
            )
            .into());
    }
    let body = match letter {
        's' | 'v' => {
            let value = call.value(at)?;
            match operator::to_text(value) {
                Some(text) => match precision {
                    Some(most) => text.chars().take(most).collect(),
                    None => text.to_string(),
                },
                None => super::encoding::json_text(call, value)?,
            }
        }
        'q' => crate::address::quote(&call_text(call, at)?),
        'd' => {
            let number = call_int(call, at)?;
            if plus && number >= 0 {
                format!("+{number}")
            } else {
                number.to_string()
            }
        }
        'x' => format!("{:x}", call_int(call, at)?),
        'X' => format!("{:X}", call_int(call, at)?),
        'o' => format!("{:o}", call_int(call, at)?),
        'b' => format!("{:b}", call_int(call, at)?),
        'f' => format!("{:.*}", precision.unwrap_or(6), call_number(call, at)?),
        't' => match operator::to_bool(call.value(at)?) {
            Some(value) => value.to_string(),
            None => return Err(call.fail_at(at, "`%t` takes a bool").into()),
        },
        other => {
            return Err(call
                .fail_at(0, format!("a format has no `%{other}`"))
                .into());
        }
    };
    let length = body.chars().count();
    let fill = width.saturating_sub(length);
    Ok(if fill == 0 {
        body
    } else if left {
        format!("{body}{}", " ".repeat(fill))
    } else if zero && letter != 's' && letter != 'q' {
        match body.strip_prefix('-') {
            Some(digits) => format!("-{}{digits}", "0".repeat(fill)),
            None => format!("{}{body}", "0".repeat(fill)),
        }
    } else {
        format!("{}{body}", " ".repeat(fill))
    })
}

fn call_text(call: &Call<'_>, at: usize) -> Result<Arc<str>, Stop> {
    operator::to_text(call.value(at)?)
        .ok_or_else(|| call.fail_at(at, "a string is needed here").into())
}

fn call_number(call: &Call<'_>, at: usize) -> Result<f64, Stop> {
    operator::to_number(call.value(at)?)
        .ok_or_else(|| call.fail_at(at, "a number is needed here").into())
}

fn call_int(call: &Call<'_>, at: usize) -> Result<i64, Stop> {
    if let Data::Int(value) = call.value(at)?.data {
        return Ok(value);
    }
    call_number(call, at)?;
    call.int(at)
}
