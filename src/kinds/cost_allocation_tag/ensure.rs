//! Activating keys that billing knows, and saying which ones it does not know yet.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_costexplorer::types::{
    CostAllocationTagStatus as Status, CostAllocationTagStatusEntry,
};

use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::{Actual, Context, PENDING, Ready, Wanted};
use crate::value::{Map, Value};

/// Keys of one UpdateCostAllocationTagsStatus (behaviour: section 9).
const UPDATED_AT_ONCE: usize = 20;
/// Keys of one ListCostAllocationTags, and rows of its page (behaviour: section 8).
const LISTED_AT_ONCE: usize = 100;
const PAGE: i32 = 100;

/// The keys that billing knows, and whether they are active.
type Known = BTreeMap<String, bool>;

fn keys_of(attributes: &Map) -> BTreeSet<String> {
    attributes
        .get("keys")
        .and_then(Value::as_list)
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Only the payer may ask.
fn explained(failure: Failure) -> Failure {
    if failure.cause != Cause::AccessDenied {
        return failure;
    }
    failure.help("cost allocation tags are the payer's: write `account = account.x` with the account that pays for the organisation, and give its role `ce:ListCostAllocationTags` and `ce:UpdateCostAllocationTagsStatus`")
}

/// What billing says of these keys.
async fn known(aws: &Aws, place: &Place, keys: &BTreeSet<String>) -> Result<Known, Failure> {
    let client = aws.cost_explorer(place).await?;
    let keys: Vec<String> = keys.iter().cloned().collect();
    let mut found = Known::new();
    for some in keys.chunks(LISTED_AT_ONCE) {
        let mut token: Option<String> = None;
        loop {
            let answer = call(aws, "ce:ListCostAllocationTags", Repeat::Safe, || {
                client
                    .list_cost_allocation_tags()
                    .set_tag_keys(Some(some.to_vec()))
                    .max_results(PAGE)
                    .set_next_token(token.clone())
                    .send()
            })
            .await
            .map_err(explained)?;
            for tag in answer.cost_allocation_tags.unwrap_or_default() {
                found.insert(tag.tag_key, tag.status == Status::Active);
            }
            token = answer.next_token;
            if token.is_none() {
                break;
            }
        }
    }
    Ok(found)
}

pub async fn read(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<Vec<Option<Actual>>, Failure> {
    let all = wanted.iter().flat_map(|one| keys_of(&one.attributes));
    let known = known(aws, place, &all.collect()).await?;
    let actual = |one: &Wanted| Some(actual(place, &keys_of(&one.attributes), &known));
    Ok(wanted.iter().map(actual).collect())
}

/// What is so of these keys. One that somebody made inactive is none of them, so that the plan shows
/// it; one that billing does not know waits.
fn actual(place: &Place, keys: &BTreeSet<String>, known: &Known) -> Actual {
    let list = |keys: Vec<&String>| {
        let keys = keys.into_iter().map(|key| Value::string(key.as_str()));
        Value::list(keys.collect())
    };
    let is = |key: &String, wanted: Option<bool>| known.get(key).copied() == wanted;
    let unknown: Vec<&str> = keys
        .iter()
        .filter(|key| is(key, None))
        .map(String::as_str)
        .collect();
    let kept = keys.iter().filter(|key| !is(key, Some(false)));
    let active = keys.iter().filter(|key| is(key, Some(true)));
    let mut members = Map::from([
        (Arc::from("keys"), list(kept.collect())),
        (Arc::from("active"), list(active.collect())),
        (Arc::from("id"), Value::string(&*place.account)),
    ]);
    if !unknown.is_empty() {
        let words = format!(
            "not yet known to billing, which takes up to 24 hours after the first use: {}",
            unknown.join(", ")
        );
        members.insert(Arc::from(PENDING), Value::string(words));
    }
    Actual::new(&*place.account, members)
}

/// What a create of this node did is seen on the keys themselves.
pub async fn find(_: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    Ok(Some(node.place.account.to_string()))
}

/// Activates what is known and inactive, twenty keys a call.
pub async fn ensure(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let keys = keys_of(&node.attributes);
    let mut known = known(cx.aws, &node.place, &keys).await?;
    let inactive: Vec<String> = known
        .iter()
        .filter(|(_, active)| !**active)
        .map(|(key, _)| key.clone())
        .collect();
    let client = cx.aws.cost_explorer(&node.place).await?;
    let mut refused = Vec::new();
    for some in inactive.chunks(UPDATED_AT_ONCE) {
        let entries = some
            .iter()
            .map(|key| {
                CostAllocationTagStatusEntry::builder()
                    .tag_key(key)
                    .status(Status::Active)
                    .build()
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| Failure::new(Cause::Invalid, "", error.to_string()))?;
        let answer = call(
            cx.aws,
            "ce:UpdateCostAllocationTagsStatus",
            Repeat::Safe,
            || {
                client
                    .update_cost_allocation_tags_status()
                    .set_cost_allocation_tags_status(Some(entries.clone()))
                    .send()
            },
        )
        .await
        .map_err(explained)?;
        // Answers of status 200 tell of each key that was refused (behaviour: section 7).
        let errors = answer.errors.unwrap_or_default();
        for key in some {
            let error = errors.iter().find(|error| error.tag_key() == Some(key));
            match error {
                None => {
                    known.insert(key.clone(), true);
                }
                Some(error) => refused.push(format!(
                    "`{key}`: {} ({})",
                    error.message().unwrap_or("refused"),
                    error.code().unwrap_or("no code")
                )),
            }
        }
    }
    (cx.made)(actual(&node.place, &keys, &known));
    if !refused.is_empty() {
        return Err(Failure::new(
            Cause::Failed,
            "ce:UpdateCostAllocationTagsStatus",
            format!("billing did not activate {}", refused.join(", ")),
        ));
    }
    Ok(actual(&node.place, &keys, &known))
}
