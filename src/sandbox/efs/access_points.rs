//! Access points.

use serde_json::{Value, json};

use super::state::{AccessPoint, Life};
use super::{Answer, fault, id_of, paged, takes};
use crate::sandbox::call::Call;
use crate::sandbox::model::Args;
use crate::sandbox::tags::{self, Tags};
use crate::sandbox::world::World;

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let file_system = id_of(args.text("FileSystemId"));
    let token = args.text("ClientToken");
    let efs = &world.region(&call.account, &call.region).efs;
    let row = efs.file_systems.get(file_system);
    let row = row.ok_or_else(|| fault::no_file_system(file_system))?;
    if !row.life.is_available(call.now_ms) {
        return Err(fault::not_available(file_system));
    }
    let mut points = efs.access_points_of(file_system).into_iter();
    let same = points.find(|id| {
        efs.access_points
            .get(id)
            .is_some_and(|row| row.token == token)
    });
    if let Some(id) = same {
        return Err(fault::conflict(
            "AccessPointAlreadyExists",
            format!("Access point '{id}' already exists with client token '{token}'"),
        ));
    }
    let mut tags = Tags::new();
    let new = tags::read(args.get("Tags")).map_err(fault::tags)?;
    tags::add(&mut tags, new).map_err(fault::tags)?;
    let row = AccessPoint {
        file_system: file_system.to_owned(),
        token: token.to_owned(),
        settings: json!({
            "PosixUser": args.get("PosixUser"),
            "RootDirectory": args.get("RootDirectory").cloned().unwrap_or(json!({"Path": "/"})),
        }),
        tags,
        life: Life::Made {
            ready_ms: world.behaviour.done_at(call.now_ms, takes::ACCESS_POINT),
        },
    };
    let id = world.new_id("fsap");
    let answer = shown(call, &id, &row);
    world
        .region(&call.account, &call.region)
        .efs
        .put_access_point(&id, row);
    Ok(answer)
}

/// The ARN of an access point.
pub(super) fn arn(account: &str, region: &str, id: &str) -> String {
    format!("arn:aws:elasticfilesystem:{region}:{account}:access-point/{id}")
}

fn shown(call: &Call, id: &str, row: &AccessPoint) -> Value {
    let mut shown = json!({
        "ClientToken": row.token,
        "Name": row.tags.get("Name"),
        "Tags": tags::list(&row.tags),
        "AccessPointId": id,
        "AccessPointArn": arn(&call.account, &call.region, id),
        "FileSystemId": row.file_system,
        "OwnerId": call.account,
        "LifeCycleState": row.life.state(call.now_ms),
    });
    if let (Value::Object(shown), Value::Object(settings)) = (&mut shown, &row.settings) {
        shown.extend(settings.clone());
        shown.retain(|_, value| !value.is_null());
    }
    shown
}

pub(super) fn describe(world: &mut World, call: &Call, args: &Args) -> Answer {
    let efs = &world.region(&call.account, &call.region).efs;
    let ids = match (args.maybe("AccessPointId"), args.maybe("FileSystemId")) {
        (Some(given), _) => {
            let id = id_of(given);
            if !efs.access_points.contains(id) {
                return Err(fault::no_access_point(id));
            }
            vec![id.to_owned()]
        }
        (None, Some(given)) => {
            let id = id_of(given);
            if !efs.file_systems.contains(id) {
                return Err(fault::no_file_system(id));
            }
            efs.access_points_of(id)
        }
        (None, None) => efs.access_points.keys().cloned().collect(),
    };
    let rows = ids
        .iter()
        .filter_map(|id| Some((id, efs.access_points.get(id)?)));
    paged(
        args,
        "AccessPoints",
        ["MaxResults", "NextToken", "NextToken"],
        rows,
        |id, row| shown(call, id, row),
    )
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let id = id_of(args.text("AccessPointId"));
    let gone_ms = world.behaviour.done_at(call.now_ms, takes::ACCESS_POINT);
    let efs = &mut world.region(&call.account, &call.region).efs;
    let mut row = efs
        .access_points
        .get(id)
        .cloned()
        .ok_or_else(|| fault::no_access_point(id))?;
    row.life = Life::Deleting { gone_ms };
    efs.put_access_point(id, row);
    Ok(Value::Null)
}
