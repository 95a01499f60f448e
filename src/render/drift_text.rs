//! What was changed outside smd, for people.

use std::fmt::Write;

use super::plan_text::{INDENT, write_change};
use super::style::{CHANGED, QUIET, REMOVED, STRONG, TextOptions};
use crate::plan::{AttributeChange, Drift, Drifted};

/// The drift of a stack.
#[must_use]
pub fn drift_text(stack: &str, drift: &Drift, options: TextOptions) -> String {
    let gone = drift
        .things
        .iter()
        .filter(|one| one.changed.is_none())
        .count();
    let headline = match (drift.things.len() - gone, gone) {
        (0, 0) => format!(
            "Stack {stack}: nothing was changed outside smd, {} as applied",
            drift.unchanged
        ),
        (changed, gone) => format!(
            "Stack {stack}: {changed} changed outside smd, {gone} gone, {} as applied",
            drift.unchanged
        ),
    };
    let mut out = format!("{}\n", options.paint(STRONG, &headline));
    for thing in &drift.things {
        out.push('\n');
        write_thing(&mut out, thing, options);
    }
    if !drift.foreign.is_empty() {
        out.push_str("\nnot this stack's, and left alone\n");
        for (address, inside) in &drift.foreign {
            for one in inside {
                let _ = writeln!(out, "    in {address}: {} ({})", one.what, one.id);
            }
        }
    }
    if !drift.things.is_empty() {
        out.push_str("\n`smd plan` shows what brings it back to what the files say\n");
    }
    out
}

fn write_thing(out: &mut String, thing: &Drifted, options: TextOptions) {
    let (mark, style) = match thing.changed {
        Some(_) => ("~", CHANGED),
        None => ("-", REMOVED),
    };
    let place = format!("{} {}", thing.place.account, thing.place.region);
    let _ = writeln!(
        out,
        "{} {}  {}",
        options.paint(style, &format!("{mark:>3}")),
        options.paint(STRONG, &format!("{} ({})", thing.address, thing.id)),
        options.paint(QUIET, &place),
    );
    let Some(changed) = &thing.changed else {
        let _ = writeln!(out, "{INDENT}it is gone");
        return;
    };
    for one in changed {
        let change = AttributeChange {
            path: one.path.clone(),
            before: one.applied.clone(),
            after: one.there.clone(),
            sensitive: false,
            replaces: None,
            note: None,
        };
        write_change(out, &change, options);
    }
}
