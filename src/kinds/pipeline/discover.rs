//! Pipelines in discovery: those that run as a role that was found.

use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::discovery::{Around, Near, Portrait};
use crate::kinds::import;

/// The pipelines of what was found.
pub(super) async fn around(
    aws: &Aws,
    place: &Place,
    around: &Around,
) -> Result<Vec<Near>, Failure> {
    let mut found = Vec::new();
    if !around.everything && around.ids("role").is_empty() {
        return Ok(found);
    }
    let client = aws.sagemaker(place).await?;
    let mut token: Option<String> = None;
    loop {
        let answer = call(aws, "sagemaker:ListPipelines", Repeat::Safe, || {
            client.list_pipelines().set_next_token(token.clone()).send()
        })
        .await?;
        for pipeline in answer.pipeline_summaries.unwrap_or_default() {
            let role = pipeline.role_arn.as_deref().and_then(import::role);
            let is_near = role.is_some_and(|role| around.has("role", &role));
            if (is_near || around.everything)
                && let Some(name) = pipeline.pipeline_name
            {
                found.push(Near::here(name));
            }
        }
        token = answer.next_token;
        if token.is_none() {
            return Ok(found);
        }
    }
}

/// A pipeline that nobody gave another name to show is shown by its own.
pub(super) fn portray(portraits: &mut [Portrait]) {
    for portrait in portraits {
        let name = portrait.actual.attributes.get("name");
        if let Some(name) = name.and_then(|name| name.as_str()).map(str::to_owned) {
            portrait.drop_text("display_name", Some(&name));
        }
    }
}
