//! Lists of many pages.

use std::future::Future;

use aws_sdk_sagemaker::Client;
use aws_sdk_sagemaker::types::DomainDetails;

use crate::aws::{Aws, Failure, Repeat, call};
use crate::kinds::reading::gone_is_none;

/// All rows of a list: `page` gives those behind a token, and the next token. What is gone while its
/// pages are read has no more of them.
///
/// # Errors
/// What the calls fail with.
pub async fn pages<T, F, Fut>(page: F) -> Result<Vec<T>, Failure>
where
    F: Fn(Option<String>) -> Fut,
    Fut: Future<Output = Result<(Vec<T>, Option<String>), Failure>>,
{
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    while let Some((rows, next)) = gone_is_none(page(token).await)? {
        found.extend(rows);
        token = next.filter(|token| !token.is_empty());
        if token.is_none() {
            break;
        }
    }
    Ok(found)
}

/// The domains of the account and region, whatever their status.
///
/// # Errors
/// What the calls fail with.
pub async fn domains(aws: &Aws, client: &Client) -> Result<Vec<DomainDetails>, Failure> {
    pages(|token| async move {
        let answer = call(aws, "sagemaker:ListDomains", Repeat::Safe, || {
            client
                .list_domains()
                .max_results(super::PAGE)
                .set_next_token(token.clone())
                .send()
        })
        .await?;
        Ok((answer.domains.unwrap_or_default(), answer.next_token))
    })
    .await
}
