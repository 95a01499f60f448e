//! Answers that come before the work shows.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_ec2::types::{Filter, Tag};

use super::describe::filter;
use super::tags;
use crate::aws::{Cause, Failure};
use crate::kinds::reading::there;
use crate::kinds::wait::{self, Look, Wait};
use crate::kinds::{Actual, Change, Context, Ready, marks};
use crate::state::Record;
use crate::value::Value;

/// How long what was written is read again until it shows.
const SETTLING: Duration = Duration::from_secs(60);
/// The mark that no two creates share.
const KEY: &str = "smd:key";

/// Filters for the thing that carries the ownership marks of this node.
pub fn marked(node: &Ready) -> Vec<Filter> {
    node.marks
        .iter()
        .map(|(key, value)| filter(&format!("tag:{key}"), [value.as_str()]))
        .collect()
}

/// The client token of the create of this node: the same however often it is sent. `None` where
/// the node carries no key.
pub fn token(node: &Ready) -> Option<String> {
    node.marks.get(KEY).cloned()
}

/// Whether these tags are those of this node, for reads whose filters not every endpoint heeds.
pub fn carries(tags: &[Tag], node: &Ready) -> bool {
    marks::are_on(&node.marks, |key| {
        let mut tags = tags.iter();
        tags.find(|tag| tag.key() == Some(key))?.value()
    })
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
pub async fn read_back(cx: &Context<'_>, node: &Ready, id: &str) -> Result<Actual, Failure> {
    let started = cx.clock.now();
    let wait = Wait::new(
        format!("AWS to show `{}`", node.address),
        "",
        wait::PROPAGATION,
    );
    let wanted = node.wanted(id);
    wait::until(cx, wait, || async {
        let found = there(cx.aws, node, &wanted).await?;
        let passed = cx.clock.now().duration_since(started).unwrap_or_default();
        Ok(match found {
            Some(actual) if shows(node, &actual) || passed >= SETTLING => Look::Done(actual),
            Some(_) => Look::Pending("changing".to_owned()),
            None => Look::Pending("not there yet".to_owned()),
        })
    })
    .await
}

/// Whether what was written is there already.
///
/// # Errors
/// A failed read.
pub async fn is_there(cx: &Context<'_>, node: &Ready, id: &str) -> Result<bool, Failure> {
    let found = there(cx.aws, node, &node.wanted(id)).await?;
    Ok(found.is_some_and(|actual| shows(node, &actual)))
}

/// Sends what changed of tags and of the `Name` tag, and reads back: all that an update is for
/// what nothing else can be changed of.
///
/// # Errors
/// A failed call.
pub async fn retag(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    tags::update(cx, &node.place, &record.id, changes, true).await?;
    read_back(cx, node, &record.id).await
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

/// A thing of which only the id is known yet, told at once.
pub fn announce_id(cx: &Context<'_>, node: &Ready, id: &str) {
    let mut attributes = node.attributes.clone();
    attributes.insert(Arc::from("id"), Value::string(id));
    (cx.made)(Actual::new(id, attributes));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use crate::kinds::ec2::describe::subnets;
    use crate::kinds::scene::{Fault, Scene, place};

    const NETWORK: &str = r#"
vpc a { cidr = "10.0.0.0/16" }
vpc b { cidr = "10.1.0.0/16" }
subnet s { vpc = vpc.a, cidr = "10.0.1.0/24", az = "eu-west-1a" }
internet_gateway i { vpc = vpc.a }
route_table t { vpc = vpc.a }
security_group g { vpc = vpc.a }
peering p { requester = vpc.a, accepter = vpc.b }
"#;

    #[tokio::test]
    async fn a_create_without_an_answer_makes_one_thing() {
        let mut plain = Scene::new();
        plain.apply(NETWORK).await.unwrap();
        let things = plain.things();
        let plain = plain.writes();
        for operation in [
            "CreateVpc",
            "CreateSubnet",
            "CreateInternetGateway",
            "CreateRouteTable",
            "CreateSecurityGroup",
            "CreateVpcPeeringConnection",
        ] {
            let count = |calls: &str| {
                let named = |call: &&str| call.split(' ').next() == Some(operation);
                calls.lines().filter(named).count()
            };
            for (fault, more) in [(Fault::Lost, 0), (Fault::Unheard, 1)] {
                let mut scene = Scene::new();
                scene.fault(operation, fault);
                scene.apply(NETWORK).await.unwrap();
                assert_eq!(
                    count(&scene.writes()),
                    count(&plain) + more,
                    "{operation} {fault:?}"
                );
                assert_eq!(scene.things(), things, "{operation} {fault:?}");
            }
        }
    }

    #[tokio::test]
    async fn many_ids_are_read_in_chunks() {
        let mut scene = Scene::new();
        scene.apply(NETWORK).await.unwrap();
        let mut ids: BTreeSet<String> = (0..400).map(|n| format!("subnet-{n:017x}")).collect();
        ids.insert(scene.id("subnet.s"));
        scene.calls();
        let found = subnets::by_id(&scene.aws, &place(), &ids).await.unwrap();
        assert_eq!(
            found.into_keys().collect::<Vec<_>>(),
            [scene.id("subnet.s")]
        );
        let calls = scene.calls();
        let by_filter: Vec<usize> = calls
            .iter()
            .filter(|call| call.contains("Filter.1.Name=subnet-id"))
            .map(|call| call.matches("Filter.1.Value.").count())
            .collect();
        assert_eq!(by_filter, [200, 200, 1]);
        // What no page shows is asked for by id before it counts as gone.
        assert_eq!(calls.len(), 3 + 400);
    }
}
