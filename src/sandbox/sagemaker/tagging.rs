//! Tags of everything in SageMaker that takes them, by ARN.

use serde_json::json;

use super::state::{OwnerKind, SageMaker, app_key, named_key};
use super::{Answer, fault};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::page;
use crate::sandbox::tags::{self, Tags};
use crate::sandbox::world::World;

/// A resource of SageMaker by the ARN: its region, account and what comes after.
fn parse(arn: &str) -> Option<(&str, &str, &str)> {
    let mut parts = arn.strip_prefix("arn:aws:sagemaker:")?.splitn(3, ':');
    Some((parts.next()?, parts.next()?, parts.next()?))
}

/// The resource part of the ARN, which must be in the call's account and region.
fn resource<'a>(call: &Call, arn: &'a str) -> Result<&'a str, Fault> {
    parse(arn)
        .filter(|(region, account, _)| *region == call.region && *account == call.account)
        .map(|(_, _, resource)| resource)
        .ok_or_else(|| fault::invalid(format!("Invalid ARN {arn}")))
}

fn absent(resource: &str) -> Fault {
    fault::none(format!("Resource [{resource}] does not exist."))
}

/// The app's key, in whichever of the two ways it is owned.
fn app_of(sagemaker: &SageMaker, parts: &[&str]) -> Option<String> {
    let [domain, owner, app_type, name] = parts else {
        return None;
    };
    [OwnerKind::Profile, OwnerKind::Space]
        .into_iter()
        .find_map(|kind| {
            // The type in an ARN has small letters.
            let prefix = super::state::app_prefix(domain, kind, owner);
            let mut apps = sagemaker.apps.below(&prefix);
            apps.find(|(_, app)| {
                app.app_type.eq_ignore_ascii_case(app_type) && app.name.eq_ignore_ascii_case(name)
            })
            .map(|(_, app)| app_key(domain, kind, owner, (&app.app_type, name)))
        })
}

/// The tags of a resource, to be changed.
fn held<'a>(sagemaker: &'a mut SageMaker, resource: &str) -> Option<&'a mut Tags> {
    let mut parts = resource.split('/');
    let kind = parts.next()?;
    let parts: Vec<&str> = parts.collect();
    match (kind, parts.as_slice()) {
        ("domain", [id]) => Some(&mut sagemaker.domains.get_mut(id)?.tags),
        ("user-profile", [domain, name]) => {
            Some(&mut sagemaker.profiles.get_mut(&named_key(domain, name))?.tags)
        }
        ("space", [domain, name]) => {
            Some(&mut sagemaker.spaces.get_mut(&named_key(domain, name))?.tags)
        }
        ("app", parts) => {
            let key = app_of(sagemaker, parts)?;
            Some(&mut sagemaker.apps.get_mut(&key)?.tags)
        }
        ("studio-lifecycle-config", [name]) => {
            Some(&mut sagemaker.lifecycle_configs.get_mut(name)?.tags)
        }
        ("image", [name]) => Some(&mut sagemaker.images.get_mut(name)?.tags),
        ("app-image-config", [name]) => Some(&mut sagemaker.app_image_configs.get_mut(name)?.tags),
        ("pipeline", [name]) => Some(&mut sagemaker.pipelines.get_mut(name)?.tags),
        _ => Some(&mut sagemaker.things.get_mut(resource)?.tags),
    }
}

/// The tags of a resource.
fn peek<'a>(sagemaker: &'a SageMaker, resource: &str) -> Option<&'a Tags> {
    let mut parts = resource.split('/');
    let kind = parts.next()?;
    let parts: Vec<&str> = parts.collect();
    match (kind, parts.as_slice()) {
        ("domain", [id]) => Some(&sagemaker.domains.get(id)?.tags),
        ("user-profile", [domain, name]) => {
            Some(&sagemaker.profiles.get(&named_key(domain, name))?.tags)
        }
        ("space", [domain, name]) => Some(&sagemaker.spaces.get(&named_key(domain, name))?.tags),
        ("app", parts) => Some(&sagemaker.apps.get(&app_of(sagemaker, parts)?)?.tags),
        ("studio-lifecycle-config", [name]) => Some(&sagemaker.lifecycle_configs.get(name)?.tags),
        ("image", [name]) => Some(&sagemaker.images.get(name)?.tags),
        ("app-image-config", [name]) => Some(&sagemaker.app_image_configs.get(name)?.tags),
        ("pipeline", [name]) => Some(&sagemaker.pipelines.get(name)?.tags),
        _ => Some(&sagemaker.things.get(resource)?.tags),
    }
}

pub(super) fn add(world: &mut World, call: &Call, args: &Args) -> Answer {
    let resource = resource(call, args.text("ResourceArn"))?;
    let new = tags::read(args.get("Tags")).map_err(fault::tags)?;
    let sagemaker = &mut world.region(&call.account, &call.region).sagemaker;
    let held = held(sagemaker, resource).ok_or_else(|| absent(resource))?;
    tags::add(held, new).map_err(fault::tags)?;
    Ok(json!({"Tags": tags::list(held)}))
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let resource = resource(call, args.text("ResourceArn"))?;
    let sagemaker = &mut world.region(&call.account, &call.region).sagemaker;
    let held = held(sagemaker, resource).ok_or_else(|| absent(resource))?;
    for key in args.texts("TagKeys") {
        held.remove(key);
    }
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    /// Tags of a page unless the call says otherwise.
    const DEFAULT_PAGE: usize = 50;
    let resource = resource(call, args.text("ResourceArn"))?;
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    let held = peek(sagemaker, resource).ok_or_else(|| absent(resource))?;
    let rows = held
        .iter()
        .map(|(key, value)| ((0, key.as_str()), json!({"Key": key, "Value": value})));
    let size = args.size("MaxResults", DEFAULT_PAGE);
    let page = page::page(rows, false, args.maybe("NextToken"), size)
        .ok_or_else(|| fault::invalid("Invalid NextToken"))?;
    Ok(page.answer("Tags", "NextToken"))
}

/// Everything in SageMaker that can have tags, as (ARN, tags).
#[must_use]
pub fn tagged(world: &World, account: &str, region: &str) -> Vec<(String, Tags)> {
    let Some(held) = world.peek(account, region) else {
        return Vec::new();
    };
    let sagemaker = &held.sagemaker;
    let arn = |resource: String| format!("arn:aws:sagemaker:{region}:{account}:{resource}");
    let domains = sagemaker
        .domains
        .iter()
        .map(|(id, row)| (format!("domain/{id}"), &row.tags));
    let profiles = sagemaker.profiles.values().map(|row| {
        (
            format!("user-profile/{}/{}", row.domain, row.name),
            &row.tags,
        )
    });
    let spaces = sagemaker
        .spaces
        .values()
        .map(|row| (format!("space/{}/{}", row.domain, row.name), &row.tags));
    let apps = sagemaker.apps.values().map(|row| {
        let app_type = row.app_type.to_ascii_lowercase();
        (
            format!("app/{}/{}/{app_type}/{}", row.domain, row.owner, row.name),
            &row.tags,
        )
    });
    let configs = sagemaker
        .lifecycle_configs
        .iter()
        .map(|(name, row)| (format!("studio-lifecycle-config/{name}"), &row.tags));
    let pipelines = sagemaker
        .pipelines
        .iter()
        .map(|(name, row)| (format!("pipeline/{name}"), &row.tags));
    let images = sagemaker.images.iter();
    let images = images.map(|(name, row)| (format!("image/{name}"), &row.tags));
    let app_images = sagemaker.app_image_configs.iter();
    let app_images = app_images.map(|(name, row)| (format!("app-image-config/{name}"), &row.tags));
    let things = sagemaker.things.iter();
    let things = things.map(|(resource, row)| (resource.clone(), &row.tags));
    domains
        .chain(profiles)
        .chain(spaces)
        .chain(apps)
        .chain(configs)
        .chain(pipelines)
        .chain(images)
        .chain(app_images)
        .chain(things)
        .map(|(resource, tags)| (arn(resource), tags.clone()))
        .collect()
}

/// The tags of the resource of this ARN.
#[must_use]
pub fn tags_of(world: &World, arn: &str) -> Option<Tags> {
    let (region, account, resource) = parse(arn)?;
    peek(&world.peek(account, region)?.sagemaker, resource).cloned()
}

/// Changes the tags of the resource of this ARN.
///
/// # Errors
/// If it is not there, or there would be too many.
pub fn change_tags(
    world: &mut World,
    arn: &str,
    (add, remove): (Tags, &[&str]),
) -> Result<(), Fault> {
    let (region, account, resource) =
        parse(arn).ok_or_else(|| fault::invalid(format!("Invalid ARN {arn}")))?;
    let sagemaker = &mut world.region(account, region).sagemaker;
    let held = held(sagemaker, resource).ok_or_else(|| absent(resource))?;
    tags::add(held, add).map_err(fault::tags)?;
    for key in remove {
        held.remove(*key);
    }
    Ok(())
}
