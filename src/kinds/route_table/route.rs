//! Making, changing and deleting routes: those of `route` blocks, and those of peerings.

use aws_sdk_ec2::types::{Route, RouteOrigin, RouteState, RouteTable};

use super::risk;
use super::target::{self, LIST, aim, to};
use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::ec2::describe::tables;
use crate::kinds::ec2::fields::Fields;
use crate::kinds::ec2::made::read_back;
use crate::kinds::{Actual, Change, Context, Inside, Ready, Wanted, wait};
use crate::state::Record;

/// The id of a route: its table and its destination.
pub fn id_of(table: &str, destination: &str) -> String {
    format!("{table} {destination}")
}

/// Table and destination of a route's id.
pub fn parts_of(id: &str) -> Option<(&str, &str)> {
    id.split_once(' ')
}

/// The attribute that holds the target: `via` of a `route` block, `peering` of a peering's route.
pub fn target_attribute(kind: &str) -> &'static str {
    if kind == "route_table.route" {
        "via"
    } else {
        "peering"
    }
}

/// The attribute that holds a destination.
fn destination_attribute(destination: &str) -> &'static str {
    if destination.starts_with(LIST) {
        "prefix_list"
    } else {
        "to"
    }
}

/// The routes among `wanted`, as they are in their tables.
///
/// # Errors
/// A failed read.
pub async fn read(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<Vec<Option<Actual>>, Failure> {
    let ids = wanted
        .iter()
        .filter_map(|one| parts_of(&one.id))
        .map(|(table, _)| table.to_owned())
        .collect();
    let found = tables::by_id(aws, place, &ids).await?;
    Ok(wanted
        .iter()
        .map(|one| found_in(found.get(parts_of(&one.id)?.0)?, one))
        .collect())
}

/// A wanted route in its table.
pub fn found_in(table: &RouteTable, wanted: &Wanted) -> Option<Actual> {
    let (id, destination) = parts_of(&wanted.id)?;
    let route = in_table(table, destination)?;
    let attribute = target_attribute(&wanted.kind);
    let recorded = wanted
        .attributes
        .get(attribute)
        .and_then(|value| value.as_str());
    Some(Actual::new(
        wanted.id.clone(),
        Fields::new()
            .text("table", Some(id))
            .text(destination_attribute(destination), Some(destination))
            .text(attribute, target::read(route, recorded))
            .text("state", route.state().map(|state| state.as_str()))
            .done(),
    ))
}

/// A route as something inside of its table; `None` for those that AWS makes: the local ones, those
/// of gateway endpoints, and those that a virtual private gateway propagates.
pub fn inside(table: &str, route: &Route) -> Option<Inside> {
    let by = target::read(route, None);
    let is_made = matches!(route.origin(), None | Some(RouteOrigin::CreateRoute));
    let of_endpoint = route.destination_prefix_list_id().is_some()
        && by.is_some_and(|by| by.starts_with("vpce-"));
    if !is_made || of_endpoint || by == Some("local") {
        return None;
    }
    let destination = route
        .destination_cidr_block()
        .or(route.destination_ipv6_cidr_block())
        .or(route.destination_prefix_list_id())?;
    Some(Inside {
        what: format!(
            "the route to {destination} by {}",
            by.unwrap_or("another target")
        ),
        id: id_of(table, destination),
        risk: by
            .filter(|_| route.state() == Some(&RouteState::Active))
            .map(|by| risk::stops(destination, by)),
    })
}

fn in_table<'a>(table: &'a RouteTable, destination: &str) -> Option<&'a Route> {
    table.routes().iter().find(|route| {
        route.destination_cidr_block() == Some(destination)
            || route.destination_ipv6_cidr_block() == Some(destination)
            || route.destination_prefix_list_id() == Some(destination)
    })
}

/// What a create of this node made: the route of its table to its destination, if it leads where
/// it should.
///
/// # Errors
/// A failed read.
pub async fn find(aws: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    let (id, destination, target) = fields(node);
    let table = tables::one(aws, &node.place, id).await?;
    let route = table
        .as_ref()
        .and_then(|table| in_table(table, destination));
    let leads_to = route.and_then(|route| target::read(route, Some(target)));
    Ok((leads_to == Some(target)).then(|| id_of(id, destination)))
}

/// Makes a route.
///
/// # Errors
/// A failed call, or a route to that destination that leads elsewhere.
pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.ec2(&node.place).await?;
    let (table, destination, target) = fields(node);
    let request = aim!(
        client.create_route().route_table_id(table),
        destination,
        target
    );
    let sent = wait::visible(cx, &[table, target], || {
        // Repeated, it is refused as being there, and what is there is looked at.
        call(cx.aws, "ec2:CreateRoute", Repeat::Safe, || {
            request.clone().send()
        })
    })
    .await;
    if let Err(failure) = sent {
        if failure.cause != Cause::AlreadyExists {
            return Err(failure);
        }
        take_over(cx, node, failure).await?;
    }
    let id = id_of(table, destination);
    (cx.made)(Actual::new(id.clone(), node.attributes.clone()));
    read_back(cx, node, &id).await
}

fn fields(node: &Ready) -> (&str, &str, &str) {
    (
        node.text("table").unwrap_or_default(),
        node.text("to")
            .or(node.text("prefix_list"))
            .unwrap_or_default(),
        node.text(target_attribute(&node.kind)).unwrap_or_default(),
    )
}

/// A route to that destination is there: it is ours if it leads where ours does, and replaced if
/// its target is gone. Any other belongs to somebody.
async fn take_over(cx: &Context<'_>, node: &Ready, failure: Failure) -> Result<(), Failure> {
    let (table, destination, target) = fields(node);
    let there = tables::one(cx.aws, &node.place, table).await?;
    let Some(route) = there
        .as_ref()
        .and_then(|table| in_table(table, destination))
    else {
        return Err(failure);
    };
    let leads_to = target::read(route, Some(target));
    if leads_to == Some(target) {
        return Ok(());
    }
    if matches!(route.state(), Some(state) if state.as_str() == "blackhole") {
        return replace(cx, node).await;
    }
    Err(failure.help(format!(
        "{table} has a route to {destination} by {} that smd does not own: delete it, or choose another destination",
        leads_to.unwrap_or("another target")
    )))
}

async fn replace(cx: &Context<'_>, node: &Ready) -> Result<(), Failure> {
    let client = cx.aws.ec2(&node.place).await?;
    let (table, destination, target) = fields(node);
    let request = aim!(
        client.replace_route().route_table_id(table),
        destination,
        target
    );
    wait::visible(cx, &[table, target], || {
        call(cx.aws, "ec2:ReplaceRoute", Repeat::Safe, || {
            request.clone().send()
        })
    })
    .await
    .map(|_| ())
}

/// Leads a route elsewhere, without a gap.
///
/// # Errors
/// A failed call.
pub async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    _: &[Change],
) -> Result<Actual, Failure> {
    replace(cx, node).await?;
    read_back(cx, node, &record.id).await
}

/// Deletes a route.
///
/// # Errors
/// A failed call.
pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let Some((table, destination)) = parts_of(&record.id) else {
        return Ok(());
    };
    let client = cx.aws.ec2(&record.place).await?;
    let request = to!(client.delete_route().route_table_id(table), destination);
    wait::deleted(cx, &record.id, || {
        call(cx.aws, "ec2:DeleteRoute", Repeat::Safe, || {
            request.clone().send()
        })
    })
    .await
    .map(|_| ())
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::builders::RouteBuilder;

    use super::*;

    #[test]
    fn what_aws_makes_is_nobodys_route() {
        let check = |route: RouteBuilder, wanted: Option<&str>| {
            let inside = inside("rtb-1", &route.build());
            assert_eq!(inside.map(|inside| inside.what).as_deref(), wanted);
        };
        let to = |to: &str, by: &str| Route::builder().destination_cidr_block(to).gateway_id(by);
        let made = RouteOrigin::CreateRoute;
        check(
            to("0.0.0.0/0", "igw-1").origin(made.clone()),
            Some("the route to 0.0.0.0/0 by igw-1"),
        );
        check(
            to("10.0.0.0/16", "local").origin(RouteOrigin::CreateRouteTable),
            None,
        );
        // A second network of the VPC may show without an origin of its own.
        check(to("10.1.0.0/16", "local").origin(made.clone()), None);
        check(
            to("10.2.0.0/16", "vgw-1").origin(RouteOrigin::EnableVgwRoutePropagation),
            None,
        );
        let list = |by: &str| {
            Route::builder()
                .destination_prefix_list_id("pl-1")
                .gateway_id(by)
        };
        check(list("vpce-1").origin(made.clone()), None);
        check(
            list("igw-1").origin(made),
            Some("the route to pl-1 by igw-1"),
        );
    }
}
