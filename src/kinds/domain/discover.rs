//! Domains in discovery: where it begins.

use super::list;
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{Around, Near, Portrait};

/// All domains, where all are asked for.
pub(super) async fn around(
    aws: &Aws,
    place: &Place,
    around: &Around,
) -> Result<Vec<Near>, Failure> {
    if !around.everything {
        return Ok(Vec::new());
    }
    let found = list::list(aws, place, false).await?;
    Ok(found.into_iter().map(|one| Near::here(one.id)).collect())
}

/// A home file system is what a domain has unless it is written otherwise.
pub(super) fn portray(portraits: &mut [Portrait]) {
    for portrait in portraits {
        portrait.drop_text("home_efs_file_system_creation", Some("Enabled"));
        // Two words for one key (behaviour: CreateDomain).
        let key = portrait.actual.attributes.get("kms_key");
        if let Some(key) = key.and_then(|key| key.as_str()).map(str::to_owned) {
            portrait.drop_text("home_efs_file_system_kms_key", Some(&key));
        }
        let home = portrait.actual.attributes.get("home_efs_file_system_id");
        if let Some(home) = home.and_then(|home| home.as_str()) {
            let why = "the home file system of the domain, which comes with it";
            let home = home.to_owned();
            portrait.beside.push(("file_system", home, why.to_owned()));
        }
    }
}
