//! Pipelines. Refusals in the words that the service's users quote.

use serde_json::{Map, Value, json};

use super::state::Pipeline;
use super::{Answer, arn, fault, given, merge, one, page_of, show_times};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::tags::{self, Tags};
use crate::sandbox::world::World;

const NAME: &str = "PipelineName";
const DEFINITION: &str = "PipelineDefinition";
/// Members of calls that no describe shows.
const NOT_SHOWN: [&str; 3] = [NAME, "ClientRequestToken", "Tags"];

fn arn_of(call: &Call, name: &str) -> String {
    arn(call, &format!("pipeline/{name}"))
}

fn check_definition(args: &Args) -> Result<(), Fault> {
    if args.get("PipelineDefinitionS3Location").is_some() {
        return Err(fault::invalid(
            "The sandbox holds no pipeline definitions in S3. Give PipelineDefinition.",
        ));
    }
    let Some(definition) = args.maybe(DEFINITION) else {
        return Ok(());
    };
    match serde_json::from_str(definition) {
        Ok(Value::Object(_)) => Ok(()),
        _ => Err(fault::invalid(
            "Unable to parse pipeline definition. Invalid JSON.",
        )),
    }
}

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text(NAME);
    check_definition(args)?;
    if args.get(DEFINITION).is_none() {
        return Err(fault::invalid(
            "Either Pipeline Definition or Pipeline Definition S3 location should be provided",
        ));
    }
    let mut tags = Tags::new();
    let new = tags::read(args.get("Tags")).map_err(fault::tags)?;
    tags::add(&mut tags, new).map_err(fault::tags)?;
    let token = args.text("ClientRequestToken");
    let pipelines = &mut world
        .region(&call.account, &call.region)
        .sagemaker
        .pipelines;
    if let Some(there) = pipelines.get(name) {
        // The same call once more.
        if there.token == token {
            return one("PipelineArn", arn_of(call, name));
        }
        return Err(fault::invalid(format!(
            "Pipeline names must be unique within an AWS account and region. Pipeline with name ({name}) already exists."
        )));
    }
    let mut settings = given(args, &NOT_SHOWN);
    settings
        .entry("PipelineDisplayName")
        .or_insert_with(|| name.into());
    let row = Pipeline {
        settings,
        token: token.to_owned(),
        created_ms: call.now_ms,
        modified_ms: call.now_ms,
        tags,
    };
    pipelines.insert(name, row);
    one("PipelineArn", arn_of(call, name))
}

/// The name that a call gives, by itself or in an ARN.
fn named(args: &Args) -> &str {
    let text = args.text(NAME);
    match text.strip_prefix("arn:") {
        Some(arn) => arn.rsplit('/').next().unwrap_or(arn),
        None => text,
    }
}

fn find(world: &World, call: &Call, name: &str) -> Result<Pipeline, Fault> {
    world
        .peek(&call.account, &call.region)
        .and_then(|held| held.sagemaker.pipelines.get(name))
        .cloned()
        .ok_or_else(|| fault::none(format!("Pipeline '{}' does not exist.", arn_of(call, name))))
}

pub(super) fn describe(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = named(args);
    let row = find(world, call, name)?;
    let mut shown = row.settings;
    shown.insert(NAME.to_owned(), name.into());
    shown.insert("PipelineArn".to_owned(), arn_of(call, name).into());
    shown.insert("PipelineStatus".to_owned(), "Active".into());
    show_times(&mut shown, row.created_ms, row.modified_ms);
    Ok(shown.into())
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    let prefix = args.maybe("PipelineNamePrefix").unwrap_or_default();
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    page_of(
        args,
        "PipelineSummaries",
        sagemaker.pipelines.below(prefix),
        |row| (row.created_ms, row.modified_ms),
        |name, row| {
            let mut shown = Map::new();
            shown.insert(NAME.to_owned(), name.into());
            shown.insert("PipelineArn".to_owned(), arn_of(call, name).into());
            for member in ["PipelineDisplayName", "PipelineDescription", "RoleArn"] {
                if let Some(value) = row.settings.get(member) {
                    shown.insert(member.to_owned(), value.clone());
                }
            }
            show_times(&mut shown, row.created_ms, row.modified_ms);
            Value::Object(shown)
        },
    )
}

pub(super) fn update(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text(NAME);
    let mut row = find(world, call, name)?;
    check_definition(args)?;
    merge::merge(&mut row.settings, given(args, &NOT_SHOWN));
    row.modified_ms = call.now_ms;
    world
        .region(&call.account, &call.region)
        .sagemaker
        .pipelines
        .insert(name, row);
    Ok(json!({"PipelineArn": arn_of(call, name)}))
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text(NAME);
    find(world, call, name)?;
    world
        .region(&call.account, &call.region)
        .sagemaker
        .pipelines
        .remove(name);
    one("PipelineArn", arn_of(call, name))
}
