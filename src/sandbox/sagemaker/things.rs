//! What people make with the SDK and smd only reads and tags: experiments, trials, jobs, models. They
//! have a name, a time, tags, and some their maker.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Answer, DEFAULT_PAGE, arn, fault, new_tags, one, pipelines};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::page;
use crate::sandbox::tags::{self, Tags};
use crate::sandbox::time::epoch;
use crate::sandbox::world::World;

/// A thing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Thing {
    /// The word of its kind, as [`KINDS`] has it.
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) created_ms: u64,
    /// The ARN of the profile that made it.
    pub(super) maker: Option<String>,
    pub(super) tags: Tags,
}

/// How AWS writes things of one kind.
struct Kind {
    /// smd's word.
    word: &'static str,
    /// The first part of the resource in its ARN.
    resource: &'static str,
    /// What Search calls the kind, and the member of its rows; `None`: Search does not know it.
    search: Option<(&'static str, &'static str)>,
    /// What the members for name and ARN start with.
    member: &'static str,
    /// Whether SageMaker tells who made it.
    tells_maker: bool,
}

const fn kind(
    word: &'static str,
    resource: &'static str,
    search: Option<(&'static str, &'static str)>,
    member: &'static str,
    tells_maker: bool,
) -> Kind {
    Kind {
        word,
        resource,
        search,
        member,
        tells_maker,
    }
}

/// The kinds (API reference: Search, SearchRecord; service authorization reference: resource types).
const KINDS: &[Kind] = &[
    kind(
        "experiment",
        "experiment",
        Some(("Experiment", "Experiment")),
        "Experiment",
        true,
    ),
    kind(
        "trial",
        "experiment-trial",
        Some(("ExperimentTrial", "Trial")),
        "Trial",
        true,
    ),
    kind(
        "trial_component",
        "experiment-trial-component",
        Some(("ExperimentTrialComponent", "TrialComponent")),
        "TrialComponent",
        true,
    ),
    kind(
        "training_job",
        "training-job",
        Some(("TrainingJob", "TrainingJob")),
        "TrainingJob",
        false,
    ),
    kind(
        "processing_job",
        "processing-job",
        None,
        "ProcessingJob",
        false,
    ),
    kind(
        "transform_job",
        "transform-job",
        None,
        "TransformJob",
        false,
    ),
    kind(
        "hyper_parameter_tuning_job",
        "hyper-parameter-tuning-job",
        Some(("HyperParameterTuningJob", "HyperParameterTuningJob")),
        "HyperParameterTuningJob",
        false,
    ),
    kind("model", "model", Some(("Model", "Model")), "Model", false),
    kind(
        "model_package",
        "model-package",
        Some(("ModelPackage", "ModelPackage")),
        "ModelPackage",
        true,
    ),
    kind(
        "model_package_group",
        "model-package-group",
        Some(("ModelPackageGroup", "ModelPackageGroup")),
        "ModelPackageGroup",
        true,
    ),
    kind(
        "endpoint",
        "endpoint",
        Some(("Endpoint", "Endpoint")),
        "Endpoint",
        false,
    ),
    kind(
        "feature_group",
        "feature-group",
        Some(("FeatureGroup", "FeatureGroup")),
        "FeatureGroup",
        false,
    ),
];

fn named(word: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.word == word)
}

/// A thing that is to be there.
#[derive(Debug, Clone, Copy)]
pub struct NewThing<'a> {
    /// smd's word for its kind.
    pub kind: &'a str,
    /// Its name.
    pub name: &'a str,
    /// When it was made, milliseconds since the epoch.
    pub created_ms: u64,
    /// The ARN of the profile that made it.
    pub maker: Option<&'a str>,
}

/// Puts a thing in an account and region, as if somebody had made it with the SDK; one of that name
/// stays as it is.
///
/// # Errors
/// A kind that the sandbox does not know.
pub fn put_thing(
    world: &mut World,
    (account, region): (&str, &str),
    new: NewThing<'_>,
) -> Result<(), Fault> {
    // Which has calls of its own.
    if new.kind == pipelines::WORD {
        pipelines::put(world, (account, region), new);
        return Ok(());
    }
    let kind = named(new.kind)
        .ok_or_else(|| fault::invalid(format!("The sandbox has no {}.", new.kind)))?;
    let row = Thing {
        kind: new.kind.to_owned(),
        name: new.name.to_owned(),
        created_ms: new.created_ms,
        maker: new.maker.map(str::to_owned),
        tags: Tags::new(),
    };
    let key = format!("{}/{}", kind.resource, new.name);
    let sagemaker = &mut world.region(account, region).sagemaker;
    if !sagemaker.things.contains(&key) {
        sagemaker.things.insert(key, row);
    }
    Ok(())
}

pub(super) fn create_experiment(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text("ExperimentName");
    let key = format!("experiment/{name}");
    let held = &world.region(&call.account, &call.region).sagemaker.things;
    if held.contains(&key) {
        return Err(fault::invalid(format!(
            "Experiment names must be unique within an AWS account and region. Experiment with name ({name}) already exists."
        )));
    }
    let tags = new_tags(args)?;
    let row = Thing {
        kind: "experiment".to_owned(),
        name: name.to_owned(),
        created_ms: call.now_ms,
        maker: None,
        tags,
    };
    let sagemaker = &mut world.region(&call.account, &call.region).sagemaker;
    sagemaker.things.insert(key.as_str(), row);
    one("ExperimentArn", arn(call, &key))
}

/// Search without an expression: everything of one kind, with its tags.
pub(super) fn search(world: &mut World, call: &Call, args: &Args) -> Answer {
    if args.get("SearchExpression").is_some() {
        return Err(fault::invalid(
            "The sandbox searches without a SearchExpression only.",
        ));
    }
    let resource = args.text("Resource");
    if resource == pipelines::SEARCHED {
        return pipelines::search(world, call, args);
    }
    let kind = KINDS
        .iter()
        .find(|kind| kind.search.is_some_and(|(name, _)| name == resource));
    let member = kind.and_then(|kind| kind.search).map(|(_, member)| member);
    let (Some(kind), Some(member)) = (kind, member) else {
        return Ok(json!({"Results": []}));
    };
    list(world, call, args, kind, "Results", |shown| {
        // A model is in its dashboard's row.
        let shown = if member == "Model" {
            json!({ "Model": shown })
        } else {
            shown
        };
        json!({ member: shown })
    })
}

pub(super) fn processing_jobs(world: &mut World, call: &Call, args: &Args) -> Answer {
    jobs(
        world,
        call,
        args,
        "processing_job",
        "ProcessingJobSummaries",
    )
}

pub(super) fn transform_jobs(world: &mut World, call: &Call, args: &Args) -> Answer {
    jobs(world, call, args, "transform_job", "TransformJobSummaries")
}

fn jobs(world: &World, call: &Call, args: &Args, word: &str, name: &str) -> Answer {
    let Some(kind) = named(word) else {
        return Ok(json!({ name: [] }));
    };
    list(world, call, args, kind, name, |mut shown| {
        // Summaries have no tags.
        if let Some(members) = shown.as_object_mut() {
            members.remove("Tags");
        }
        shown
    })
}

/// One page of things of a kind, in order of names.
fn list(
    world: &World,
    call: &Call,
    args: &Args,
    kind: &Kind,
    name: &str,
    show: impl Fn(Value) -> Value,
) -> Answer {
    let prefix = format!("{}/", kind.resource);
    let held = world.peek(&call.account, &call.region);
    let rows = held
        .into_iter()
        .flat_map(|held| held.sagemaker.things.below(&prefix))
        .filter(|(_, thing)| thing.kind == kind.word)
        .map(|(key, thing)| ((0, key.as_str()), show(shown(call, kind, key, thing))));
    let size = args.size("MaxResults", DEFAULT_PAGE);
    let page = page::page(rows, false, args.maybe("NextToken"), size)
        .ok_or_else(|| fault::invalid("Invalid NextToken"))?;
    Ok(page.answer(name, "NextToken"))
}

fn shown(call: &Call, kind: &Kind, key: &str, thing: &Thing) -> Value {
    let member = kind.member;
    let mut shown = json!({
        format!("{member}Name"): thing.name,
        format!("{member}Arn"): arn(call, key),
        "CreationTime": epoch(thing.created_ms),
        "Tags": tags::list(&thing.tags),
    });
    let maker = thing.maker.as_ref().filter(|_| kind.tells_maker);
    if let (Some(maker), Some(members)) = (maker, shown.as_object_mut()) {
        members.insert("CreatedBy".to_owned(), json!({"UserProfileArn": maker}));
    }
    shown
}
