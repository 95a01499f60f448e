//! The sandbox's SageMaker: domains, user profiles, spaces and apps, with what a domain makes in
//! the customer's VPC and leaves there.
//!
//! Settings are kept as they are given and answered so: the model checks their shape. What the
//! model does not tell is from the SageMaker developer guide and API reference and from threads
//! about the service, named where it matters.

pub mod api;
mod app_image_configs;
mod apps;
mod checks;
mod domain_update;
mod domains;
mod fault;
mod home;
mod image_versions;
mod images;
mod lifecycle_configs;
mod members;
mod merge;
mod pipelines;
mod profiles;
mod settle;
mod spaces;
pub mod state;
mod tagging;
mod takes;
mod things;
mod used;

use serde_json::{Map, Value};

use super::call::{Call, Fault};
use super::model::{self, Args};
use super::page::{self, Page};
use super::tags::{self, Tags};
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
        "CreateStudioLifecycleConfig" => lifecycle_configs::create(world, call, &args),
        "DescribeStudioLifecycleConfig" => lifecycle_configs::describe(world, call, &args),
        "ListStudioLifecycleConfigs" => lifecycle_configs::list(world, call, &args),
        "DeleteStudioLifecycleConfig" => lifecycle_configs::delete(world, call, &args),
        "CreatePipeline" => pipelines::create(world, call, &args),
        "DescribePipeline" => pipelines::describe(world, call, &args),
        "ListPipelines" => pipelines::list(world, call, &args),
        "ListPipelineExecutions" => pipelines::list_executions(world, call, &args),
        "UpdatePipeline" => pipelines::update(world, call, &args),
        "DeletePipeline" => pipelines::delete(world, call, &args),
        "CreateImage" => images::create(world, call, &args),
        "DescribeImage" => images::describe(world, call, &args),
        "ListImages" => images::list(world, call, &args),
        "UpdateImage" => images::update(world, call, &args),
        "DeleteImage" => images::delete(world, call, &args),
        "CreateImageVersion" => image_versions::create(world, call, &args),
        "DescribeImageVersion" => image_versions::describe(world, call, &args),
        "ListImageVersions" => image_versions::list(world, call, &args),
        "ListAliases" => image_versions::list_aliases(world, call, &args),
        "UpdateImageVersion" => image_versions::update(world, call, &args),
        "DeleteImageVersion" => image_versions::delete(world, call, &args),
        "CreateAppImageConfig" => app_image_configs::create(world, call, &args),
        "DescribeAppImageConfig" => app_image_configs::describe(world, call, &args),
        "ListAppImageConfigs" => app_image_configs::list(world, call, &args),
        "UpdateAppImageConfig" => app_image_configs::update(world, call, &args),
        "DeleteAppImageConfig" => app_image_configs::delete(world, call, &args),
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
    let times = |row: &T| (life(row).created_ms, life(row).modified_ms);
    page_of(args, name, rows, times, show)
}

/// As [`paged`], of rows whose times of making and of the last change `times` gives.
fn page_of<'a, T: 'a>(
    args: &Args,
    name: &str,
    rows: impl Iterator<Item = (&'a String, &'a T)>,
    times: impl Fn(&T) -> (u64, u64),
    show: impl Fn(&str, &T) -> Value,
) -> Answer {
    let by_change = args.maybe("SortBy") == Some("LastModifiedTime");
    let descending = args.maybe("SortOrder") == Some("Descending");
    let rows = rows.map(|(key, row)| {
        let (created_ms, modified_ms) = times(row);
        let time = if by_change { modified_ms } else { created_ms };
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
    let next = page.next;
    Ok(Page { rows: shown, next }.answer(name, "NextToken"))
}

/// Adds status and times to what a describe or list shows.
fn show_life(shown: &mut Map<String, Value>, life: &Life) {
    shown.insert("Status".to_owned(), life.status.word().into());
    show_times(shown, life.created_ms, life.modified_ms);
    if let Some(failure) = &life.failure {
        shown.insert("FailureReason".to_owned(), failure.clone().into());
    }
}

/// Adds the times of making and of the last change.
fn show_times(shown: &mut Map<String, Value>, created_ms: u64, modified_ms: u64) {
    use super::time::epoch;
    shown.insert("CreationTime".to_owned(), epoch(created_ms));
    shown.insert("LastModifiedTime".to_owned(), epoch(modified_ms));
}

/// The tags that a create gives.
fn new_tags(args: &Args) -> Result<Tags, Fault> {
    let mut tags = Tags::new();
    let new = tags::read(args.get("Tags")).map_err(fault::tags)?;
    tags::add(&mut tags, new).map_err(fault::tags)?;
    Ok(tags)
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
