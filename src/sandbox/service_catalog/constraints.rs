//! Constraints on a product in a portfolio: the role that it is launched with.

use serde_json::{Value, json};

use super::state::{Constraint, pair};
use super::{Answer, fault, held, new_id, paged};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::world::World;

/// The kind that a product has once in a portfolio.
const LAUNCH: &str = "LAUNCH";

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let (portfolio, product) = (args.text("PortfolioId"), args.text("ProductId"));
    let (kind, token) = (args.text("Type"), args.text("IdempotencyToken"));
    let parameters = checked(kind, args.text("Parameters"))?;
    let catalog = held(world, call);
    if !catalog.members.contains(&pair(portfolio, product)) {
        return Err(fault::none("Product", product));
    }
    let of_pair =
        |one: &Constraint| one.portfolio == portfolio && one.product == product && one.kind == kind;
    let there = catalog.constraints.iter().find(|(_, one)| of_pair(one));
    if let Some((id, row)) = there {
        if row.token != token {
            return Err(Fault::client(
                "DuplicateResourceException",
                format!("Product {product} has a constraint of type {kind} already."),
            ));
        }
        return Ok(answer(call, id, row));
    }
    let row = Constraint {
        portfolio: portfolio.to_owned(),
        product: product.to_owned(),
        kind: kind.to_owned(),
        parameters,
        description: args.maybe("Description").map(str::to_owned),
        token: token.to_owned(),
    };
    let id = new_id(world, "cons");
    let answer = answer(call, &id, &row);
    held(world, call).constraints.insert(id, row);
    Ok(answer)
}

/// The parameters of a constraint, if AWS takes them.
fn checked(kind: &str, parameters: &str) -> Result<String, Fault> {
    let json: Value = serde_json::from_str(parameters)
        .map_err(|_| fault::invalid("Parameters must be a JSON object."))?;
    let role = json.get("RoleArn").and_then(Value::as_str);
    let local = json.get("LocalRoleName").and_then(Value::as_str);
    if kind == LAUNCH && role.is_some() == local.is_some() {
        return Err(fault::invalid(
            "A launch constraint has either RoleArn or LocalRoleName.",
        ));
    }
    Ok(parameters.to_owned())
}

fn find<'a>(world: &'a mut World, call: &Call, id: &str) -> Result<&'a Constraint, Fault> {
    held(world, call)
        .constraints
        .get(id)
        .ok_or_else(|| fault::none("Constraint", id))
}

pub(super) fn describe(world: &mut World, call: &Call, args: &Args) -> Answer {
    let id = args.text("Id");
    let row = find(world, call, id)?;
    Ok(answer(call, id, row))
}

pub(super) fn update(world: &mut World, call: &Call, args: &Args) -> Answer {
    let id = args.text("Id");
    let mut row = find(world, call, id)?.clone();
    if let Some(parameters) = args.maybe("Parameters") {
        row.parameters = checked(&row.kind, parameters)?;
    }
    if let Some(description) = args.maybe("Description") {
        row.description = Some(description.to_owned());
    }
    let answer = answer(call, id, &row);
    held(world, call).constraints.insert(id, row);
    Ok(answer)
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let id = args.text("Id");
    find(world, call, id)?;
    held(world, call).constraints.remove(id);
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    let portfolio = args.text("PortfolioId");
    super::portfolios::find(world, call, portfolio)?;
    let product = args.maybe("ProductId");
    let rows = held(world, call).constraints.iter().filter(|(_, one)| {
        one.portfolio == portfolio && product.is_none_or(|product| one.product == product)
    });
    let rows = rows.map(|(id, one)| (id.as_str(), detail(call, id, one)));
    paged(args, "ConstraintDetails", rows)
}

fn detail(call: &Call, id: &str, row: &Constraint) -> Value {
    json!({
        "ConstraintId": id,
        "Type": row.kind,
        "Description": row.description,
        "Owner": call.account,
        "ProductId": row.product,
        "PortfolioId": row.portfolio,
    })
}

fn answer(call: &Call, id: &str, row: &Constraint) -> Value {
    json!({
        "ConstraintDetail": detail(call, id, row),
        "ConstraintParameters": row.parameters,
        "Status": "AVAILABLE",
    })
}
