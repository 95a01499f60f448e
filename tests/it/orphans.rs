//! `smd orphans`: what domains left that are gone.

use std::fs;

use serde_json::Value as Json;

use crate::smd::{Project, Run};

const STUDIO: &str = r#"stack lab {}

account studio {
  id     = "111122223333"
  region = "eu-west-1"
}

vpc main {
  cidr = "10.0.0.0/16"
}

subnet a {
  vpc  = vpc.main
  cidr = "10.0.1.0/24"
  az   = "eu-west-1a"
}

role studio {
  trust = service("sagemaker.amazonaws.com")
}

domain kept {
  name      = "kept"
  auth_mode = "IAM"
  vpc       = vpc.main
  subnets   = [subnet.a]
  default_user_settings { execution_role = role.studio }
}

domain gone {
  name      = "gone"
  auth_mode = "IAM"
  vpc       = vpc.main
  subnets   = [subnet.a]
  default_user_settings { execution_role = role.studio }
}
"#;

#[test]
fn a_file_system_that_outlived_its_domain_is_told() {
    let project = Project::new(&[("main.smd", STUDIO)]);
    project.sandboxed(&["apply", "-y"]).exits(0);
    // Both live: their homes are theirs.
    let none = project.sandboxed(&["orphans"]).exits(0);
    assert_eq!(
        none.stdout,
        "Nothing is left of domains that are gone\n\nnothing in 111122223333 eu-west-1\n"
    );

    // One goes, its home stays: what `home_efs` says unless told otherwise.
    let (kept, _) = STUDIO.split_once("domain gone").unwrap();
    let state = fs::read(project.file(".smd/sandbox/state/lab.state.json")).unwrap();
    let state: Json = serde_json::from_slice(&state).unwrap();
    let record = &state["records"]["domain.gone"];
    let (domain, home) = (
        &record["id"],
        &record["attributes"]["home_efs_file_system_id"],
    );
    assert!(domain.is_string() && home.is_string(), "{record}");
    project.write("main.smd", kept);
    project.sandboxed(&["apply", "-y"]).exits(0);

    let run = project.sandboxed(&["orphans"]).exits(3);
    let headline = |run: &Run| run.stdout.lines().next().map(str::to_owned);
    assert_eq!(
        headline(&run).as_deref(),
        Some(
            "Left by domains that are gone: 1 file system (6.0 KiB), 1 mount target, 2 security groups"
        )
    );
    for part in [
        "which is gone  111122223333 eu-west-1\n    file system fs-ID: 6.0 KiB, ",
        " old\n        mount target fsmt-ID in subnet-ID of vpc-ID\n",
        "    security group sg-ID of vpc-ID: security-group-for-inbound-nfs-d-ID\n",
        "    security group sg-ID of vpc-ID: security-group-for-outbound-nfs-d-ID\n",
        "smd deletes none of this",
    ] {
        assert!(run.stdout.contains(part), "{part}: {run}");
    }

    // As it is printed, with the ids.
    let mut command = project.command(&["orphans", "--sandbox", "--format", "json"]);
    let document: Json = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let places = document["places"].as_array().unwrap();
    assert_eq!(places.len(), 1, "{document}");
    assert_eq!(places[0]["account"], "111122223333");
    let orphans = places[0]["orphans"].as_array().unwrap();
    assert_eq!(orphans.len(), 1, "{document}");
    assert_eq!(orphans[0]["domain"], *domain);
    assert_eq!(orphans[0]["file_systems"][0]["id"], *home);
    assert_eq!(orphans[0]["security_groups"].as_array().unwrap().len(), 2);

    // It is asked for of the account, though nothing of the stack is in it any more.
    project.write("main.smd", kept.split_once("vpc main").unwrap().0);
    project.sandboxed(&["apply", "-y"]).exits(0);
    let run = project.sandboxed(&["orphans"]).exits(3);
    assert!(run.stdout.contains("2 file systems (12.0 KiB)"), "{run}");
    // Nothing was deleted: it is there the next time too.
    let again = project.sandboxed(&["orphans"]).exits(3);
    assert_eq!(headline(&again), headline(&run));
}
