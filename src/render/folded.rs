//! Equal changes of tags on many things, told once: a new tag on everything would hide what else a
//! plan says.

use std::collections::HashMap;
use std::fmt::Write;

use super::style::{self, QUIET, STRONG, TextOptions};
use crate::plan::{Action, Step};

/// So many things are told together, and no fewer.
const FEWEST: usize = 4;
/// How wide a line of addresses may become, in characters.
const WIDEST: usize = 100;

/// Which steps are told together with others: by the number of the step that comes first, and each of
/// the others with that number.
pub(super) struct Folded {
    groups: HashMap<usize, Vec<usize>>,
    within: HashMap<usize, usize>,
}

/// How one of the steps is told.
pub(super) enum Told<'a> {
    /// By itself.
    Alone,
    /// Here, with those of these numbers, itself the first.
    With(&'a [usize]),
    /// With another one, elsewhere.
    Elsewhere,
}

impl Folded {
    /// Of these steps, in the order in which they are told.
    pub(super) fn of(steps: &[&Step]) -> Self {
        let mut equal: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, step) in steps.iter().enumerate() {
            if let Some(key) = key(step) {
                equal.entry(key).or_default().push(number);
            }
        }
        let groups: HashMap<usize, Vec<usize>> = equal
            .into_values()
            .filter(|group| group.len() >= FEWEST)
            .filter_map(|group| Some((*group.first()?, group)))
            .collect();
        let within = groups
            .iter()
            .flat_map(|(first, group)| group.iter().map(|number| (*number, *first)))
            .collect();
        Self { groups, within }
    }

    /// How this step is told.
    pub(super) fn told(&self, number: usize) -> Told<'_> {
        match (self.groups.get(&number), self.within.get(&number)) {
            (Some(group), _) => Told::With(group),
            (None, Some(_)) => Told::Elsewhere,
            (None, None) => Told::Alone,
        }
    }
}

/// What makes two steps equal; `None` where a step says more than that tags change.
fn key(step: &Step) -> Option<String> {
    let tags_only = step.action == Action::Update
        && step.moved_from.is_none()
        && step.risks.is_empty()
        && !step.changes.is_empty()
        && step.changes.iter().all(|change| {
            (change.path == "tags" || change.path.starts_with("tags."))
                && !change.sensitive
                && change.note.is_none()
        });
    if !tags_only {
        return None;
    }
    let mut key = format!("{} {}", step.place.account, step.place.region);
    for change in &step.changes {
        let sides = serde_json::to_string(&(&change.before, &change.after)).ok()?;
        let _ = write!(key, "\n{} {sides}", change.path);
    }
    Some(key)
}

/// The line above what changes of these steps.
pub(super) fn title(first: &Step, count: usize, width: usize, options: TextOptions) -> String {
    let place = format!("{} {}", first.place.account, first.place.region);
    let mark = format!("{:>3}", first.action.mark(first.create_first));
    format!(
        "{} {}  {}\n",
        options.paint(style::of(first.action), &mark),
        options.paint(STRONG, &format!("{:width$}", format!("{count} things"))),
        options.paint(QUIET, &place),
    )
}

/// Their addresses, as many on a line as fit.
pub(super) fn addresses<'a>(
    steps: impl Iterator<Item = &'a Step>,
    indent: &str,
    options: TextOptions,
) -> String {
    let mut out = String::new();
    let mut line = String::new();
    let mut end = |line: &mut String| {
        if !line.is_empty() {
            let _ = writeln!(
                out,
                "{indent}{}",
                options.paint(QUIET, &format!("# {line}"))
            );
            line.clear();
        }
    };
    for step in steps {
        let address = step.address.as_str();
        if !line.is_empty() && line.chars().count() + address.chars().count() > WIDEST {
            line.push(',');
            end(&mut line);
        }
        if !line.is_empty() {
            line.push_str(", ");
        }
        line.push_str(address);
    }
    end(&mut line);
    out
}
