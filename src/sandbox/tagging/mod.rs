//! The sandbox's resource groups tagging API: tags of many things at once, in EC2, SageMaker and
//! EFS. IAM's are not in it, as on AWS.

mod get_resources;

use serde_json::{Map, Value, json};

use super::call::{Call, Fault};
use super::model::{self, Args, Violation};
use super::tags::{self, Tags};
use super::world::World;
use super::{ec2, efs, sagemaker};

/// Answers one call.
///
/// # Errors
/// The fault AWS would answer.
pub fn call(world: &mut World, call: &Call) -> Result<Value, Fault> {
    let operation = call.operation.as_str();
    if !model::TAGGING.has(operation) {
        return Err(Fault::unknown_operation(operation));
    }
    let args = model::check(&model::TAGGING, operation, call.json()).map_err(violation)?;
    let args = Args(args);
    match operation {
        "GetResources" => get_resources::get(world, call, &args),
        "TagResources" => tag(world, call, &args),
        "UntagResources" => Ok(untag(world, call, &args)),
        _ => Err(Fault::unknown_operation(operation)),
    }
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::client("InvalidParameterException", message)
}

fn violation(violation: Violation) -> Fault {
    match violation {
        Violation::Serialization(message) => Fault::client("SerializationException", message),
        Violation::Constraints(message) => invalid(message),
    }
}

fn tag(world: &mut World, call: &Call, args: &Args) -> Result<Value, Fault> {
    let mut tags = Tags::new();
    for (key, value) in args
        .get("Tags")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        if tags::is_reserved(key) {
            return Err(invalid(format!(
                "Tag key {key} begins with aws:, which is reserved."
            )));
        }
        tags.insert(key.clone(), value.as_str().unwrap_or_default().to_owned());
    }
    Ok(each_arn(world, call, args, &tags, &[]))
}

fn untag(world: &mut World, call: &Call, args: &Args) -> Value {
    each_arn(world, call, args, &Tags::new(), &args.texts("TagKeys"))
}

/// Changes the tags of each thing the call names; answers what could not be.
fn each_arn(world: &mut World, call: &Call, args: &Args, add: &Tags, remove: &[&str]) -> Value {
    let mut failed = Map::new();
    for arn in args.texts("ResourceARNList") {
        if let Err(fault) = change(world, call, arn, add, remove) {
            failed.insert(
                arn.to_owned(),
                json!({
                    "StatusCode": fault.status,
                    "ErrorCode": "InvalidParameterException",
                    "ErrorMessage": fault.message,
                }),
            );
        }
    }
    json!({"FailedResourcesMap": failed})
}

fn change(
    world: &mut World,
    call: &Call,
    arn: &str,
    add: &Tags,
    remove: &[&str],
) -> Result<(), Fault> {
    let parsed = Arn::parse(arn).ok_or_else(|| invalid(format!("{arn} is not a valid ARN")))?;
    if parsed.region != call.region || parsed.account != call.account {
        return Err(invalid(format!("{arn} is not in this account and region")));
    }
    match parsed.service {
        "ec2" => {
            if !add.is_empty() {
                ec2::api::tag(world, arn, add)?;
            }
            if !remove.is_empty() {
                let keys: Vec<String> = remove.iter().map(|key| (*key).to_owned()).collect();
                ec2::api::untag(world, arn, &keys)?;
            }
            Ok(())
        }
        "sagemaker" => sagemaker::api::change_tags(world, arn, (add.clone(), remove)),
        "elasticfilesystem" => {
            let id = parsed.resource.rsplit('/').next().unwrap_or_default();
            efs::api::change_tags(
                world,
                &call.account,
                &call.region,
                id,
                (add.clone(), remove),
            )
        }
        service => Err(invalid(format!(
            "Resources of {service} cannot be tagged here"
        ))),
    }
}

/// An ARN, taken apart.
#[derive(Debug)]
struct Arn<'a> {
    service: &'a str,
    region: &'a str,
    account: &'a str,
    /// `vpc/vpc-…`.
    resource: &'a str,
}

impl<'a> Arn<'a> {
    fn parse(arn: &'a str) -> Option<Self> {
        /// What comes after `arn:`.
        const PARTS: usize = 5;
        let mut parts = arn.strip_prefix("arn:")?.splitn(PARTS, ':');
        let _partition = parts.next()?;
        Some(Self {
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        })
    }

    /// Whether it is of the type (`ec2:vpc`) or service (`ec2`).
    fn is_of(&self, wanted: &str) -> bool {
        match wanted.split_once(':') {
            None => wanted == self.service,
            Some((service, kind)) => {
                service == self.service && self.resource.split('/').next() == Some(kind)
            }
        }
    }
}

#[cfg(test)]
mod tests;
