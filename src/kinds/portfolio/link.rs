//! Products in a portfolio, and who may use it: associations that have no settings.

use std::sync::Arc;

use aws_sdk_servicecatalog::types::PrincipalType;

use super::schema;
use crate::aws::{Aws, Failure, Repeat, call};
use crate::kinds::ec2::made::read_back;
use crate::kinds::{Actual, Change, Context, Ready, wait};
use crate::state::Record;
use crate::value::{Map, Value};

/// The id of an association: its portfolio's id, a space, and the product's id or the ARN.
#[must_use]
pub fn id(portfolio: &str, of: &str) -> String {
    format!("{portfolio} {of}")
}

/// Takes an id apart.
#[must_use]
pub fn split(id: &str) -> (&str, &str) {
    id.split_once(' ').unwrap_or((id, ""))
}

/// An association in smd's words.
#[must_use]
pub fn actual(attribute: &str, portfolio: &str, of: &str) -> Actual {
    let members = Map::from([
        (Arc::from("portfolio"), Value::string(portfolio)),
        (Arc::from(attribute), Value::string(of)),
    ]);
    Actual::new(id(portfolio, of), members)
}

fn is_product(kind: &str) -> bool {
    kind == schema::MEMBER.kind
}

fn ends(node: &Ready) -> (&str, &str) {
    let of = if is_product(&node.kind) {
        "product"
    } else {
        "principal"
    };
    (
        node.text("portfolio").unwrap_or_default(),
        node.text(of).unwrap_or_default(),
    )
}

/// What a create of this node did: its two ends say which.
pub async fn find(_: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    let (portfolio, of) = ends(node);
    Ok(Some(id(portfolio, of)))
}

/// Associates; a second time changes nothing.
pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.service_catalog(&node.place).await?;
    let (portfolio, of) = ends(node);
    wait::visible(cx, &[portfolio, of], || async {
        if is_product(&node.kind) {
            let request = client
                .associate_product_with_portfolio()
                .portfolio_id(portfolio)
                .product_id(of);
            let send = || request.clone().send();
            let operation = "servicecatalog:AssociateProductWithPortfolio";
            call(cx.aws, operation, Repeat::Safe, send)
                .await
                .map(|_| ())
        } else {
            let request = client
                .associate_principal_with_portfolio()
                .portfolio_id(portfolio)
                .principal_arn(of)
                .principal_type(PrincipalType::Iam);
            let send = || request.clone().send();
            let operation = "servicecatalog:AssociatePrincipalWithPortfolio";
            call(cx.aws, operation, Repeat::Safe, send)
                .await
                .map(|_| ())
        }
    })
    .await?;
    let id = id(portfolio, of);
    (cx.made)(Actual::new(id.clone(), node.attributes.clone()));
    read_back(cx, node, &id).await
}

/// Nothing of an association can be changed: it is looked at again.
pub async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    _: &[Change],
) -> Result<Actual, Failure> {
    read_back(cx, node, &record.id).await
}

/// Takes it out; gone already is success.
pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.service_catalog(&record.place).await?;
    let (portfolio, of) = split(&record.id);
    wait::deleted(cx, &record.id, || async {
        if is_product(&record.kind) {
            let request = client
                .disassociate_product_from_portfolio()
                .portfolio_id(portfolio)
                .product_id(of);
            let send = || request.clone().send();
            let operation = "servicecatalog:DisassociateProductFromPortfolio";
            call(cx.aws, operation, Repeat::Safe, send)
                .await
                .map(|_| ())
        } else {
            let request = client
                .disassociate_principal_from_portfolio()
                .portfolio_id(portfolio)
                .principal_arn(of)
                .principal_type(PrincipalType::Iam);
            let send = || request.clone().send();
            let operation = "servicecatalog:DisassociatePrincipalFromPortfolio";
            call(cx.aws, operation, Repeat::Safe, send)
                .await
                .map(|_| ())
        }
    })
    .await
    .map(|_| ())
}
