//! What joins a portfolio with products and with those who may use it.

use serde_json::json;

use super::state::{Member, Principal, pair};
use super::{Answer, fault, held, paged, portfolios, products};
use crate::sandbox::call::Call;
use crate::sandbox::model::Args;
use crate::sandbox::world::World;

pub(super) fn put_product(world: &mut World, call: &Call, args: &Args) -> Answer {
    let (portfolio, product) = (args.text("PortfolioId"), args.text("ProductId"));
    portfolios::find(world, call, portfolio)?;
    products::find(world, call, product)?;
    let row = Member {
        portfolio: portfolio.to_owned(),
        product: product.to_owned(),
    };
    held(world, call)
        .members
        .insert(pair(portfolio, product), row);
    Ok(json!({}))
}

pub(super) fn take_product(world: &mut World, call: &Call, args: &Args) -> Answer {
    let (portfolio, product) = (args.text("PortfolioId"), args.text("ProductId"));
    portfolios::find(world, call, portfolio)?;
    products::find(world, call, product)?;
    let catalog = held(world, call);
    let constrained = catalog
        .constraints
        .values()
        .any(|one| one.portfolio == portfolio && one.product == product);
    if constrained {
        return Err(fault::in_use(format!(
            "Product {product} has constraints in portfolio {portfolio}."
        )));
    }
    if catalog.members.remove(&pair(portfolio, product)).is_none() {
        return Err(fault::none("Product", product));
    }
    Ok(json!({}))
}

pub(super) fn portfolios(world: &mut World, call: &Call, args: &Args) -> Answer {
    let product = args.text("ProductId");
    products::find(world, call, product)?;
    let catalog = held(world, call);
    let rows = catalog
        .members
        .values()
        .filter(|one| one.product == product);
    let rows = rows.filter_map(|one| {
        let row = catalog.portfolios.get(&one.portfolio)?;
        let shown = super::portfolios::detail(call, &one.portfolio, row);
        Some((one.portfolio.as_str(), shown))
    });
    paged(args, "PortfolioDetails", rows)
}

pub(super) fn put_principal(world: &mut World, call: &Call, args: &Args) -> Answer {
    let (portfolio, arn) = (args.text("PortfolioId"), args.text("PrincipalARN"));
    portfolios::find(world, call, portfolio)?;
    if !arn.starts_with("arn:aws:iam::") {
        return Err(fault::invalid(format!("Invalid principal ARN: {arn}")));
    }
    let row = Principal {
        portfolio: portfolio.to_owned(),
        arn: arn.to_owned(),
    };
    held(world, call)
        .principals
        .insert(pair(portfolio, arn), row);
    Ok(json!({}))
}

pub(super) fn take_principal(world: &mut World, call: &Call, args: &Args) -> Answer {
    let (portfolio, arn) = (args.text("PortfolioId"), args.text("PrincipalARN"));
    portfolios::find(world, call, portfolio)?;
    held(world, call).principals.remove(&pair(portfolio, arn));
    Ok(json!({}))
}

pub(super) fn principals(world: &mut World, call: &Call, args: &Args) -> Answer {
    let portfolio = args.text("PortfolioId");
    portfolios::find(world, call, portfolio)?;
    let all = held(world, call).principals.values();
    let rows = all.filter(|one| one.portfolio == portfolio).map(|one| {
        let shown = json!({"PrincipalARN": one.arn, "PrincipalType": "IAM"});
        (one.arn.as_str(), shown)
    });
    paged(args, "Principals", rows)
}
