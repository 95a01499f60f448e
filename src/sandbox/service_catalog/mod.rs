//! The sandbox's Service Catalog: portfolios, products with their versions, who may use them, and the
//! roles they are launched with.
//!
//! Shapes and refusals are those of the Service Catalog API reference (2015-12-10) and its model.

mod constraints;
mod fault;
mod links;
mod portfolios;
mod products;
pub mod state;

use serde_json::Value;

use super::call::{Call, Fault};
use super::model::{self, Args};
use super::page;
use super::tags::{self, Tags};
use super::world::World;
use state::ServiceCatalog;

/// Answers one call.
///
/// # Errors
/// The fault AWS would answer.
pub fn call(world: &mut World, call: &Call) -> Result<Value, Fault> {
    let operation = call.operation.as_str();
    if !model::SERVICE_CATALOG.has(operation) {
        return Err(Fault::unknown_operation(operation));
    }
    let args =
        model::check(&model::SERVICE_CATALOG, operation, call.json()).map_err(fault::violation)?;
    let args = Args(args);
    match operation {
        "CreatePortfolio" => portfolios::create(world, call, &args),
        "DescribePortfolio" => portfolios::describe(world, call, &args),
        "ListPortfolios" => portfolios::list(world, call, &args),
        "UpdatePortfolio" => portfolios::update(world, call, &args),
        "DeletePortfolio" => portfolios::delete(world, call, &args),
        "CreateProduct" => products::create(world, call, &args),
        "DescribeProductAsAdmin" => products::describe(world, call, &args),
        "SearchProductsAsAdmin" => products::search(world, call, &args),
        "UpdateProduct" => products::update(world, call, &args),
        "DeleteProduct" => products::delete(world, call, &args),
        "CreateProvisioningArtifact" => products::create_version(world, call, &args),
        "UpdateProvisioningArtifact" => products::update_version(world, call, &args),
        "ListProvisioningArtifacts" => products::list_versions(world, call, &args),
        "DescribeProvisioningArtifact" => products::describe_version(world, call, &args),
        "AssociateProductWithPortfolio" => links::put_product(world, call, &args),
        "DisassociateProductFromPortfolio" => links::take_product(world, call, &args),
        "ListPortfoliosForProduct" => links::portfolios(world, call, &args),
        "AssociatePrincipalWithPortfolio" => links::put_principal(world, call, &args),
        "DisassociatePrincipalFromPortfolio" => links::take_principal(world, call, &args),
        "ListPrincipalsForPortfolio" => links::principals(world, call, &args),
        "CreateConstraint" => constraints::create(world, call, &args),
        "DescribeConstraint" => constraints::describe(world, call, &args),
        "UpdateConstraint" => constraints::update(world, call, &args),
        "DeleteConstraint" => constraints::delete(world, call, &args),
        "ListConstraintsForPortfolio" => constraints::list(world, call, &args),
        _ => Err(Fault::unknown_operation(operation)),
    }
}

type Answer = Result<Value, Fault>;

fn held<'a>(world: &'a mut World, call: &Call) -> &'a mut ServiceCatalog {
    &mut world.region(&call.account, &call.region).service_catalog
}

/// An id as Service Catalog makes them: `port-abcdefghijklm`.
fn new_id(world: &mut World, prefix: &str) -> String {
    /// Letters and digits after the prefix.
    const LENGTH: usize = 13;
    let id = world.new_id(prefix);
    let end = prefix.len() + 1 + LENGTH;
    id.get(..end).unwrap_or(&id).to_owned()
}

/// One page of rows, under `name`.
fn paged<'a>(args: &Args, name: &str, rows: impl Iterator<Item = (&'a str, Value)>) -> Answer {
    /// Rows of a page unless the call says otherwise: the model's most.
    const DEFAULT_PAGE: usize = 20;
    let rows = rows.map(|(key, row)| ((0, key), row));
    let size = args.size("PageSize", DEFAULT_PAGE);
    let page = page::page(rows, false, args.maybe("PageToken"), size)
        .ok_or_else(|| fault::invalid("The page token is not valid."))?;
    Ok(page.answer(name, "NextPageToken"))
}

/// The tags of a create call.
fn new_tags(args: &Args) -> Result<Tags, Fault> {
    let mut all = Tags::new();
    let new = tags::read(args.get("Tags")).map_err(fault::tags)?;
    tags::add(&mut all, new).map_err(fault::tags)?;
    Ok(all)
}

/// The tags after an update call.
fn changed_tags(mut all: Tags, args: &Args) -> Result<Tags, Fault> {
    for key in args.texts("RemoveTags") {
        all.remove(key);
    }
    let new = tags::read(args.get("AddTags")).map_err(fault::tags)?;
    tags::add(&mut all, new).map_err(fault::tags)?;
    Ok(all)
}

/// Takes over the members that a call gives.
fn take(kept: &mut Value, args: &Args, names: &[&str]) {
    for name in names {
        if let (Some(given), Some(members)) = (args.get(name), kept.as_object_mut()) {
            members.insert((*name).to_owned(), given.clone());
        }
    }
}

#[cfg(test)]
mod tests;
