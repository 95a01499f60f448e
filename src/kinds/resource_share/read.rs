//! Reading shares and their associations from the owner's side, and acceptances from the receiver's.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_ram::types::{
    ResourceOwner, ResourceShare, ResourceShareAssociation, ResourceShareAssociationType,
};

use super::{acceptance, association, list, permission, schema};
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::reading::{gone_is_none, together};
use crate::kinds::{Actual, Wanted, tags};
use crate::value::{Map, Value};

/// Calls for single shares that run at the same time.
const AT_ONCE: usize = 4;

pub async fn read(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<Vec<Option<Actual>>, Failure> {
    let has = |kind: &str| wanted.iter().any(|one| *one.kind == *kind);
    let (shares, resources, principals, received) = futures::try_join!(
        async {
            match has(schema::SHARE.kind) {
                true => all_shares(aws, place, wanted).await,
                false => Ok(BTreeMap::new()),
            }
        },
        associations(
            aws,
            place,
            has(schema::RESOURCE.kind),
            ResourceShareAssociationType::Resource
        ),
        associations(
            aws,
            place,
            has(schema::PRINCIPAL.kind),
            ResourceShareAssociationType::Principal
        ),
        async {
            match has(schema::ACCEPTANCE.kind) {
                true => acceptance::Received::read(aws, place).await.map(Some),
                false => Ok(None),
            }
        }
    )?;
    let (shares, resources, principals, received) =
        (&shares, &resources, &principals, received.as_ref());
    let mut reads = Vec::with_capacity(wanted.len());
    for one in wanted {
        reads.push(async move {
            if *one.kind == *schema::SHARE.kind {
                return Ok(shares.get(&one.id).cloned());
            }
            if *one.kind == *schema::ACCEPTANCE.kind {
                return match received {
                    Some(received) => received.of(aws, place, &one.id).await,
                    None => Ok(None),
                };
            }
            let (kind, all) = if *one.kind == *schema::RESOURCE.kind {
                (ResourceShareAssociationType::Resource, resources)
            } else {
                (ResourceShareAssociationType::Principal, principals)
            };
            let found = match all.get(&one.id) {
                Some(association) => Some(association.clone()),
                // Absence from a list is not believed.
                None => {
                    let (share, entity) = association::split(&one.id);
                    list::association(aws, place, &kind, share, entity).await?
                }
            };
            Ok(found
                .filter(list::stands)
                .map(|found| association::actual(&kind, &found)))
        });
    }
    together(AT_ONCE, reads).await
}

/// The wanted shares by ARN.
async fn all_shares(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<BTreeMap<String, Actual>, Failure> {
    let listed = list::shares(aws, place, &[]).await?;
    let listed: BTreeMap<String, ResourceShare> = listed
        .into_iter()
        .filter_map(|share| Some((share.resource_share_arn()?.to_owned(), share)))
        .collect();
    let reads = wanted
        .iter()
        .filter(|one| *one.kind == *schema::SHARE.kind)
        .map(|one| {
            let listed = listed.get(&one.id).cloned();
            async move {
                let share = match listed {
                    Some(share) => Some(share),
                    None => list::share(aws, place, ResourceOwner::SelfValue, &one.id).await?,
                };
                let Some(share) = share else {
                    return Ok(None);
                };
                let permissions = list::permissions(aws, place, &one.id).await;
                let Some(permissions) = gone_is_none(permissions)? else {
                    return Ok(None);
                };
                Ok(Some((one.id.clone(), actual(&share, &permissions))))
            }
        })
        .collect();
    let found = together(AT_ONCE, reads).await?;
    Ok(found.into_iter().flatten().collect())
}

async fn associations(
    aws: &Aws,
    place: &Place,
    is_wanted: bool,
    kind: ResourceShareAssociationType,
) -> Result<BTreeMap<String, ResourceShareAssociation>, Failure> {
    if !is_wanted {
        return Ok(BTreeMap::new());
    }
    let all = list::associations(aws, place, kind).await?;
    Ok(all
        .into_iter()
        .filter(list::stands)
        .filter_map(|one| {
            let id = association::id(one.resource_share_arn()?, one.associated_entity()?);
            Some((id, one))
        })
        .collect())
}

/// A share in smd's words.
pub fn actual(share: &ResourceShare, permissions: &[(String, String)]) -> Actual {
    let arn = share.resource_share_arn().unwrap_or_default();
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| {
        members.insert(Arc::from(name), value);
    };
    put("id", Value::string(arn));
    put("arn", Value::string(arn));
    for (name, text) in [
        ("name", share.name()),
        ("owner", share.owning_account_id()),
        ("status", share.status().map(|status| status.as_str())),
    ] {
        if let Some(text) = text {
            put(name, Value::string(text));
        }
    }
    if let Some(allows) = share.allow_external_principals() {
        put("allow_external_principals", Value::bool(allows));
    }
    if let Some(word) = permission::of(permissions) {
        put("permission", Value::string(word));
    }
    let all = share.tags().iter();
    let all = all.filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())));
    put("tags", tags::visible(all));
    Actual::new(arn, members)
}
