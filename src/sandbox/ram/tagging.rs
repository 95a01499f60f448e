//! Tags of shares. RAM writes their members in small letters.

use serde_json::{Value, json};

use super::{Answer, fault, shares};
use crate::sandbox::call::Call;
use crate::sandbox::model::Args;
use crate::sandbox::tags::{self, Tags};
use crate::sandbox::world::World;

/// A list of `key` and `value` as the other services write it.
pub(super) fn upper(list: &Value) -> Value {
    let items = list.as_array().into_iter().flatten();
    items
        .map(|tag| json!({"Key": tag.get("key"), "Value": tag.get("value")}))
        .collect()
}

/// Tags as RAM writes them.
pub(super) fn lower(tags: &Tags) -> Value {
    tags.iter()
        .map(|(key, value)| json!({"key": key, "value": value}))
        .collect()
}

pub(super) fn tag(world: &mut World, call: &Call, args: &Args) -> Answer {
    let arn = args.text("resourceShareArn");
    shares::living(world, call, arn)?;
    let more = args.get("tags").map(upper);
    let more = tags::read(more.as_ref()).map_err(fault::tags)?;
    if let Some(share) = world.shared.ram.shares.get_mut(arn) {
        tags::add(&mut share.tags, more).map_err(fault::tags)?;
    }
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, call: &Call, args: &Args) -> Answer {
    let arn = args.text("resourceShareArn");
    shares::living(world, call, arn)?;
    if let Some(share) = world.shared.ram.shares.get_mut(arn) {
        for key in args.texts("tagKeys") {
            share.tags.remove(key);
        }
    }
    Ok(json!({}))
}
