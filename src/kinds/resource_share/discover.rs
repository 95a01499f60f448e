//! Resource shares in discovery: those that hold a pipeline that was found.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_ram::types::{ResourceShareAssociation, ResourceShareAssociationType};

use super::list;
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::discovery::{Around, Near, Portrait};
use crate::kinds::import;
use crate::value::Value;

/// The shares of what was found.
pub(super) async fn around(
    aws: &Aws,
    place: &Place,
    around: &Around,
) -> Result<Vec<Near>, Failure> {
    let mut found = BTreeSet::new();
    if !around.everything && around.ids("pipeline").is_empty() {
        return Ok(Vec::new());
    }
    let all = list::associations(aws, place, ResourceShareAssociationType::Resource).await?;
    for one in all.into_iter().filter(list::stands) {
        let pipeline = one.associated_entity().and_then(import::pipeline);
        let is_near = pipeline.is_some_and(|name| around.has("pipeline", &name));
        if (is_near || around.everything)
            && let Some(share) = one.resource_share_arn
        {
            found.insert(share);
        }
    }
    Ok(found.into_iter().map(Near::here).collect())
}

/// Adds what is in each share and whom it is shared with. A share of other things than pipelines is
/// left out: nothing else can be declared.
pub(super) async fn portray(
    aws: &Aws,
    place: &Place,
    portraits: &mut [Portrait],
) -> Result<(), Failure> {
    let (resources, principals) = futures::try_join!(
        list::associations(aws, place, ResourceShareAssociationType::Resource),
        list::associations(aws, place, ResourceShareAssociationType::Principal),
    )?;
    let (resources, principals) = (by_share(resources), by_share(principals));
    for portrait in portraits {
        for (name, all) in [("resources", &resources), ("principals", &principals)] {
            let of_share = all.get(&portrait.actual.id);
            let texts = of_share.into_iter().flatten();
            if name == "resources"
                && let Some(other) = texts.clone().find(|arn| import::pipeline(arn).is_none())
            {
                portrait.left_out = Some(format!("it shares {other}, which is no pipeline"));
            }
            let items = texts.map(|text| Value::string(text.as_str())).collect();
            let members = &mut portrait.actual.attributes;
            members.insert(Arc::from(name), Value::list(items));
        }
    }
    Ok(())
}

fn by_share(all: Vec<ResourceShareAssociation>) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in all.into_iter().filter(list::stands) {
        if let (Some(share), Some(entity)) = (one.resource_share_arn, one.associated_entity) {
            found.entry(share).or_default().insert(entity);
        }
    }
    found
}
