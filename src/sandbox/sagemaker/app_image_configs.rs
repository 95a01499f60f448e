//! App image configurations. What an update gives of a type of app takes the place of what was there.
//! No refusal is known for one that is in use (API reference of DeleteAppImageConfig).

use serde_json::{Map, Value, json};

use super::state::AppImageConfig;
use super::{Answer, arn, fault, given, new_tags, one, page_of, show_times};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::world::World;

const NAME: &str = "AppImageConfigName";

fn arn_of(call: &Call, name: &str) -> String {
    arn(call, &format!("app-image-config/{name}"))
}

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text(NAME);
    let tags = new_tags(args)?;
    let sagemaker = &mut world.region(&call.account, &call.region).sagemaker;
    if sagemaker.app_image_configs.contains(name) {
        return Err(fault::in_use(format!(
            "AppImageConfig [{name}] already exists."
        )));
    }
    let row = AppImageConfig {
        settings: given(args, &[NAME, "Tags"]),
        created_ms: call.now_ms,
        modified_ms: call.now_ms,
        tags,
    };
    sagemaker.app_image_configs.insert(name, row);
    one("AppImageConfigArn", arn_of(call, name))
}

fn find(world: &World, call: &Call, name: &str) -> Result<AppImageConfig, Fault> {
    world
        .peek(&call.account, &call.region)
        .and_then(|held| held.sagemaker.app_image_configs.get(name))
        .cloned()
        .ok_or_else(|| fault::none(format!("AppImageConfig [{name}] does not exist.")))
}

fn shown(call: &Call, name: &str, row: &AppImageConfig) -> Map<String, Value> {
    let mut shown = row.settings.clone();
    shown.insert(NAME.to_owned(), name.into());
    shown.insert("AppImageConfigArn".to_owned(), arn_of(call, name).into());
    show_times(&mut shown, row.created_ms, row.modified_ms);
    shown
}

pub(super) fn describe(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text(NAME);
    let row = find(world, call, name)?;
    Ok(shown(call, name, &row).into())
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    let part = args.maybe("NameContains").unwrap_or_default();
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    let rows = sagemaker.app_image_configs.iter();
    page_of(
        args,
        "AppImageConfigs",
        rows.filter(|(name, _)| name.contains(part)),
        |row| (row.created_ms, row.modified_ms),
        |name, row| shown(call, name, row).into(),
    )
}

pub(super) fn update(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text(NAME);
    let mut row = find(world, call, name)?;
    row.settings.extend(given(args, &[NAME]));
    row.modified_ms = call.now_ms;
    let sagemaker = &mut world.region(&call.account, &call.region).sagemaker;
    sagemaker.app_image_configs.insert(name, row);
    one("AppImageConfigArn", arn_of(call, name))
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text(NAME);
    find(world, call, name)?;
    let sagemaker = &mut world.region(&call.account, &call.region).sagemaker;
    sagemaker.app_image_configs.remove(name);
    Ok::<Value, Fault>(json!({}))
}
