//! Whether the caller may do what a plan needs, asked of IAM before the first call that changes
//! anything. It is asked once for each way into an account, and once more for what is allowed on
//! some resources only. Where IAM cannot be asked, nothing is said: the calls themselves will tell.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;
use futures::stream;

use crate::address::Address;
use crate::aws::{Aws, Right, rights};
use crate::config::{Access, Place};
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::kinds::rights::{Row, row};
use crate::plan::{Half, Plan, Step};
use crate::value::{Data, Map, Value};

/// How many accounts are asked at once.
const ACCOUNTS_AT_ONCE: usize = 8;
/// How many of the resources that an action is needed on are asked for: they stand for all.
const RESOURCES_ASKED: usize = 20;
/// How many steps a message names of those that need an action.
const STEPS_NAMED: usize = 3;
/// What handing a role to a service takes (IAM user guide, "Granting a user permissions to pass a role
/// to an AWS service").
const PASS_ROLE: &str = "iam:PassRole";
/// The service that roles are handed to.
const SAGEMAKER: &str = "sagemaker:";
/// The path of a role or policy where none is written.
const NO_PATH: &str = "/";

/// The steps that need each action, with the resource that each needs it on.
type Needs<'a> = BTreeMap<&'static str, Vec<(&'a Step, Option<On>)>>;

/// A resource that an action is needed on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct On {
    /// Its ARN, as far as it is known: `*` stands for what is not.
    arn: String,
    /// Whether a policy that lets the action be done lets it be done on this ARN. IAM takes the `*` of
    /// a question as it stands: where a name belongs, a policy on `role/team-*` does not fit `role/*`.
    decides: bool,
}

/// What is not allowed of an action.
#[derive(Debug, Default)]
struct Denied {
    /// A policy denies it; otherwise none allows it.
    explicit: bool,
    /// On these resources; `None`: on all.
    on: Option<BTreeSet<String>>,
}

/// Asks whether the callers may do all that the plan's tasks need.
///
/// # Errors
/// One diagnostic for each account in which something is denied or not allowed.
pub async fn check_rights(aws: &Aws, plan: &Plan) -> Result<(), Diagnostics> {
    let by_address: BTreeMap<&Address, &Step> = plan
        .steps
        .iter()
        .map(|step| (&step.address, step))
        .collect();
    let mut accounts: BTreeMap<(&str, &Access), (&Place, Needs<'_>)> = BTreeMap::new();
    for task in &plan.tasks {
        let Some(step) = plan.steps.get(task.step) else {
            continue;
        };
        let Some(row) = row(&step.kind) else {
            continue;
        };
        let place = &step.place;
        let key = (&*place.account, &place.access);
        let (_, needs) = accounts.entry(key).or_insert((place, Needs::new()));
        // A part is mostly worked on at its resource, where both are in one account.
        let whole = step
            .parent
            .as_ref()
            .and_then(|parent| by_address.get(parent));
        let whole = whole.filter(|whole| whole.place.account == place.account);
        let whole = whole.and_then(|whole| Some((whole, self::row(&whole.kind)?)));
        let resource = match whole.filter(|(_, of_whole)| sort(of_whole) == sort(row)) {
            Some((whole, of_whole)) => resource(whole, of_whole, false),
            None => resource(
                step,
                row,
                task.half == Half::Create && step.parent.is_none(),
            ),
        };
        for arn in passed(step, task.half, row) {
            let role = On { arn, decides: true };
            needs.entry(PASS_ROLE).or_default().push((step, Some(role)));
        }
        for action in actions(step, task.half, row) {
            needs
                .entry(action)
                .or_default()
                .push((step, resource.clone()));
        }
    }
    let found: Vec<Option<Diagnostic>> = stream::iter(accounts.into_values())
        .map(|(place, needs)| async move { account(aws, place, &needs).await })
        .buffered(ACCOUNTS_AT_ONCE)
        .collect()
        .await;
    let denied: Diagnostics = found.into_iter().flatten().collect();
    if denied.is_empty() {
        Ok(())
    } else {
        Err(denied)
    }
}

/// The actions that a half of a step takes for certain.
fn actions(step: &Step, half: Half, row: &Row) -> BTreeSet<&'static str> {
    let mut all = BTreeSet::new();
    match half {
        Half::Create => all.extend(row.create),
        Half::Delete => all.extend(row.delete),
        // Only smd's marks are taken off.
        Half::Forget => {}
        Half::Update => {
            for change in step.changes.iter().filter(|change| change.note.is_none()) {
                let first = change.path.split('.').next().unwrap_or_default();
                if first == "tags" {
                    let action = row.tags.map(|(add, remove)| match change.after.is_null() {
                        true => remove,
                        false => add,
                    });
                    all.extend(action);
                    continue;
                }
                match row.by.iter().find(|(name, _)| *name == first) {
                    Some((_, actions)) => all.extend(*actions),
                    None => all.extend(row.update),
                }
            }
        }
    }
    all
}

/// The roles that a step hands to SageMaker, as far as they are known.
fn passed(step: &Step, half: Half, row: &Row) -> BTreeSet<String> {
    fn walk(value: &Value, found: &mut BTreeSet<String>) {
        match &value.data {
            Data::String(text) if text.starts_with("arn:") && text.contains(":role/") => {
                found.insert(text.to_string());
            }
            Data::List(items) => items.iter().for_each(|item| walk(item, found)),
            Data::Map(members) => members.values().for_each(|member| walk(member, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    if row
        .create
        .iter()
        .all(|action| !action.starts_with(SAGEMAKER))
    {
        return found;
    }
    match half {
        Half::Create => {
            let values = step.after.iter().flat_map(|after| after.values());
            values.for_each(|value| walk(value, &mut found));
        }
        Half::Update => {
            let changes = step.changes.iter().filter(|change| change.note.is_none());
            changes.for_each(|change| walk(&change.after, &mut found));
        }
        Half::Delete | Half::Forget => {}
    }
    found
}

/// What a step needs its actions on. `is_made`: it is made by them, and AWS gives the id: no policy can
/// name that, and `*` is what AWS itself asks for.
fn resource(step: &Step, row: &Row, is_made: bool) -> Option<On> {
    let text = |map: &Option<Map>, name: &str| {
        let value = map.as_ref()?.get(name)?;
        value.as_str().map(str::to_owned)
    };
    let of = |name: &str| text(&step.before, name).or_else(|| text(&step.after, name));
    if let Some(arn) = of("arn").filter(|arn| arn.starts_with("arn:")) {
        return Some(On { arn, decides: true });
    }
    if row.resource.is_empty() {
        return None;
    }
    let service = row.create.first()?.split(':').next()?;
    let place = &step.place;
    // IAM's ARNs name no region.
    let region = match service {
        "iam" => "",
        _ => &*place.region,
    };
    let service = match service {
        "servicecatalog" => "catalog",
        other => other,
    };
    let mut resource = String::new();
    let mut decides = is_made || !row.resource.contains('*');
    let mut rest = row.resource;
    while let Some((before, after)) = rest.split_once('{') {
        let (slot, after) = after.split_once('}')?;
        let known = match slot {
            "id" => step.id.clone(),
            "path" => Some(of(slot).unwrap_or_else(|| NO_PATH.to_owned())),
            _ => of(slot),
        };
        decides &= known.is_some() || (is_made && slot == "id");
        resource.push_str(before);
        resource.push_str(known.as_deref().unwrap_or("*"));
        rest = after;
    }
    resource.push_str(rest);
    let partition = crate::kinds::partition(&place.region);
    let arn = format!(
        "arn:{partition}:{service}:{region}:{}:{resource}",
        place.account
    );
    Some(On { arn, decides })
}

/// The sort of resource that the actions of a row are done to: `route-table`.
fn sort(row: &Row) -> &'static str {
    row.resource.split(['/', '{']).next().unwrap_or_default()
}

/// Asks for one account; what is not allowed there, in one diagnostic.
async fn account(aws: &Aws, place: &Place, needs: &Needs<'_>) -> Option<Diagnostic> {
    if needs.is_empty() {
        return None;
    }
    let asked: Vec<String> = needs.keys().map(|action| (*action).to_owned()).collect();
    let rights = rights::ask(aws, place, &asked, &[]).await.ok()?;
    let mut denied: BTreeMap<&str, Denied> = BTreeMap::new();
    // Allowed on nothing at all, or on some resources: those of the steps decide.
    let mut on: BTreeMap<Vec<On>, Vec<&str>> = BTreeMap::new();
    for (action, steps) in needs {
        match rights.get(&((*action).to_owned(), "*".to_owned())) {
            Some(Right::Denied) => {
                let everywhere = Denied {
                    explicit: true,
                    on: None,
                };
                denied.insert(action, everywhere);
            }
            Some(Right::NotAllowed) => {
                let all: BTreeSet<&On> = steps.iter().filter_map(|(_, on)| on.as_ref()).collect();
                let some = all.into_iter().take(RESOURCES_ASKED).cloned().collect();
                on.entry(some).or_default().push(action);
            }
            _ => {}
        }
    }
    let found: Vec<BTreeMap<&str, Denied>> = stream::iter(on)
        .map(|(on, actions)| denied_on(aws, place, actions, on))
        .buffer_unordered(ACCOUNTS_AT_ONCE)
        .collect()
        .await;
    denied.extend(found.into_iter().flatten());
    (!denied.is_empty()).then(|| told(place, needs, &denied))
}

/// Which of these actions are not allowed on some of these resources. Of one that decides nothing only
/// a denial counts.
async fn denied_on<'a>(
    aws: &Aws,
    place: &Place,
    actions: Vec<&'a str>,
    on: Vec<On>,
) -> BTreeMap<&'a str, Denied> {
    if on.is_empty() {
        // On which resource it would count is not known.
        return BTreeMap::new();
    }
    let asked: Vec<String> = actions.iter().map(|one| (*one).to_owned()).collect();
    let arns: BTreeSet<&String> = on.iter().map(|one| &one.arn).collect();
    let arns: Vec<String> = arns.into_iter().cloned().collect();
    let rights = rights::ask(aws, place, &asked, &arns).await;
    let mut denied: BTreeMap<&str, Denied> = BTreeMap::new();
    for ((action, arn), right) in rights.unwrap_or_default() {
        let explicit = match right {
            Right::Denied => true,
            Right::NotAllowed => false,
            Right::Allowed | Right::Conditional(_) => continue,
        };
        let asked = actions.iter().find(|one| **one == action);
        let mut same = on.iter().filter(|one| one.arn == arn);
        if let Some(action) = asked.filter(|_| same.any(|one| explicit || one.decides)) {
            let denied = denied.entry(*action).or_default();
            denied.explicit |= explicit;
            denied.on.get_or_insert_default().insert(arn);
        }
    }
    denied
}

fn told(place: &Place, needs: &Needs<'_>, denied: &BTreeMap<&str, Denied>) -> Diagnostic {
    let count = match denied.len() {
        1 => "one action".to_owned(),
        more => format!("{more} actions"),
    };
    let mut diagnostic = Diagnostic::error(
        codes::apply::NOT_ALLOWED,
        format!(
            "the caller may not do {count} in account {} that the plan needs",
            place.account
        ),
    );
    for (action, denied) in denied {
        let mut steps: Vec<&str> = needs
            .get(action)
            .into_iter()
            .flatten()
            .filter(|(_, on)| match (&denied.on, on) {
                (Some(denied), Some(on)) => denied.contains(&on.arn),
                _ => true,
            })
            .map(|(step, _)| step.address.as_str())
            .collect();
        steps.dedup();
        let more = steps.len().saturating_sub(STEPS_NAMED);
        steps.truncate(STEPS_NAMED);
        let mut named = steps
            .iter()
            .map(|step| format!("`{step}`"))
            .collect::<Vec<_>>()
            .join(", ");
        if more > 0 {
            named.push_str(&format!(" and {more} more"));
        }
        let why = match denied.explicit {
            true => "a policy denies it",
            false => "no policy allows it",
        };
        diagnostic
            .notes
            .push(format!("{action}: {why}; needed by {named}"));
    }
    diagnostic
        .help("give the caller's role a policy that allows them, then run the same command again")
        .help("`--check-rights=false` goes on without asking IAM")
}
