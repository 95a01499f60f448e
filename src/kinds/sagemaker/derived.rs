//! What follows from the name of what stands by its name in an account and region.

use crate::kinds::{Facts, iam};
use crate::value::Value;

/// `arn:aws:sagemaker:REGION:ACCOUNT:WHAT/NAME`. `None` for a name with capitals: SageMaker writes
/// the ARNs of some things in small letters and of others not, so only AWS knows it.
#[must_use]
pub fn derived_arn(facts: &dyn Facts, what: &str) -> Option<Value> {
    let place = facts.place()?;
    let name = facts.attribute("name")?;
    let name = name.as_str()?;
    if place.account.is_empty()
        || place.region.is_empty()
        || name.chars().any(|c| c.is_ascii_uppercase())
    {
        return None;
    }
    Some(Value::string(format!(
        "arn:{}:sagemaker:{}:{}:{what}/{name}",
        iam::partition(&place.region),
        place.region,
        place.account,
    )))
}

/// The name, for things whose id it is.
#[must_use]
pub fn derived_name(facts: &dyn Facts) -> Option<Value> {
    facts
        .attribute("name")
        .filter(|name| name.as_str().is_some())
}
