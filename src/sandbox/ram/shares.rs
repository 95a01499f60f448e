//! Shares.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::state::{End, Kind, Share, Token};
use super::{Answer, associations, fault, paged, permissions};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::{Args, texts};
use crate::sandbox::tags::{self, Tags};
use crate::sandbox::time::epoch;
use crate::sandbox::world::World;

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let digest = hex::encode(Sha256::digest(call.json().to_string()));
    let token = args
        .maybe("clientToken")
        .map(|token| format!("{} {} {token}", call.account, call.region));
    if let Some(used) = token
        .as_ref()
        .and_then(|token| world.shared.ram.tokens.get(token))
    {
        if used.arguments != digest {
            return Err(Fault::client(
                "IdempotentParameterMismatchException",
                "The client token was used with other parameters.",
            ));
        }
        let share = owned(world, call, &used.share)?;
        return Ok(json!({"resourceShare": shown(&used.share, share, call, false)}));
    }
    let permissions = args
        .texts("permissionArns")
        .into_iter()
        .map(permissions::named)
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(two) = permissions::of_one_type(&permissions) {
        return Err(fault::invalid(format!(
            "You can specify only one permission for the resource type {two}."
        )));
    }
    let mut held = Tags::new();
    let given = args.get("tags").map(super::tagging::upper);
    let given = tags::read(given.as_ref()).map_err(fault::tags)?;
    tags::add(&mut held, given).map_err(fault::tags)?;
    let id = world.new_id("rs");
    let arn = format!(
        "arn:aws:ram:{}:{}:resource-share/{}",
        call.region,
        call.account,
        uuid(&id)
    );
    let share = Share {
        name: args.text("name").to_owned(),
        owner: call.account.clone(),
        region: call.region.clone(),
        allows_external: args
            .get("allowExternalPrincipals")
            .and_then(Value::as_bool)
            .unwrap_or(true),
        deleted: false,
        created_ms: call.now_ms,
        changed_ms: call.now_ms,
        permissions: permissions.iter().map(|one| one.name.to_owned()).collect(),
        tags: held,
    };
    let new = associations::New {
        share: &arn,
        allows_external: share.allows_external,
        resources: args.texts("resourceArns"),
        principals: args.texts("principals"),
    };
    new.check(world, call)?;
    let answer = json!({"resourceShare": shown(&arn, &share, call, false)});
    world.shared.ram.shares.insert(arn.as_str(), share);
    new.put(world, call);
    if let Some(token) = token {
        let used = Token {
            arguments: digest,
            share: arn.clone(),
        };
        world.shared.ram.tokens.insert(token, used);
    }
    Ok(answer)
}

/// A UUID of an id: the ARNs of RAM end in one.
pub(super) fn uuid(id: &str) -> String {
    let digest = hex::encode(Sha256::digest(id));
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default();
    [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ]
    .join("-")
}

pub(super) fn get(world: &mut World, call: &Call, args: &Args) -> Answer {
    let ram = &world.shared.ram;
    let own = match args.text("resourceOwner") {
        "SELF" => true,
        "OTHER-ACCOUNTS" => false,
        other => {
            return Err(fault::invalid(format!(
                "{other} is not a valid resource owner. Specify either SELF or OTHER-ACCOUNTS and try again."
            )));
        }
    };
    let sees = |arn: &str, share: &Share| {
        share.region == call.region
            && if own {
                share.owner == call.account
            } else {
                share.owner != call.account
                    && !share.deleted
                    && associations::reaches(world, arn, &call.account, call.now_ms)
            }
    };
    let arns = args.texts("resourceShareArns");
    for arn in &arns {
        if !ram.shares.get(arn).is_some_and(|share| sees(arn, share)) {
            return Err(fault::no_share(arn));
        }
    }
    let filters: Vec<(&str, Vec<&str>)> = args
        .get("tagFilters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|filter| {
            let key = filter.get("tagKey").and_then(Value::as_str);
            (key.unwrap_or_default(), texts(filter.get("tagValues")))
        })
        .collect();
    let fits = |share: &Share| {
        args.maybe("name").is_none_or(|name| share.name == name)
            && args
                .maybe("resourceShareStatus")
                .is_none_or(|status| status == self::status(share))
            && filters.iter().all(|(key, values)| {
                let there = share.tags.get(*key);
                there.is_some_and(|there| values.is_empty() || values.contains(&there.as_str()))
            })
    };
    let rows = ram
        .shares
        .iter()
        .filter(|(arn, _)| arns.is_empty() || arns.contains(&arn.as_str()))
        .filter(|(arn, share)| sees(arn, share) && fits(share))
        .map(|(arn, share)| (arn.as_str(), shown(arn, share, call, true)));
    paged(args, "resourceShares", rows)
}

pub(super) fn update(world: &mut World, call: &Call, args: &Args) -> Answer {
    let arn = args.text("resourceShareArn");
    let mut share = living(world, call, arn)?.clone();
    if let Some(name) = args.maybe("name") {
        share.name = name.to_owned();
    }
    if let Some(allows) = args.get("allowExternalPrincipals").and_then(Value::as_bool) {
        let mut principals = world.shared.ram.associations_of(arn);
        let has_external =
            principals.any(|(_, association)| association.external && association.ended.is_none());
        if !allows && has_external {
            return Err(fault::not_permitted(
                "The resource share is shared with principals outside of your organization.",
            ));
        }
        share.allows_external = allows;
    }
    share.changed_ms = call.now_ms;
    let answer = json!({"resourceShare": shown(arn, &share, call, false)});
    world.shared.ram.shares.insert(arn, share);
    Ok(answer)
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let arn = args.text("resourceShareArn");
    living(world, call, arn)?;
    let ram = &mut world.shared.ram;
    if let Some(share) = ram.shares.get_mut(arn) {
        share.deleted = true;
        share.changed_ms = call.now_ms;
    }
    let ids: Vec<String> = ram.associations_of(arn).map(|(id, _)| id.clone()).collect();
    for id in ids {
        if let Some(association) = ram.associations.get_mut(&id) {
            association.ended.get_or_insert(End::Disassociated);
        }
    }
    Ok(json!({"returnValue": true}))
}

/// The share of this ARN, if the caller owns it here.
pub(super) fn owned<'a>(world: &'a World, call: &Call, arn: &str) -> Result<&'a Share, Fault> {
    world
        .shared
        .ram
        .shares
        .get(arn)
        .filter(|share| share.owner == call.account && share.region == call.region)
        .ok_or_else(|| fault::no_share(arn))
}

/// The same, if it is not deleted: a deleted one can still be seen, but not worked on.
pub(super) fn living<'a>(world: &'a World, call: &Call, arn: &str) -> Result<&'a Share, Fault> {
    let share = owned(world, call, arn)?;
    if share.deleted {
        return Err(fault::no_share(arn));
    }
    Ok(share)
}

fn status(share: &Share) -> &'static str {
    if share.deleted { "DELETED" } else { "ACTIVE" }
}

/// A share as it is told; its tags are its owner's alone.
fn shown(arn: &str, share: &Share, call: &Call, listed: bool) -> Value {
    let mut shown = json!({
        "resourceShareArn": arn,
        "name": share.name,
        "owningAccountId": share.owner,
        "allowExternalPrincipals": share.allows_external,
        "status": status(share),
        "creationTime": epoch(share.created_ms),
        "lastUpdatedTime": epoch(share.changed_ms),
    });
    if let (true, Some(members)) = (listed, shown.as_object_mut()) {
        members.insert("featureSet".to_owned(), json!("STANDARD"));
        if share.owner == call.account {
            members.insert("tags".to_owned(), super::tagging::lower(&share.tags));
        }
    }
    shown
}

/// What of this kind is in the share and was not taken out of it.
pub(super) fn holds(world: &World, share: &str, kind: Kind) -> Vec<String> {
    let all = world.shared.ram.associations_of(share);
    all.filter(|(_, one)| one.kind == kind && one.ended.is_none())
        .map(|(_, one)| one.entity.clone())
        .collect()
}
