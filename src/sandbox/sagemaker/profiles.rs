//! User profiles.

use serde_json::{Map, Value};

use super::members::{self, Member};
use super::state::{OwnerKind, Profile, app_prefix, named_key};
use super::{Answer, apps, checks, domains, fault};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::world::World;

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let domain = members::domain_for::<Profile>(world, call, args)?;
    check_sign_on(args, domain.settings.get("AuthMode"))?;
    check_settings(world, call, &domain.settings, args.get("UserSettings"))?;
    let (domain_id, name) = members::named::<Profile>(args);
    let profile = Profile {
        domain: domain_id.to_owned(),
        name: name.to_owned(),
        settings: members::settings::<Profile>(args),
        uid: domain.next_uid,
        tags: super::new_tags(args)?,
        life: members::new_life::<Profile>(world, call, args),
    };
    members::add(world, call, domain, profile)
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
    checks::images(world, call, &[settings])?;
    checks::roles(world, call, &[settings])
}

pub(super) fn describe(world: &mut World, call: &Call, args: &Args) -> Answer {
    let profile: Profile = members::asked_for(world, call, args)?;
    Ok(members::shown(call, profile).into())
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    members::list(world, call, args, |_: &Profile, _| {})
}

pub(super) fn update(world: &mut World, call: &Call, args: &Args) -> Answer {
    let profile: Profile = members::asked_for(world, call, args)?;
    members::check_changeable(&profile)?;
    let domain = domains::find(world, call, &profile.domain)?;
    check_settings(world, call, &domain.settings, args.get("UserSettings"))?;
    members::change(world, call, args, profile)
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let profile: Profile = members::asked_for(world, call, args)?;
    let (domain, name) = profile.names();
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    let apps = app_prefix(domain, OwnerKind::Profile, name);
    if apps::any(sagemaker, &apps, apps::BLOCKS_DELETION) {
        return Err(members::blocked(&profile, "App"));
    }
    if sagemaker.owns_space(&named_key(domain, name)) {
        return Err(members::blocked(&profile, "Space"));
    }
    members::start_deletion(world, call, profile)
}
