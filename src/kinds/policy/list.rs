//! Every managed policy of an account and of AWS, for `existing`.

use std::collections::BTreeMap;

use aws_sdk_iam::types::PolicyScopeType;

use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::Listed;
use crate::kinds::iam::{self, AT_ONCE, PAGE};
use crate::kinds::reading::{gone_is_none, together};

/// By name, those of AWS are among them; only the account's own have tags, and each is asked for
/// them, as no list has them.
pub(super) async fn list(aws: &Aws, place: &Place, tags: bool) -> Result<Vec<Listed>, Failure> {
    let client = aws.iam(place).await?;
    let scope = if tags {
        PolicyScopeType::Local
    } else {
        PolicyScopeType::All
    };
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
                tags: iam::all_tags(tags),
                ..policy
            })
        })
        .collect();
    together(AT_ONCE, reads).await
}
