//! Lifecycle configurations. None is ever changed; one that is named by settings or runs in an app
//! stays (API reference of DeleteStudioLifecycleConfig).

use serde_json::{Map, Value, json};

use super::state::LifecycleConfig;
use super::{Answer, arn, fault, new_tags, one, page_of, show_times, used};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::world::World;

const NAME: &str = "StudioLifecycleConfigName";
const APP_TYPE: &str = "StudioLifecycleConfigAppType";

fn arn_of(call: &Call, name: &str) -> String {
    arn(call, &format!("studio-lifecycle-config/{name}"))
}

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text(NAME);
    let tags = new_tags(args)?;
    let configs = &mut world
        .region(&call.account, &call.region)
        .sagemaker
        .lifecycle_configs;
    if configs.contains(name) {
        return Err(fault::in_use(format!(
            "StudioLifecycleConfig [{name}] already exists."
        )));
    }
    let row = LifecycleConfig {
        content: args.text("StudioLifecycleConfigContent").to_owned(),
        app_type: args.text(APP_TYPE).to_owned(),
        created_ms: call.now_ms,
        tags,
    };
    configs.insert(name, row);
    one("StudioLifecycleConfigArn", arn_of(call, name))
}

fn find<'w>(world: &'w World, call: &Call, name: &str) -> Result<&'w LifecycleConfig, Fault> {
    world
        .peek(&call.account, &call.region)
        .and_then(|held| held.sagemaker.lifecycle_configs.get(name))
        .ok_or_else(|| fault::none(format!("StudioLifecycleConfig [{name}] does not exist.")))
}

fn shown(call: &Call, name: &str, row: &LifecycleConfig) -> Map<String, Value> {
    let mut shown = Map::new();
    shown.insert(NAME.to_owned(), name.into());
    shown.insert(
        "StudioLifecycleConfigArn".to_owned(),
        arn_of(call, name).into(),
    );
    shown.insert(APP_TYPE.to_owned(), row.app_type.clone().into());
    show_times(&mut shown, row.created_ms, row.created_ms);
    shown
}

pub(super) fn describe(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text(NAME);
    let row = find(world, call, name)?;
    let mut shown = shown(call, name, row);
    let content = row.content.clone();
    shown.insert("StudioLifecycleConfigContent".to_owned(), content.into());
    Ok(shown.into())
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    let part = args.maybe("NameContains").unwrap_or_default();
    let app_type = args.maybe("AppTypeEquals");
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    let rows = sagemaker.lifecycle_configs.iter().filter(|(name, row)| {
        name.contains(part) && app_type.is_none_or(|wanted| row.app_type == wanted)
    });
    page_of(
        args,
        "StudioLifecycleConfigs",
        rows,
        |row| (row.created_ms, row.created_ms),
        |name, row| shown(call, name, row).into(),
    )
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text(NAME);
    find(world, call, name)?;
    let arn = arn_of(call, name);
    let sagemaker = &mut world.region(&call.account, &call.region).sagemaker;
    if let Some(user) = used::user(sagemaker, &|text| text == arn) {
        return Err(fault::in_use(format!(
            "Unable to delete StudioLifecycleConfig [{name}] because it is in use by {user}."
        )));
    }
    sagemaker.lifecycle_configs.remove(name);
    Ok(json!({}))
}
