//! What a share lets its principals do: AWS's managed permissions, one for each type of resource.

use serde_json::{Value, json};

use super::state::Kind;
use super::{Answer, fault, paged, shares};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::world::World;

/// A permission that AWS manages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Permission {
    pub(super) name: &'static str,
    /// The type of resource that it is for.
    pub(super) kind: &'static str,
    /// Whether a share takes it where none is named.
    pub(super) is_default: bool,
    /// What it allows.
    pub(super) actions: &'static [&'static str],
}

/// What every permission's ARN starts with.
const PREFIX: &str = "arn:aws:ram::aws:permission/";

/// The permissions of the types that the sandbox shares (SageMaker guide, "Cross-account support for
/// pipelines"; VPC guide, "Share your VPC subnets").
const PERMISSIONS: &[Permission] = &[
    Permission {
        name: "AWSRAMDefaultPermissionSageMakerPipeline",
        kind: "sagemaker:Pipeline",
        is_default: true,
        actions: &[
            "sagemaker:DescribePipeline",
            "sagemaker:DescribePipelineDefinitionForExecution",
            "sagemaker:DescribePipelineExecution",
            "sagemaker:ListPipelineExecutions",
            "sagemaker:ListPipelineExecutionSteps",
            "sagemaker:ListPipelineParametersForExecution",
            "sagemaker:Search",
        ],
    },
    Permission {
        name: "AWSRAMPermissionSageMakerPipelineAllowExecution",
        kind: "sagemaker:Pipeline",
        is_default: false,
        actions: &[
            "sagemaker:DescribePipeline",
            "sagemaker:DescribePipelineDefinitionForExecution",
            "sagemaker:DescribePipelineExecution",
            "sagemaker:ListPipelineExecutions",
            "sagemaker:ListPipelineExecutionSteps",
            "sagemaker:ListPipelineParametersForExecution",
            "sagemaker:StartPipelineExecution",
            "sagemaker:StopPipelineExecution",
            "sagemaker:RetryPipelineExecution",
            "sagemaker:Search",
        ],
    },
    Permission {
        name: "AWSRAMDefaultPermissionSubnet",
        kind: "ec2:Subnet",
        is_default: true,
        actions: &[],
    },
];

/// Types by the service and the first word of the resource in an ARN.
const TYPES: &[(&str, &str, &str)] = &[
    ("sagemaker", "pipeline", "sagemaker:Pipeline"),
    ("ec2", "subnet", "ec2:Subnet"),
];

/// Service, region, account and the rest of an ARN.
fn parts(arn: &str) -> Option<[&str; 4]> {
    let mut parts = arn.strip_prefix("arn:aws:")?.splitn(4, ':');
    let all = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    all.iter().all(|part| !part.is_empty()).then_some(all)
}

/// Region and account of a resource's ARN.
pub(super) fn owner_of(arn: &str) -> Option<(&str, &str)> {
    let [_, region, account, _] = parts(arn)?;
    Some((region, account))
}

/// The type of the resource of an ARN, if it can be shared.
pub(super) fn type_of(arn: &str) -> Option<&'static str> {
    let [service, _, _, rest] = parts(arn)?;
    let word = rest.split('/').next()?;
    TYPES
        .iter()
        .find(|(of, kind, _)| *of == service && *kind == word)
        .map(|(_, _, name)| *name)
}

/// The permission of an ARN.
pub(super) fn named(arn: &str) -> Result<&'static Permission, Fault> {
    let name = arn
        .strip_prefix(PREFIX)
        .ok_or_else(|| fault::malformed(arn))?;
    PERMISSIONS
        .iter()
        .find(|one| one.name == name)
        .ok_or_else(|| {
            Fault::client(
                "UnknownResourceException",
                format!("Permission {arn} could not be found."),
            )
        })
}

/// The type that two of these are for, if there is one.
pub(super) fn of_one_type(all: &[&Permission]) -> Option<&'static str> {
    all.iter().enumerate().find_map(|(at, one)| {
        let mut before = all.iter().take(at);
        before
            .any(|other| other.kind == one.kind)
            .then_some(one.kind)
    })
}

/// The permissions in force in a share: those that were given, and the default ones of the other
/// types in it.
pub(super) fn of_share(world: &World, share: &str) -> Vec<&'static Permission> {
    let Some(row) = world.shared.ram.shares.get(share) else {
        return Vec::new();
    };
    let mut all: Vec<&Permission> = PERMISSIONS
        .iter()
        .filter(|one| row.permissions.iter().any(|name| name == one.name))
        .collect();
    for arn in shares::holds(world, share, Kind::Resource) {
        let kind = type_of(&arn);
        let is_covered = |kind: &str, all: &[&Permission]| all.iter().any(|one| one.kind == kind);
        if let Some(kind) = kind.filter(|kind| !is_covered(kind, &all)) {
            let mut defaults = PERMISSIONS.iter();
            all.extend(defaults.find(|one| one.kind == kind && one.is_default));
        }
    }
    all
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    let share = args.text("resourceShareArn");
    shares::owned(world, call, share)?;
    let all = of_share(world, share);
    paged(
        args,
        "permissions",
        all.into_iter().map(|one| (one.name, shown(one))),
    )
}

fn shown(permission: &Permission) -> Value {
    json!({
        "arn": format!("{PREFIX}{}", permission.name),
        "name": permission.name,
        "version": "1",
        "defaultVersion": true,
        "resourceType": permission.kind,
        "status": "ASSOCIATED",
        "isResourceTypeDefault": permission.is_default,
        "permissionType": "AWS_MANAGED",
        "featureSet": "STANDARD",
    })
}

pub(super) fn associate(world: &mut World, call: &Call, args: &Args) -> Answer {
    let share = args.text("resourceShareArn");
    shares::living(world, call, share)?;
    let new = named(args.text("permissionArn"))?;
    let other = of_share(world, share)
        .into_iter()
        .find(|one| one.kind == new.kind && one.name != new.name);
    if other.is_some() && !args.flag("replace") {
        return Err(fault::invalid(format!(
            "A permission of the resource type {} is already associated; set replace to true.",
            new.kind
        )));
    }
    if let Some(row) = world.shared.ram.shares.get_mut(share) {
        row.permissions
            .retain(|name| other.is_none_or(|other| name != other.name) && name != new.name);
        row.permissions.push(new.name.to_owned());
        row.changed_ms = call.now_ms;
    }
    Ok(json!({"returnValue": true}))
}
