//! Line diffs of texts: policy documents, scripts, formatted files.

use similar::{ChangeTag, TextDiff};

use super::style::{ADDED, QUIET, REMOVED, TextOptions};

/// Longest texts that are compared line by line: the time grows with the square of what differs.
const MOST_LINES: usize = 5_000;

/// Unchanged lines shown around a change.
const CONTEXT: usize = 3;

/// The changed lines of two texts with some lines around them, each line behind `indent` and its
/// mark (`+`, `-` or a blank); what is folded away is counted.
pub(super) fn lines(before: &str, after: &str, indent: &str, options: TextOptions) -> String {
    let counts = [before, after].map(|text| text.lines().count());
    if counts.iter().any(|count| *count > MOST_LINES) {
        let [before, after] = counts;
        let text = options.paint(QUIET, &format!("… {before} lines, then {after} lines"));
        return format!("{indent}  {text}\n");
    }
    let diff = TextDiff::from_lines(before, after);
    let mut out = String::new();
    let mut shown = 0;
    let folded = |out: &mut String, count: usize| {
        if count > 0 {
            let word = if count == 1 { "line" } else { "lines" };
            let text = options.paint(QUIET, &format!("… {count} unchanged {word}"));
            out.push_str(&format!("{indent}  {text}\n"));
        }
    };
    for group in diff.grouped_ops(CONTEXT) {
        let start = group.first().map_or(0, |op| op.old_range().start);
        folded(&mut out, start.saturating_sub(shown));
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (mark, style) = match change.tag() {
                ChangeTag::Delete => ("- ", Some(REMOVED)),
                ChangeTag::Insert => ("+ ", Some(ADDED)),
                ChangeTag::Equal => ("  ", None),
            };
            let text = format!("{mark}{}", change.value().trim_end_matches(['\r', '\n']));
            let text = style.map_or_else(|| text.clone(), |style| options.paint(style, &text));
            out.push_str(&format!("{indent}{text}\n"));
        }
        shown = group.last().map_or(shown, |op| op.old_range().end);
    }
    folded(&mut out, diff.old_slices().len().saturating_sub(shown));
    out
}

/// A unified diff with a file header, as `smd fmt --diff` prints it.
#[must_use]
pub fn unified(name: &str, before: &str, after: &str) -> String {
    TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(CONTEXT)
        .header(name, name)
        .to_string()
}
