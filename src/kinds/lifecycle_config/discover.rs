//! Lifecycle configurations in discovery: domains, profiles and spaces name the ones they use.

use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::discovery::{Around, Near};

/// All of them, where all are asked for.
pub(super) async fn around(
    aws: &Aws,
    place: &Place,
    around: &Around,
) -> Result<Vec<Near>, Failure> {
    let mut found = Vec::new();
    if !around.everything {
        return Ok(found);
    }
    let client = aws.sagemaker(place).await?;
    let mut token: Option<String> = None;
    loop {
        let operation = "sagemaker:ListStudioLifecycleConfigs";
        let answer = call(aws, operation, Repeat::Safe, || {
            client
                .list_studio_lifecycle_configs()
                .set_next_token(token.clone())
                .send()
        })
        .await?;
        let configs = answer.studio_lifecycle_configs.unwrap_or_default();
        found.extend(
            configs
                .into_iter()
                .filter_map(|one| one.studio_lifecycle_config_name.map(Near::here)),
        );
        token = answer.next_token;
        if token.is_none() {
            return Ok(found);
        }
    }
}
