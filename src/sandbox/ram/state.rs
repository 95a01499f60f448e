//! What the sandbox's RAM holds, seen from every account.

use serde::{Deserialize, Serialize};

use super::takes;
use crate::sandbox::table::{Rows, Table, Tables};
use crate::sandbox::tags::Tags;

/// Shares with what hangs on them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ram {
    /// By ARN.
    pub(super) shares: Table<Share>,
    /// By [`association_id`].
    pub(super) associations: Table<Association>,
    /// By ARN.
    pub(super) invitations: Table<Invitation>,
    /// By account and token.
    pub(super) tokens: Table<Token>,
    /// One row, [`ORGANIZATION`], while sharing within the organisation is on.
    sharing: Table<Sharing>,
}

/// The id of the row that says that sharing within the organisation is on.
const ORGANIZATION: &str = "organization";

impl Tables for Ram {
    fn each_table(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn Rows)) {
        visit("ram_resource_shares", &mut self.shares);
        visit("ram_associations", &mut self.associations);
        visit("ram_invitations", &mut self.invitations);
        visit("ram_client_tokens", &mut self.tokens);
        visit("ram_sharing", &mut self.sharing);
    }
}

impl Ram {
    /// Whether accounts, units and the organisation share without invitations.
    #[must_use]
    pub fn shares_within_organization(&self) -> bool {
        self.sharing.contains(ORGANIZATION)
    }

    /// Turns sharing within the organisation on.
    pub fn share_within_organization(&mut self) {
        self.sharing.insert(ORGANIZATION, Sharing {});
    }

    /// How many shares there are, with what is in them and whom they are for. RAM shows for a while
    /// what was deleted.
    #[must_use]
    pub fn living(&self) -> usize {
        let shares = self.shares.iter().filter(|(_, share)| !share.deleted);
        let associations = self.associations.iter();
        shares.count() + associations.filter(|(_, one)| one.ended.is_none()).count()
    }

    /// The associations of a share, by id.
    pub(super) fn associations_of<'a>(
        &'a self,
        share: &'a str,
    ) -> impl Iterator<Item = (&'a String, &'a Association)> {
        // Ids begin with the share's ARN and a blank.
        self.associations.below(&format!("{share} "))
    }
}

/// That sharing within the organisation is on.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Sharing {}

/// A share.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Share {
    pub(super) name: String,
    /// The account that owns it.
    pub(super) owner: String,
    pub(super) region: String,
    pub(super) allows_external: bool,
    pub(super) deleted: bool,
    pub(super) created_ms: u64,
    pub(super) changed_ms: u64,
    /// Names of permissions that were given: of other types the default one counts.
    pub(super) permissions: Vec<String>,
    pub(super) tags: Tags,
}

/// What is in a share, or whom it is shared with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Association {
    pub(super) share: String,
    pub(super) kind: Kind,
    /// The ARN of a resource; an account's id or an ARN of a principal.
    pub(super) entity: String,
    pub(super) external: bool,
    pub(super) created_ms: u64,
    pub(super) changed_ms: u64,
    /// When it comes to be.
    pub(super) ready_ms: u64,
    /// Whether an invitation must be accepted first.
    pub(super) invited: bool,
    pub(super) ended: Option<End>,
}

/// The two kinds of associations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Kind {
    Resource,
    Principal,
}

/// How an association ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum End {
    Disassociated,
    Failed,
}

impl Association {
    pub(super) fn status(&self, now_ms: u64) -> &'static str {
        match self.ended {
            Some(End::Disassociated) => "DISASSOCIATED",
            Some(End::Failed) => "FAILED",
            None if self.invited || now_ms < self.ready_ms => "ASSOCIATING",
            None => "ASSOCIATED",
        }
    }
}

/// The id of an association's row.
pub(super) fn association_id(share: &str, entity: &str) -> String {
    format!("{share} {entity}")
}

/// An invitation of an account to a share.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Invitation {
    pub(super) share: String,
    pub(super) receiver: String,
    pub(super) sent_ms: u64,
    /// When the receiver sees it.
    pub(super) shows_ms: u64,
    pub(super) answer: Option<Reply>,
}

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Reply {
    Accepted,
    Rejected,
}

impl Invitation {
    pub(super) fn status(&self, now_ms: u64) -> &'static str {
        match self.answer {
            Some(Reply::Accepted) => "ACCEPTED",
            Some(Reply::Rejected) => "REJECTED",
            None if now_ms >= self.sent_ms + takes::INVITATION_LIFE => "EXPIRED",
            None => "PENDING",
        }
    }
}

/// What a client token was used for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Token {
    /// Digest of the arguments.
    pub(super) arguments: String,
    /// The share that was made.
    pub(super) share: String,
}
