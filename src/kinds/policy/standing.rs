//! The managed policy that has a name already.

use crate::aws::{Aws, Failure, Repeat, call};
use crate::kinds::reading::gone_is_none;
use crate::kinds::{Ready, Standing, iam};

/// A policy of this name at another path is another one, and is not found.
pub(super) async fn standing(aws: &Aws, node: &Ready) -> Result<Option<Standing>, Failure> {
    let client = aws.iam(&node.place).await?;
    let arn = format!(
        "arn:{}:iam::{}:policy{}{}",
        iam::partition(&node.place.region),
        node.place.account,
        node.text("path").unwrap_or("/"),
        node.text("name").unwrap_or_default()
    );
    let answer = gone_is_none(
        call(aws, "iam:GetPolicy", Repeat::Safe, || {
            client.get_policy().policy_arn(&arn).send()
        })
        .await,
    )?;
    Ok(answer
        .and_then(|answer| answer.policy)
        .map(|policy| Standing {
            id: arn.clone(),
            tags: iam::all_tags(policy.tags),
        }))
}
