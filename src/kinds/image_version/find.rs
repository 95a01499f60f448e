//! What a create made whose end nobody saw.

use crate::aws::{Aws, Failure, Repeat, call};
use crate::kinds::Ready;
use crate::kinds::reading::gone_is_none;
use crate::kinds::sagemaker::PAGE;

/// The newest version of the image, if it has the base image of this node. A version carries no mark,
/// and no answer tells the client token it was made with. A newer one of somebody else hides it: then
/// it is made anew, and the hidden one stays in AWS beside it, named by nobody.
///
/// # Errors
/// What the calls fail with.
pub(super) async fn find(aws: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    let client = aws.sagemaker(&node.place).await?;
    let image = node.text("image").unwrap_or_default();
    let mut newest: Option<i32> = None;
    let mut token: Option<String> = None;
    loop {
        let answer = call(aws, "sagemaker:ListImageVersions", Repeat::Safe, || {
            client
                .list_image_versions()
                .image_name(image)
                .max_results(PAGE)
                .set_next_token(token.clone())
                .send()
        })
        .await;
        let Some(answer) = gone_is_none(answer)? else {
            return Ok(None);
        };
        let versions = answer.image_versions.unwrap_or_default();
        let numbers = versions.into_iter().filter_map(|version| version.version);
        newest = numbers.max().max(newest);
        token = answer.next_token;
        if token.is_none() {
            break;
        }
    }
    let Some(number) = newest else {
        return Ok(None);
    };
    let operation = "sagemaker:DescribeImageVersion";
    let answer = call(aws, operation, Repeat::Safe, || {
        client
            .describe_image_version()
            .image_name(image)
            .version(number)
            .send()
    })
    .await;
    let found = gone_is_none(answer)?;
    let is_it = found.is_some_and(|found| found.base_image.as_deref() == node.text("base_image"));
    Ok(is_it.then(|| format!("{image}/{number}")))
}
