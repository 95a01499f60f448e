//! Reading portfolios and their parts: one list for each portfolio and kind of part.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;

use aws_sdk_servicecatalog::Client;

use super::{constraint, link, schema};
use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::reading::{gone_is_none, together};
use crate::kinds::service_catalog::{AT_ONCE, PAGE, by_key};
use crate::kinds::{Actual, Wanted, tags};
use crate::value::{Map, Value};

pub async fn read(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<Vec<Option<Actual>>, Failure> {
    let client = aws.service_catalog(place).await?;
    let client = &client;
    let owners = |kind: &str| -> BTreeSet<String> {
        let all = wanted.iter().filter(|one| *one.kind == *kind);
        all.map(|one| link::split(&one.id).0.to_owned()).collect()
    };
    let (members, users) = (owners(schema::MEMBER.kind), owners(schema::PRINCIPAL.kind));
    let (products, principals) = futures::try_join!(
        lists(members, |portfolio| async move {
            products(aws, client, &portfolio).await
        }),
        lists(users, |portfolio| async move {
            principals(aws, client, &portfolio).await
        })
    )?;
    let (products, principals) = (&products, &principals);
    let reads = wanted
        .iter()
        .map(|one| async move {
            let (portfolio, of) = link::split(&one.id);
            let has = |lists: &Lists| lists.get(portfolio).is_some_and(|all| all.contains(of));
            Ok(match &*one.kind {
                "portfolio" => read_portfolio(aws, client, &one.id).await?,
                "portfolio.products" => {
                    has(products).then(|| link::actual("product", portfolio, of))
                }
                "portfolio.principals" => {
                    has(principals).then(|| link::actual("principal", portfolio, of))
                }
                _ => constraint::read(aws, client, &one.id).await?,
            })
        })
        .collect();
    together(AT_ONCE, reads).await
}

/// What is in each portfolio, by its id.
type Lists = BTreeMap<String, BTreeSet<String>>;

/// What `read` finds in each of these portfolios.
async fn lists<F, Fut>(portfolios: BTreeSet<String>, read: F) -> Result<Lists, Failure>
where
    F: Fn(String) -> Fut,
    Fut: Future<Output = Result<BTreeSet<String>, Failure>>,
{
    let mut reads = Vec::with_capacity(portfolios.len());
    for portfolio in portfolios {
        let found = read(portfolio.clone());
        reads.push(async move {
            let found = gone_is_none(found.await)?;
            Ok((portfolio, found.unwrap_or_default()))
        });
    }
    Ok(together(AT_ONCE, reads).await?.into_iter().collect())
}

async fn products(
    aws: &Aws,
    client: &Client,
    portfolio: &str,
) -> Result<BTreeSet<String>, Failure> {
    let mut all = BTreeSet::new();
    let mut page: Option<String> = None;
    loop {
        let answer = call(
            aws,
            "servicecatalog:SearchProductsAsAdmin",
            Repeat::Safe,
            || {
                client
                    .search_products_as_admin()
                    .portfolio_id(portfolio)
                    .page_size(PAGE)
                    .set_page_token(page.clone())
                    .send()
            },
        )
        .await?;
        let views = answer.product_view_details.unwrap_or_default().into_iter();
        all.extend(views.filter_map(|view| view.product_view_summary?.product_id));
        page = answer.next_page_token.filter(|token| !token.is_empty());
        if page.is_none() {
            return Ok(all);
        }
    }
}

async fn principals(
    aws: &Aws,
    client: &Client,
    portfolio: &str,
) -> Result<BTreeSet<String>, Failure> {
    let mut all = BTreeSet::new();
    let mut page: Option<String> = None;
    loop {
        let answer = call(
            aws,
            "servicecatalog:ListPrincipalsForPortfolio",
            Repeat::Safe,
            || {
                client
                    .list_principals_for_portfolio()
                    .portfolio_id(portfolio)
                    .page_size(PAGE)
                    .set_page_token(page.clone())
                    .send()
            },
        )
        .await?;
        let found = answer.principals.unwrap_or_default().into_iter();
        all.extend(found.filter_map(|one| one.principal_arn));
        page = answer.next_page_token.filter(|token| !token.is_empty());
        if page.is_none() {
            return Ok(all);
        }
    }
}

async fn read_portfolio(aws: &Aws, client: &Client, id: &str) -> Result<Option<Actual>, Failure> {
    let answer = call(
        aws,
        "servicecatalog:DescribePortfolio",
        Repeat::Safe,
        || client.describe_portfolio().id(id).send(),
    )
    .await;
    let Some(answer) = gone_is_none(answer)? else {
        return Ok(None);
    };
    let mut members = Map::new();
    let detail = answer.portfolio_detail.as_ref();
    for (name, text) in [
        ("id", Some(id)),
        ("arn", detail.and_then(|detail| detail.arn())),
        ("name", detail.and_then(|detail| detail.display_name())),
        ("provider", detail.and_then(|detail| detail.provider_name())),
        (
            "description",
            detail.and_then(|detail| detail.description()),
        ),
    ] {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            members.insert(Arc::from(name), Value::string(text));
        }
    }
    let all = by_key(answer.tags.unwrap_or_default());
    members.insert(Arc::from("tags"), tags::visible(all));
    Ok(Some(Actual::new(id, members)))
}
