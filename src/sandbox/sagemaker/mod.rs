//! The sandbox's SageMaker: domains, user profiles, spaces and apps, with what a domain makes in
//! the customer's VPC and leaves there.
//!
//! Settings are kept as they are given and answered so: the model checks their shape. What the
//! model does not tell is from the SageMaker developer guide and API reference and from threads
//! about the service, named where it matters.

pub mod api;
mod apps;
mod checks;
mod domain_update;
mod domains;
mod fault;
mod home;
mod members;
mod merge;
mod profiles;
mod settle;
mod spaces;
pub mod state;
mod tagging;
mod takes;
mod things;

use serde_json::{Map, Value};

use super::call::{Call, Fault};
use super::model::{self, Args};
use super::page;
use super::world::World;
use state::Life;

pub use settle::settle;

/// Answers one call.
///
/// # Errors
/// The fault AWS would answer.
pub fn call(world: &mut World, call: &Call) -> Result<Value, Fault> {
    let operation = call.operation.as_str();
    if !model::SAGEMAKER.has(operation) {
        return Err(Fault::unknown_operation(operation));
    }
    let args = model::check(&model::SAGEMAKER, operation, call.json()).map_err(fault::violation)?;
    let args = Args(args);
    match operation {
        "CreateDomain" => domains::create(world, call, &args),
        "DescribeDomain" => domains::describe(world, call, &args),
        "ListDomains" => domains::list(world, call, &args),
        "UpdateDomain" => domain_update::update(world, call, &args),
        "DeleteDomain" => domains::delete(world, call, &args),
        "CreateUserProfile" => profiles::create(world, call, &args),
        "DescribeUserProfile" => profiles::describe(world, call, &args),
        "ListUserProfiles" => profiles::list(world, call, &args),
        "UpdateUserProfile" => profiles::update(world, call, &args),
        "DeleteUserProfile" => profiles::delete(world, call, &args),
        "CreateSpace" => spaces::create(world, call, &args),
        "DescribeSpace" => spaces::describe(world, call, &args),
        "ListSpaces" => spaces::list(world, call, &args),
        "UpdateSpace" => spaces::update(world, call, &args),
        "DeleteSpace" => spaces::delete(world, call, &args),
        "CreateApp" => apps::create(world, call, &args),
        "DescribeApp" => apps::describe(world, call, &args),
        "ListApps" => apps::list(world, call, &args),
        "DeleteApp" => apps::delete(world, call, &args),
        "CreateExperiment" => things::create_experiment(world, call, &args),
        "ListProcessingJobs" => things::processing_jobs(world, call, &args),
        "ListTransformJobs" => things::transform_jobs(world, call, &args),
        "Search" => things::search(world, call, &args),
        "AddTags" => tagging::add(world, call, &args),
        "DeleteTags" => tagging::delete(world, call, &args),
        "ListTags" => tagging::list(world, call, &args),
        _ => Err(Fault::unknown_operation(operation)),
    }
}

type Answer = Result<Value, Fault>;

/// An ARN of SageMaker in the call's account and region.
fn arn(call: &Call, resource: &str) -> String {
    format!(
        "arn:aws:sagemaker:{}:{}:{resource}",
        call.region, call.account
    )
}

/// An answer of one member.
fn one(name: &str, value: String) -> Answer {
    let mut answer = Map::new();
    answer.insert(name.to_owned(), value.into());
    Ok(Value::Object(answer))
}

/// Rows of a page unless the call says otherwise (API reference: default 10).
const DEFAULT_PAGE: usize = 10;

/// One page of rows, ordered as the call asks, under `name`.
fn paged<'a, T: 'a>(
    args: &Args,
    name: &str,
    rows: impl Iterator<Item = (&'a String, &'a T)>,
    life: impl Fn(&T) -> &Life,
    show: impl Fn(&str, &T) -> Value,
) -> Answer {
    let by_change = args.maybe("SortBy") == Some("LastModifiedTime");
    let descending = args.maybe("SortOrder") == Some("Descending");
    let rows = rows.map(|(key, row)| {
        let life = life(row);
        let time = if by_change {
            life.modified_ms
        } else {
            life.created_ms
        };
        ((time, key.as_str()), (key, row))
    });
    let size = args.size("MaxResults", DEFAULT_PAGE);
    let page = page::page(rows, descending, args.maybe("NextToken"), size)
        .ok_or_else(|| fault::invalid("Invalid NextToken"))?;
    let shown = page
        .rows
        .into_iter()
        .map(|(key, row)| show(key, row))
        .collect();
    let mut answer = Map::new();
    answer.insert(name.to_owned(), shown);
    if let Some(next) = page.next {
        answer.insert("NextToken".to_owned(), next.into());
    }
    Ok(Value::Object(answer))
}

/// Adds status and times to what a describe or list shows.
fn show_life(shown: &mut Map<String, Value>, life: &Life) {
    use super::time::epoch;
    shown.insert("Status".to_owned(), life.status.word().into());
    shown.insert("CreationTime".to_owned(), epoch(life.created_ms));
    shown.insert("LastModifiedTime".to_owned(), epoch(life.modified_ms));
    if let Some(failure) = &life.failure {
        shown.insert("FailureReason".to_owned(), failure.clone().into());
    }
}

/// The given members of the call, without those named.
fn given(args: &Args, without: &[&str]) -> Map<String, Value> {
    let members = args.0.as_object().into_iter().flatten();
    members
        .filter(|(name, _)| !without.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests;
