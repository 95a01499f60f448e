//! The user profile that has a name already.

use crate::aws::{Aws, Failure};
use crate::kinds::reading::gone_is_none;
use crate::kinds::{Ready, Standing, sagemaker};
use crate::value::Value;

pub(super) async fn standing(aws: &Aws, node: &Ready) -> Result<Option<Standing>, Failure> {
    let client = aws.sagemaker(&node.place).await?;
    let id = super::id_of(node);
    let found = gone_is_none(super::read::describe(aws, &client, &id).await)?;
    let Some(arn) = found
        .as_ref()
        .and_then(|found| found.get("arn"))
        .and_then(Value::as_str)
    else {
        return Ok(None);
    };
    let tags = sagemaker::all_tags(aws, &client, arn).await?;
    Ok(tags.map(|tags| Standing { id, tags }))
}
