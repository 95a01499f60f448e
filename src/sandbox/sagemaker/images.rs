//! Images. DeleteImage takes all versions with it (API reference).

use serde_json::{Map, Value, json};

use super::state::{Image, Life, Status};
use super::{Answer, arn, checks, fault, given, merge, new_tags, one, page_of, takes, used};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::world::World;

const NAME: &str = "ImageName";

pub(super) fn arn_of(call: &Call, name: &str) -> String {
    arn(call, &format!("image/{name}"))
}

/// AWS's word for the status of an image or version.
pub(super) fn status(life: &Life) -> &'static str {
    match life.status {
        Status::Pending => "CREATING",
        Status::InService => "CREATED",
        Status::Updating => "UPDATING",
        Status::Deleting | Status::Deleted => "DELETING",
        Status::Failed => "CREATE_FAILED",
        Status::UpdateFailed => "UPDATE_FAILED",
        Status::DeleteFailed => "DELETE_FAILED",
    }
}

/// Adds times and the reason of a failure to what is shown.
pub(super) fn show_life(shown: &mut Map<String, Value>, life: &Life) {
    super::show_times(shown, life.created_ms, life.modified_ms);
    if let Some(failure) = &life.failure {
        shown.insert("FailureReason".to_owned(), failure.clone().into());
    }
}

/// Refuses a role that SageMaker cannot take, where the call gives one.
fn check_role(world: &World, call: &Call, args: &Args) -> Result<(), Fault> {
    match args.maybe("RoleArn") {
        Some(role) => checks::role(world, call, role),
        None => Ok(()),
    }
}

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text(NAME);
    check_role(world, call, args)?;
    let tags = new_tags(args)?;
    let ready_ms = world
        .behaviour
        .done_at(call.now_ms, takes::millis(takes::IMAGE, name));
    let sagemaker = &mut world.region(&call.account, &call.region).sagemaker;
    if sagemaker.images.contains(name) {
        return Err(fault::in_use(format!("Image [{name}] already exists.")));
    }
    let row = Image {
        settings: given(args, &[NAME, "Tags"]),
        life: Life::beginning(call.now_ms, ready_ms),
        last_version: 0,
        tags,
    };
    sagemaker.put_image(name, row);
    one("ImageArn", arn_of(call, name))
}

pub(super) fn find(world: &World, call: &Call, name: &str) -> Result<Image, Fault> {
    world
        .peek(&call.account, &call.region)
        .and_then(|held| held.sagemaker.images.get(name))
        .cloned()
        .ok_or_else(|| fault::none(format!("Image [{name}] does not exist.")))
}

/// The image, if no call is at work on it.
pub(super) fn find_ready(world: &World, call: &Call, name: &str) -> Result<Image, Fault> {
    let row = find(world, call, name)?;
    match row.life.status {
        Status::InService | Status::UpdateFailed => Ok(row),
        Status::Failed => Err(fault::invalid(format!("Image [{name}] is CREATE_FAILED."))),
        _ => Err(fault::in_use(format!(
            "Image [{name}] is {}.",
            status(&row.life)
        ))),
    }
}

pub(super) fn describe(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text(NAME);
    let row = find(world, call, name)?;
    let mut shown = row.settings;
    shown.insert(NAME.to_owned(), name.into());
    shown.insert("ImageArn".to_owned(), arn_of(call, name).into());
    shown.insert("ImageStatus".to_owned(), status(&row.life).into());
    show_life(&mut shown, &row.life);
    Ok(shown.into())
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    let part = args.maybe("NameContains").unwrap_or_default();
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    let rows = sagemaker.images.iter();
    page_of(
        args,
        "Images",
        rows.filter(|(name, _)| name.contains(part)),
        |row| (row.life.created_ms, row.life.modified_ms),
        |name, row| {
            let mut shown = row.settings.clone();
            shown.remove("RoleArn");
            shown.insert(NAME.to_owned(), name.into());
            shown.insert("ImageArn".to_owned(), arn_of(call, name).into());
            shown.insert("ImageStatus".to_owned(), status(&row.life).into());
            show_life(&mut shown, &row.life);
            shown.into()
        },
    )
}

pub(super) fn update(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text(NAME);
    let mut row = find_ready(world, call, name)?;
    check_role(world, call, args)?;
    merge::merge(&mut row.settings, given(args, &[NAME, "DeleteProperties"]));
    for gone in args.texts("DeleteProperties") {
        row.settings.remove(gone);
    }
    let key = format!("{name}/{}", call.now_ms);
    let ready_ms = world
        .behaviour
        .done_at(call.now_ms, takes::millis(takes::IMAGE, &key));
    row.life
        .enter(Status::Updating, call.now_ms, Some(ready_ms));
    let sagemaker = &mut world.region(&call.account, &call.region).sagemaker;
    sagemaker.put_image(name, row);
    one("ImageArn", arn_of(call, name))
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text(NAME);
    let mut row = find(world, call, name)?;
    if !matches!(
        row.life.status,
        Status::InService | Status::Failed | Status::UpdateFailed | Status::DeleteFailed
    ) {
        return Err(fault::in_use(format!(
            "Image [{name}] is {}.",
            status(&row.life)
        )));
    }
    let arn = arn_of(call, name);
    let ready_ms = world
        .behaviour
        .done_at(call.now_ms, takes::millis(takes::IMAGE, name));
    let sagemaker = &mut world.region(&call.account, &call.region).sagemaker;
    let named = |value: &Value| {
        value.get(NAME).and_then(Value::as_str) == Some(name) || value.as_str() == Some(&arn)
    };
    if let Some(user) = used::user_by(sagemaker, &named) {
        return Err(fault::in_use(format!(
            "Unable to delete Image [{name}] because it is in use by {user}."
        )));
    }
    row.life
        .enter(Status::Deleting, call.now_ms, Some(ready_ms));
    sagemaker.put_image(name, row);
    Ok(json!({}))
}
