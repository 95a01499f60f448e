//! A create whose name is taken, or whose answer was lost: what stands there already is taken over
//! if it carries this stack's own marks for this address (behaviour: section 6, "adopt only by our
//! own tag"). That is what an interrupted run leaves that could not keep its records.

use std::collections::BTreeMap;

use crate::aws::{Cause, Failure};
use crate::kinds::marks::{ADDRESS, KEY, STACK};
use crate::kinds::{Actual, Change, Context, Kind, Ready, Standing, once, wait};
use crate::plan::{Difference, diff};
use crate::state::Record;
use crate::value::{Map, Value};

/// Makes a thing, or takes over the one that this stack made before: it is brought to what is
/// wanted by the ordinary update. `recorded` says whether an id is on record, under any address:
/// such a thing is never taken over.
///
/// # Errors
/// The failed create, with the owner of what stands in the way; or the failed update.
pub async fn create(
    cx: &Context<'_>,
    kind: &dyn Kind,
    node: &Ready,
    recorded: &(dyn Fn(&str) -> bool + Send + Sync),
) -> Result<Actual, Failure> {
    let mut attempt = 1;
    loop {
        let failure = match kind.create(cx, node).await {
            Ok(actual) => return Ok(actual),
            Err(failure) => failure,
        };
        let is_taken = matches!(failure.cause, Cause::AlreadyExists | Cause::InUse);
        if !is_taken && !once::may_be_done(&failure) {
            return Err(failure);
        }
        let standing = match look(cx, kind, node).await {
            Ok(standing) => standing,
            Err(unread) => {
                return Err(failure.help(format!("what has this name could not be read: {unread}")));
            }
        };
        match standing {
            Some(standing) if recorded(&standing.id) => return Err(failure),
            Some(standing) if is_own(node, &standing) => {
                return take_over(cx, kind, node, &standing, failure).await;
            }
            Some(standing) => return Err(failure.help(owner(&standing))),
            None if is_taken || !kind.is_named(&node.kind) || attempt == once::ATTEMPTS => {
                return Err(failure);
            }
            None => attempt += 1,
        }
    }
}

/// What has the name: looked for as long as it may not show, where AWS takes a name only once.
async fn look(
    cx: &Context<'_>,
    kind: &dyn Kind,
    node: &Ready,
) -> Result<Option<Standing>, Failure> {
    if !kind.is_named(&node.kind) {
        return kind.standing(cx.aws, node).await;
    }
    (cx.progress)("looking for what has this name".to_owned());
    wait::shows(cx, || kind.standing(cx.aws, node)).await
}

/// Whether it carries the marks of this stack and this address. The key may be another one: it
/// comes from records that were lost.
fn is_own(node: &Ready, standing: &Standing) -> bool {
    [STACK, ADDRESS].iter().all(|key| {
        node.marks
            .get(*key)
            .is_some_and(|mark| standing.tags.get(*key) == Some(mark))
    })
}

fn owner(standing: &Standing) -> String {
    let id = &standing.id;
    match (standing.tags.get(STACK), standing.tags.get(ADDRESS)) {
        (Some(stack), Some(address)) => {
            format!("{id} belongs to stack `{stack}`, which made it as `{address}`")
        }
        _ => format!("{id} was not made by smd"),
    }
}

async fn take_over(
    cx: &Context<'_>,
    kind: &dyn Kind,
    node: &Ready,
    standing: &Standing,
    failure: Failure,
) -> Result<Actual, Failure> {
    let id = standing.id.as_str();
    (cx.progress)(format!("taking over {id}, which this stack made before"));
    let wanted = node.wanted(id);
    let found = wait::shows(cx, || async {
        let mut found = kind.read(cx.aws, &node.place, &wanted).await?;
        Ok(found.pop().flatten())
    });
    let Some(there) = found.await? else {
        return Err(failure);
    };
    let why = kind.broken(&node.kind, &there.attributes).or_else(|| {
        differences(kind, node, &there.attributes)
            .into_iter()
            .find_map(|one| {
                one.replaces
                    .map(|why| format!("its `{}` is not as written: {why}", one.path))
            })
    });
    if let Some(why) = why {
        return Err(failure
            .help(format!(
                "this stack made {id} before, but cannot go on with it: {why}"
            ))
            .help(format!("delete {id}, then apply again")));
    }
    if node.marks.get(KEY) != standing.tags.get(KEY) {
        // Not made by this very create, whose answer was lost.
        (cx.found)();
    }
    (cx.made)(there.clone());
    // It may still be coming up: an update without changes waits until it can be used.
    let there = kind.update(cx, node, &as_record(node, there), &[]).await?;
    let changes = changes(kind, node, standing, &there.attributes);
    if changes.is_empty() {
        return Ok(there);
    }
    kind.update(cx, node, &as_record(node, there), &changes)
        .await
}

fn differences(kind: &dyn Kind, node: &Ready, there: &Map) -> Vec<Difference> {
    let Some(schema) = kind.schema(&node.kind) else {
        return Vec::new();
    };
    diff(kind, schema, &node.attributes, there, &Map::new())
}

/// What is written and not so, and the marks of these records.
fn changes(kind: &dyn Kind, node: &Ready, standing: &Standing, there: &Map) -> Vec<Change> {
    let written = differences(kind, node, there)
        .into_iter()
        .filter(|one| one.note.is_none())
        .map(|one| Change {
            path: one.path,
            before: one.before,
            after: one.after,
        });
    let marks = node
        .marks
        .iter()
        .filter(|(key, mark)| standing.tags.get(*key) != Some(mark))
        .map(|(key, mark)| Change {
            path: format!("tags.{key}"),
            before: standing
                .tags
                .get(key)
                .map_or_else(Value::null, |old| Value::string(old.as_str())),
            after: Value::string(mark.as_str()),
        });
    written.chain(marks).collect()
}

/// What would be on record of it, had the record been kept.
fn as_record(node: &Ready, there: Actual) -> Record {
    Record {
        kind: node.kind.to_string(),
        parent: None,
        place: node.place.clone(),
        id: there.id,
        written: Map::new(),
        digests: BTreeMap::new(),
        attributes: there.attributes,
        depends_on: Vec::new(),
        protect: false,
        generation: 0,
        unfinished: true,
        touched_ms: 0,
    }
}

#[cfg(test)]
mod tests;
