//! RAM's permissions for SageMaker pipelines.

/// What AWS's managed permissions have in front of their names.
const PREFIX: &str = "arn:aws:ram::aws:permission/";
/// The type of resource that they are for.
const PIPELINE: &str = "sagemaker:Pipeline";

/// smd's words and AWS's names (SageMaker guide, "Cross-account support for SageMaker pipelines").
const NAMES: &[(&str, &str)] = &[
    ("read", "AWSRAMDefaultPermissionSageMakerPipeline"),
    ("execute", "AWSRAMPermissionSageMakerPipelineAllowExecution"),
];

/// The attribute's line in the reference.
pub const WORDS: &str = "What the principals may do: `read` (AWS's `AWSRAMDefaultPermissionSageMakerPipeline`: describe, list, search), `execute` (`AWSRAMPermissionSageMakerPipelineAllowExecution`: start, stop and retry too, paid by the owner), or the name or ARN of another permission; left out, AWS's default.";

/// The ARN of a permission by word, name or ARN.
#[must_use]
pub fn arn(written: &str) -> String {
    if written.starts_with("arn:") {
        return written.to_owned();
    }
    let named = NAMES.iter().find(|(word, _)| *word == written);
    format!("{PREFIX}{}", named.map_or(written, |(_, name)| name))
}

/// The word for a permission's ARN, if smd has one, else the ARN.
fn word(arn: &str) -> String {
    let name = arn.strip_prefix(PREFIX);
    let known = NAMES.iter().find(|(_, aws)| Some(*aws) == name);
    known.map_or(arn, |(word, _)| word).to_owned()
}

/// The permission of a share, of those it has by type and ARN: the one for pipelines, else the first.
#[must_use]
pub fn of(all: &[(String, String)]) -> Option<String> {
    let own = all.iter().find(|(kind, _)| kind == PIPELINE);
    own.or(all.first()).map(|(_, arn)| word(arn))
}

#[cfg(test)]
mod tests {
    use super::{arn, of};

    #[test]
    fn words_names_and_arns_mean_the_same() {
        let execute = "arn:aws:ram::aws:permission/AWSRAMPermissionSageMakerPipelineAllowExecution";
        assert_eq!(arn("execute"), execute);
        assert_eq!(
            arn("AWSRAMPermissionSageMakerPipelineAllowExecution"),
            execute
        );
        assert_eq!(arn(execute), execute);
        let all = |kind: &str, arn: &str| [(kind.to_owned(), arn.to_owned())];
        assert_eq!(
            of(&all("sagemaker:Pipeline", execute)).as_deref(),
            Some("execute")
        );
        let own = "arn:aws:ram:eu-west-1:111122223333:permission/own";
        assert_eq!(of(&all("ec2:Subnet", own)).as_deref(), Some(own));
        assert_eq!(of(&[]), None);
    }
}
