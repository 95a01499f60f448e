//! Service-linked roles: made for a service, changed by that service alone.

use serde_json::json;

use super::state::Role;
use super::{Answer, fault, managed, trust, unique_id};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::world::World;

/// Service, name of its role, path and name of the policy it carries.
const SERVICES: &[(&str, &str, &str)] = &[
    (
        "sagemaker.amazonaws.com",
        "AWSServiceRoleForAmazonSageMakerNotebooks",
        "aws-service-role/AmazonSageMakerNotebooksServiceRolePolicy",
    ),
    (
        "elasticfilesystem.amazonaws.com",
        "AWSServiceRoleForAmazonElasticFileSystem",
        "aws-service-role/AmazonElasticFileSystemServiceRolePolicy",
    ),
];

/// Seconds of a session.
const SESSION: i64 = 3_600;

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let service = args.text("AWSServiceName");
    if args.maybe("CustomSuffix").is_some() {
        return Err(fault::input(format!(
            "Custom suffix is not allowed for {service}"
        )));
    }
    let Some(name) = ensure(world, &call.account, service, call.now_ms)? else {
        let name = role_name(service).unwrap_or_default();
        return Err(fault::input(format!(
            "Service role name {name} has been taken in this account, please try a different suffix."
        )));
    };
    if let Some(description) = args.maybe("Description")
        && let Some(mut role) = world.account(&call.account).iam.role(&name).cloned()
    {
        role.description = Some(description.to_owned());
        world.account(&call.account).iam.put_role(role);
    }
    super::roles::get(world, call, &Args(json!({"RoleName": name})))
}

fn role_name(service: &str) -> Option<&'static str> {
    SERVICES
        .iter()
        .find(|(of, ..)| *of == service)
        .map(|(_, name, _)| *name)
}

/// Makes the role of the service, unless it is there. The name of a role made now.
///
/// # Errors
/// `InvalidInput` for a service the sandbox knows no role of.
pub(super) fn ensure(
    world: &mut World,
    account: &str,
    service: &str,
    now_ms: u64,
) -> Result<Option<String>, Fault> {
    let Some((_, name, policy)) = SERVICES.iter().find(|(of, ..)| *of == service) else {
        return Err(fault::input(format!(
            "Service Linked Role cannot be created for {service}"
        )));
    };
    if world.account(account).iam.role(name).is_some() {
        return Ok(None);
    }
    let role = Role {
        id: unique_id(world, trust::ROLE_ID_PREFIX),
        name: (*name).to_owned(),
        path: format!("/aws-service-role/{service}/"),
        description: None,
        trust: json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
        }]}),
        max_session: SESSION,
        created_ms: now_ms,
        trust_changed_ms: now_ms,
        inline: Default::default(),
        attached: [managed::arn(policy)].into(),
        boundary: None,
        tags: Default::default(),
        linked_service: Some(service.to_owned()),
        sandbox_made: false,
    };
    world.account(account).iam.put_role(role);
    Ok(Some((*name).to_owned()))
}

const TASK: &str = "task/";

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let role = super::roles::find(world, call, args)?;
    let Some(service) = &role.linked_service else {
        return Err(fault::input(format!(
            "Role {} is not a service-linked role",
            role.name
        )));
    };
    if service == "sagemaker.amazonaws.com"
        && crate::sandbox::sagemaker::api::has_domains(world, &call.account)
    {
        return Err(fault::in_use(
            "Service-linked role is in use by Amazon SageMaker domains of this account.",
        ));
    }
    let task = format!(
        "{TASK}aws-service-role/{service}/{}/{}",
        role.name,
        role.id.to_lowercase()
    );
    world.account(&call.account).iam.drop_role(&role.name);
    Ok(json!({"DeletionTaskId": task}))
}

pub(super) fn deletion_status(args: &Args) -> Answer {
    // Deletion is done by the time the task's id is answered.
    if args.text("DeletionTaskId").starts_with(TASK) {
        return Ok(json!({"Status": "SUCCEEDED"}));
    }
    Err(fault::none("The deletion task cannot be found."))
}
