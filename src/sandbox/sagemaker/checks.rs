//! What settings refer to and must be there: roles, VPC, subnets, security groups.

use serde_json::Value;

use super::fault;
use super::state::Status;
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::texts;
use crate::sandbox::world::World;
use crate::sandbox::{ec2, iam};

/// The service an execution role must trust.
const SERVICE: &str = "sagemaker.amazonaws.com";

/// Refuses roles that SageMaker cannot take: absent, without trust, or not seen yet. SageMaker
/// does not tell which.
pub(super) fn roles(
    world: &World,
    call: &Call,
    structures: &[Option<&Value>],
) -> Result<(), Fault> {
    let mut roles: Vec<&str> = Vec::new();
    for structure in structures.iter().flatten() {
        collect_roles(structure, &mut roles);
    }
    for arn in roles {
        role(world, call, arn)?;
    }
    Ok(())
}

/// Refuses a role that SageMaker cannot take.
pub(super) fn role(world: &World, call: &Call, arn: &str) -> Result<(), Fault> {
    iam::api::service_can_take(world, arn, SERVICE, call.now_ms).map_err(|_| {
        fault::invalid(format!(
            "Could not assume role {arn}. Please ensure that the role exists and allows principal '{SERVICE}' to assume the role."
        ))
    })
}

/// Refuses custom images that cannot be offered: of an image or app image configuration that is not
/// there, or of an image that has no version that can be used.
pub(super) fn images(
    world: &World,
    call: &Call,
    structures: &[Option<&Value>],
) -> Result<(), Fault> {
    let mut images = Vec::new();
    for structure in structures.iter().flatten() {
        collect_images(structure, &mut images);
    }
    let Some(held) = world.peek(&call.account, &call.region) else {
        return Ok(());
    };
    for image in images {
        let text = |name: &str| image.get(name).and_then(Value::as_str).unwrap_or_default();
        let config = text("AppImageConfigName");
        if !held.sagemaker.app_image_configs.contains(config) {
            return Err(fault::invalid(format!(
                "AppImageConfig [{config}] does not exist."
            )));
        }
        let name = text("ImageName");
        if !held.sagemaker.images.contains(name) {
            return Err(fault::invalid(format!("Image [{name}] does not exist.")));
        }
        let prefix = format!("{name}/");
        let number = image.get("ImageVersionNumber").and_then(Value::as_u64);
        let mut versions = held.sagemaker.image_versions.below(&prefix);
        let is_there = versions.any(|(_, row)| {
            row.life.status == Status::InService
                && number.is_none_or(|number| u64::from(row.number) == number)
        });
        if !is_there {
            return Err(fault::invalid(format!(
                "Image [{name}] has no such version that is CREATED."
            )));
        }
    }
    Ok(())
}

/// The items of every `CustomImages` in the settings.
fn collect_images<'v>(value: &'v Value, images: &mut Vec<&'v Value>) {
    for (name, below) in value.as_object().into_iter().flatten() {
        match (name.as_str(), below) {
            ("CustomImages", Value::Array(items)) => images.extend(items),
            _ => collect_images(below, images),
        }
    }
}

/// The roles SageMaker itself takes, wherever they stand in the settings. Roles that apps take
/// later (`AmazonForecastRoleArn` and the like) are not looked at before.
fn collect_roles<'v>(value: &'v Value, roles: &mut Vec<&'v str>) {
    for (name, below) in value.as_object().into_iter().flatten() {
        match below {
            Value::String(arn)
                if matches!(name.as_str(), "ExecutionRole" | "DomainExecutionRoleArn") =>
            {
                roles.push(arn);
            }
            Value::Object(_) => collect_roles(below, roles),
            _ => {}
        }
    }
}

/// Refuses subnets that are not there or not in the VPC, and a VPC that is not there or has
/// dedicated tenancy (developer guide, "Connect Studio notebooks in a VPC to external resources").
pub(super) fn network(
    world: &World,
    call: &Call,
    vpc: &str,
    subnets: &[&str],
) -> Result<(), Fault> {
    let facts = ec2::api::vpc(world, &call.account, &call.region, vpc)
        .ok_or_else(|| fault::invalid(format!("The vpc ID '{vpc}' does not exist")))?;
    if facts.tenancy == "dedicated" {
        return Err(fault::invalid(format!(
            "VPC {vpc} has dedicated tenancy. Only VPCs of default tenancy are supported."
        )));
    }
    for id in subnets {
        let subnet = ec2::api::subnet(world, &call.account, &call.region, id)
            .ok_or_else(|| fault::invalid(format!("The subnet ID '{id}' does not exist")))?;
        if subnet.vpc != vpc {
            return Err(fault::invalid(format!(
                "Subnet {id} does not belong to VPC {vpc}"
            )));
        }
    }
    Ok(())
}

/// Refuses security groups that are not there or of another VPC than the domain's.
pub(super) fn groups(
    world: &World,
    call: &Call,
    vpc: Option<&str>,
    structures: &[Option<&Value>],
) -> Result<(), Fault> {
    let Some(vpc) = vpc else {
        return Ok(());
    };
    for structure in structures.iter().flatten() {
        for name in ["SecurityGroups", "SecurityGroupIds"] {
            for id in texts(structure.get(name)) {
                let group = ec2::api::group(world, &call.account, &call.region, id);
                let group = group.ok_or_else(|| {
                    fault::invalid(format!("The security group '{id}' does not exist"))
                })?;
                if group.vpc != vpc {
                    return Err(fault::invalid(format!(
                        "Security group {id} does not belong to VPC {vpc}"
                    )));
                }
            }
        }
    }
    Ok(())
}

/// Refuses `JupyterServerAppSettings.CodeRepositories` where only user settings may have it
/// (hashicorp/terraform-provider-aws#36089).
pub(super) fn no_code_repositories(name: &str, settings: Option<&Value>) -> Result<(), Fault> {
    let repositories = settings
        .and_then(|settings| settings.get("JupyterServerAppSettings"))
        .and_then(|app| app.get("CodeRepositories"));
    match repositories {
        None => Ok(()),
        Some(_) => Err(fault::invalid(format!(
            "CodeRepositories is not supported in the JupyterServerAppSettings of {name}."
        ))),
    }
}

/// Refuses to close Studio to users that land in it (hashicorp/terraform-provider-aws#35504): of the
/// settings that were there, and those that a call gives.
pub(super) fn landing(there: Option<&Value>, given: Option<&Value>) -> Result<(), Fault> {
    let member = |name: &str| {
        let of = |settings: Option<&'_ Value>| settings?.get(name)?.as_str().map(str::to_owned);
        of(given).or_else(|| of(there))
    };
    let is_closed = member("StudioWebPortal").as_deref() == Some("DISABLED");
    match member("DefaultLandingUri") {
        Some(uri) if is_closed && uri.starts_with("studio::") => Err(fault::invalid(
            "StudioWebPortal is disabled for this domain/user.",
        )),
        _ => Ok(()),
    }
}
