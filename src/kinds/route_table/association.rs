//! Associating subnets with route tables.

use aws_sdk_ec2::types::{RouteTable, RouteTableAssociation, RouteTableAssociationStateCode};

use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::ec2::describe::{filter, tables};
use crate::kinds::ec2::fields::Fields;
use crate::kinds::ec2::made::{read_back, sent};
use crate::kinds::once::once;
use crate::kinds::{Actual, Change, Context, Ready, wait};
use crate::state::Record;

/// An association as it is there.
pub fn actual(association: &RouteTableAssociation) -> Actual {
    let id = association.route_table_association_id().unwrap_or_default();
    Actual::new(
        id,
        Fields::new()
            .text("id", Some(id))
            .text("table", association.route_table_id())
            .text("subnet", association.subnet_id())
            .done(),
    )
}

/// The living association of a table that `is_wanted`.
pub fn find(
    table: &RouteTable,
    is_wanted: impl Fn(&RouteTableAssociation) -> bool,
) -> Option<&RouteTableAssociation> {
    table.associations().iter().find(|association| {
        let state = association
            .association_state()
            .and_then(|state| state.state());
        is_wanted(association)
            && matches!(
                state,
                None | Some(
                    RouteTableAssociationStateCode::Associated
                        | RouteTableAssociationStateCode::Associating
                )
            )
    })
}

/// What a create of this node made: the association of its subnet, if it is with its table.
pub async fn find_made(aws: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    let of = |name| node.text(name).unwrap_or_default();
    let there = tables::one(aws, &node.place, of("table")).await?;
    let association = there
        .as_ref()
        .and_then(|table| find(table, |one| one.subnet_id() == Some(of("subnet"))));
    Ok(association
        .and_then(|one| one.route_table_association_id())
        .map(str::to_owned))
}

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.ec2(&node.place).await?;
    let (table, subnet) = (
        node.text("table").unwrap_or_default(),
        node.text("subnet").unwrap_or_default(),
    );
    let answer = wait::visible(cx, &[table, subnet], || {
        // Repeated, it is refused as being there, and what is there is looked at.
        call(cx.aws, "ec2:AssociateRouteTable", Repeat::Safe, || {
            client
                .associate_route_table()
                .route_table_id(table)
                .subnet_id(subnet)
                .send()
        })
    })
    .await;
    let id = match answer {
        Ok(answer) => sent(answer.association_id, "ec2:AssociateRouteTable")?,
        Err(failure) if failure.cause == Cause::AlreadyExists => {
            there_already(cx, &node.place, table, subnet, failure).await?
        }
        Err(failure) => return Err(failure),
    };
    made(cx, node, &id).await
}

async fn made(cx: &Context<'_>, node: &Ready, id: &str) -> Result<Actual, Failure> {
    (cx.made)(Actual::new(id, node.attributes.clone()));
    read_back(cx, node, id).await
}

/// The association the subnet has: ours if it is with this table.
async fn there_already(
    cx: &Context<'_>,
    place: &Place,
    table: &str,
    subnet: &str,
    failure: Failure,
) -> Result<String, Failure> {
    let found = tables::list(
        cx.aws,
        place,
        vec![filter("association.subnet-id", [subnet])],
    )
    .await?;
    let association = found
        .iter()
        .find_map(|table| find(table, |one| one.subnet_id() == Some(subnet)));
    match association.map(|one| (one.route_table_id(), one.route_table_association_id())) {
        Some((Some(with), Some(id))) if with == table => Ok(id.to_owned()),
        Some((Some(with), _)) => Err(failure.help(format!(
            "{subnet} is associated with {with}, and smd does not own that: take it away first"
        ))),
        _ => Err(failure),
    }
}

/// Associates the subnet with another table, without a gap: the association gets a new id.
pub async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    _: &[Change],
) -> Result<Actual, Failure> {
    let client = cx.aws.ec2(&node.place).await?;
    let table = node.text("table").unwrap_or_default();
    let id = record.id.as_str();
    const REPLACE: &str = "ec2:ReplaceRouteTableAssociation";
    let request = client
        .replace_route_table_association()
        .association_id(id)
        .route_table_id(table);
    let id = once(
        cx,
        || async {
            let answer = wait::visible(cx, &[table], || {
                call(cx.aws, REPLACE, Repeat::Once, || request.clone().send())
            })
            .await?;
            sent(answer.new_association_id, REPLACE)
        },
        || find_made(cx.aws, node),
    )
    .await?;
    made(cx, node, &id).await
}

pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.ec2(&record.place).await?;
    wait::deleted(cx, &record.id, || {
        call(cx.aws, "ec2:DisassociateRouteTable", Repeat::Safe, || {
            client
                .disassociate_route_table()
                .association_id(&record.id)
                .send()
        })
    })
    .await
    .map(|_| ())
}
