//! The domain that has a name already.

use crate::aws::{Aws, Failure, Repeat, call};
use crate::kinds::{Ready, Standing, sagemaker};

pub(super) async fn standing(aws: &Aws, node: &Ready) -> Result<Option<Standing>, Failure> {
    let client = aws.sagemaker(&node.place).await?;
    let name = node.text("name");
    let mut token: Option<String> = None;
    loop {
        let answer = call(aws, "sagemaker:ListDomains", Repeat::Safe, || {
            client.list_domains().set_next_token(token.clone()).send()
        })
        .await?;
        let found = answer
            .domains
            .unwrap_or_default()
            .into_iter()
            .find(|domain| domain.domain_name.as_deref() == name);
        if let Some((Some(id), Some(arn))) = found.map(|found| (found.domain_id, found.domain_arn))
        {
            let tags = sagemaker::all_tags(aws, &client, &arn).await?;
            return Ok(tags.map(|tags| Standing { id, tags }));
        }
        token = answer.next_token;
        if token.is_none() {
            return Ok(None);
        }
    }
}
