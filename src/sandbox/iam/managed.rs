//! AWS managed policies.
//!
//! AWS has more than a thousand; the sandbox knows by name those that SageMaker estates use, with
//! documents that say what they are about rather than AWS's own text. Any other name that looks
//! like AWS's (a capital first letter, at most one of AWS's own paths) is taken to exist too, so
//! that no configuration fails here that AWS would take.

use serde_json::{Value, json};

use super::document::encoded;
use super::shown;
use super::state::Iam;

const ARN_PREFIX: &str = "arn:aws:iam::aws:policy/";

const PATHS: &[&str] = &["", "service-role/", "job-function/", "aws-service-role/"];

/// Documents carry no date of their own: all were made at this time.
const MADE: &str = "2017-11-29T16:30:03Z";

/// Path and name, and what it allows on everything.
const KNOWN: &[(&str, &[&str])] = &[
    ("AdministratorAccess", &["*"]),
    ("PowerUserAccess", &["*"]),
    ("ReadOnlyAccess", &["*:Get*", "*:List*", "*:Describe*"]),
    ("job-function/ViewOnlyAccess", &["*:List*", "*:Describe*"]),
    (
        "job-function/DataScientist",
        &["sagemaker:*", "elasticmapreduce:*"],
    ),
    ("AmazonSageMakerFullAccess", &["sagemaker:*"]),
    (
        "AmazonSageMakerReadOnly",
        &["sagemaker:Describe*", "sagemaker:List*"],
    ),
    ("AmazonSageMakerCanvasFullAccess", &["sagemaker:*"]),
    ("AmazonSageMakerCanvasAIServicesAccess", &["sagemaker:*"]),
    ("AmazonSageMakerCanvasDataPrepFullAccess", &["sagemaker:*"]),
    ("AmazonSageMakerFeatureStoreAccess", &["s3:PutObject"]),
    (
        "AmazonSageMakerPipelinesIntegrations",
        &["sagemaker:*Pipeline*"],
    ),
    (
        "AmazonSageMakerModelRegistryFullAccess",
        &["sagemaker:*ModelPackage*"],
    ),
    (
        "AmazonSageMakerModelGovernanceUseAccess",
        &["sagemaker:*Model*"],
    ),
    ("AmazonSageMakerMechanicalTurkAccess", &["sagemaker:*Flow*"]),
    (
        "AmazonSageMakerGroundTruthExecution",
        &["s3:GetObject", "s3:PutObject"],
    ),
    ("AmazonSageMakerClusterInstanceRolePolicy", &["logs:*"]),
    (
        "service-role/AmazonSageMakerServiceCatalogProductsUseRole",
        &["sagemaker:*"],
    ),
    (
        "aws-service-role/AmazonSageMakerNotebooksServiceRolePolicy",
        &["elasticfilesystem:*", "ec2:*NetworkInterface*"],
    ),
    (
        "AmazonSageMakerAdmin-ServiceCatalogProductsServiceRolePolicy",
        &["servicecatalog:*"],
    ),
    ("AmazonS3FullAccess", &["s3:*"]),
    ("AmazonS3ReadOnlyAccess", &["s3:Get*", "s3:List*"]),
    ("AmazonEC2FullAccess", &["ec2:*"]),
    ("AmazonEC2ReadOnlyAccess", &["ec2:Describe*"]),
    ("AmazonVPCFullAccess", &["ec2:*"]),
    ("AmazonVPCReadOnlyAccess", &["ec2:Describe*"]),
    ("AmazonEC2ContainerRegistryFullAccess", &["ecr:*"]),
    (
        "AmazonEC2ContainerRegistryReadOnly",
        &["ecr:Get*", "ecr:Describe*"],
    ),
    (
        "AmazonElasticFileSystemFullAccess",
        &["elasticfilesystem:*"],
    ),
    (
        "AmazonElasticFileSystemClientFullAccess",
        &["elasticfilesystem:Client*"],
    ),
    (
        "AmazonElasticMapReduceReadOnlyAccess",
        &["elasticmapreduce:Describe*", "elasticmapreduce:List*"],
    ),
    ("AmazonEMRFullAccessPolicy_v2", &["elasticmapreduce:*"]),
    ("AmazonAthenaFullAccess", &["athena:*"]),
    ("AmazonRedshiftFullAccess", &["redshift:*"]),
    ("AWSGlueConsoleFullAccess", &["glue:*"]),
    ("service-role/AWSGlueServiceRole", &["glue:*"]),
    ("AWSLakeFormationDataAdmin", &["lakeformation:*"]),
    ("AWSServiceCatalogEndUserFullAccess", &["servicecatalog:*"]),
    ("AWSServiceCatalogAdminFullAccess", &["servicecatalog:*"]),
    ("AWSCodeCommitFullAccess", &["codecommit:*"]),
    ("AWSCodeCommitPowerUser", &["codecommit:*"]),
    ("AWSCodePipeline_FullAccess", &["codepipeline:*"]),
    ("AWSKeyManagementServicePowerUser", &["kms:*"]),
    ("AWSLambda_FullAccess", &["lambda:*"]),
    ("service-role/AWSLambdaBasicExecutionRole", &["logs:*"]),
    ("AWSStepFunctionsFullAccess", &["states:*"]),
    ("CloudWatchFullAccess", &["cloudwatch:*", "logs:*"]),
    ("CloudWatchLogsFullAccess", &["logs:*"]),
    (
        "CloudWatchReadOnlyAccess",
        &["cloudwatch:Get*", "cloudwatch:List*"],
    ),
    ("AmazonBedrockFullAccess", &["bedrock:*"]),
    ("SecretsManagerReadWrite", &["secretsmanager:*"]),
    ("IAMReadOnlyAccess", &["iam:Get*", "iam:List*"]),
    ("IAMFullAccess", &["iam:*"]),
];

/// Path and name of the AWS managed policy; none when the ARN is not one or looks unlike AWS's.
pub(super) fn name(arn: &str) -> Option<&str> {
    let full = arn.strip_prefix(ARN_PREFIX)?;
    let name = full.rsplit('/').next()?;
    let path = full.strip_suffix(name)?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    (PATHS.contains(&path)
        && name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(plain))
    .then_some(full)
}

/// The ARN of the AWS managed policy of this path and name.
pub(super) fn arn(name: &str) -> String {
    format!("{ARN_PREFIX}{name}")
}

/// The ARNs of those known by name and those in use.
pub(super) fn all(iam: &Iam) -> Vec<String> {
    let known = KNOWN.iter().map(|(name, _)| arn(name));
    let used = iam
        .used_policies()
        .into_iter()
        .filter(|arn| name(arn).is_some())
        .cloned();
    let mut all: Vec<String> = known.chain(used).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The policy as IAM shows it.
pub(super) fn policy(iam: &Iam, arn: &str) -> Option<Value> {
    let full = name(arn)?;
    let short = full.rsplit('/').next()?;
    Some(json!({
        "PolicyName": short,
        "PolicyId": id(full),
        "Arn": arn,
        "Path": format!("/{}", full.strip_suffix(short)?),
        "DefaultVersionId": shown::version_id(1),
        "AttachmentCount": iam.attached_to(arn).count(),
        "PermissionsBoundaryUsageCount": iam.bounded_by(arn).count(),
        "IsAttachable": true,
        "CreateDate": MADE,
        "UpdateDate": MADE,
    }))
}

/// Its document.
pub(super) fn document(arn: &str) -> Option<Value> {
    let full = name(arn)?;
    let actions = KNOWN
        .iter()
        .find(|(name, _)| *name == full)
        .map(|(_, actions)| *actions);
    let statements: Vec<Value> = actions
        .map(|actions| json!({"Effect": "Allow", "Action": actions, "Resource": "*"}))
        .into_iter()
        .collect();
    Some(json!({"Version": "2012-10-17", "Statement": statements}))
}

/// Its only version.
pub(super) fn version(arn: &str) -> Option<Value> {
    Some(json!({
        "Document": encoded(&document(arn)?.to_string()),
        "VersionId": shown::version_id(1),
        "IsDefaultVersion": true,
        "CreateDate": MADE,
    }))
}

/// The policy with its version.
pub(super) fn detail(iam: &Iam, arn: &str) -> Option<Value> {
    let mut detail = policy(iam, arn)?;
    shown::set(&mut detail, json!({"PolicyVersionList": [version(arn)?]}));
    Some(detail)
}

/// The same id in every account and run.
fn id(full: &str) -> String {
    use sha2::{Digest, Sha256};
    /// Letters after the prefix.
    const LENGTH: usize = 17;
    let digest = hex::encode_upper(Sha256::digest(full));
    format!("ANPA{}", digest.get(..LENGTH).unwrap_or_default())
}
