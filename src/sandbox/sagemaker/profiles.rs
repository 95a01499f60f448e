//! User profiles.

use serde_json::{Map, Value, json};

use super::state::{Life, OwnerKind, Profile, Status, app_prefix, named_key};
use super::{
    Answer, apps, arn, checks, domains, fault, given, merge, one, paged, show_life, takes,
};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::tags::{self, Tags};
use crate::sandbox::world::World;

/// Profiles of all domains of an account in a region; AWS raises its own on request.
const MAX_PROFILES: usize = 200_000;

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let (domain_id, name) = (args.text("DomainId"), args.text("UserProfileName"));
    let mut domain = domains::find_ready(world, call, domain_id)?;
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    let key = named_key(domain_id, name);
    if sagemaker.profiles.contains(&key) {
        return Err(fault::in_use(format!(
            "UserProfile [{name}] already exists in Domain [{domain_id}]."
        )));
    }
    if sagemaker.profiles.len() >= MAX_PROFILES {
        return Err(fault::limit(
            "Maximum number of Studio user profiles allowed per account",
            MAX_PROFILES,
        ));
    }
    check_sign_on(args, domain.settings.get("AuthMode"))?;
    check_settings(world, call, &domain.settings, args.get("UserSettings"))?;
    let mut tags = Tags::new();
    let new = tags::read(args.get("Tags")).map_err(fault::tags)?;
    tags::add(&mut tags, new).map_err(fault::tags)?;
    let ready_ms = world
        .behaviour
        .done_at(call.now_ms, takes::millis(takes::PROFILE_CREATE, &key));
    let profile = Profile {
        domain: domain_id.to_owned(),
        name: name.to_owned(),
        settings: given(args, &["DomainId", "UserProfileName", "Tags"]),
        uid: domain.next_uid,
        life: Life::beginning(call.now_ms, ready_ms),
        tags,
    };
    domain.next_uid += 1;
    let sagemaker = &mut world.region(&call.account, &call.region).sagemaker;
    sagemaker.put_profile(profile);
    sagemaker.put_domain(domain_id, domain);
    one("UserProfileArn", profile_arn(call, domain_id, name))
}

fn profile_arn(call: &Call, domain: &str, name: &str) -> String {
    arn(call, &format!("user-profile/{domain}/{name}"))
}

/// Domains with AuthMode SSO need the user's name in the identity source, others refuse it.
fn check_sign_on(args: &Args, auth_mode: Option<&Value>) -> Result<(), Fault> {
    let sso = auth_mode.and_then(Value::as_str) == Some("SSO");
    let names = ["SingleSignOnUserIdentifier", "SingleSignOnUserValue"];
    for name in names {
        match (sso, args.maybe(name)) {
            (true, None) => {
                return Err(fault::invalid(format!(
                    "{name} is required for domains with AuthMode SSO."
                )));
            }
            (false, Some(_)) => {
                return Err(fault::invalid(format!(
                    "{name} cannot be given for domains with AuthMode IAM."
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_settings(
    world: &World,
    call: &Call,
    domain: &Map<String, Value>,
    settings: Option<&Value>,
) -> Result<(), Fault> {
    let vpc = domain.get("VpcId").and_then(Value::as_str);
    checks::groups(world, call, vpc, &[settings])?;
    checks::roles(world, call, &[settings])
}

/// The profile's row.
pub(super) fn find(world: &World, call: &Call, domain: &str, name: &str) -> Result<Profile, Fault> {
    domains::find(world, call, domain)?;
    world
        .peek(&call.account, &call.region)
        .and_then(|held| held.sagemaker.profiles.get(&named_key(domain, name)))
        .cloned()
        .ok_or_else(|| {
            fault::none(format!(
                "UserProfile [{name}] does not exist in Domain [{domain}]."
            ))
        })
}

pub(super) fn describe(world: &mut World, call: &Call, args: &Args) -> Answer {
    let profile = find(
        world,
        call,
        args.text("DomainId"),
        args.text("UserProfileName"),
    )?;
    let mut shown = profile.settings.clone();
    shown.insert("DomainId".to_owned(), profile.domain.clone().into());
    shown.insert(
        "UserProfileArn".to_owned(),
        profile_arn(call, &profile.domain, &profile.name).into(),
    );
    shown.insert("UserProfileName".to_owned(), profile.name.into());
    shown.insert(
        "HomeEfsFileSystemUid".to_owned(),
        profile.uid.to_string().into(),
    );
    show_life(&mut shown, &profile.life);
    Ok(Value::Object(shown))
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    let prefix = args
        .maybe("DomainIdEquals")
        .map(|id| format!("{id}/"))
        .unwrap_or_default();
    let part = args
        .maybe("UserProfileNameContains")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let rows = sagemaker
        .profiles
        .below(&prefix)
        .filter(|(_, row)| part.is_empty() || row.name.to_ascii_lowercase().contains(&part));
    paged(
        args,
        "UserProfiles",
        rows,
        |row| &row.life,
        |_, row| {
            let mut shown = Map::new();
            shown.insert("DomainId".to_owned(), row.domain.clone().into());
            shown.insert("UserProfileName".to_owned(), row.name.clone().into());
            show_life(&mut shown, &row.life);
            shown.remove("FailureReason");
            Value::Object(shown)
        },
    )
}

pub(super) fn update(world: &mut World, call: &Call, args: &Args) -> Answer {
    let (domain_id, name) = (args.text("DomainId"), args.text("UserProfileName"));
    let mut profile = find(world, call, domain_id, name)?;
    if !matches!(
        profile.life.status,
        Status::InService | Status::UpdateFailed
    ) {
        return Err(fault::in_use(format!(
            "Unable to update UserProfile [{name}] while it is {}.",
            profile.life.status.word()
        )));
    }
    let domain = domains::find(world, call, domain_id)?;
    check_settings(world, call, &domain.settings, args.get("UserSettings"))?;
    merge::merge(
        &mut profile.settings,
        given(args, &["DomainId", "UserProfileName"]),
    );
    let key = named_key(domain_id, name);
    let ready_ms = world
        .behaviour
        .done_at(call.now_ms, takes::millis(takes::PROFILE_UPDATE, &key));
    profile
        .life
        .enter(Status::Updating, call.now_ms, Some(ready_ms));
    let arn = profile_arn(call, domain_id, &profile.name);
    world
        .region(&call.account, &call.region)
        .sagemaker
        .put_profile(profile);
    one("UserProfileArn", arn)
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let (domain_id, name) = (args.text("DomainId"), args.text("UserProfileName"));
    let mut profile = find(world, call, domain_id, name)?;
    let key = named_key(domain_id, name);
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    let apps = app_prefix(domain_id, OwnerKind::Profile, name);
    let blocked = if apps::any(sagemaker, &apps, apps::BLOCKS_DELETION) {
        Some("App")
    } else if sagemaker.owns_space(&key) {
        Some("Space")
    } else {
        None
    };
    if let Some(kind) = blocked {
        return Err(fault::in_use(format!(
            "Unable to delete UserProfile [{name}] because {kind}(s) are associated with it."
        )));
    }
    if matches!(
        profile.life.status,
        Status::Pending | Status::Updating | Status::Deleting
    ) {
        return Err(fault::in_use(format!(
            "Unable to delete UserProfile [{name}] while it is {}.",
            profile.life.status.word()
        )));
    }
    let gone_ms = world
        .behaviour
        .done_at(call.now_ms, takes::millis(takes::PROFILE_DELETE, &key));
    profile
        .life
        .enter(Status::Deleting, call.now_ms, Some(gone_ms));
    world
        .region(&call.account, &call.region)
        .sagemaker
        .put_profile(profile);
    Ok(json!({}))
}
