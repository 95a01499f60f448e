//! User profiles in discovery: those of a domain.

use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{Around, Near};
use crate::kinds::sagemaker::people;

/// The profiles of what was found.
pub(super) async fn around(
    aws: &Aws,
    place: &Place,
    around: &Around,
) -> Result<Vec<Near>, Failure> {
    let client = aws.sagemaker(place).await?;
    let mut found = Vec::new();
    for domain in around.ids("domain") {
        let profiles = people::profiles(aws, &client, Some(&domain)).await?;
        let living = profiles.into_iter().filter(|profile| !profile.is_going());
        found.extend(living.map(|profile| Near::here(format!("{domain}/{}", profile.name))));
    }
    Ok(found)
}
