//! Apps: people start them in the UI, and they block what they run in from going.

use serde_json::{Map, Value, json};

use super::spaces::DOMAIN_TAG;
use super::state::{App, Life, OwnerKind, Profile, SageMaker, Space, Status, app_key, app_prefix};
use super::{Answer, arn, domains, fault, given, members, new_tags, one, paged, show_life, takes};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::ec2::api::{self as network, NewInterface};
use crate::sandbox::model::{Args, texts};
use crate::sandbox::world::World;

/// Apps in these statuses keep their profile, space and domain from being deleted. A failed app
/// does not (developer guide, "Delete a domain").
pub(super) const BLOCKS_DELETION: &[Status] =
    &[Status::Pending, Status::InService, Status::Deleting];

/// Apps in these statuses keep the domain's network as it is (API reference of UpdateDomain).
pub(super) const BLOCKS_NETWORK_CHANGE: &[Status] =
    &[Status::InService, Status::Pending, Status::Deleting];

/// Apps that run in one profile or space (AWS's own quota).
const MAX_APPS_PER_OWNER: usize = 60;

/// Whether an app below the prefix has one of the statuses.
pub(super) fn any(sagemaker: &SageMaker, prefix: &str, statuses: &[Status]) -> bool {
    sagemaker
        .apps
        .below(prefix)
        .any(|(_, app)| statuses.contains(&app.life.status))
}

/// Domain, kind of owner and owner that the call names.
fn owner(args: &Args) -> Result<(OwnerKind, &str), Fault> {
    match (args.maybe("UserProfileName"), args.maybe("SpaceName")) {
        (Some(profile), None) => Ok((OwnerKind::Profile, profile)),
        (None, Some(space)) => Ok((OwnerKind::Space, space)),
        _ => Err(fault::invalid(
            "Exactly one of UserProfileName and SpaceName must be given.",
        )),
    }
}

fn key(args: &Args) -> Result<String, Fault> {
    let (kind, owner) = owner(args)?;
    let names = (args.text("AppType"), args.text("AppName"));
    Ok(app_key(args.text("DomainId"), kind, owner, names))
}

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let domain_id = args.text("DomainId");
    let (owner_kind, owner) = owner(args)?;
    let key = key(args)?;
    let (app_type, name) = (args.text("AppType"), args.text("AppName"));
    let domain = domains::find_ready(world, call, domain_id)?;
    let life = match owner_kind {
        OwnerKind::Profile => members::find::<Profile>(world, call, domain_id, owner)?.life,
        OwnerKind::Space => members::find::<Space>(world, call, domain_id, owner)?.life,
    };
    if life.status != Status::InService {
        return Err(fault::in_use(format!(
            "[{owner}] is {}. It must be InService to create an app.",
            life.status.word()
        )));
    }
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    let there = sagemaker
        .apps
        .get(&key)
        .filter(|app| !is_over(app.life.status));
    if there.is_some() {
        return Err(fault::in_use(format!(
            "App [{name}] of type {app_type} already exists."
        )));
    }
    let of_owner = app_prefix(domain_id, owner_kind, owner);
    if sagemaker
        .apps
        .below(&of_owner)
        .filter(|(_, app)| !is_over(app.life.status))
        .count()
        >= MAX_APPS_PER_OWNER
    {
        return Err(fault::limit(
            "Maximum number of running Studio apps",
            MAX_APPS_PER_OWNER,
        ));
    }
    let mut tags = new_tags(args)?;
    tags.insert(
        DOMAIN_TAG.to_owned(),
        arn(call, &format!("domain/{domain_id}")),
    );
    let path = match owner_kind {
        OwnerKind::Profile => "user-profile",
        OwnerKind::Space => "space",
    };
    tags.insert(
        format!("sagemaker:{path}-arn"),
        arn(call, &format!("{path}/{domain_id}/{owner}")),
    );
    let ready_ms = world
        .behaviour
        .done_at(call.now_ms, takes::millis(takes::APP_CREATE, &key));
    let app = App {
        domain: domain_id.to_owned(),
        owner_kind,
        owner: owner.to_owned(),
        app_type: app_type.to_owned(),
        name: name.to_owned(),
        settings: given(
            args,
            &[
                "DomainId",
                "UserProfileName",
                "SpaceName",
                "AppType",
                "AppName",
                "Tags",
            ],
        ),
        interface: interface(world, call, &domain.settings)?,
        life: Life::beginning(call.now_ms, ready_ms),
        tags,
    };
    let arn = app_arn(call, &app);
    world
        .region(&call.account, &call.region)
        .sagemaker
        .put_app(app);
    one("AppArn", arn)
}

fn is_over(status: Status) -> bool {
    matches!(status, Status::Deleted | Status::Failed)
}

/// The interface an app has in the customer's VPC when the domain is VpcOnly.
fn interface(
    world: &mut World,
    call: &Call,
    domain: &Map<String, Value>,
) -> Result<Option<String>, Fault> {
    if domain.get("AppNetworkAccessType").and_then(Value::as_str) != Some("VpcOnly") {
        return Ok(None);
    }
    let subnets = texts(domain.get("SubnetIds"));
    let Some(subnet) = subnets.first() else {
        return Ok(None);
    };
    let groups = domain
        .get("DefaultUserSettings")
        .and_then(|users| users.get("SecurityGroups"));
    let groups: Vec<String> = texts(groups).into_iter().map(str::to_owned).collect();
    let new = NewInterface {
        subnet,
        groups: &groups,
        description: "[DO NOT DELETE] ENI managed by SageMaker for Studio Domain",
        requester: "amazon-sagemaker",
        kind: "interface",
        private_ip: None,
    };
    network::create_interface(world, &call.account, &call.region, &new)
        .map(|(id, _)| Some(id))
        .map_err(|fault| fault::invalid(fault.message))
}

fn app_arn(call: &Call, app: &App) -> String {
    arn(
        call,
        &format!(
            "app/{}/{}/{}/{}",
            app.domain,
            app.owner,
            app.app_type.to_ascii_lowercase(),
            app.name
        ),
    )
}

fn find(world: &World, call: &Call, args: &Args) -> Result<App, Fault> {
    let key = key(args)?;
    world
        .peek(&call.account, &call.region)
        .and_then(|held| held.sagemaker.apps.get(&key))
        .cloned()
        .ok_or_else(|| {
            fault::none(format!(
                "App [{}] of type {} does not exist in Domain [{}].",
                args.text("AppName"),
                args.text("AppType"),
                args.text("DomainId")
            ))
        })
}

fn names(app: &App) -> Map<String, Value> {
    let mut shown = Map::new();
    let owner = match app.owner_kind {
        OwnerKind::Profile => "UserProfileName",
        OwnerKind::Space => "SpaceName",
    };
    for (name, value) in [
        ("DomainId", &app.domain),
        (owner, &app.owner),
        ("AppType", &app.app_type),
        ("AppName", &app.name),
    ] {
        shown.insert(name.to_owned(), value.clone().into());
    }
    show_life(&mut shown, &app.life);
    // Apps have no such member.
    shown.remove("LastModifiedTime");
    shown
}

pub(super) fn describe(world: &mut World, call: &Call, args: &Args) -> Answer {
    let app = find(world, call, args)?;
    let mut shown = names(&app);
    shown.insert("AppArn".to_owned(), app_arn(call, &app).into());
    shown.extend(app.settings);
    Ok(Value::Object(shown))
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    let domain = args.maybe("DomainIdEquals");
    let (profile, space) = (
        args.maybe("UserProfileNameEquals"),
        args.maybe("SpaceNameEquals"),
    );
    if profile.is_some() && space.is_some() {
        return Err(fault::invalid(
            "UserProfileNameEquals and SpaceNameEquals cannot be given together.",
        ));
    }
    let prefix = match (domain, profile, space) {
        (Some(domain), Some(name), _) => app_prefix(domain, OwnerKind::Profile, name),
        (Some(domain), _, Some(name)) => app_prefix(domain, OwnerKind::Space, name),
        (Some(domain), None, None) => format!("{domain}/"),
        (None, ..) => String::new(),
    };
    let is_named = |wanted: Option<&str>, kind: OwnerKind, app: &App| {
        wanted.is_none_or(|name| app.owner_kind == kind && app.owner.eq_ignore_ascii_case(name))
    };
    let rows = sagemaker.apps.below(&prefix).filter(|(_, app)| {
        is_named(profile, OwnerKind::Profile, app) && is_named(space, OwnerKind::Space, app)
    });
    paged(
        args,
        "Apps",
        rows,
        |app| &app.life,
        |_, app| {
            let mut shown = names(app);
            if let Some(spec) = app.settings.get("ResourceSpec") {
                shown.insert("ResourceSpec".to_owned(), spec.clone());
            }
            shown.remove("FailureReason");
            Value::Object(shown)
        },
    )
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let mut app = find(world, call, args)?;
    let name = &app.name;
    match app.life.status {
        Status::InService | Status::Pending | Status::DeleteFailed => {}
        Status::Deleted => {
            return Err(fault::invalid(format!(
                "App [{name}] has already been deleted."
            )));
        }
        Status::Failed => {
            return Err(fault::invalid(format!(
                "App [{name}] previously failed and was automatically deleted."
            )));
        }
        status => {
            return Err(fault::in_use(format!(
                "Unable to delete App [{name}] while it is {}.",
                status.word()
            )));
        }
    }
    let gone_ms = world
        .behaviour
        .done_at(call.now_ms, takes::millis(takes::APP_DELETE, &app.key()));
    app.life.enter(Status::Deleting, call.now_ms, Some(gone_ms));
    world
        .region(&call.account, &call.region)
        .sagemaker
        .put_app(app);
    Ok(json!({}))
}
