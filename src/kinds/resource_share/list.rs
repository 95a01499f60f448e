//! RAM's lists, page by page.

use aws_sdk_ram::types::{
    ResourceOwner, ResourceShare, ResourceShareAssociation, ResourceShareAssociationStatus,
    ResourceShareAssociationType, ResourceShareInvitation, ResourceShareStatus, TagFilter,
};

use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::config::Place;

/// Rows of a page (behaviour: section 8, 1 to 500).
const PAGE: i32 = 500;

/// Asks for pages until there are no more.
macro_rules! pages {
    ($aws:expr, $operation:literal, $rows:ident, $request:expr) => {{
        let mut all = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let answer = call($aws, $operation, Repeat::Safe, || {
                $request
                    .max_results(PAGE)
                    .set_next_token(token.clone())
                    .send()
            })
            .await?;
            all.extend(answer.$rows.unwrap_or_default());
            token = answer.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                break all;
            }
        }
    }};
}

/// Whether a share lives: deleted ones stay in lists for a while.
pub fn lives(share: &ResourceShare) -> bool {
    !matches!(
        share.status(),
        Some(ResourceShareStatus::Deleted | ResourceShareStatus::Deleting)
    )
}

/// Whether an association stands, or is on its way.
pub fn stands(association: &ResourceShareAssociation) -> bool {
    matches!(
        association.status(),
        Some(
            ResourceShareAssociationStatus::Associated
                | ResourceShareAssociationStatus::Associating
                | ResourceShareAssociationStatus::Suspended
        )
    )
}

/// The living shares that this account owns here, those with these tags alone if there are any.
///
/// # Errors
/// A failed read.
pub async fn shares(
    aws: &Aws,
    place: &Place,
    tags: &[TagFilter],
) -> Result<Vec<ResourceShare>, Failure> {
    let tags = (!tags.is_empty()).then(|| tags.to_vec());
    of_owner(aws, place, ResourceOwner::SelfValue, tags).await
}

async fn of_owner(
    aws: &Aws,
    place: &Place,
    owner: ResourceOwner,
    tags: Option<Vec<TagFilter>>,
) -> Result<Vec<ResourceShare>, Failure> {
    let client = aws.ram(place).await?;
    let mut all: Vec<ResourceShare> = pages!(
        aws,
        "ram:GetResourceShares",
        resource_shares,
        client
            .get_resource_shares()
            .resource_owner(owner.clone())
            .set_tag_filters(tags.clone())
    );
    all.retain(lives);
    Ok(all)
}

/// One share by its ARN, as its owner or a receiver sees it; `None`: it is not there, or not for this
/// account.
///
/// # Errors
/// A failed read.
pub async fn share(
    aws: &Aws,
    place: &Place,
    owner: ResourceOwner,
    arn: &str,
) -> Result<Option<ResourceShare>, Failure> {
    let client = aws.ram(place).await?;
    let answer = call(aws, "ram:GetResourceShares", Repeat::Safe, || {
        client
            .get_resource_shares()
            .resource_owner(owner.clone())
            .resource_share_arns(arn)
            .send()
    })
    .await;
    match answer {
        Ok(answer) => {
            let shares = answer.resource_shares.unwrap_or_default();
            Ok(shares.into_iter().find(lives))
        }
        Err(failure) if failure.cause == Cause::NotFound => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// The shares of others that this account can use here.
///
/// # Errors
/// A failed read.
pub async fn received(aws: &Aws, place: &Place) -> Result<Vec<ResourceShare>, Failure> {
    of_owner(aws, place, ResourceOwner::OtherAccounts, None).await
}

/// All associations of this account's shares here, of one type.
///
/// # Errors
/// A failed read.
pub async fn associations(
    aws: &Aws,
    place: &Place,
    kind: ResourceShareAssociationType,
) -> Result<Vec<ResourceShareAssociation>, Failure> {
    let client = aws.ram(place).await?;
    Ok(pages!(
        aws,
        "ram:GetResourceShareAssociations",
        resource_share_associations,
        client
            .get_resource_share_associations()
            .association_type(kind.clone())
    ))
}

/// The association of one entity with one share, if the share is there.
///
/// # Errors
/// A failed read.
pub async fn association(
    aws: &Aws,
    place: &Place,
    kind: &ResourceShareAssociationType,
    share: &str,
    entity: &str,
) -> Result<Option<ResourceShareAssociation>, Failure> {
    let client = aws.ram(place).await?;
    let (resource, principal) = match kind {
        ResourceShareAssociationType::Resource => (Some(entity), None),
        _ => (None, Some(entity)),
    };
    let answer = call(
        aws,
        "ram:GetResourceShareAssociations",
        Repeat::Safe,
        || {
            client
                .get_resource_share_associations()
                .association_type(kind.clone())
                .resource_share_arns(share)
                .set_resource_arn(resource.map(str::to_owned))
                .set_principal(principal.map(str::to_owned))
                .send()
        },
    )
    .await;
    match answer {
        Ok(answer) => {
            let found = answer.resource_share_associations.unwrap_or_default();
            let is_it = |one: &ResourceShareAssociation| one.associated_entity() == Some(entity);
            Ok(found.into_iter().find(is_it))
        }
        Err(failure) if failure.cause == Cause::NotFound => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// All invitations that this account got here.
///
/// # Errors
/// A failed read.
pub async fn invitations(
    aws: &Aws,
    place: &Place,
) -> Result<Vec<ResourceShareInvitation>, Failure> {
    let client = aws.ram(place).await?;
    Ok(pages!(
        aws,
        "ram:GetResourceShareInvitations",
        resource_share_invitations,
        client.get_resource_share_invitations()
    ))
}

/// Type and ARN of each permission of a share.
///
/// # Errors
/// A failed read.
pub async fn permissions(
    aws: &Aws,
    place: &Place,
    share: &str,
) -> Result<Vec<(String, String)>, Failure> {
    let client = aws.ram(place).await?;
    let all = pages!(
        aws,
        "ram:ListResourceSharePermissions",
        permissions,
        client
            .list_resource_share_permissions()
            .resource_share_arn(share)
    );
    Ok(all
        .into_iter()
        .filter_map(|one| Some((one.resource_type?, one.arn?)))
        .collect())
}
