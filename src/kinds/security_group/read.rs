//! Reading security groups, and their rules by group.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{SecurityGroup, SecurityGroupRule};

use super::rule;
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::ec2::describe::{by_chunks, filter, groups, one_by_one, rules};
use crate::kinds::ec2::fields::{Fields, arn};
use crate::kinds::ec2::listed::listed;
use crate::kinds::{Actual, Inside, Listed, Wanted};

pub async fn read(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<Vec<Option<Actual>>, Failure> {
    let (whole, parts): (Vec<&Wanted>, Vec<&Wanted>) = wanted
        .iter()
        .partition(|one| &*one.kind == "security_group");
    let ids: BTreeSet<String> = whole.iter().map(|one| one.id.clone()).collect();
    let insides = whole.iter().filter(|one| one.inside);
    let (found, found_rules) = futures::try_join!(
        groups::by_id(aws, place, &ids),
        read_rules(
            aws,
            place,
            &parts,
            insides.map(|one| one.id.clone()).collect()
        )
    )?;
    let mut inside: BTreeMap<&str, Vec<Inside>> = BTreeMap::new();
    for rule in found_rules.values() {
        let rules = inside.entry(rule.group_id().unwrap_or_default());
        rules.or_default().push(rule::inside(place, rule));
    }
    Ok(wanted
        .iter()
        .map(|one| match &*one.kind {
            "security_group" => found.get(&one.id).map(|group| Actual {
                inside: match one.inside {
                    true => inside.remove(&*one.id).unwrap_or_default(),
                    false => Vec::new(),
                },
                ..actual(place, group)
            }),
            _ => found_rules
                .get(&one.id)
                .map(|found| rule::actual(place, found)),
        })
        .collect())
}

/// Every group of the place, for `existing`.
pub async fn list(aws: &Aws, place: &Place) -> Result<Vec<Listed>, Failure> {
    let found = groups::list(aws, place, Vec::new()).await?;
    Ok(found
        .into_iter()
        .filter_map(|one| listed(one.group_id, one.group_name, one.tags))
        .collect())
}

/// The rules of these groups, and those that are wanted.
async fn read_rules(
    aws: &Aws,
    place: &Place,
    wanted: &[&Wanted],
    mut of_groups: BTreeSet<String>,
) -> Result<BTreeMap<String, SecurityGroupRule>, Failure> {
    of_groups.extend(
        wanted
            .iter()
            .filter_map(|one| one.attributes.get("group")?.as_str().map(str::to_owned)),
    );
    let listed = by_chunks(&of_groups, |chunk| {
        rules::list(aws, place, vec![filter("group-id", chunk)])
    })
    .await?;
    let mut found = BTreeMap::new();
    let mut keep = |rule: SecurityGroupRule| {
        if let Some(id) = rule.security_group_rule_id.clone() {
            found.insert(id, rule);
        }
    };
    listed.into_iter().for_each(&mut keep);
    let missing: Vec<String> = wanted
        .iter()
        .filter(|one| !found.contains_key(&one.id))
        .map(|one| one.id.clone())
        .collect();
    for rule in one_by_one(
        missing,
        |id| async move { rules::one(aws, place, &id).await },
    )
    .await?
    {
        if let Some(id) = rule.security_group_rule_id.clone() {
            found.insert(id, rule);
        }
    }
    Ok(found)
}

fn actual(place: &Place, group: &SecurityGroup) -> Actual {
    let id = group.group_id().unwrap_or_default();
    Actual::new(
        id,
        Fields::new()
            .text("id", Some(id))
            .text("arn", Some(&arn(place, &format!("security-group/{id}"))))
            .text("owner", group.owner_id())
            .text("name", group.group_name())
            .text("description", group.description())
            .text("vpc", group.vpc_id())
            .tags(Some(group.tags()), false)
            .done(),
    )
}
