//! `smd share verify`: shared pipelines from their consumers' side.

use crate::smd::Project;

const SHARED: &str = r#"stack shared {}

account owner {
  id      = "111122223333"
  region  = "eu-west-1"
  default = true
}

account dev {
  id          = "444455556666"
  region      = "eu-west-1"
  assume_role = "arn:aws:iam::444455556666:role/smd-deploy"
}

role train { trust = service("sagemaker.amazonaws.com") }

pipeline train {
  name       = "train"
  role       = role.train
  definition = "{ \"Version\": \"2020-12-01\", \"Steps\": [] }"
}

resource_share train {
  resources  = [pipeline.train]
  principals = [account.dev.id, "777788889999"]
  permission = "execute"
}

# A consumer's principal that may start, may not stop, and is not told about retrying.
role consumer {
  account = account.dev
  name    = "consumer"
  trust   = account_root("123456789012")
  policy pipelines {
    statement Use {
      effect    = "Allow"
      actions   = ["sagemaker:DescribePipeline", "sagemaker:ListPipelineExecutions", "sagemaker:StartPipelineExecution"]
      resources = ["*"]
    }
    statement NoStop {
      effect    = "Deny"
      actions   = ["sagemaker:StopPipelineExecution"]
      resources = ["*"]
    }
  }
}
"#;

fn applied() -> Project {
    let project = Project::new(&[("main.smd", SHARED)]);
    project.sandboxed(&["apply", "-y"]).exits(0);
    project
}

fn verify(project: &Project, code: i32) -> crate::smd::Run {
    let run = project.sandboxed(&["share", "verify"]);
    run.exits(code)
}

#[test]
fn what_is_shared_works_for_whoever_may() {
    let project = applied();
    insta::assert_snapshot!("share_execute", verify(&project, 0));
    let args = ["share", "verify", "--format", "json"];
    let document = project.sandboxed(&args).exits(0).json();
    let proof = &document["shares"][0]["proofs"][0];
    assert_eq!(proof["account"], "444455556666");
    for word in ["describe", "list", "start", "stop", "retry"] {
        assert_eq!(proof[word]["holds"], "yes", "{word}");
    }
    // Only to be read: what it does not promise is no trouble.
    project.edit("main.smd", "\"execute\"", "\"read\"");
    project.sandboxed(&["apply", "-y"]).exits(0);
    insta::assert_snapshot!("share_read", verify(&project, 0));
}

#[test]
fn a_consumer_that_may_not_is_told() {
    let project = applied();
    project.edit("main.smd", "role/smd-deploy", "role/consumer");
    insta::assert_snapshot!("share_denied", verify(&project, 3));
    // One whose policies nobody can be asked for.
    project.edit(
        "main.smd",
        "  assume_role = \"arn:aws:iam::444455556666:role/consumer\"\n",
        "",
    );
    let run = verify(&project, 0);
    assert!(
        run.stdout
            .contains("start, stop, retry unknown: IAM cannot be asked"),
        "{run}"
    );
}

#[test]
fn a_share_that_is_not_there_yet_is_told() {
    let project = Project::new(&[("main.smd", SHARED)]);
    let run = verify(&project, 1);
    assert!(run.stderr.contains("E0916"), "{run}");
    let none = Project::network();
    let run = verify(&none, 0);
    assert!(run.stdout.contains("there is no `resource_share`"), "{run}");
}
