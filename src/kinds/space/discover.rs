//! Spaces in discovery: those of a domain.

use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{Around, Near};
use crate::kinds::sagemaker::{self, people};

/// The spaces of what was found.
pub(super) async fn around(
    aws: &Aws,
    place: &Place,
    around: &Around,
) -> Result<Vec<Near>, Failure> {
    let client = aws.sagemaker(place).await?;
    let mut found = Vec::new();
    for domain in around.ids("domain") {
        let spaces = people::spaces(aws, &client, Some(&domain)).await?;
        let living = spaces.into_iter().filter(|space| !space.is_going());
        found.extend(living.map(|space| Near::here(sagemaker::space_id(&domain, &space.name))));
    }
    Ok(found)
}
