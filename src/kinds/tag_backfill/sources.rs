//! Where things and their tags are read: by Search, which has both, and by list where Search does not
//! know the kind (behaviour: section 8).

use std::collections::BTreeMap;

use aws_sdk_sagemaker::Client;
use aws_sdk_sagemaker::primitives::DateTime;
use aws_sdk_sagemaker::types::{ResourceType, SearchRecord, Tag, UserContext};

use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::reading::together;
use crate::kinds::{sagemaker, tagging};

/// The tag that says to which domain a thing belongs.
pub const DOMAIN_TAG: &str = "sagemaker:domain-arn";
/// Rows of a page, the most that the API takes.
const PAGE: i32 = 100;
/// Reads of single things' tags at the same time.
const AT_ONCE: usize = 4;

/// The kinds of things that can be chosen.
pub const WORDS: &[&str] = &[
    "endpoint",
    "experiment",
    "feature_group",
    "hyper_parameter_tuning_job",
    "model",
    "model_package",
    "model_package_group",
    "pipeline",
    "processing_job",
    "training_job",
    "transform_job",
    "trial",
    "trial_component",
];

/// Whether SageMaker tells which profile made a thing of this kind.
#[must_use]
pub fn tells_maker(word: &str) -> bool {
    matches!(
        word,
        "experiment"
            | "model_package"
            | "model_package_group"
            | "pipeline"
            | "trial"
            | "trial_component"
    )
}

/// A thing in SageMaker.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its kind's word.
    pub kind: String,
    /// Its name; of a version in a group its ARN's end.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// When it was made.
    pub created: Option<DateTime>,
    /// The ARN of the profile that made it, if SageMaker tells.
    pub maker: Option<String>,
    /// Its domain's ARN by its tag.
    pub domain: Option<String>,
}

/// Things that fit a choice and lack the tag, and how many fit in all.
#[derive(Debug, Clone, Default)]
pub struct Lacking {
    /// How many fit.
    pub chosen: usize,
    /// Those without the tag, in order of kinds and names.
    pub things: Vec<Found>,
}

/// How a kind is read.
enum Source {
    Search(ResourceType),
    ProcessingJobs,
    TransformJobs,
}

fn source(word: &str) -> Option<Source> {
    Some(Source::Search(match word {
        "endpoint" => ResourceType::Endpoint,
        "experiment" => ResourceType::Experiment,
        "feature_group" => ResourceType::FeatureGroup,
        "hyper_parameter_tuning_job" => ResourceType::HyperParameterTuningJob,
        "model" => ResourceType::Model,
        "model_package" => ResourceType::ModelPackage,
        "model_package_group" => ResourceType::ModelPackageGroup,
        "pipeline" => ResourceType::Pipeline,
        "training_job" => ResourceType::TrainingJob,
        "trial" => ResourceType::ExperimentTrial,
        "trial_component" => ResourceType::ExperimentTrialComponent,
        "processing_job" => return Some(Source::ProcessingJobs),
        "transform_job" => return Some(Source::TransformJobs),
        _ => return None,
    }))
}

/// What `is_meant` of one kind in the place, in order of names.
///
/// # Errors
/// A failed read.
pub async fn all(
    aws: &Aws,
    place: &Place,
    word: &str,
    is_meant: impl Fn(&Found) -> bool,
) -> Result<Vec<Found>, Failure> {
    let client = aws.sagemaker(place).await?;
    let (mut found, has_tags) = match source(word) {
        Some(Source::Search(kind)) => (search(aws, &client, word, kind).await?, true),
        Some(Source::ProcessingJobs) => (processing_jobs(aws, &client).await?, false),
        Some(Source::TransformJobs) => (transform_jobs(aws, &client).await?, false),
        None => (Vec::new(), true),
    };
    found.retain(is_meant);
    // Asked for only now: it may take a call for each.
    if !has_tags {
        found = with_tags(aws, place, &client, found).await?;
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

async fn search(
    aws: &Aws,
    client: &Client,
    word: &str,
    kind: ResourceType,
) -> Result<Vec<Found>, Failure> {
    let mut all = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let answer = call(aws, "sagemaker:Search", Repeat::Safe, || {
            client
                .search()
                .resource(kind.clone())
                .max_results(PAGE)
                .set_next_token(token.clone())
                .send()
        })
        .await?;
        let rows = answer.results.unwrap_or_default();
        all.extend(rows.into_iter().filter_map(|row| record(word, row)));
        token = answer.next_token;
        if token.is_none() {
            return Ok(all);
        }
    }
}

/// Members of a thing as each of Search's shapes has them.
struct Members {
    name: Option<String>,
    arn: Option<String>,
    created: Option<DateTime>,
    maker: Option<UserContext>,
    tags: Option<Vec<Tag>>,
}

macro_rules! members {
    ($thing:expr, $name:ident, $arn:ident, $maker:expr) => {
        Members {
            name: $thing.$name,
            arn: $thing.$arn,
            created: $thing.creation_time,
            maker: $maker,
            tags: $thing.tags,
        }
    };
}

fn record(word: &str, row: SearchRecord) -> Option<Found> {
    let members = if let Some(one) = row.experiment {
        members!(one, experiment_name, experiment_arn, one.created_by)
    } else if let Some(one) = row.trial {
        members!(one, trial_name, trial_arn, one.created_by)
    } else if let Some(one) = row.trial_component {
        members!(
            one,
            trial_component_name,
            trial_component_arn,
            one.created_by
        )
    } else if let Some(one) = row.training_job {
        members!(one, training_job_name, training_job_arn, None)
    } else if let Some(one) = row.endpoint {
        members!(one, endpoint_name, endpoint_arn, None)
    } else if let Some(one) = row.model_package {
        members!(one, model_package_name, model_package_arn, one.created_by)
    } else if let Some(one) = row.model_package_group {
        members!(
            one,
            model_package_group_name,
            model_package_group_arn,
            one.created_by
        )
    } else if let Some(one) = row.pipeline {
        members!(one, pipeline_name, pipeline_arn, one.created_by)
    } else if let Some(one) = row.feature_group {
        members!(one, feature_group_name, feature_group_arn, None)
    } else if let Some(one) = row.hyper_parameter_tuning_job {
        members!(
            one,
            hyper_parameter_tuning_job_name,
            hyper_parameter_tuning_job_arn,
            None
        )
    } else if let Some(one) = row.model.and_then(|model| model.model) {
        members!(one, model_name, model_arn, None)
    } else {
        return None;
    };
    let arn = members.arn?;
    // Versions in a group have no name of their own: `model-package/GROUP/3`.
    let end = || arn.split_once('/').map(|(_, end)| end.to_owned());
    let tags = members.tags.unwrap_or_default();
    let domain = tags.into_iter().find(|tag| tag.key() == Some(DOMAIN_TAG));
    Some(Found {
        kind: word.to_owned(),
        name: members.name.or_else(end).unwrap_or_default(),
        created: members.created,
        maker: members.maker.and_then(|maker| maker.user_profile_arn),
        domain: domain.and_then(|tag| tag.value),
        arn,
    })
}

/// A thing of a list, which has no tags.
fn listed(
    word: &str,
    name: Option<String>,
    arn: Option<String>,
    created: Option<DateTime>,
) -> Option<Found> {
    Some(Found {
        kind: word.to_owned(),
        name: name?,
        arn: arn?,
        created,
        maker: None,
        domain: None,
    })
}

/// Reads all pages of a list of jobs.
macro_rules! jobs {
    ($aws:expr, $operation:literal, $word:literal, $request:expr, $rows:ident, $name:ident, $arn:ident) => {{
        let mut all = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let answer = call($aws, $operation, Repeat::Safe, || {
                $request
                    .max_results(PAGE)
                    .set_next_token(token.clone())
                    .send()
            })
            .await?;
            let rows = answer.$rows.unwrap_or_default().into_iter();
            all.extend(
                rows.filter_map(|one| listed($word, one.$name, one.$arn, one.creation_time)),
            );
            token = answer.next_token;
            if token.is_none() {
                break all;
            }
        }
    }};
}

async fn processing_jobs(aws: &Aws, client: &Client) -> Result<Vec<Found>, Failure> {
    Ok(jobs!(
        aws,
        "sagemaker:ListProcessingJobs",
        "processing_job",
        client.list_processing_jobs(),
        processing_job_summaries,
        processing_job_name,
        processing_job_arn
    ))
}

async fn transform_jobs(aws: &Aws, client: &Client) -> Result<Vec<Found>, Failure> {
    Ok(jobs!(
        aws,
        "sagemaker:ListTransformJobs",
        "transform_job",
        client.list_transform_jobs(),
        transform_job_summaries,
        transform_job_name,
        transform_job_arn
    ))
}

/// Adds what the tags say: in bulk where the tagging index has the tag, and from SageMaker itself where
/// it does not, for the index is slow.
async fn with_tags(
    aws: &Aws,
    place: &Place,
    client: &Client,
    mut things: Vec<Found>,
) -> Result<Vec<Found>, Failure> {
    let arns: Vec<String> = things.iter().map(|one| one.arn.clone()).collect();
    let index: BTreeMap<_, _> = tagging::in_bulk(aws, place, &arns).await?;
    for one in &mut things {
        let tags = index.get(&one.arn);
        one.domain = tags.and_then(|tags| tags.get(DOMAIN_TAG)).cloned();
    }
    let reads = things
        .into_iter()
        .map(|mut one| async move {
            if one.domain.is_none()
                && let Some(mut tags) = sagemaker::all_tags(aws, client, &one.arn).await?
            {
                one.domain = tags.remove(DOMAIN_TAG);
            }
            Ok(one)
        })
        .collect();
    together(AT_ONCE, reads).await
}
