//! Pipelines. Refusals in the words that the service's users quote.

use serde_json::{Map, Value, json};

use super::state::Pipeline;
use super::things::NewThing;
use super::{Answer, DEFAULT_PAGE, arn, fault, given, merge, new_tags, one, page_of, show_times};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::tags::{self, Tags};
use crate::sandbox::time::epoch;
use crate::sandbox::world::World;
use crate::sandbox::{page, ram};

/// smd's word for the kind.
pub(super) const WORD: &str = "pipeline";
/// What Search calls it, and the member of its rows.
pub(super) const SEARCHED: &str = "Pipeline";
const NAME: &str = "PipelineName";
const DEFINITION: &str = "PipelineDefinition";
/// The definition of one that was there before, of which nobody said what it does.
const NO_STEPS: &str = "{\"Version\":\"2020-12-01\",\"Steps\":[]}";
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
    let tags = new_tags(args)?;
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
        maker: None,
        tags,
    };
    pipelines.insert(name, row);
    one("PipelineArn", arn_of(call, name))
}

/// The pipeline that a call names, by itself or in an ARN, and its account: another one's only if it
/// is shared for this action.
fn named<'a>(world: &World, call: &'a Call, args: &'a Args) -> Result<(&'a str, &'a str), Fault> {
    let text = args.text(NAME);
    let Some(arn) = text.strip_prefix("arn:aws:sagemaker:") else {
        return Ok((&call.account, text));
    };
    let mut fields = arn.splitn(3, ':');
    let (region, account) = (fields.next(), fields.next().unwrap_or_default());
    let name = fields
        .next()
        .and_then(|rest| rest.strip_prefix("pipeline/"));
    let name = name.filter(|_| region == Some(call.region.as_str()));
    let name = name.ok_or_else(|| fault::invalid(format!("Invalid ARN {text}")))?;
    let action = format!("sagemaker:{}", call.operation);
    if account != call.account
        && !ram::api::allows(world, text, &call.account, &action, call.now_ms)
    {
        return Err(Fault::client(
            "AccessDeniedException",
            format!(
                "User: {} is not authorized to perform: {action} on resource: {text} because no resource-based policy allows the {action} action",
                call.caller_arn
            ),
        ));
    }
    Ok((account, name))
}

/// The call as if the owner of the pipeline had made it.
fn by_owner(call: &Call, account: &str) -> Call {
    Call {
        account: account.to_owned(),
        ..call.clone()
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
    let (account, name) = named(world, call, args)?;
    let call = &by_owner(call, account);
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

/// Puts one there, as if somebody had made it with the SDK; one of that name stays as it is.
pub(super) fn put(world: &mut World, (account, region): (&str, &str), new: NewThing<'_>) {
    let pipelines = &mut world.region(account, region).sagemaker.pipelines;
    if pipelines.contains(new.name) {
        return;
    }
    let mut settings = Map::new();
    settings.insert("PipelineDisplayName".to_owned(), new.name.into());
    settings.insert(DEFINITION.to_owned(), NO_STEPS.into());
    let row = Pipeline {
        settings,
        token: String::new(),
        created_ms: new.created_ms,
        modified_ms: new.created_ms,
        maker: new.maker.map(str::to_owned),
        tags: Tags::new(),
    };
    pipelines.insert(new.name, row);
}

/// All of them, as Search tells them.
pub(super) fn search(world: &World, call: &Call, args: &Args) -> Answer {
    let held = world.peek(&call.account, &call.region);
    let rows = held
        .into_iter()
        .flat_map(|held| held.sagemaker.pipelines.iter());
    let rows = rows.map(|(name, row)| {
        let mut shown = json!({
            NAME: name,
            "PipelineArn": arn_of(call, name),
            "CreationTime": epoch(row.created_ms),
            "Tags": tags::list(&row.tags),
        });
        if let (Some(maker), Some(members)) = (&row.maker, shown.as_object_mut()) {
            members.insert("CreatedBy".to_owned(), json!({ "UserProfileArn": maker }));
        }
        ((0, name.as_str()), json!({ SEARCHED: shown }))
    });
    let size = args.size("MaxResults", DEFAULT_PAGE);
    let page = page::page(rows, false, args.maybe("NextToken"), size)
        .ok_or_else(|| fault::invalid("Invalid NextToken"))?;
    Ok(page.answer("Results", "NextToken"))
}

/// None: the sandbox starts no pipeline.
pub(super) fn list_executions(world: &mut World, call: &Call, args: &Args) -> Answer {
    let (account, name) = named(world, call, args)?;
    find(world, &by_owner(call, account), name)?;
    Ok(json!({"PipelineExecutionSummaries": []}))
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
