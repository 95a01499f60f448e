//! Accepting a share, with the receiver's credentials: where an invitation is due. Inside an
//! organisation that shares by itself there is none, and nothing is to be accepted (behaviour:
//! section 12).

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_ram::types::{
    ResourceOwner, ResourceShareInvitation, ResourceShareInvitationStatus as Status,
};

use super::list;
use super::write::LIMIT;
use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::wait::{self, Look, Wait};
use crate::kinds::{Actual, Change, Context, DUE, PENDING, Ready};
use crate::state::Record;
use crate::value::{Map, Value};

/// How long an invitation, or a share that needs none, may take to show (behaviour: section 4, it
/// shows with a delay). After that the next run looks again.
const SHOWS_WITHIN: Duration = Duration::from_secs(90);

/// What is there of an acceptance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The receiver accepted, and uses the share.
    Accepted,
    /// It uses the share and was never invited.
    NotNeeded,
    /// It is invited and has not answered.
    Invited,
    /// The invitation came to nothing.
    Refused(&'static str),
    /// Neither share nor invitation shows.
    Nothing,
}

/// What an account received in a region.
#[derive(Debug)]
pub struct Received {
    shares: BTreeSet<String>,
    /// The newest invitation to each share: an account that was taken out and put in again has more.
    invitations: BTreeMap<String, ResourceShareInvitation>,
}

impl Received {
    /// Reads it, in two lists.
    ///
    /// # Errors
    /// A failed read.
    pub async fn read(aws: &Aws, place: &Place) -> Result<Self, Failure> {
        let (shares, invitations) =
            futures::try_join!(list::received(aws, place), list::invitations(aws, place))?;
        let shares = shares.into_iter();
        Ok(Self {
            shares: shares
                .filter_map(|share| share.resource_share_arn)
                .collect(),
            invitations: newest(invitations),
        })
    }

    /// The acceptance of one share.
    ///
    /// # Errors
    /// A failed read.
    pub async fn of(
        &self,
        aws: &Aws,
        place: &Place,
        share: &str,
    ) -> Result<Option<Actual>, Failure> {
        let mut state = self.state(share);
        if state == State::Nothing {
            // Absence from a list is not believed.
            let owner = ResourceOwner::OtherAccounts;
            if list::share(aws, place, owner, share).await?.is_some() {
                state = State::NotNeeded;
            }
        }
        Ok(Some(actual(share, state)))
    }

    fn state(&self, share: &str) -> State {
        let uses = self.shares.contains(share);
        match (uses, self.latest(share).and_then(|one| one.status())) {
            (true, Some(Status::Accepted)) => State::Accepted,
            (true, _) => State::NotNeeded,
            (false, Some(Status::Pending)) => State::Invited,
            (false, Some(Status::Rejected)) => State::Refused("rejected"),
            (false, Some(Status::Expired)) => State::Refused("expired"),
            (false, _) => State::Nothing,
        }
    }

    fn latest(&self, share: &str) -> Option<&ResourceShareInvitation> {
        self.invitations.get(share)
    }
}

/// Of all invitations the newest to each share.
fn newest(all: Vec<ResourceShareInvitation>) -> BTreeMap<String, ResourceShareInvitation> {
    let sent = |one: &ResourceShareInvitation| one.invitation_timestamp().map(|time| time.secs());
    let mut found: BTreeMap<String, ResourceShareInvitation> = BTreeMap::new();
    for one in all {
        let Some(share) = one.resource_share_arn().map(str::to_owned) else {
            continue;
        };
        match found.entry(share) {
            Entry::Vacant(place) => {
                place.insert(one);
            }
            Entry::Occupied(mut there) => {
                if sent(&one) >= sent(there.get()) {
                    there.insert(one);
                }
            }
        }
    }
    found
}

fn actual(share: &str, state: State) -> Actual {
    let (status, open) = match state {
        State::Accepted => ("accepted", None),
        State::NotNeeded => ("not needed", None),
        State::Invited => (
            "waiting",
            Some((DUE, "the invitation is not accepted yet".to_owned())),
        ),
        State::Refused(how) => (
            "waiting",
            Some((
                PENDING,
                format!(
                    "the invitation was {how}: take the account out of `principals`, apply, and put it in again"
                ),
            )),
        ),
        State::Nothing => (
            "waiting",
            Some((
                PENDING,
                "neither the share nor an invitation shows in the receiver's account yet"
                    .to_owned(),
            )),
        ),
    };
    let mut members = Map::from([
        (Arc::from("share"), Value::string(share)),
        (Arc::from("status"), Value::string(status)),
    ]);
    if let Some((name, why)) = open {
        members.insert(Arc::from(name), Value::string(why));
    }
    Actual::new(share, members)
}

/// What a create of this node did is seen on the share itself.
pub async fn find(_: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    Ok(node.text("share").map(str::to_owned))
}

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    ensure(cx, node).await
}

pub async fn update(
    cx: &Context<'_>,
    node: &Ready,
    _: &Record,
    _: &[Change],
) -> Result<Actual, Failure> {
    ensure(cx, node).await
}

/// Accepts where an invitation is due, once it shows.
async fn ensure(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let share = node.text("share").unwrap_or_default();
    let started = cx.clock.now();
    let wait = Wait::new(
        format!("account {} to be invited", node.place.account),
        "ram:GetResourceShareInvitations",
        SHOWS_WITHIN * 2,
    );
    let (state, invitation) = wait::until(cx, wait, || async {
        let received = Received::read(cx.aws, &node.place).await?;
        let state = received.state(share);
        let passed = cx.clock.now().duration_since(started).unwrap_or_default();
        Ok(if state == State::Nothing && passed < SHOWS_WITHIN {
            Look::Pending("not invited yet".to_owned())
        } else {
            let invitation = received.latest(share);
            let arn = invitation.and_then(|one| one.resource_share_invitation_arn());
            Look::Done((state, arn.map(str::to_owned)))
        })
    })
    .await?;
    (cx.made)(actual(share, state));
    let (State::Invited, Some(invitation)) = (state, invitation) else {
        return Ok(actual(share, state));
    };
    let client = cx.aws.ram(&node.place).await?;
    let answer = call(
        cx.aws,
        "ram:AcceptResourceShareInvitation",
        Repeat::Safe,
        || {
            client
                .accept_resource_share_invitation()
                .resource_share_invitation_arn(&invitation)
                .send()
        },
    )
    .await;
    match answer {
        Ok(_) => {}
        // By a call whose answer was lost, or by a person meanwhile.
        Err(failure) if failure.cause == Cause::AlreadyExists => {}
        Err(failure) => return Err(failure),
    }
    let wait = Wait::new(
        format!("account {} to use the share", node.place.account),
        "ram:GetResourceShares",
        LIMIT,
    );
    wait::until(cx, wait, || async {
        let owner = ResourceOwner::OtherAccounts;
        Ok(
            match list::share(cx.aws, &node.place, owner, share).await? {
                Some(_) => Look::Done(actual(share, State::Accepted)),
                None => Look::Pending("accepted".to_owned()),
            },
        )
    })
    .await
}

/// Nothing is to be taken back: taking the account out of the share ends it.
pub async fn delete(_: &Context<'_>, _: &Record) -> Result<(), Failure> {
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use aws_sdk_ram::primitives::DateTime;

    use super::*;

    #[test]
    fn the_newest_invitation_to_each_share_counts() {
        let one = |share: &str, arn: &str, at: i64| {
            ResourceShareInvitation::builder()
                .resource_share_arn(share)
                .resource_share_invitation_arn(arn)
                .invitation_timestamp(DateTime::from_secs(at))
                .build()
        };
        let found = newest(vec![
            one("a", "new", 2),
            one("a", "old", 1),
            one("b", "old", 1),
            one("b", "new", 2),
        ]);
        for share in ["a", "b"] {
            let arn = found.get(share).unwrap().resource_share_invitation_arn();
            assert_eq!(arn, Some("new"), "{share}");
        }
    }
}
