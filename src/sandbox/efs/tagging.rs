//! Tags of file systems and access points.

use serde_json::{Value, json};

use super::state::Efs;
use super::{Answer, fault, id_of, paged};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::tags::{self, Tags};
use crate::sandbox::world::World;

/// The tags of a file system or access point.
fn tags_of<'a>(efs: &'a Efs, id: &str) -> Result<&'a Tags, Fault> {
    if id.starts_with("fsap-") {
        let row = efs.access_points.get(id);
        return row
            .map(|row| &row.tags)
            .ok_or_else(|| fault::no_access_point(id));
    }
    let row = efs.file_systems.get(id);
    row.map(|row| &row.tags)
        .ok_or_else(|| fault::no_file_system(id))
}

/// The tags of a file system or access point, to be changed.
pub(super) fn change<'a>(efs: &'a mut Efs, id: &str) -> Result<&'a mut Tags, Fault> {
    if id.starts_with("fsap-") {
        let row = efs.access_points.get_mut(id);
        return row
            .map(|row| &mut row.tags)
            .ok_or_else(|| fault::no_access_point(id));
    }
    let row = efs.file_systems.get_mut(id);
    row.map(|row| &mut row.tags)
        .ok_or_else(|| fault::no_file_system(id))
}

pub(super) fn tag(world: &mut World, call: &Call, args: &Args) -> Answer {
    let new = tags::read(args.get("Tags")).map_err(fault::tags)?;
    let efs = &mut world.region(&call.account, &call.region).efs;
    let tags = change(efs, id_of(args.text("ResourceId")))?;
    tags::add(tags, new).map_err(fault::tags)?;
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, call: &Call, args: &Args) -> Answer {
    let efs = &mut world.region(&call.account, &call.region).efs;
    let tags = change(efs, id_of(args.text("ResourceId")))?;
    for key in args.texts("TagKeys") {
        tags.remove(key);
    }
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    let efs = &world.region(&call.account, &call.region).efs;
    let tags = tags_of(efs, id_of(args.text("ResourceId")))?;
    let names = ["MaxResults", "NextToken", "NextToken"];
    paged(
        args,
        "Tags",
        names,
        tags.iter(),
        |key, value: &String| -> Value { json!({"Key": key, "Value": value}) },
    )
}
