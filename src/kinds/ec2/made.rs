//! Creates that AWS would do twice, and answers that come before the work shows.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_ec2::types::Filter;

use super::describe::filter;
use crate::aws::{Cause, Failure};
use crate::kinds::wait::{self, Look, Wait};
use crate::kinds::{Actual, Context, Ready, Wanted};
use crate::value::Value;

/// How long what was written is read again until it shows.
const SETTLING: Duration = Duration::from_secs(60);
/// How often a create is sent in all when its answers are lost.
const ATTEMPTS: u32 = 3;

/// Sends a create that has no client token. When its answer is lost, `find` looks for what it may
/// have made, by the ownership marks; only if nothing is there is it sent again.
///
/// # Errors
/// The last failure.
pub async fn once<T, S, SFut, F, FFut>(
    cx: &Context<'_>,
    mut send: S,
    mut find: F,
) -> Result<T, Failure>
where
    S: FnMut() -> SFut + Send,
    SFut: Future<Output = Result<T, Failure>> + Send,
    F: FnMut() -> FFut + Send,
    FFut: Future<Output = Result<Option<T>, Failure>> + Send,
    T: Send,
{
    let mut attempt = 1;
    loop {
        let failure = match send().await {
            Ok(made) => return Ok(made),
            Err(failure) => failure,
        };
        if !matches!(failure.cause, Cause::LostAnswer | Cause::Transient) || attempt == ATTEMPTS {
            return Err(failure);
        }
        (cx.progress)("looking for what a lost answer may have made".to_owned());
        cx.clock.sleep(Duration::from_secs(2)).await;
        if let Some(found) = find().await? {
            return Ok(found);
        }
        attempt += 1;
    }
}

/// Filters for the thing that carries the ownership marks of this node.
pub fn marked(node: &Ready) -> Vec<Filter> {
    node.marks
        .iter()
        .map(|(key, value)| filter(&format!("tag:{key}"), [value.as_str()]))
        .collect()
}

/// The answer's thing, which AWS always sends.
///
/// # Errors
/// If it is not there.
pub fn sent<T>(thing: Option<T>, operation: &'static str) -> Result<T, Failure> {
    thing.ok_or_else(|| {
        Failure::new(
            Cause::Other,
            operation,
            "the answer lacks the thing it is about: is this an AWS endpoint?",
        )
    })
}

/// Reads until what was written shows or the consistency time is over, then says what is there.
///
/// # Errors
/// A failed read, or a thing that does not show at all.
pub async fn settled<F, Fut>(cx: &Context<'_>, node: &Ready, mut read: F) -> Result<Actual, Failure>
where
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = Result<Option<Actual>, Failure>> + Send,
{
    let started = cx.clock.now();
    let wait = Wait::new(
        format!("AWS to show `{}`", node.address),
        "",
        wait::PROPAGATION,
    );
    wait::until(cx, wait, || {
        let read = read();
        async move {
            let passed = cx.clock.now().duration_since(started).unwrap_or_default();
            Ok(match read.await? {
                Some(actual) if shows(node, &actual) || passed >= SETTLING => Look::Done(actual),
                Some(_) => Look::Pending("changing".to_owned()),
                None => Look::Pending("not there yet".to_owned()),
            })
        }
    })
    .await
}

/// Whether every written attribute that can be read reads as it was written.
fn shows(node: &Ready, actual: &Actual) -> bool {
    node.attributes.iter().all(|(name, written)| {
        written.is_null()
            || actual
                .attributes
                .get(name)
                .is_none_or(|there| covers(there, written))
    })
}

/// Whether `there` has all that `written` says; objects may have more.
fn covers(there: &Value, written: &Value) -> bool {
    match (there.as_map(), written.as_map()) {
        (Some(there), Some(written)) => written.iter().all(|(key, value)| {
            value.is_null() || there.get(key).is_some_and(|there| covers(there, value))
        }),
        _ => there == written,
    }
}

/// The one thing with this id, as [`crate::kinds::Kind::read`] wants it.
pub fn wanted(node: &Ready, id: &str) -> [Wanted; 1] {
    [Wanted {
        address: node.address.clone(),
        kind: Arc::clone(&node.kind),
        id: id.to_owned(),
        attributes: Arc::new(node.attributes.clone()),
    }]
}

/// A thing of which only the id is known yet, told at once.
pub fn announce_id(cx: &Context<'_>, node: &Ready, id: &str) {
    let mut attributes = node.attributes.clone();
    attributes.insert(Arc::from("id"), Value::string(id));
    (cx.made)(Actual {
        id: id.to_owned(),
        attributes,
    });
}
