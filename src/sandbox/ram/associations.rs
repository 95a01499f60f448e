//! What is in a share and whom it is shared with.

use serde_json::{Value, json};

use super::state::{Association, End, Invitation, Kind, association_id};
use super::{Answer, fault, paged, permissions, shares, takes};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::iam::trust::is_account;
use crate::sandbox::model::Args;
use crate::sandbox::time::epoch;
use crate::sandbox::world::World;

/// What is to come into a share.
#[derive(Debug)]
pub(super) struct New<'a> {
    pub(super) share: &'a str,
    pub(super) allows_external: bool,
    pub(super) resources: Vec<&'a str>,
    pub(super) principals: Vec<&'a str>,
}

/// Whom a principal stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whom<'a> {
    /// One account, or somebody in it.
    Account(&'a str),
    /// The organisation or a unit of it.
    Organization,
}

/// Whom a principal stands for; `None`: it is not one.
fn whom(principal: &str) -> Option<Whom<'_>> {
    if is_account(principal) {
        return Some(Whom::Account(principal));
    }
    let mut parts = principal.strip_prefix("arn:aws:")?.splitn(4, ':');
    let (service, _, account, rest) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let starts = |words: &[&str]| words.iter().any(|word| rest.starts_with(word));
    match service {
        "organizations" if starts(&["organization/o-", "ou/o-"]) => Some(Whom::Organization),
        "iam" if is_account(account) && starts(&["role/", "user/", "root"]) => {
            Some(Whom::Account(account))
        }
        _ => None,
    }
}

/// Whether the account is one of the sandbox's organisation, which shares by itself.
fn is_inside(world: &World, account: &str) -> bool {
    world.shared.ram.shares_within_organization() && world.peek_account(account).is_some()
}

impl New<'_> {
    /// Whether AWS takes all of it.
    pub(super) fn check(&self, world: &World, call: &Call) -> Result<(), Fault> {
        for arn in &self.resources {
            let owner = permissions::owner_of(arn).ok_or_else(|| fault::malformed(arn))?;
            if permissions::type_of(arn).is_none() {
                return Err(Fault::client(
                    "MalformedArnException",
                    "You cannot share the selected resource type.",
                ));
            }
            if owner != (call.region.as_str(), call.account.as_str()) {
                return Err(Fault::client(
                    "UnknownResourceException",
                    format!("Resource {arn} could not be found."),
                ));
            }
        }
        for principal in &self.principals {
            let whom = whom(principal).ok_or_else(|| {
                fault::invalid(format!(
                    "Principal ID {principal} is malformed. Verify the ID and try again."
                ))
            })?;
            match whom {
                Whom::Organization if !world.shared.ram.shares_within_organization() => {
                    return Err(fault::not_permitted(
                        "Sharing with your organization is not enabled: the management account must enable it first.",
                    ));
                }
                Whom::Account(account) if account == call.account && is_account(principal) => {
                    return Err(fault::invalid("You cannot share with your own account."));
                }
                Whom::Account(account)
                    if !self.allows_external
                        && account != call.account
                        && !is_inside(world, account) =>
                {
                    return Err(fault::not_permitted(format!(
                        "The resource share does not allow principals outside of your organization: {principal}."
                    )));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Puts it in. What is in already stays as it is.
    pub(super) fn put(&self, world: &mut World, call: &Call) {
        let ready_ms = world.behaviour.done_at(call.now_ms, takes::ASSOCIATION);
        let shows_ms = world.behaviour.done_at(call.now_ms, takes::INVITATION);
        let all = self.resources.iter().map(|one| (Kind::Resource, *one));
        let all = all.chain(self.principals.iter().map(|one| (Kind::Principal, *one)));
        for (kind, entity) in all {
            let id = association_id(self.share, entity);
            let there = world.shared.ram.associations.get(&id);
            if there.is_some_and(|there| there.ended.is_none()) {
                continue;
            }
            let account = match whom(entity) {
                Some(Whom::Account(account)) if kind == Kind::Principal => Some(account),
                _ => None,
            };
            let external = account
                .is_some_and(|account| account != call.account && !is_inside(world, account));
            let invited = external;
            world.shared.ram.associations.insert(
                id,
                Association {
                    share: self.share.to_owned(),
                    kind,
                    entity: entity.to_owned(),
                    external,
                    created_ms: call.now_ms,
                    changed_ms: call.now_ms,
                    ready_ms,
                    invited,
                    ended: None,
                },
            );
            if let (true, Some(account)) = (invited, account) {
                let id = world.new_id("rsi");
                let arn = format!(
                    "arn:aws:ram:{}:{}:resource-share-invitation/{}",
                    call.region,
                    call.account,
                    shares::uuid(&id)
                );
                world.shared.ram.invitations.insert(
                    arn,
                    Invitation {
                        share: self.share.to_owned(),
                        receiver: account.to_owned(),
                        sent_ms: call.now_ms,
                        shows_ms,
                        answer: None,
                    },
                );
            }
        }
    }
}

/// Whether what is in the share can be used from this account.
pub(super) fn reaches(world: &World, share: &str, account: &str, now_ms: u64) -> bool {
    world.shared.ram.associations_of(share).any(|(_, one)| {
        one.kind == Kind::Principal
            && one.status(now_ms) == "ASSOCIATED"
            && match whom(&one.entity) {
                Some(Whom::Account(there)) => there == account,
                Some(Whom::Organization) => is_inside(world, account),
                None => false,
            }
    })
}

pub(super) fn associate(world: &mut World, call: &Call, args: &Args) -> Answer {
    let arn = args.text("resourceShareArn");
    let share = shares::living(world, call, arn)?;
    let new = New {
        share: arn,
        allows_external: share.allows_external,
        resources: args.texts("resourceArns"),
        principals: args.texts("principals"),
    };
    new.check(world, call)?;
    new.put(world, call);
    Ok(told(world, call, arn, args))
}

pub(super) fn disassociate(world: &mut World, call: &Call, args: &Args) -> Answer {
    let arn = args.text("resourceShareArn");
    let owns = shares::living(world, call, arn).is_ok();
    // A receiver may leave: its own account is the one principal that it may take out.
    let leaves = args.texts("principals") == [call.account.as_str()]
        && args.texts("resourceArns").is_empty()
        && reaches(world, arn, &call.account, call.now_ms);
    if !owns && !leaves {
        return Err(fault::no_share(arn));
    }
    for entity in entities(args) {
        let id = association_id(arn, entity);
        if let Some(association) = world.shared.ram.associations.get_mut(&id) {
            association.ended = Some(End::Disassociated);
            association.changed_ms = call.now_ms;
        }
        // An invitation goes with the principal that it was for.
        let ram = &mut world.shared.ram;
        let open: Vec<String> = ram
            .invitations
            .iter()
            .filter(|(_, one)| one.share == arn && one.receiver == entity && one.answer.is_none())
            .map(|(id, _)| id.clone())
            .collect();
        for id in open {
            ram.invitations.remove(&id);
        }
    }
    Ok(told(world, call, arn, args))
}

fn entities(args: &Args) -> impl Iterator<Item = &str> {
    let resources = args.texts("resourceArns").into_iter();
    resources.chain(args.texts("principals"))
}

/// The associations that a call named, as they are now.
fn told(world: &World, call: &Call, share: &str, args: &Args) -> Value {
    let rows: Vec<Value> = entities(args)
        .filter_map(|entity| {
            let id = association_id(share, entity);
            let association = world.shared.ram.associations.get(&id)?;
            Some(shown(world, call, association))
        })
        .collect();
    json!({"resourceShareAssociations": rows})
}

pub(super) fn get(world: &mut World, call: &Call, args: &Args) -> Answer {
    let kind = match args.text("associationType") {
        "RESOURCE" => Kind::Resource,
        "PRINCIPAL" => Kind::Principal,
        other => {
            return Err(fault::invalid(format!(
                "{other} is not a valid association type. Specify either PRINCIPAL or RESOURCE and try again."
            )));
        }
    };
    let (resource, principal) = (args.maybe("resourceArn"), args.maybe("principal"));
    if kind == Kind::Principal && resource.is_some() {
        return Err(fault::invalid(
            "You cannot specify a resource ARN when the association type is PRINCIPAL.",
        ));
    }
    if kind == Kind::Resource && principal.is_some() {
        return Err(fault::invalid(
            "You cannot specify a principal when the association type is RESOURCE.",
        ));
    }
    let arns = args.texts("resourceShareArns");
    for arn in &arns {
        shares::owned(world, call, arn)?;
    }
    let entity = resource.or(principal);
    let world = &*world;
    let rows = world.shared.ram.associations.iter().filter(|(_, one)| {
        one.kind == kind
            && shares::owned(world, call, &one.share).is_ok()
            && (arns.is_empty() || arns.contains(&one.share.as_str()))
            && entity.is_none_or(|entity| one.entity == entity)
            && args
                .maybe("associationStatus")
                .is_none_or(|status| one.status(call.now_ms) == status)
    });
    let rows = rows.map(|(id, one)| (id.as_str(), shown(world, call, one)));
    paged(args, "resourceShareAssociations", rows)
}

fn shown(world: &World, call: &Call, association: &Association) -> Value {
    let share = world.shared.ram.shares.get(&association.share);
    json!({
        "resourceShareArn": association.share,
        "resourceShareName": share.map(|share| share.name.as_str()),
        "associatedEntity": association.entity,
        "associationType": association.kind,
        "status": association.status(call.now_ms),
        "creationTime": epoch(association.created_ms),
        "lastUpdatedTime": epoch(association.changed_ms),
        "external": association.external,
    })
}
