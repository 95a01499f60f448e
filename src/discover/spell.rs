//! How the language spells texts, lists and objects.

use crate::address::{is_identifier, quote};

/// Longest list or object on one line, in characters.
const ONE_LINE: usize = 72;

/// A list, on several lines where it is long.
pub(super) fn list(items: &[String]) -> String {
    let line = format!("[{}]", items.join(", "));
    if fits(&line) {
        return line;
    }
    format!("[\n{},\n]", items.join(",\n"))
}

/// An object, on several lines where it is long.
pub(super) fn object(members: &[(String, String)]) -> String {
    if members.is_empty() {
        return "{}".to_owned();
    }
    let members: Vec<String> = members
        .iter()
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    let line = format!("{{ {} }}", members.join(", "));
    if fits(&line) {
        return line;
    }
    format!("{{\n{}\n}}", members.join("\n"))
}

/// A text in quotes, with what would begin an expression in it made plain.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in quote(text).replace("${", "$${").chars() {
        if c.is_control() {
            out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

fn fits(line: &str) -> bool {
    line.chars().count() <= ONE_LINE && !line.contains('\n')
}

/// A key of an object, bare where the language takes it so.
pub(super) fn key(name: &str) -> String {
    if is_identifier(name) {
        name.to_owned()
    } else {
        quoted(name)
    }
}
