//! What is in a share and whom it is shared with: one association each.

use std::sync::Arc;

use aws_sdk_ram::types::{
    ResourceShareAssociation, ResourceShareAssociationStatus as Status,
    ResourceShareAssociationType as Type,
};

use super::write::LIMIT;
use super::{list, schema};
use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::kinds::wait::{self, Look, Wait};
use crate::kinds::{Actual, Change, Context, Ready};
use crate::state::Record;
use crate::value::{Map, Value};

/// The id of an association: its share's ARN, a space, and the ARN or account that is associated.
#[must_use]
pub fn id(share: &str, entity: &str) -> String {
    format!("{share} {entity}")
}

/// Takes an id apart.
#[must_use]
pub fn split(id: &str) -> (&str, &str) {
    id.split_once(' ').unwrap_or((id, ""))
}

/// The type of the associations of a kind word.
fn type_of(kind: &str) -> Type {
    if kind == schema::RESOURCE.kind {
        Type::Resource
    } else {
        Type::Principal
    }
}

/// The attribute that names what is associated.
fn attribute(kind: &Type) -> &'static str {
    match kind {
        Type::Resource => "resource",
        _ => "principal",
    }
}

/// An association in smd's words.
#[must_use]
pub fn actual(kind: &Type, association: &ResourceShareAssociation) -> Actual {
    let share = association.resource_share_arn().unwrap_or_default();
    let entity = association.associated_entity().unwrap_or_default();
    let status = association.status().map_or("", Status::as_str);
    let members = Map::from([
        (Arc::from("share"), Value::string(share)),
        (Arc::from(attribute(kind)), Value::string(entity)),
        (Arc::from("status"), Value::string(status)),
    ]);
    Actual::new(id(share, entity), members)
}

fn ends(node: &Ready) -> (Type, &str, &str) {
    let kind = type_of(&node.kind);
    let entity = node.text(attribute(&kind)).unwrap_or_default();
    (kind, node.text("share").unwrap_or_default(), entity)
}

/// What a create of this node did: share and entity say which.
pub async fn find(_: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    let (_, share, entity) = ends(node);
    Ok(Some(id(share, entity)))
}

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.ram(&node.place).await?;
    let (kind, share, entity) = ends(node);
    let (resource, principal) = match kind {
        Type::Resource => (Some(vec![entity.to_owned()]), None),
        _ => (None, Some(vec![entity.to_owned()])),
    };
    // A second time changes nothing.
    wait::visible(cx, &[share, entity], || {
        call(cx.aws, "ram:AssociateResourceShare", Repeat::Safe, || {
            client
                .associate_resource_share()
                .resource_share_arn(share)
                .set_resource_arns(resource.clone())
                .set_principals(principal.clone())
                .send()
        })
    })
    .await
    .map_err(|failure| explained(failure, entity))?;
    let id = id(share, entity);
    (cx.made)(Actual::new(id, node.attributes.clone()));
    associated(cx, node).await
}

/// Nothing of an association can be changed: it is looked at again.
pub async fn update(
    cx: &Context<'_>,
    node: &Ready,
    _: &Record,
    _: &[Change],
) -> Result<Actual, Failure> {
    associated(cx, node).await
}

fn explained(failure: Failure, entity: &str) -> Failure {
    if failure.cause != Cause::AccessDenied {
        return failure;
    }
    if entity.contains(":organizations:") {
        return failure.help("units and organisations can be named once the management account has turned on sharing within the organisation (`aws ram enable-sharing-with-aws-organization`)");
    }
    failure.help("a share with `allow_external_principals = false` takes accounts of the own organisation only, and only while sharing within it is on")
}

/// Waits until the association stands. One with an account may wait for its acceptance, which is
/// another step: there it only has to be seen.
async fn associated(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let (kind, share, entity) = ends(node);
    let may_be_invited = kind == Type::Principal && !entity.contains(":organizations:");
    let wait = Wait::new(
        format!("{entity} to be associated"),
        "ram:GetResourceShareAssociations",
        LIMIT,
    );
    let kind = &kind;
    wait::until(cx, wait, || async move {
        let found = list::association(cx.aws, &node.place, kind, share, entity).await?;
        let Some(found) = found else {
            return Ok(Look::Pending("not there yet".to_owned()));
        };
        match found.status() {
            Some(Status::Associated) => Ok(Look::Done(actual(kind, &found))),
            Some(Status::Associating) if may_be_invited => Ok(Look::Done(actual(kind, &found))),
            Some(Status::Failed) => Err(Failure::new(
                Cause::Failed,
                "ram:AssociateResourceShare",
                format!(
                    "{entity} could not be associated: {}",
                    found.status_message().unwrap_or("RAM does not say why")
                ),
            )),
            other => Ok(Look::Pending(
                other.map_or("unknown", Status::as_str).to_owned(),
            )),
        }
    })
    .await
}

/// Takes it out of the share; gone already is success.
pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.ram(&record.place).await?;
    let (share, entity) = split(&record.id);
    let kind = type_of(&record.kind);
    let (resource, principal) = match kind {
        Type::Resource => (Some(vec![entity.to_owned()]), None),
        _ => (None, Some(vec![entity.to_owned()])),
    };
    let done = wait::deleted(cx, &record.id, || {
        call(
            cx.aws,
            "ram:DisassociateResourceShare",
            Repeat::Safe,
            || {
                client
                    .disassociate_resource_share()
                    .resource_share_arn(share)
                    .set_resource_arns(resource.clone())
                    .set_principals(principal.clone())
                    .send()
            },
        )
    })
    .await?;
    if done.is_none() {
        return Ok(());
    }
    let wait = Wait::new(
        format!("{entity} to be taken out"),
        "ram:GetResourceShareAssociations",
        LIMIT,
    );
    let kind = &kind;
    wait::until(cx, wait, || async move {
        let left = list::association(cx.aws, &record.place, kind, share, entity).await?;
        Ok(match left.as_ref().and_then(|left| left.status()) {
            Some(status @ (Status::Disassociating | Status::Associated | Status::Associating)) => {
                Look::Pending(status.as_str().to_owned())
            }
            _ => Look::Done(()),
        })
    })
    .await
}
