//! GetResources: everything that has or had tags, by tag, type or ARN.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Arn, invalid};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::{Args, texts};
use crate::sandbox::page;
use crate::sandbox::tags::{self, Tags};
use crate::sandbox::world::World;
use crate::sandbox::{ec2, efs, sagemaker};

/// Rows of a page at most, and unless the call says otherwise (behaviour: API reference).
const MAX_PAGE: usize = 100;

pub(super) fn get(world: &mut World, call: &Call, args: &Args) -> Result<Value, Fault> {
    let size = args.size("ResourcesPerPage", MAX_PAGE);
    if !(1..=MAX_PAGE).contains(&size) {
        return Err(invalid(format!(
            "ResourcesPerPage must be between 1 and {MAX_PAGE}"
        )));
    }
    let arns: BTreeSet<&str> = args.texts("ResourceARNList").into_iter().collect();
    let kinds = args.texts("ResourceTypeFilters");
    let filters = filters(args)?;
    let is_filtered = !kinds.is_empty() || !filters.is_empty();
    if is_filtered && !arns.is_empty() {
        return Err(invalid(
            "ResourceARNList cannot be given together with TagFilters or ResourceTypeFilters",
        ));
    }
    let all = if arns.is_empty() {
        all(world, call, &kinds)
    } else {
        let named = arns.iter();
        named
            .filter_map(|arn| named_one(world, call, arn))
            .collect()
    };
    let rows = all.iter().filter(|(arn, tags)| {
        (kinds.is_empty()
            || Arn::parse(arn).is_some_and(|arn| kinds.iter().any(|kind| arn.is_of(kind))))
            && filters.iter().all(|filter| filter.holds(tags))
    });
    let rows = rows.map(|(arn, tags)| {
        let row = json!({"ResourceARN": arn, "Tags": tags::list(tags)});
        ((0, arn.as_str()), row)
    });
    // AWS answers and takes an empty token where there is no other page.
    let token = args
        .maybe("PaginationToken")
        .filter(|token| !token.is_empty());
    let page = page::page(rows, false, token, size).ok_or_else(|| {
        Fault::client(
            "PaginationTokenExpiredException",
            "The PaginationToken is not valid",
        )
    })?;
    Ok(json!({
        "PaginationToken": page.next.unwrap_or_default(),
        "ResourceTagMappingList": page.rows,
    }))
}

/// The thing of this ARN, if it is in the call's account and region and has or had tags.
fn named_one(world: &World, call: &Call, arn: &str) -> Option<(String, Tags)> {
    let parsed = Arn::parse(arn)?;
    if parsed.region != call.region || parsed.account != call.account {
        return None;
    }
    match parsed.service {
        "ec2" => ec2::api::tags_of(world, arn).map(|tags| (arn.to_owned(), tags)),
        "sagemaker" => sagemaker::api::tags_of(world, arn)
            .map(|tags| (arn.to_owned(), tags))
            .filter(has_tags),
        "elasticfilesystem" => efs::api::tags_of(world, &call.account, &call.region, arn)
            .map(|tags| (arn.to_owned(), tags))
            .filter(has_tags),
        _ => None,
    }
}

/// Everything with tags, of the services that the types name.
fn all(world: &World, call: &Call, kinds: &[&str]) -> Vec<(String, Tags)> {
    let (account, region) = (call.account.as_str(), call.region.as_str());
    let wanted = |service: &str| {
        kinds.is_empty()
            || kinds
                .iter()
                .any(|kind| kind.split(':').next() == Some(service))
    };
    let mut all = Vec::new();
    if wanted("ec2") {
        all.extend(ec2::api::tagged(world, account, region));
    }
    if wanted("sagemaker") {
        all.extend(
            sagemaker::api::tagged(world, account, region)
                .into_iter()
                .filter(has_tags),
        );
    }
    if wanted("elasticfilesystem") {
        all.extend(
            efs::api::tagged(world, account, region)
                .into_iter()
                .filter(has_tags),
        );
    }
    all
}

fn has_tags((_, tags): &(String, Tags)) -> bool {
    !tags.is_empty()
}

struct Filter<'a> {
    key: &'a str,
    values: Vec<&'a str>,
}

impl Filter<'_> {
    fn holds(&self, tags: &Tags) -> bool {
        tags.get(self.key)
            .is_some_and(|value| self.values.is_empty() || self.values.contains(&value.as_str()))
    }
}

fn filters(args: &Args) -> Result<Vec<Filter<'_>>, Fault> {
    let list = args.get("TagFilters").and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .map(|filter| {
            let key = filter.get("Key").and_then(Value::as_str);
            Ok(Filter {
                key: key.ok_or_else(|| invalid("A tag filter must have a Key"))?,
                values: texts(filter.get("Values")),
            })
        })
        .collect()
}
