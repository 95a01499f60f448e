//! Launch constraints: the role that a product of a portfolio is launched with.

use std::sync::Arc;

use aws_sdk_servicecatalog::Client;
use serde_json::{Value as Json, json};

use super::schema::CONSTRAINT;
use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::kinds::ec2::made::{announce_id, read_back, sent};
use crate::kinds::reading::gone_is_none;
use crate::kinds::service_catalog::{PAGE, token};
use crate::kinds::{Actual, Change, Context, Ready, wait};
use crate::state::Record;
use crate::value::{Map, Value};

/// The type of a launch constraint.
const LAUNCH: &str = "LAUNCH";
/// The member of its parameters that names the role.
const ROLE: &str = "RoleArn";

fn parameters(node: &Ready) -> String {
    json!({ ROLE: node.text("role").unwrap_or_default() }).to_string()
}

/// The launch constraint of this product in this portfolio: there can be only one.
pub async fn find(aws: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    let client = aws.service_catalog(&node.place).await?;
    let portfolio = node.text("portfolio").unwrap_or_default();
    let product = node.text("product").unwrap_or_default();
    let mut page: Option<String> = None;
    loop {
        let answer = call(
            aws,
            "servicecatalog:ListConstraintsForPortfolio",
            Repeat::Safe,
            || {
                client
                    .list_constraints_for_portfolio()
                    .portfolio_id(portfolio)
                    .product_id(product)
                    .page_size(PAGE)
                    .set_page_token(page.clone())
                    .send()
            },
        )
        .await;
        let Some(answer) = gone_is_none(answer)? else {
            return Ok(None);
        };
        let mut all = answer.constraint_details.unwrap_or_default().into_iter();
        if let Some(found) = all.find(|one| one.r#type() == Some(LAUNCH)) {
            return Ok(found.constraint_id);
        }
        page = answer.next_page_token.filter(|token| !token.is_empty());
        if page.is_none() {
            return Ok(None);
        }
    }
}

/// One constraint by its id.
///
/// # Errors
/// A failed read.
pub async fn read(aws: &Aws, client: &Client, id: &str) -> Result<Option<Actual>, Failure> {
    let answer = call(
        aws,
        "servicecatalog:DescribeConstraint",
        Repeat::Safe,
        || client.describe_constraint().id(id).send(),
    )
    .await;
    let Some(answer) = gone_is_none(answer)? else {
        return Ok(None);
    };
    let parameters = answer.constraint_parameters.unwrap_or_default();
    let parameters: Json = serde_json::from_str(&parameters).unwrap_or(Json::Null);
    let detail = answer.constraint_detail.as_ref();
    let mut members = Map::new();
    for (name, text) in [
        ("id", Some(id)),
        ("portfolio", detail.and_then(|detail| detail.portfolio_id())),
        ("product", detail.and_then(|detail| detail.product_id())),
        (
            "description",
            detail.and_then(|detail| detail.description()),
        ),
        ("role", parameters.get(ROLE).and_then(Json::as_str)),
    ] {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            members.insert(Arc::from(name), Value::string(text));
        }
    }
    Ok(Some(Actual::new(id, members)))
}

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    const OPERATION: &str = "servicecatalog:CreateConstraint";
    let client = cx.aws.service_catalog(&node.place).await?;
    let portfolio = node.text("portfolio").unwrap_or_default();
    let product = node.text("product").unwrap_or_default();
    let request = client
        .create_constraint()
        .portfolio_id(portfolio)
        .product_id(product)
        .r#type(LAUNCH)
        .parameters(parameters(node))
        .set_description(node.text("description").map(str::to_owned))
        .idempotency_token(token(node, CONSTRAINT.kind));
    let answer = wait::visible(cx, &[portfolio, product], || {
        call(cx.aws, OPERATION, Repeat::Safe, || request.clone().send())
    })
    .await
    .map_err(|failure| match failure.cause {
        Cause::NotFound => failure.help("the product must be among the portfolio's `products`"),
        Cause::AlreadyExists => failure.help("the product has a launch constraint in this portfolio already, which is not in these files"),
        _ => failure,
    })?;
    let id = sent(
        answer.constraint_detail.and_then(|one| one.constraint_id),
        OPERATION,
    )?;
    announce_id(cx, node, &id);
    read_back(cx, node, &id).await
}

pub async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    let client = cx.aws.service_catalog(&node.place).await?;
    let id = record.id.as_str();
    let changed = |path: &str| changes.iter().any(|change| change.path == path);
    let description =
        changed("description").then(|| node.text("description").unwrap_or_default().to_owned());
    call(
        cx.aws,
        "servicecatalog:UpdateConstraint",
        Repeat::Safe,
        || {
            client
                .update_constraint()
                .id(id)
                .set_parameters(changed("role").then(|| parameters(node)))
                .set_description(description.clone())
                .send()
        },
    )
    .await?;
    read_back(cx, node, id).await
}

pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.service_catalog(&record.place).await?;
    let id = record.id.as_str();
    wait::deleted(cx, id, || {
        call(
            cx.aws,
            "servicecatalog:DeleteConstraint",
            Repeat::Safe,
            || client.delete_constraint().id(id).send(),
        )
    })
    .await
    .map(|_| ())
}
