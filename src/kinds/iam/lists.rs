//! IAM's lists of a whole account, page by page.

use std::collections::BTreeMap;

use aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput as Details;
use aws_sdk_iam::types::{EntityType, PolicyScopeType, RoleDetail};

use super::{AT_ONCE, PAGE, all_tags};
use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::Listed;
use crate::kinds::reading::{gone_is_none, together};

/// Calls `page` with each page of an account's details of one sort.
///
/// # Errors
/// A failed read.
pub async fn details(
    aws: &Aws,
    place: &Place,
    of: EntityType,
    mut page: impl FnMut(Details) + Send,
) -> Result<(), Failure> {
    const OPERATION: &str = "iam:GetAccountAuthorizationDetails";
    let client = aws.iam(place).await?;
    let mut marker: Option<String> = None;
    loop {
        let mut answer = call(aws, OPERATION, Repeat::Safe, || {
            client
                .get_account_authorization_details()
                .filter(of.clone())
                .max_items(PAGE)
                .set_marker(marker.clone())
                .send()
        })
        .await?;
        marker = answer.marker.take().filter(|_| answer.is_truncated);
        page(answer);
        if marker.is_none() {
            return Ok(());
        }
    }
}

/// Calls `each` with every role of an account: no other list has the tags of all.
///
/// # Errors
/// A failed read.
pub async fn role_details(
    aws: &Aws,
    place: &Place,
    each: impl FnMut(RoleDetail) + Send,
) -> Result<(), Failure> {
    let mut each = each;
    let page = |page: Details| {
        let roles = page.role_detail_list.unwrap_or_default();
        roles.into_iter().for_each(&mut each);
    };
    details(aws, place, EntityType::Role, page).await
}

/// The managed policies of an account by their ARNs, with tags where those are asked for: no list has
/// them, so each policy is asked.
///
/// # Errors
/// A failed read.
pub async fn policies(
    aws: &Aws,
    place: &Place,
    scope: PolicyScopeType,
    tags: bool,
) -> Result<Vec<Listed>, Failure> {
    let client = aws.iam(place).await?;
    let mut found: Vec<Listed> = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let answer = call(aws, "iam:ListPolicies", Repeat::Safe, || {
            client
                .list_policies()
                .scope(scope.clone())
                .max_items(PAGE)
                .set_marker(marker.clone())
                .send()
        })
        .await?;
        let policies = answer.policies.unwrap_or_default().into_iter();
        found.extend(policies.filter_map(|policy| {
            Some(Listed {
                id: policy.arn?,
                name: policy.policy_name,
                tags: BTreeMap::new(),
            })
        }));
        marker = answer.marker.filter(|_| answer.is_truncated);
        if marker.is_none() {
            break;
        }
    }
    if !tags {
        return Ok(found);
    }
    let client = &client;
    let reads = found
        .into_iter()
        .map(|policy| async move {
            let answer = call(aws, "iam:ListPolicyTags", Repeat::Safe, || {
                client
                    .list_policy_tags()
                    .policy_arn(&policy.id)
                    .max_items(PAGE)
                    .send()
            })
            .await;
            let tags = gone_is_none(answer)?.map(|answer| answer.tags);
            Ok(Listed {
                tags: all_tags(tags),
                ..policy
            })
        })
        .collect();
    together(AT_ONCE, reads).await
}
