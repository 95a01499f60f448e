//! Making, changing and deleting portfolios.

use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::kinds::ec2::made::{announce_id, read_back, sent};
use crate::kinds::service_catalog::{PAGE, marked, to_tags, token};
use crate::kinds::tags::tag_changes;
use crate::kinds::{Actual, Change, Context, Ready, wait};
use crate::state::Record;

/// What a create of this node made, by its marks: names of portfolios are not unique.
pub async fn find(aws: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    let client = aws.service_catalog(&node.place).await?;
    let mut page: Option<String> = None;
    loop {
        let answer = call(aws, "servicecatalog:ListPortfolios", Repeat::Safe, || {
            client
                .list_portfolios()
                .page_size(PAGE)
                .set_page_token(page.clone())
                .send()
        })
        .await?;
        let details = answer.portfolio_details.unwrap_or_default().into_iter();
        let ids = details.filter_map(|detail| detail.id).collect();
        let client = &client;
        let found = marked(node, ids, |id| async move {
            let operation = "servicecatalog:DescribePortfolio";
            let answer = call(aws, operation, Repeat::Safe, || {
                client.describe_portfolio().id(&id).send()
            })
            .await?;
            Ok(answer.tags.unwrap_or_default())
        })
        .await?;
        if found.is_some() {
            return Ok(found);
        }
        page = answer.next_page_token.filter(|token| !token.is_empty());
        if page.is_none() {
            return Ok(None);
        }
    }
}

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    const OPERATION: &str = "servicecatalog:CreatePortfolio";
    let client = cx.aws.service_catalog(&node.place).await?;
    let request = client
        .create_portfolio()
        .display_name(node.text("name").unwrap_or_default())
        .provider_name(node.text("provider").unwrap_or_default())
        .set_description(node.text("description").map(str::to_owned))
        .set_tags(Some(to_tags(&node.all_tags())?))
        .idempotency_token(token(node, "portfolio"));
    let answer = call(cx.aws, OPERATION, Repeat::Safe, || request.clone().send()).await?;
    let id = sent(answer.portfolio_detail.and_then(|one| one.id), OPERATION)?;
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
    // What is no longer written is cleared by an empty text.
    let text = |path: &str| {
        let changed = changes.iter().any(|change| change.path == path);
        changed.then(|| node.text(path).unwrap_or_default().to_owned())
    };
    let tags = tag_changes(changes);
    let set = to_tags(&tags.set)?;
    call(
        cx.aws,
        "servicecatalog:UpdatePortfolio",
        Repeat::Safe,
        || {
            client
                .update_portfolio()
                .id(id)
                .set_display_name(text("name"))
                .set_provider_name(text("provider"))
                .set_description(text("description"))
                .set_add_tags((!set.is_empty()).then(|| set.clone()))
                .set_remove_tags((!tags.remove.is_empty()).then(|| tags.remove.clone()))
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
        call(cx.aws, "servicecatalog:DeletePortfolio", Repeat::Safe, || {
            client.delete_portfolio().id(id).send()
        })
    })
    .await
    .map(|_| ())
    .map_err(|failure| match failure.cause {
        Cause::InUse => failure.help("products, principals or constraints that are not in these files are still in it: take them out, then run the same command again"),
        _ => failure,
    })
}
