//! What settings and running apps name keeps from going.

use serde_json::Value;

use super::state::{SageMaker, Status};

/// Something whose settings hold a text that `names` the thing.
pub(super) fn user(sagemaker: &SageMaker, names: &dyn Fn(&str) -> bool) -> Option<String> {
    user_by(sagemaker, &|value| value.as_str().is_some_and(names))
}

/// Something whose settings hold a value that `names` the thing.
pub(super) fn user_by(sagemaker: &SageMaker, names: &dyn Fn(&Value) -> bool) -> Option<String> {
    let held = |value: &Value| holds(value, names);
    let domains = sagemaker.domains.iter();
    let domain = domains
        .filter(|(_, row)| row.settings.values().any(held))
        .map(|(id, _)| format!("Domain [{id}]"));
    let profiles = sagemaker.profiles.values();
    let profile = profiles
        .filter(|row| row.settings.values().any(held))
        .map(|row| format!("UserProfile [{}]", row.name));
    let spaces = sagemaker.spaces.values();
    let space = spaces
        .filter(|row| row.settings.values().any(held))
        .map(|row| format!("Space [{}]", row.name));
    let apps = sagemaker.apps.values();
    let app = apps
        .filter(|row| !matches!(row.life.status, Status::Deleted | Status::Failed))
        .filter(|row| row.settings.values().any(held))
        .map(|row| format!("App [{}]", row.name));
    domain.chain(profile).chain(space).chain(app).next()
}

/// Whether such a value is anywhere in this one.
fn holds(value: &Value, names: &dyn Fn(&Value) -> bool) -> bool {
    names(value)
        || match value {
            Value::Array(items) => items.iter().any(|item| holds(item, names)),
            Value::Object(members) => members.values().any(|member| holds(member, names)),
            _ => false,
        }
}
