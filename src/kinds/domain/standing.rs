//! The domain that has a name already.

use crate::aws::{Aws, Failure};
use crate::kinds::{Ready, Standing, sagemaker};

pub(super) async fn standing(aws: &Aws, node: &Ready) -> Result<Option<Standing>, Failure> {
    let client = aws.sagemaker(&node.place).await?;
    let name = node.text("name");
    let mut all = sagemaker::domains(aws, &client).await?.into_iter();
    let found = all.find(|domain| domain.domain_name.as_deref() == name);
    let Some((Some(id), Some(arn))) = found.map(|found| (found.domain_id, found.domain_arn)) else {
        return Ok(None);
    };
    let tags = sagemaker::all_tags(aws, &client, &arn).await?;
    Ok(tags.map(|tags| Standing { id, tags }))
}
