//! Invitations: seen and answered by the account that is invited.

use serde_json::{Value, json};

use super::state::{End, Invitation, Reply, association_id};
use super::{Answer, fault, paged, takes};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::time::epoch;
use crate::sandbox::world::World;

/// Whether the caller sees the invitation by now, in this region.
fn sees(world: &World, call: &Call, invitation: &Invitation) -> bool {
    let share = world.shared.ram.shares.get(&invitation.share);
    invitation.receiver == call.account
        && invitation.shows_ms <= call.now_ms
        && share.is_some_and(|share| share.region == call.region && !share.deleted)
}

pub(super) fn get(world: &mut World, call: &Call, args: &Args) -> Answer {
    let world = &*world;
    let shares = args.texts("resourceShareArns");
    let arns = args.texts("resourceShareInvitationArns");
    for arn in &arns {
        find(world, call, arn)?;
    }
    let rows = world.shared.ram.invitations.iter().filter(|(arn, one)| {
        sees(world, call, one)
            && (shares.is_empty() || shares.contains(&one.share.as_str()))
            && (arns.is_empty() || arns.contains(&arn.as_str()))
    });
    let rows = rows.map(|(arn, one)| (arn.as_str(), shown(world, call, arn, one)));
    paged(args, "resourceShareInvitations", rows)
}

pub(super) fn accept(world: &mut World, call: &Call, args: &Args) -> Answer {
    answer(world, call, args, Reply::Accepted)
}

pub(super) fn reject(world: &mut World, call: &Call, args: &Args) -> Answer {
    answer(world, call, args, Reply::Rejected)
}

fn answer(world: &mut World, call: &Call, args: &Args, reply: Reply) -> Answer {
    let arn = args.text("resourceShareInvitationArn");
    let mut invitation = find(world, call, arn)?.clone();
    let refused = |word: &str| {
        Err(Fault::client(
            format!("ResourceShareInvitation{word}Exception"),
            format!("Invitation {arn} cannot be answered any more."),
        ))
    };
    match invitation.status(call.now_ms) {
        "ACCEPTED" => return refused("AlreadyAccepted"),
        "REJECTED" => return refused("AlreadyRejected"),
        "EXPIRED" => return refused("Expired"),
        _ => {}
    }
    invitation.answer = Some(reply);
    let ready_ms = world.behaviour.done_at(call.now_ms, takes::ASSOCIATION);
    let ram = &mut world.shared.ram;
    let ids: Vec<String> = ram
        .associations_of(&invitation.share)
        .filter(|(id, one)| one.invited && **id == association_id(&invitation.share, &call.account))
        .map(|(id, _)| id.clone())
        .collect();
    for id in ids {
        if let Some(association) = ram.associations.get_mut(&id) {
            association.changed_ms = call.now_ms;
            match reply {
                Reply::Accepted => {
                    association.invited = false;
                    association.ready_ms = ready_ms;
                }
                Reply::Rejected => association.ended = Some(End::Failed),
            }
        }
    }
    ram.invitations.insert(arn, invitation.clone());
    Ok(json!({"resourceShareInvitation": shown(world, call, arn, &invitation)}))
}

fn find<'a>(world: &'a World, call: &Call, arn: &str) -> Result<&'a Invitation, Fault> {
    world
        .shared
        .ram
        .invitations
        .get(arn)
        .filter(|one| sees(world, call, one))
        .ok_or_else(|| fault::no_invitation(arn))
}

fn shown(world: &World, call: &Call, arn: &str, invitation: &Invitation) -> Value {
    let share = world.shared.ram.shares.get(&invitation.share);
    json!({
        "resourceShareInvitationArn": arn,
        "resourceShareArn": invitation.share,
        "resourceShareName": share.map(|share| share.name.as_str()),
        "senderAccountId": share.map(|share| share.owner.as_str()),
        "receiverAccountId": invitation.receiver,
        "invitationTimestamp": epoch(invitation.sent_ms),
        "status": invitation.status(call.now_ms),
    })
}
