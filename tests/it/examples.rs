//! Every example, the whole way on the sandbox: in form, applied, nothing left to do, one change seen
//! as exactly that, destroyed, and nothing left behind.

use std::path::Path;

use super::smd::Project;

/// What AWS keeps of an account that nothing stands in any more: its deploy role and the role that
/// SageMaker made for itself, keys and tokens of past calls, a deleted peering or NAT gateway that stays
/// visible for a while with its tags, and likewise a share that was deleted. And what is not smd's: keys
/// of the bill, which are the payer's, what people made, buckets with the templates put into them.
const STAYS: [&str; 13] = [
    "billing_tag_keys",
    "ec2_client_tokens",
    "ec2_tags",
    "gone_nat_gateways",
    "iam_roles",
    "ram_associations",
    "ram_invitations",
    "ram_resource_shares",
    "s3_buckets",
    "s3_objects",
    "sagemaker_things",
    "sessions",
    "vpc_peering_connections",
];

/// What was in the accounts before, where an example needs something.
const SEED: &str = "sandbox.json";

/// An example with one change and what the plan must say of it.
struct Example {
    name: &'static str,
    /// File, text before, text after.
    change: (&'static str, &'static str, &'static str),
    /// The address that changes, and how.
    seen: (&'static str, &'static str),
    /// Domains whose home directories may go.
    consents: &'static [&'static str],
    /// What the files say shall stay.
    stays: &'static [&'static str],
}

/// A folder with the files of an example, and what it needs in the accounts beforehand.
pub fn example(name: &str) -> Project {
    let project = Project::new(&[]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples")
        .join(name);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        project.write(name, std::fs::read(&path).unwrap());
    }
    if project.file(SEED).exists() {
        project.smd(&["sandbox", "seed", SEED]).exits(0);
    }
    project
}

/// What the sandbox holds that a destroy should not leave.
pub fn left(project: &Project) -> Vec<String> {
    let info = project.smd(&["sandbox", "info"]).exits(0);
    info.stdout
        .lines()
        .filter(|line| !line.starts_with("account "))
        .filter(|line| !STAYS.iter().any(|stays| line.ends_with(stays)))
        .map(str::to_owned)
        .collect()
}

fn check(example: &Example) {
    let project = self::example(example.name);
    project.smd(&["fmt", "--check"]).exits(0);
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);

    let (file, before, after) = example.change;
    project.edit(file, before, after);
    let plan = project
        .sandboxed(&["plan", "--detailed-exitcode", "--format", "json"])
        .exits(2)
        .json();
    let changed: Vec<_> = plan["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["action"] != "unchanged" && step["reasons"][0]["code"] != "pending")
        .map(|step| {
            (
                step["address"].as_str().unwrap(),
                step["action"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(changed, [example.seen]);
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);

    let consents = example
        .consents
        .iter()
        .flat_map(|address| ["--consent", address]);
    let destroy: Vec<_> = ["destroy", "-y"].into_iter().chain(consents).collect();
    project.sandboxed(&destroy).exits(0);
    let mut left = left(&project);
    left.retain(|line| !example.stays.iter().any(|stays| line.ends_with(stays)));
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn first_domain() {
    check(&Example {
        name: "first-domain",
        change: (
            "main.smd",
            "vpc studio { cidr = \"10.0.0.0/16\" }",
            "vpc studio { cidr = \"10.0.0.0/16\", dns_hostnames = true }",
        ),
        seen: ("vpc.studio", "update"),
        consents: &[],
        stays: &["efs_file_systems"],
    });
}

#[test]
fn pipeline_sharing() {
    check(&Example {
        name: "pipeline-sharing",
        change: (
            "main.smd",
            "\"sagemaker:AddTags\"]",
            "\"sagemaker:AddTags\", \"sagemaker:ListTags\"]",
        ),
        seen: ("role.pipeline.policy.run", "update"),
        consents: &[],
        stays: &[],
    });
}

#[test]
fn quickstart() {
    check(&Example {
        name: "quickstart",
        change: ("main.smd", "ports = 2049", "ports = 2050"),
        seen: ("security_group.studio.ingress.nfs", "update"),
        consents: &["domain.studio"],
        stays: &[],
    });
}

#[test]
fn lines_of_business() {
    check(&Example {
        name: "lines-of-business",
        change: (
            "main.smd",
            "\"logs:PutLogEvents\"]",
            "\"logs:PutLogEvents\", \"logs:DescribeLogStreams\"]",
        ),
        seen: ("policy.notebooks", "update"),
        consents: &["domain.team[\"finance\"]", "domain.team[\"research\"]"],
        stays: &[],
    });
}

#[test]
fn emr_cross_account() {
    check(&Example {
        name: "emr-cross-account",
        change: ("emr.smd", "ports = 8998", "ports = 8999"),
        seen: ("security_group.emr_primary.ingress.livy", "update"),
        consents: &["domain.studio"],
        stays: &[],
    });
}
