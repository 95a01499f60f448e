//! The plan made for review: one line says it all first and last; steps in stable groups; what
//! does not change is folded; the reason of a replacement stands on the line that causes it.

use std::collections::BTreeMap;
use std::fmt::Write;

use rayon::prelude::*;

use super::diff;
use super::folded::{self, Folded, Told};
use super::spelled::spelled;
use super::style::{self, ADDED, CHANGED, QUIET, REMOVED, RISK, STRONG, TextOptions};
use super::value_text::{SENSITIVE, document, key, value_text};
use crate::kinds;
use crate::plan::{Action, AttributeChange, Plan, Step, Summary};
use crate::value::{Data, Map, Value};

/// Indentation of a step's lines.
pub(super) const INDENT: &str = "      ";
/// Steps whose address is longer than this many characters do not widen the column of the places.
const WIDEST_ADDRESS: usize = 60;
/// Steps that one thread writes before it looks for more: a step alone is too little to share out.
const STEPS_AT_A_TIME: usize = 256;

/// The plan as text.
#[must_use]
pub fn plan_text(plan: &Plan, options: TextOptions) -> String {
    let mut out = String::new();
    let headline = headline(plan);
    let _ = writeln!(out, "{}", options.paint(STRONG, &headline));
    let mut steps: Vec<&Step> = plan
        .steps
        .iter()
        .filter(|step| {
            step.action != Action::Unchanged
                || step.moved_from.is_some()
                || step.is_imported()
                || !step.changes.is_empty()
        })
        .collect();
    // By place, then as the plan has them: a resource before its parts.
    steps.sort_by(|a, b| {
        (&a.place.account, &a.place.region).cmp(&(&b.place.account, &b.place.region))
    });
    let width = steps
        .iter()
        .map(|step| title(step).chars().count())
        .filter(|width| *width <= WIDEST_ADDRESS)
        .max()
        .unwrap_or(0);
    let owners = owners();
    let folded = Folded::of(&steps);
    let numbered: Vec<(usize, &Step)> = steps.iter().copied().enumerate().collect();
    let texts: Vec<String> = numbered
        .par_chunks(STEPS_AT_A_TIME)
        .map(|chunk| {
            let mut out = String::new();
            for (number, step) in chunk {
                let with = match folded.told(*number) {
                    Told::Elsewhere => continue,
                    Told::Alone => None,
                    Told::With(numbers) => Some(numbers),
                };
                out.push('\n');
                if let Some(numbers) = with {
                    out.push_str(&folded::title(step, numbers.len(), width, options));
                    for change in &step.changes {
                        write_change(&mut out, change, options);
                    }
                    let all = numbers
                        .iter()
                        .filter_map(|number| steps.get(*number).copied());
                    out.push_str(&folded::addresses(all, INDENT, options));
                    continue;
                }
                let owner = step
                    .parent
                    .as_ref()
                    .and_then(|_| owners.get(step.kind.as_str()).copied());
                write_step(&mut out, step, owner, width, options);
            }
            out
        })
        .collect();
    out.extend(texts);
    write_outputs(&mut out, plan, options);
    write_expectations(&mut out, plan, options);
    write_inputs(&mut out, plan, options);
    if !steps.is_empty() {
        let _ = writeln!(out, "\n{}", options.paint(STRONG, &headline));
    }
    out
}

/// `Plan for stack x: 3 to create, …`, or that there is nothing to do.
fn headline(plan: &Plan) -> String {
    let Summary {
        create,
        update,
        replace,
        delete,
        forget,
        import,
        moved,
        unchanged,
        ensure,
    } = plan.summary();
    let pending = plan.steps.iter().filter(|step| step.is_pending()).count();
    let rare = rare(forget, import, moved);
    let word = if plan.destroy {
        "Plan to destroy"
    } else {
        "Plan for"
    };
    let stack = &plan.stack;
    if create + update + replace + delete == 0 && ensure == pending {
        let also = match (rare.is_empty(), plan.has_output_changes()) {
            (true, false) => String::new(),
            (true, true) => "; outputs change".to_owned(),
            (false, _) => format!("; {}", rare.join(", ")),
        };
        let waits = match pending {
            0 => String::new(),
            count => format!(", {count} pending"),
        };
        if plan.destroy {
            let rest = match unchanged {
                0 => String::new(),
                count => format!(", {count} unchanged"),
            };
            return format!("{word} stack {stack}: there is nothing to destroy{rest}{also}");
        }
        let nothing = match rare.is_empty() {
            true => "nothing to do",
            false => "nothing to change",
        };
        return format!("{word} stack {stack}: {nothing}, {unchanged} unchanged{waits}{also}");
    }
    let ensured = match ensure {
        0 => String::new(),
        count => format!(", {count} to ensure"),
    };
    let mut also = rare.join(", ");
    if !also.is_empty() {
        also.insert_str(0, "; ");
    }
    format!(
        "{word} stack {stack}: {create} to create, {update} to update, {replace} to replace, {delete} to delete, {unchanged} unchanged{ensured}{also}"
    )
}

/// What is said of a plan only where it is so.
fn rare(forget: usize, import: usize, moved: usize) -> Vec<String> {
    let counts = [
        (import, "to take over"),
        (forget, "to forget"),
        (moved, "with a new address"),
    ];
    counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect()
}

/// The attributes of parts that name their own resource, by the parts' words: the address says it.
fn owners() -> BTreeMap<&'static str, &'static str> {
    kinds::registry()
        .iter()
        .flat_map(|kind| kind.schemas())
        .flat_map(|schema| schema.parts)
        .map(|part| (part.schema.kind, part.parent.0))
        .collect()
}

fn title(step: &Step) -> String {
    match (&step.id, step.action) {
        (
            Some(id),
            Action::Update | Action::Replace | Action::Delete | Action::Forget | Action::Ensure,
        ) => {
            format!("{} ({id})", step.address)
        }
        (Some(id), Action::Unchanged) if step.is_imported() => {
            format!("{} ({id})", step.address)
        }
        _ => step.address.to_string(),
    }
}

fn write_step(
    out: &mut String,
    step: &Step,
    owner: Option<&str>,
    width: usize,
    options: TextOptions,
) {
    let style = style::of(step.action);
    let place = format!("{} {}", step.place.account, step.place.region);
    let _ = writeln!(
        out,
        "{} {}  {}",
        options.paint(
            style,
            &format!("{:>3}", step.action.mark(step.create_first))
        ),
        options.paint(STRONG, &format!("{:width$}", title(step))),
        options.paint(QUIET, &place),
    );
    if let Some(from) = &step.moved_from {
        let then = match step.marks {
            true => "its tag smd:address follows",
            false => "no call",
        };
        let _ = writeln!(out, "{INDENT}was {from}: a new address, {then}");
    }
    if step.is_imported() {
        let then = match step.marks {
            true => "recorded, and tagged with smd's marks",
            false => "recorded, no call",
        };
        let _ = writeln!(out, "{INDENT}lives already and is taken over: {then}");
    }
    for reason in &step.reasons {
        // An attribute's reason stands on the attribute's line.
        let on_a_line = reason
            .path
            .as_ref()
            .is_some_and(|path| step.changes.iter().any(|change| change.path == *path));
        let obvious = matches!(
            reason.code.as_str(),
            "not_in_state" | "attribute_changed" | "destroy" | "moved" | "imported"
        );
        if !on_a_line && !obvious {
            let _ = writeln!(
                out,
                "{INDENT}{}",
                options.paint(QUIET, &format!("# {}", reason.message))
            );
        }
    }
    for risk in &step.risks {
        let _ = writeln!(out, "{INDENT}{}", options.paint(RISK, &format!("! {risk}")));
    }
    for one in &step.people {
        let text = format!("! deletes {one}");
        let _ = writeln!(out, "{INDENT}{}", options.paint(RISK, &text));
    }
    match step.action {
        Action::Create => write_attributes(out, step, owner, options),
        Action::Ensure if step.id.is_none() => write_attributes(out, step, owner, options),
        Action::Update | Action::Replace | Action::Ensure => {
            write_changes(out, step, owner, options);
        }
        // What no call is made about.
        Action::Unchanged => {
            for change in &step.changes {
                write_change(out, change, options);
            }
        }
        Action::Delete => {}
        Action::Forget if step.marks => {
            let _ = writeln!(out, "{INDENT}smd's tags are taken off it");
        }
        Action::Forget => {}
    }
    if step.protect && step.action == Action::Create {
        let _ = writeln!(
            out,
            "{INDENT}{}",
            options.paint(QUIET, "# protected from now on")
        );
    }
}

/// Everything that is written of a new thing.
fn write_attributes(out: &mut String, step: &Step, owner: Option<&str>, options: TextOptions) {
    let empty = Map::new();
    let after = step.after.as_ref().unwrap_or(&empty);
    // Sensitive paths are left out of `after`; the top-level ones get a line all the same.
    let sensitive = step
        .sensitive
        .keys()
        .filter(|path| !path.contains('.') && !after.contains_key(path.as_str()));
    let mut lines: Vec<(String, String)> = after
        .iter()
        .filter(|(name, value)| !value.is_null() && owner != Some(&***name))
        .map(|(name, value)| (key(name), value_text(value, INDENT)))
        .chain(sensitive.map(|path| (path.clone(), SENSITIVE.to_owned())))
        .collect();
    lines.sort();
    let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, text) in lines {
        let _ = writeln!(
            out,
            "{INDENT}{name:width$} = {}",
            options.paint(ADDED, &text)
        );
    }
    let nested: Vec<&str> = step
        .sensitive
        .keys()
        .filter(|path| path.contains('.'))
        .map(String::as_str)
        .collect();
    if !nested.is_empty() {
        let _ = writeln!(out, "{INDENT}# and, {SENSITIVE}: {}", nested.join(", "));
    }
}

/// What changes of an existing thing; the rest is counted.
fn write_changes(out: &mut String, step: &Step, owner: Option<&str>, options: TextOptions) {
    for change in &step.changes {
        write_change(out, change, options);
    }
    let changed: std::collections::BTreeSet<&str> = step
        .changes
        .iter()
        .map(|change| change.path.split('.').next().unwrap_or_default())
        .chain(owner)
        .collect();
    let unchanged = step.after.as_ref().map_or(0, |after| {
        after
            .iter()
            .filter(|(name, value)| !value.is_null() && !changed.contains(&***name))
            .count()
    });
    if unchanged > 0 {
        let word = if unchanged == 1 {
            "attribute"
        } else {
            "attributes"
        };
        let text = format!("# {unchanged} unchanged {word}");
        let _ = writeln!(out, "{INDENT}{}", options.paint(QUIET, &text));
    }
}

pub(super) fn write_change(out: &mut String, change: &AttributeChange, options: TextOptions) {
    let mut remarks = String::new();
    if let Some(why) = &change.replaces {
        let _ = write!(
            remarks,
            "  {}",
            options.paint(RISK, &format!("# replaces: {why}"))
        );
    }
    if let Some(note) = &change.note {
        let _ = write!(
            remarks,
            "  {}",
            options.paint(CHANGED, &format!("# {note}"))
        );
    }
    let path = &change.path;
    if change.sensitive {
        let _ = writeln!(out, "{INDENT}{path}: {SENSITIVE} -> {SENSITIVE}{remarks}");
        return;
    }
    // What is known of it already is compared.
    let after = spelled(&change.after);
    if let (Some(before), Some(after)) = (document(&change.before), document(&after)) {
        let _ = writeln!(out, "{INDENT}{path}:{remarks}");
        out.push_str(&diff::lines(
            &before,
            &after,
            &format!("{INDENT}  "),
            options,
        ));
        return;
    }
    if let (Data::List(before), Data::List(after)) = (&change.before.data, &after.data) {
        write_list_change(out, path, before, after, &remarks, options);
        return;
    }
    let side = |value: &Value, style| match value.is_null() {
        true => "(none)".to_owned(),
        false => options.paint(style, &value_text(value, INDENT)),
    };
    let _ = writeln!(
        out,
        "{INDENT}{path}: {} -> {}{remarks}",
        side(&change.before, REMOVED),
        side(&after, ADDED)
    );
}

/// A list or set: what comes, what goes, how much stays.
fn write_list_change(
    out: &mut String,
    path: &str,
    before: &[Value],
    after: &[Value],
    remarks: &str,
    options: TextOptions,
) {
    let _ = writeln!(out, "{INDENT}{path}:{remarks}");
    let texts = |values: &[Value]| -> Vec<String> {
        values
            .iter()
            .map(|value| value_text(value, INDENT))
            .collect()
    };
    let (before, after) = (texts(before), texts(after));
    let old: std::collections::BTreeSet<&String> = before.iter().collect();
    let new: std::collections::BTreeSet<&String> = after.iter().collect();
    for text in before.iter().filter(|text| !new.contains(text)) {
        let _ = writeln!(
            out,
            "{INDENT}  {}",
            options.paint(REMOVED, &format!("- {text}"))
        );
    }
    for text in after.iter().filter(|text| !old.contains(text)) {
        let _ = writeln!(
            out,
            "{INDENT}  {}",
            options.paint(ADDED, &format!("+ {text}"))
        );
    }
    let kept = after.iter().filter(|text| old.contains(text)).count();
    if old == new {
        let _ = writeln!(out, "{INDENT}  # the same items in another order");
    } else if kept > 0 {
        let _ = writeln!(
            out,
            "{INDENT}  {}",
            options.paint(QUIET, &format!("# {kept} kept"))
        );
    }
}

fn write_outputs(out: &mut String, plan: &Plan, options: TextOptions) {
    let changed: Vec<_> = plan
        .outputs
        .iter()
        .filter(|(_, output)| output.is_change())
        .collect();
    if changed.is_empty() {
        return;
    }
    let _ = writeln!(out, "\noutputs");
    let width = changed
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or(0);
    for (name, output) in changed {
        let (mark, style) = match (output.before.is_null(), output.after.is_null()) {
            (true, _) => ("+", ADDED),
            (_, true) => ("-", REMOVED),
            _ => ("~", CHANGED),
        };
        let text = if output.sensitive {
            SENSITIVE.to_owned()
        } else if output.after.is_null() {
            value_text(&output.before, INDENT)
        } else {
            value_text(&output.after, INDENT)
        };
        let _ = writeln!(
            out,
            "{} {name:width$} = {text}",
            options.paint(style, &format!("{mark:>3}"))
        );
    }
}

fn write_expectations(out: &mut String, plan: &Plan, options: TextOptions) {
    if plan.expectations.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nexpectations");
    for expected in &plan.expectations {
        let how = match expected.condition.is_unknown() {
            true => "checked after the apply",
            false => "holds",
        };
        let _ = writeln!(out, "    {} {}", expected.name(), options.paint(QUIET, how));
    }
}

fn write_inputs(out: &mut String, plan: &Plan, options: TextOptions) {
    // A default is in the files that the reviewer reads beside the plan.
    let given: Vec<_> = plan
        .input_sources
        .iter()
        .filter(|(_, source)| source.as_str() != "default")
        .collect();
    if given.is_empty() {
        return;
    }
    let _ = writeln!(out, "\ninputs");
    for (name, source) in given {
        let _ = writeln!(
            out,
            "    {name} {}",
            options.paint(QUIET, &format!("from {source}"))
        );
    }
}
