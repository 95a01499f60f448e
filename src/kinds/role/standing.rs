//! The role that has a name already.

use crate::aws::{Aws, Failure, Repeat, call};
use crate::kinds::reading::gone_is_none;
use crate::kinds::{Ready, Standing, iam};

pub(super) async fn standing(aws: &Aws, node: &Ready) -> Result<Option<Standing>, Failure> {
    let client = aws.iam(&node.place).await?;
    let name = node.text("name").unwrap_or_default();
    let answer = gone_is_none(
        call(aws, "iam:GetRole", Repeat::Safe, || {
            client.get_role().role_name(name).send()
        })
        .await,
    )?;
    Ok(answer.and_then(|answer| answer.role).map(|role| Standing {
        id: role.role_name,
        tags: iam::all_tags(role.tags),
    }))
}
