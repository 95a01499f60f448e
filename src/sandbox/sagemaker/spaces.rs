//! Spaces: shared ones, and private ones that belong to a profile.

use serde_json::{Map, Value};

use super::members::{self, Member};
use super::state::{OwnerKind, Profile, Space, app_prefix};
use super::{Answer, apps, arn, checks, fault};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::world::World;

/// The tag SageMaker puts on what is made inside a domain (developer guide, "Multiple domains").
pub(super) const DOMAIN_TAG: &str = "sagemaker:domain-arn";

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let domain = members::domain_for::<Space>(world, call, args)?;
    let owner = owner(world, call, args)?;
    checks::no_code_repositories("SpaceSettings", args.get("SpaceSettings"))?;
    let (domain_id, name) = members::named::<Space>(args);
    let mut tags = super::new_tags(args)?;
    tags.insert(
        DOMAIN_TAG.to_owned(),
        arn(call, &format!("domain/{domain_id}")),
    );
    let space = Space {
        domain: domain_id.to_owned(),
        name: name.to_owned(),
        owner,
        settings: members::settings::<Space>(args),
        uid: domain.next_uid,
        life: members::new_life::<Space>(world, call, args),
        tags,
    };
    members::add(world, call, domain, space)
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
    members::find::<Profile>(world, call, args.text("DomainId"), owner)?;
    Ok(Some(owner.to_owned()))
}

pub(super) fn describe(world: &mut World, call: &Call, args: &Args) -> Answer {
    let space: Space = members::asked_for(world, call, args)?;
    let url = format!(
        "https://{}.studio.{}.sagemaker.aws/spaces/{}",
        space.domain, call.region, space.name
    );
    let mut shown = members::shown(call, space);
    shown.insert("Url".to_owned(), url.into());
    Ok(shown.into())
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    members::list(world, call, args, add_summary)
}

/// What a list shows of a space alone.
fn add_summary(row: &Space, shown: &mut Map<String, Value>) {
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
}

pub(super) fn update(world: &mut World, call: &Call, args: &Args) -> Answer {
    let space: Space = members::asked_for(world, call, args)?;
    members::check_changeable(&space)?;
    let settings = args.get("SpaceSettings");
    // Refused even when it is the same: boto/boto3#4375.
    if settings.is_some_and(|settings| settings.get("AppType").is_some()) {
        return Err(fault::invalid("AppType cannot be updated for a space."));
    }
    checks::no_code_repositories("SpaceSettings", settings)?;
    let before = space.settings.get("SpaceSettings");
    if let (Some(before), Some(after)) = (volume(before), volume(settings))
        && after < before
    {
        return Err(fault::invalid(format!(
            "EbsVolumeSizeInGb cannot be decreased from {before} to {after}."
        )));
    }
    members::change(world, call, args, space)
}

/// The size of the volume that settings ask for, in GB.
fn volume(settings: Option<&Value>) -> Option<u64> {
    settings?
        .get("SpaceStorageSettings")?
        .get("EbsStorageSettings")?
        .get("EbsVolumeSizeInGb")?
        .as_u64()
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let space: Space = members::asked_for(world, call, args)?;
    let (domain, name) = space.names();
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    let apps = app_prefix(domain, OwnerKind::Space, name);
    if apps::any(sagemaker, &apps, apps::BLOCKS_DELETION) {
        return Err(members::blocked(&space, "App"));
    }
    members::start_deletion(world, call, space)
}
