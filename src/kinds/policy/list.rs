//! Every managed policy of an account and of AWS, for `existing`.

use aws_sdk_iam::types::PolicyScopeType;

use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::Listed;
use crate::kinds::iam::lists;

/// By name, those of AWS are among them; only the account's own have tags.
pub(super) async fn list(aws: &Aws, place: &Place, tags: bool) -> Result<Vec<Listed>, Failure> {
    let scope = if tags {
        PolicyScopeType::Local
    } else {
        PolicyScopeType::All
    };
    lists::policies(aws, place, scope, tags).await
}
