//! Reading route tables: routes and associations come inside.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::RouteTable;

use super::{association, route};
use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::ec2::describe::{by_chunks, filter, tables};
use crate::kinds::ec2::fields::Fields;
use crate::kinds::ec2::listed::listed;
use crate::kinds::{Actual, Inside, Listed, Wanted};

pub async fn read(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<Vec<Option<Actual>>, Failure> {
    let ids: BTreeSet<String> = wanted.iter().filter_map(table_of).collect();
    let found = tables::by_id(aws, place, &ids).await?;
    let mut associations: BTreeMap<String, Actual> = BTreeMap::new();
    keep(found.values(), &mut associations);
    // One that somebody moved to another table is asked for by its id.
    let moved: BTreeSet<String> = wanted
        .iter()
        .filter(|one| &*one.kind == "route_table.subnets" && !associations.contains_key(&one.id))
        .map(|one| one.id.clone())
        .collect();
    let elsewhere = by_chunks(&moved, |chunk| {
        tables::list(
            aws,
            place,
            vec![filter("association.route-table-association-id", chunk)],
        )
    })
    .await?;
    keep(elsewhere.iter(), &mut associations);
    Ok(wanted
        .iter()
        .map(|one| match &*one.kind {
            "route_table.subnets" => associations.get(&one.id).cloned(),
            "route_table.route" => route::found_in(found.get(&table_of(one)?)?, one),
            _ => found.get(&one.id).map(|table| Actual {
                inside: match one.inside {
                    true => inside(table),
                    false => Vec::new(),
                },
                ..actual(table)
            }),
        })
        .collect())
}

/// Every table of the place, for `existing`.
pub async fn list(aws: &Aws, place: &Place) -> Result<Vec<Listed>, Failure> {
    let found = tables::list(aws, place, Vec::new()).await?;
    Ok(found
        .into_iter()
        .filter_map(|one| listed(one.route_table_id, None, one.tags))
        .collect())
}

fn keep<'a>(
    tables: impl Iterator<Item = &'a RouteTable>,
    associations: &mut BTreeMap<String, Actual>,
) {
    for table in tables {
        for one in table.associations() {
            let Some(id) = one.route_table_association_id() else {
                continue;
            };
            if association::find(table, |other| {
                other.route_table_association_id() == Some(id)
            })
            .is_some()
            {
                associations.insert(id.to_owned(), association::actual(one));
            }
        }
    }
}

/// The table that a wanted thing is, or is in.
fn table_of(one: &Wanted) -> Option<String> {
    match &*one.kind {
        "route_table" => Some(one.id.clone()),
        "route_table.route" => Some(route::parts_of(&one.id)?.0.to_owned()),
        _ => Some(one.attributes.get("table")?.as_str()?.to_owned()),
    }
}

/// The routes and associations that somebody may have put there.
fn inside(table: &RouteTable) -> Vec<Inside> {
    let id = table.route_table_id().unwrap_or_default();
    let associations = table.associations().iter().filter_map(|one| {
        Some(Inside {
            what: format!(
                "the association of {}",
                one.subnet_id().or(one.gateway_id())?
            ),
            id: one.route_table_association_id()?.to_owned(),
            risk: None,
        })
    });
    table
        .routes()
        .iter()
        .filter_map(|route| route::inside(id, route))
        .chain(associations)
        .collect()
}

/// The routes that somebody put into a table, in words.
pub(super) fn routes_of(table: &RouteTable) -> Vec<String> {
    let id = table.route_table_id().unwrap_or_default();
    let routes = table.routes().iter();
    routes
        .filter_map(|route| route::inside(id, route).map(|inside| inside.what))
        .collect()
}

fn actual(table: &RouteTable) -> Actual {
    let id = table.route_table_id().unwrap_or_default();
    Actual::new(
        id,
        Fields::new()
            .text("id", Some(id))
            .text("owner", table.owner_id())
            .text("vpc", table.vpc_id())
            .tags(Some(table.tags()), true)
            .done(),
    )
}
