//! What the simulated runs are about: `estate.smd`, the same with every kind changed, and a small
//! one of each.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::config::{self, EvaluateOptions};
use crate::kinds;
use crate::sandbox::Sandbox;
use crate::sandbox::cost_explorer::api::know;
use crate::sandbox::seed::Seed;

/// The text of the estate.
const TEXT: &str = include_str!("estate.smd");
/// Its accounts, with what smd goes in by.
const ACCOUNTS: [(&str, &[&str]); 2] = [("111122223333", &[]), ("444455556666", &["smd-deploy"])];
/// The name of its stack.
pub const STACK: &str = "sim";
/// What may lose its data.
pub const CONSENTS: [&str; 2] = ["domain.team[\"finance\"]", "domain.team[\"research\"]"];

/// What was there before: the bucket of templates, and what people made.
const BEFORE: &str = r#"{
  "buckets": [{ "account": "111122223333", "region": "eu-west-1", "name": "sim-templates" }],
  "things": [
    { "account": "111122223333", "region": "eu-west-1", "kind": "experiment", "name": "finance-{n}", "count": 3, "created": "2022-03-01" },
    { "account": "111122223333", "region": "eu-west-1", "kind": "training_job", "name": "research-{n}", "count": 2, "created": "2022-03-01" }
  ]
}"#;
/// The tag key that billing knows from before.
const KNOWN_KEY: &str = "owner";

/// Something of each kind, changed, replaced, added and taken away.
const CHANGES: &[(&str, &str)] = &[
    ("owner = \"ml-platform\"", "owner = \"data-platform\""),
    ("ports = 2049", "ports = 2050"),
    ("\"Spare ${each.key}\"", "\"Extra ${each.key}\""),
    (
        "[\"one\", \"two\", \"three\"]",
        "[\"one\", \"two\", \"four\"]",
    ),
    (
        "[\"logs:PutLogEvents\"]",
        "[\"logs:PutLogEvents\", \"logs:DescribeLogStreams\"]",
    ),
    (
        "managed_policies = [policy.notebooks, policy.registry]",
        "managed_policies = [policy.notebooks]",
    ),
    (
        "map_public_ip_on_launch = true",
        "map_public_ip_on_launch = false",
    ),
    ("dns_resolution = true", "dns_resolution = false"),
    (
        "route_tables = [route_table.private]",
        "route_tables = [route_table.private, route_table.public]",
    ),
    (
        "security_groups = [security_group.shared]\n  private_dns     = true",
        "security_groups = [security_group.shared, security_group.team[\"finance\"]]\n  private_dns     = false",
    ),
    (
        "nat_gateway out {\n  subnet     = subnet.public[let.azs[0]]",
        "nat_gateway out {\n  tags       = { changed = \"yes\" }\n  subnet     = subnet.public[let.azs[0]]",
    ),
    ("ml.t3.medium", "ml.t3.large"),
    ("echo \"welcome\"", "echo \"welcome back\""),
    ("display_name = \"Lab\"", "display_name = \"Lab of all\""),
    ("/lab:1.0", "/lab:2.0"),
    ("MODE = \"lab\"", "MODE = \"all\""),
    ("volume_size_in_gb = 5", "volume_size_in_gb = 8"),
    ("\"Trains for", "\"Trains daily for"),
    ("[\"10.8.0.0/16\"]", "[\"10.9.0.0/16\"]"),
    ("permission = \"read\"", "permission = \"execute\""),
    ("\"A small cluster\"", "\"A cluster that stops\""),
    (
        "principals = [role.team[\"finance\"]]",
        "principals = [role.team[\"research\"], role.spare[\"one\"]]",
    ),
    (
        "keys = [\"owner\", \"team\"]",
        "keys = [\"owner\", \"centre\"]",
    ),
    (
        "kinds          = [\"experiment\"]",
        "kinds          = [\"experiment\", \"training_job\"]",
    ),
    ("range(12)", "range(8)"),
    ("\"hana\"]", "\"ida\"]"),
    ("\"sim-spare-${each.key}\"", "\"sim-other-${each.key}\""),
    (
        "subnets                 = values(subnet.private)",
        "subnets                 = values(subnet.public)",
    ),
    (
        "name                    = each.key",
        "name                    = each.key == \"research\" ? \"research-2\" : each.key",
    ),
];

/// What makes it small.
const SMALL: &[(&str, &str)] = &[
    ("[\"ana\", \"ben\", \"cleo\", \"dan\"]", "[\"ana\"]"),
    ("[\"eva\", \"finn\", \"gus\", \"hana\"]", "[\"hana\"]"),
    (
        "[\"eu-west-1a\", \"eu-west-1b\", \"eu-west-1c\"]",
        "[\"eu-west-1a\"]",
    ),
    ("range(12)", "range(2)"),
    ("range(8)", "range(1)"),
    ("[\"one\", \"two\", \"three\"]", "[\"one\"]"),
    ("[\"one\", \"two\", \"four\"]", "[\"four\"]"),
    ("for_each = [\"one\", \"two\"]", "for_each = [\"one\"]"),
];

/// How large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    Small,
    Large,
}

/// Which of its states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    First,
    Changed,
}

/// The folder with the configuration.
pub fn directory(size: Size, form: Form) -> PathBuf {
    folder().join(format!("{size:?}-{form:?}"))
}

/// A folder that stays until the process ends.
pub fn folder() -> &'static std::path::Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let made = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        for size in [Size::Small, Size::Large] {
            for form in [Form::First, Form::Changed] {
                let directory = folder.path().join(format!("{size:?}-{form:?}"));
                fs::create_dir(&directory).unwrap();
                fs::write(directory.join("main.smd"), text(size, form)).unwrap();
            }
        }
        folder
    });
    made.path()
}

fn text(size: Size, form: Form) -> String {
    let mut text = TEXT.to_owned();
    if form == Form::Changed {
        for (from, to) in CHANGES {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
    }
    if size == Size::Small {
        for (from, to) in SMALL {
            text = text.replace(from, to);
        }
    }
    text
}

/// Makes the accounts with what was there before smd came.
pub fn ensure_accounts(sandbox: &Sandbox) {
    for (account, roles) in ACCOUNTS {
        sandbox.ensure_account(account, roles).unwrap();
    }
    let seed = Seed::parse(BEFORE, "seed").unwrap();
    seed.put(sandbox).unwrap();
    sandbox.arrange(|world| know(world, KNOWN_KEY)).unwrap();
}

#[test]
fn every_kind_is_simulated() {
    let (mut loaded, _) = config::load(&directory(Size::Small, Form::First), Path::new(""));
    let (configuration, _) = config::evaluate(&mut loaded, &EvaluateOptions::default());
    let there: BTreeSet<&str> = configuration.nodes.values().map(|node| node.kind).collect();
    let schemas = kinds::registry().iter().flat_map(|kind| kind.schemas());
    let missing: Vec<&str> = schemas
        .map(|schema| schema.kind)
        .filter(|kind| !there.contains(kind))
        .collect();
    assert_eq!(missing, [""; 0]);
}
