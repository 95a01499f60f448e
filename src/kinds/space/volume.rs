//! The volume of a space: it goes with the space, and with it what people keep there.

use crate::kinds::sagemaker;
use crate::kinds::schema::ChangeRule;
use crate::state::Record;
use crate::value::{Map, Value};

/// Types of apps whose space has a volume of its own; those of Studio Classic keep all in the
/// domain's home file system.
const WITH_VOLUME: [&str; 2] = ["JupyterLab", "CodeEditor"];
/// Where the size of the volume stands.
const SIZE: [&str; 3] = [
    "space_storage_settings",
    "ebs_storage_settings",
    "ebs_volume_size_in_gb",
];

fn size(settings: Option<&Value>) -> Option<i64> {
    let mut value = settings?;
    for name in SIZE {
        value = value.get(name)?;
    }
    value.as_int()
}

/// The volume that is lost with a space, in words; `None` if it has none, or if the space is being
/// deleted already.
pub(super) fn lost_with(record: &Record) -> Option<String> {
    if sagemaker::is_going(&record.attributes) {
        return None;
    }
    let settings = record.attributes.get("space_settings");
    let app_type = settings.and_then(|settings| settings.get("app_type")?.as_str());
    let size = size(settings);
    let has_one = size.is_some() || app_type.is_some_and(|ty| WITH_VOLUME.contains(&ty));
    if !has_one {
        return None;
    }
    let owner = owner(&record.attributes).map_or_else(
        || "what people keep there".to_owned(),
        |owner| format!("what `{owner}` keeps there"),
    );
    Some(match size {
        Some(size) => format!("the space's volume of {size} GB with {owner}"),
        None => format!("the space's volume with {owner}"),
    })
}

/// The profile that it belongs to.
fn owner(attributes: &Map) -> Option<&str> {
    let settings = attributes.get("ownership_settings")?;
    settings.get("owner_user_profile_name")?.as_str()
}

/// A volume grows, and never becomes smaller (recalled: so it is with EBS).
pub(super) fn change_rule(path: &str, before: &Value, after: &Value) -> ChangeRule {
    let is_size = path.rsplit('.').next() == SIZE.last().copied();
    match (before.as_int(), after.as_int()) {
        (Some(before), Some(after)) if is_size && after < before => ChangeRule::Replace(
            "a volume does not become smaller; the new space gets a new, empty volume",
        ),
        _ => ChangeRule::InPlace,
    }
}
