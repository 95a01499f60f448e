//! Spaces: shared ones, and private ones that belong to a profile.

use serde_json::{Map, Value, json};

use super::state::{Life, OwnerKind, Space, Status, app_prefix, named_key};
use super::{
    Answer, apps, arn, checks, domains, fault, given, merge, one, paged, profiles, show_life, takes,
};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::tags::{self, Tags};
use crate::sandbox::world::World;

/// Spaces of all domains of an account in a region; AWS raises its own on request.
const MAX_SPACES: usize = 200_000;

/// The tag SageMaker puts on what is made inside a domain (developer guide, "Multiple domains").
pub(super) const DOMAIN_TAG: &str = "sagemaker:domain-arn";

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let (domain_id, name) = (args.text("DomainId"), args.text("SpaceName"));
    let mut domain = domains::find_ready(world, call, domain_id)?;
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    let key = named_key(domain_id, name);
    if sagemaker.spaces.contains(&key) {
        return Err(fault::in_use(format!(
            "Space [{name}] already exists in Domain [{domain_id}]."
        )));
    }
    if sagemaker.spaces.len() >= MAX_SPACES {
        return Err(fault::limit(
            "Maximum number of Studio spaces allowed per account",
            MAX_SPACES,
        ));
    }
    let owner = owner(world, call, args)?;
    checks::no_code_repositories("SpaceSettings", args.get("SpaceSettings"))?;
    let mut tags = Tags::new();
    let new = tags::read(args.get("Tags")).map_err(fault::tags)?;
    tags::add(&mut tags, new).map_err(fault::tags)?;
    tags.insert(
        DOMAIN_TAG.to_owned(),
        arn(call, &format!("domain/{domain_id}")),
    );
    let ready_ms = world
        .behaviour
        .done_at(call.now_ms, takes::millis(takes::SPACE_CREATE, &key));
    let space = Space {
        domain: domain_id.to_owned(),
        name: name.to_owned(),
        owner,
        settings: given(args, &["DomainId", "SpaceName", "Tags"]),
        uid: domain.next_uid,
        life: Life::beginning(call.now_ms, ready_ms),
        tags,
    };
    domain.next_uid += 1;
    let sagemaker = &mut world.region(&call.account, &call.region).sagemaker;
    sagemaker.put_space(space);
    sagemaker.put_domain(domain_id, domain);
    one("SpaceArn", space_arn(call, domain_id, name))
}

/// The profile the new space belongs to. Owner and sharing are given together or not at all.
fn owner(world: &World, call: &Call, args: &Args) -> Result<Option<String>, Fault> {
    let owner = args
        .get("OwnershipSettings")
        .and_then(|settings| settings.get("OwnerUserProfileName"));
    let sharing = args
        .get("SpaceSharingSettings")
        .and_then(|settings| settings.get("SharingType"));
    if owner.is_some() != sharing.is_some() {
        return Err(fault::invalid(
            "OwnershipSettings and SpaceSharingSettings must be given together.",
        ));
    }
    let Some(owner) = owner.and_then(Value::as_str) else {
        return Ok(None);
    };
    profiles::find(world, call, args.text("DomainId"), owner)?;
    Ok(Some(owner.to_owned()))
}

fn space_arn(call: &Call, domain: &str, name: &str) -> String {
    arn(call, &format!("space/{domain}/{name}"))
}

/// The space's row.
pub(super) fn find(world: &World, call: &Call, domain: &str, name: &str) -> Result<Space, Fault> {
    domains::find(world, call, domain)?;
    world
        .peek(&call.account, &call.region)
        .and_then(|held| held.sagemaker.spaces.get(&named_key(domain, name)))
        .cloned()
        .ok_or_else(|| {
            fault::none(format!(
                "Space [{name}] does not exist in Domain [{domain}]."
            ))
        })
}

pub(super) fn describe(world: &mut World, call: &Call, args: &Args) -> Answer {
    let space = find(world, call, args.text("DomainId"), args.text("SpaceName"))?;
    let mut shown = space.settings.clone();
    shown.insert("DomainId".to_owned(), space.domain.clone().into());
    shown.insert(
        "SpaceArn".to_owned(),
        space_arn(call, &space.domain, &space.name).into(),
    );
    shown.insert("SpaceName".to_owned(), space.name.clone().into());
    shown.insert(
        "HomeEfsFileSystemUid".to_owned(),
        space.uid.to_string().into(),
    );
    let url = format!(
        "https://{}.studio.{}.sagemaker.aws/spaces/{}",
        space.domain, call.region, space.name
    );
    shown.insert("Url".to_owned(), url.into());
    show_life(&mut shown, &space.life);
    Ok(Value::Object(shown))
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    let prefix = args
        .maybe("DomainIdEquals")
        .map(|id| format!("{id}/"))
        .unwrap_or_default();
    let part = args
        .maybe("SpaceNameContains")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let rows = sagemaker
        .spaces
        .below(&prefix)
        .filter(|(_, row)| part.is_empty() || row.name.to_ascii_lowercase().contains(&part));
    paged(args, "Spaces", rows, |row| &row.life, |_, row| summary(row))
}

fn summary(row: &Space) -> Value {
    let mut shown = Map::new();
    shown.insert("DomainId".to_owned(), row.domain.clone().into());
    shown.insert("SpaceName".to_owned(), row.name.clone().into());
    let settings = row.settings.get("SpaceSettings");
    let mut summary = Map::new();
    for name in ["AppType", "RemoteAccess", "SpaceStorageSettings"] {
        if let Some(value) = settings.and_then(|settings| settings.get(name)) {
            summary.insert(name.to_owned(), value.clone());
        }
    }
    shown.insert("SpaceSettingsSummary".to_owned(), summary.into());
    for (from, to) in [
        ("SpaceSharingSettings", "SpaceSharingSettingsSummary"),
        ("OwnershipSettings", "OwnershipSettingsSummary"),
        ("SpaceDisplayName", "SpaceDisplayName"),
    ] {
        if let Some(value) = row.settings.get(from) {
            shown.insert(to.to_owned(), value.clone());
        }
    }
    show_life(&mut shown, &row.life);
    shown.remove("FailureReason");
    Value::Object(shown)
}

pub(super) fn update(world: &mut World, call: &Call, args: &Args) -> Answer {
    let (domain_id, name) = (args.text("DomainId"), args.text("SpaceName"));
    let mut space = find(world, call, domain_id, name)?;
    if !matches!(space.life.status, Status::InService | Status::UpdateFailed) {
        return Err(fault::in_use(format!(
            "Unable to update Space [{name}] while it is {}.",
            space.life.status.word()
        )));
    }
    let settings = args.get("SpaceSettings");
    // Refused even when it is the same: boto/boto3#4375.
    if settings.is_some_and(|settings| settings.get("AppType").is_some()) {
        return Err(fault::invalid("AppType cannot be updated for a space."));
    }
    checks::no_code_repositories("SpaceSettings", settings)?;
    merge::merge(&mut space.settings, given(args, &["DomainId", "SpaceName"]));
    let key = named_key(domain_id, name);
    let ready_ms = world
        .behaviour
        .done_at(call.now_ms, takes::millis(takes::SPACE_UPDATE, &key));
    space
        .life
        .enter(Status::Updating, call.now_ms, Some(ready_ms));
    let arn = space_arn(call, domain_id, &space.name);
    world
        .region(&call.account, &call.region)
        .sagemaker
        .put_space(space);
    one("SpaceArn", arn)
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let (domain_id, name) = (args.text("DomainId"), args.text("SpaceName"));
    let mut space = find(world, call, domain_id, name)?;
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    let apps = app_prefix(domain_id, OwnerKind::Space, name);
    if apps::any(sagemaker, &apps, apps::BLOCKS_DELETION) {
        return Err(fault::in_use(format!(
            "Unable to delete Space [{name}] because App(s) are associated with it."
        )));
    }
    if matches!(
        space.life.status,
        Status::Pending | Status::Updating | Status::Deleting
    ) {
        return Err(fault::in_use(format!(
            "Unable to delete Space [{name}] while it is {}.",
            space.life.status.word()
        )));
    }
    let key = named_key(domain_id, name);
    let gone_ms = world
        .behaviour
        .done_at(call.now_ms, takes::millis(takes::SPACE_DELETE, &key));
    space
        .life
        .enter(Status::Deleting, call.now_ms, Some(gone_ms));
    world
        .region(&call.account, &call.region)
        .sagemaker
        .put_space(space);
    Ok(json!({}))
}
