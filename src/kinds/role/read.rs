//! Reading roles and their parts: one by one when few are wanted, the whole account page by page
//! when many are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::{Role, RoleDetail};

use super::parts::{PartId, join, split};
use super::schema::{ATTACHMENT, INLINE_POLICY, ROLE};
use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::iam::{self, AT_ONCE, MANY, PAGE, lists};
use crate::kinds::reading::{gone_is_none, together};
use crate::kinds::{Actual, Inside, Wanted, iam_document};
use crate::value::{Map, Value};

/// What was seen of one role.
#[derive(Debug, Clone, Default)]
struct Seen {
    /// The role itself, if it was looked at; `Some(None)`: it is gone.
    role: Option<Map>,
    /// Documents of inline policies by name, as AWS gives them.
    inline: BTreeMap<String, String>,
    /// Names of inline policies, those without a document here included.
    names: BTreeSet<String>,
    /// ARNs of attached policies.
    attached: BTreeSet<String>,
}

/// What is wanted of one role.
#[derive(Debug, Clone, Default)]
struct Need {
    role: bool,
    inline: BTreeSet<String>,
    attached: bool,
    /// Every policy, by name or ARN.
    inside: bool,
}

/// Reads roles and parts.
pub(super) async fn read(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<Vec<Option<Actual>>, Failure> {
    let client = aws.iam(place).await?;
    let mut needs: BTreeMap<String, Need> = BTreeMap::new();
    for one in wanted {
        need(&mut needs, one);
    }
    let mut seen = BTreeMap::new();
    let mut ids: Option<BTreeMap<String, String>> = None;
    if needs.len() >= MANY {
        let (all, arns) = account(aws, place, &client).await?;
        // A list may lag behind: what it does not show is asked for by name.
        for one in wanted {
            if answer(&all, one).is_some()
                && let Some(need) = needs.get_mut(role_of(one))
            {
                forget(need, one);
            }
        }
        seen = all;
        ids = Some(arns);
    }
    let reads = needs
        .iter()
        .filter(|(_, need)| need.role || need.attached || need.inside || !need.inline.is_empty())
        .map(|(name, need)| look(aws, &client, name, need))
        .collect();
    let singly = together(AT_ONCE, reads).await?;
    for (name, found) in singly {
        let known: &mut Seen = seen.entry(name).or_default();
        known.role = found.role.or(known.role.take());
        known.inline.extend(found.inline);
        known.names.extend(found.names);
        known.attached.extend(found.attached);
    }
    if ids.is_none() && wanted.iter().any(|one| trusts_an_id(&seen, one)) {
        ids = Some(account(aws, place, &client).await?.1);
    }
    let ids = ids.unwrap_or_default();
    Ok(wanted
        .iter()
        .map(|one| answer(&seen, one).map(|actual| settle(actual, one, &ids)))
        .collect())
}

fn role_of(wanted: &Wanted) -> &str {
    if *wanted.kind == *ROLE.kind {
        &wanted.id
    } else {
        split(&wanted.id).role
    }
}

fn need(needs: &mut BTreeMap<String, Need>, wanted: &Wanted) {
    let need = needs.entry(role_of(wanted).to_owned()).or_default();
    if *wanted.kind == *ROLE.kind {
        need.role = true;
        need.inside = wanted.inside;
    } else if *wanted.kind == *ATTACHMENT.kind {
        need.attached = true;
    } else {
        need.inline.insert(split(&wanted.id).of.to_owned());
    }
}

/// What the account's pages have shown need not be asked for again.
fn forget(need: &mut Need, wanted: &Wanted) {
    if *wanted.kind == *ROLE.kind {
        need.role = false;
        need.inside = false;
    } else if *wanted.kind == *INLINE_POLICY.kind {
        need.inline.remove(split(&wanted.id).of);
    } else {
        need.attached = false;
    }
}

/// Looks at one role by name.
async fn look(
    aws: &Aws,
    client: &Client,
    name: &str,
    need: &Need,
) -> Result<(String, Seen), Failure> {
    let mut seen = Seen::default();
    if need.role {
        let answer = gone_is_none(
            call(aws, "iam:GetRole", Repeat::Safe, || {
                client.get_role().role_name(name).send()
            })
            .await,
        )?;
        match answer.and_then(|answer| answer.role) {
            Some(role) => seen.role = Some(attributes(&role)),
            None => return Ok((name.to_owned(), seen)),
        }
    }
    if need.inside {
        seen.names = inline_names(aws, client, name).await?;
    }
    if need.attached || need.inside {
        seen.attached = attached(aws, client, name).await?.into_iter().collect();
    }
    for policy in &need.inline {
        let answer = gone_is_none(
            call(aws, "iam:GetRolePolicy", Repeat::Safe, || {
                client
                    .get_role_policy()
                    .role_name(name)
                    .policy_name(policy)
                    .send()
            })
            .await,
        )?;
        if let Some(answer) = answer {
            seen.inline.insert(policy.clone(), answer.policy_document);
        }
    }
    Ok((name.to_owned(), seen))
}

/// Names of the inline policies of a role; none if the role is gone.
async fn inline_names(aws: &Aws, client: &Client, role: &str) -> Result<BTreeSet<String>, Failure> {
    let mut found = BTreeSet::new();
    let mut marker: Option<String> = None;
    loop {
        let answer = gone_is_none(
            call(aws, "iam:ListRolePolicies", Repeat::Safe, || {
                client
                    .list_role_policies()
                    .role_name(role)
                    .max_items(PAGE)
                    .set_marker(marker.clone())
                    .send()
            })
            .await,
        )?;
        let Some(answer) = answer else {
            return Ok(found);
        };
        found.extend(answer.policy_names);
        marker = answer.marker.filter(|_| answer.is_truncated);
        if marker.is_none() {
            return Ok(found);
        }
    }
}

/// ARNs of the policies attached to a role; none if the role is gone.
pub(super) async fn attached(
    aws: &Aws,
    client: &Client,
    role: &str,
) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let answer = gone_is_none(
            call(aws, "iam:ListAttachedRolePolicies", Repeat::Safe, || {
                client
                    .list_attached_role_policies()
                    .role_name(role)
                    .max_items(PAGE)
                    .set_marker(marker.clone())
                    .send()
            })
            .await,
        )?;
        let Some(answer) = answer else {
            return Ok(found);
        };
        found.extend(
            answer
                .attached_policies
                .unwrap_or_default()
                .into_iter()
                .filter_map(|policy| policy.policy_arn),
        );
        marker = answer.marker.filter(|_| answer.is_truncated);
        if marker.is_none() {
            return Ok(found);
        }
    }
}

/// Every role of the account, and the ARN behind each unique id.
async fn account(
    aws: &Aws,
    place: &Place,
    client: &Client,
) -> Result<(BTreeMap<String, Seen>, BTreeMap<String, String>), Failure> {
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    let mut ids = BTreeMap::new();
    lists::role_details(aws, place, |role| {
        if let (Some(id), Some(arn)) = (&role.role_id, &role.arn) {
            ids.insert(id.clone(), arn.clone());
        }
        if let Some(name) = role.role_name.clone() {
            seen.insert(name, detailed(role));
        }
    })
    .await?;
    described(aws, client, &mut seen).await?;
    Ok((seen, ids))
}

/// Adds what the details of an account leave out: descriptions and session lengths.
async fn described(
    aws: &Aws,
    client: &Client,
    seen: &mut BTreeMap<String, Seen>,
) -> Result<(), Failure> {
    let mut marker: Option<String> = None;
    loop {
        let answer = call(aws, "iam:ListRoles", Repeat::Safe, || {
            client
                .list_roles()
                .max_items(PAGE)
                .set_marker(marker.clone())
                .send()
        })
        .await?;
        for role in answer.roles {
            if let Some(members) = seen
                .get_mut(&role.role_name)
                .and_then(|known| known.role.as_mut())
            {
                more(
                    members,
                    role.description.as_deref(),
                    role.max_session_duration,
                );
            }
        }
        marker = answer.marker.filter(|_| answer.is_truncated);
        if marker.is_none() {
            break;
        }
    }
    // A role that the second list does not show yet is asked for by name.
    for known in seen.values_mut() {
        if known
            .role
            .as_ref()
            .is_some_and(|role| !role.contains_key("max_session_duration"))
        {
            known.role = None;
        }
    }
    Ok(())
}

fn more(members: &mut Map, description: Option<&str>, session: Option<i32>) {
    iam::put(members, "description", description);
    if let Some(seconds) = session {
        members.insert(
            Arc::from("max_session_duration"),
            Value::int(i64::from(seconds)),
        );
    }
}

fn detailed(role: RoleDetail) -> Seen {
    let mut members = Map::new();
    iam::put(&mut members, "name", role.role_name.as_deref());
    iam::put(&mut members, "id", role.role_name.as_deref());
    iam::put(&mut members, "path", role.path.as_deref());
    iam::put(&mut members, "arn", role.arn.as_deref());
    iam::put(&mut members, "unique_id", role.role_id.as_deref());
    iam::put(
        &mut members,
        "trust",
        role.assume_role_policy_document.as_deref(),
    );
    iam::put(
        &mut members,
        "permissions_boundary",
        role.permissions_boundary
            .as_ref()
            .and_then(|boundary| boundary.permissions_boundary_arn.as_deref()),
    );
    members.insert(Arc::from("tags"), iam::from_tags(role.tags.as_ref()));
    Seen {
        role: Some(members),
        inline: role
            .role_policy_list
            .unwrap_or_default()
            .into_iter()
            .filter_map(|policy| Some((policy.policy_name?, policy.policy_document?)))
            .collect(),
        names: BTreeSet::new(),
        attached: role
            .attached_managed_policies
            .unwrap_or_default()
            .into_iter()
            .filter_map(|policy| policy.policy_arn)
            .collect(),
    }
}

/// The attributes of a role; `trust` as AWS encodes it.
pub(super) fn attributes(role: &Role) -> Map {
    let mut members = Map::new();
    iam::put(&mut members, "name", Some(&role.role_name));
    iam::put(&mut members, "id", Some(&role.role_name));
    iam::put(&mut members, "path", Some(&role.path));
    iam::put(&mut members, "arn", Some(&role.arn));
    iam::put(&mut members, "unique_id", Some(&role.role_id));
    iam::put(
        &mut members,
        "trust",
        role.assume_role_policy_document.as_deref(),
    );
    more(
        &mut members,
        role.description.as_deref(),
        role.max_session_duration,
    );
    iam::put(
        &mut members,
        "permissions_boundary",
        role.permissions_boundary
            .as_ref()
            .and_then(|boundary| boundary.permissions_boundary_arn.as_deref()),
    );
    members.insert(Arc::from("tags"), iam::from_tags(role.tags.as_ref()));
    members
}

fn answer(seen: &BTreeMap<String, Seen>, wanted: &Wanted) -> Option<Actual> {
    let found = seen.get(role_of(wanted))?;
    let inside = match wanted.inside && *wanted.kind == *ROLE.kind {
        true => inside(&wanted.id, found),
        false => Vec::new(),
    };
    let attributes = if *wanted.kind == *ROLE.kind {
        found.role.clone()?
    } else {
        let PartId { role, of } = split(&wanted.id);
        if *wanted.kind == *ATTACHMENT.kind {
            found.attached.get(of)?;
            super::parts::attachment(role, of)
        } else {
            super::parts::inline_policy(role, of, found.inline.get(of)?)
        }
    };
    Some(Actual {
        inside,
        ..Actual::new(wanted.id.clone(), attributes)
    })
}

/// Its inline policies, then the attached ones.
fn inside(role: &str, seen: &Seen) -> Vec<Inside> {
    let names: BTreeSet<&String> = seen.names.iter().chain(seen.inline.keys()).collect();
    let inline = names.into_iter().map(|name| Inside {
        what: format!("the inline policy `{name}`"),
        id: join(role, name),
        risk: None,
    });
    let attached = seen.attached.iter().map(|arn| Inside {
        what: format!("the attached policy {arn}"),
        id: join(role, arn),
        risk: None,
    });
    inline.chain(attached).collect()
}

/// Documents in canonical form, or in the recorded text where they mean the same; unique ids in a
/// trust document as the ARNs they stand for.
fn settle(mut actual: Actual, wanted: &Wanted, ids: &BTreeMap<String, String>) -> Actual {
    for name in ["trust", "document"] {
        let Some(text) = actual
            .attributes
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
        else {
            continue;
        };
        let recorded = wanted.attributes.get(name);
        let value = match iam_document::from_aws(&text) {
            Ok(document) if name == "trust" && iam_document::names_unique_id(&document) => {
                let resolved = iam_document::resolve_ids(&document, &|id| ids.get(id).cloned());
                iam::settled(iam_document::to_text(&resolved), recorded)
            }
            _ => iam::document_from_aws(&text, recorded),
        };
        actual.attributes.insert(Arc::from(name), value);
    }
    actual
}

fn trusts_an_id(seen: &BTreeMap<String, Seen>, wanted: &Wanted) -> bool {
    *wanted.kind == *ROLE.kind
        && seen
            .get(&wanted.id)
            .and_then(|found| found.role.as_ref()?.get("trust")?.as_str())
            .and_then(|text| iam_document::from_aws(text).ok())
            .is_some_and(|document| iam_document::names_unique_id(&document))
}
