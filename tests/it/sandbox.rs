//! `smd sandbox`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use crate::smd::{Project, Run};

#[test]
fn info_and_reset() {
    let project = Project::network();
    project.sandboxed(&["apply", "-y"]).exits(0);
    insta::assert_snapshot!("info", project.smd(&["sandbox", "info"]).exits(0));
    insta::assert_snapshot!("reset", project.smd(&["sandbox", "reset"]).exits(0));
    let info = project.smd(&["sandbox", "info"]).exits(0);
    assert_eq!(info.stdout, "", "{info}");
}

#[cfg(unix)]
#[test]
fn serves_until_it_is_told_to_end() {
    let project = Project::new(&[]);
    let served = Served::start(&project, &[]);
    let answer = served.send("GET /_sandbox/health", "");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let run = served.end(&project).exits(0);
    assert!(run.stderr.contains("Ctrl-C ends it"), "{run}");
}

const TWO_ACCOUNTS: &str = r#"input role_name: string { default = "smd-deploy" }

account studio {
  id      = "111122223333"
  region  = "eu-west-1"
  default = true
}

account emr {
  id          = "444455556666"
  region      = "eu-west-1"
  assume_role = "arn:aws:iam::444455556666:role/teams/${input.role_name}"
}
"#;

/// A running `smd sandbox serve`.
#[cfg(unix)]
pub struct Served {
    child: std::process::Child,
    pub address: String,
}

#[cfg(unix)]
impl Served {
    /// Starts it on a free port, and waits until it answers.
    fn start(project: &Project, args: &[&str]) -> Self {
        Self::start_with(project, args, &[])
    }

    /// As [`Served::start`], with these variables.
    pub fn start_with(project: &Project, args: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut all = vec!["sandbox", "serve", "--port", "0"];
        all.extend(args);
        let mut command = project.command(&all);
        let mut child = project.spawn(command.envs(variables.iter().copied()));
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().strip_prefix("http://").unwrap().to_owned();
        Self { child, address }
    }

    /// Sends a request and gives the whole answer.
    fn send(&self, first: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        let request = format!(
            "{first} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential=123456789012/20270115/eu-west-1/sts/aws4_request, SignedHeaders=host, Signature=0\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}",
            self.address
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Whether a client of another account can assume this role.
    fn assumes(&self, role: &str) -> bool {
        let answer = self.send(
            "POST /",
            &format!("Action=AssumeRole&Version=2011-06-15&RoleSessionName=test&RoleArn={role}"),
        );
        let good = answer.starts_with("HTTP/1.1 200");
        assert!(good || answer.contains("AccessDenied"), "{answer}");
        good
    }

    pub fn end(self, project: &Project) -> Run {
        crate::interrupt::signal(&self.child, "INT");
        project.finished(self.child.wait_with_output().unwrap())
    }
}

#[cfg(unix)]
const ROLE: &str = "arn:aws:iam::444455556666:role/teams/smd-deploy";

#[cfg(unix)]
#[test]
fn serve_has_the_accounts_of_the_configuration() {
    let project = Project::new(&[("infra/main.smd", TWO_ACCOUNTS)]);
    let served = Served::start(&project, &["infra"]);
    assert!(served.assumes(ROLE));
    assert!(!served.assumes("arn:aws:iam::444455556666:role/other"));
    // They are there after a reset, too.
    let reset = served.send("POST /_sandbox/reset", "");
    assert!(reset.starts_with("HTTP/1.1 200"), "{reset}");
    assert!(served.assumes(ROLE));
    served.end(&project).exits(0);
    let named = Served::start(&project, &["infra", "--var", "role_name=mine"]);
    assert!(named.assumes("arn:aws:iam::444455556666:role/teams/mine"));
    named.end(&project).exits(0);
}

#[cfg(unix)]
#[test]
fn serve_without_a_configuration_has_no_accounts() {
    let project = Project::new(&[("main.smd", TWO_ACCOUNTS), ("empty/readme", "")]);
    for args in [&["--dir", "box"][..], &["empty"]] {
        let served = Served::start(&project, args);
        assert!(!served.assumes(ROLE), "{args:?}");
        served.end(&project).exits(0);
    }
}

#[test]
fn serve_stops_at_a_wrong_configuration() {
    let project = Project::new(&[("main.smd", "account a { id = \"12\" }\n")]);
    let run = project.smd(&["sandbox", "serve", "--port", "0"]).exits(1);
    assert!(run.stderr.contains("main.smd:1:"), "{run}");
    assert!(!project.file(".smd").exists(), "nothing is made");
    let run = project
        .smd(&["sandbox", "serve", "nowhere", "--port", "0"])
        .exits(1);
    assert!(run.stderr.contains("E0903"), "{run}");
}

#[test]
fn reset_leaves_alone_what_is_no_sandbox() {
    let project = Project::network();
    project.write("photos/world.json", "{\"mine\": true}");
    project.write("photos/lock", "do not touch");
    for dir in ["photos", "."] {
        let run = project.smd(&["sandbox", "reset", "--dir", dir]).exits(1);
        assert!(run.stderr.contains("error[E1007]"), "{run}");
        assert!(run.stderr.contains("nothing was deleted"), "{run}");
    }
    let files = |dir| {
        let mut names: Vec<_> = std::fs::read_dir(project.file(dir))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(files("photos"), ["lock", "world.json"]);
    assert_eq!(files("."), ["main.smd", "photos"]);
    let kept = std::fs::read_to_string(project.file("photos/lock")).unwrap();
    assert_eq!(kept, "do not touch");
    // Where nothing is, nothing is made.
    let run = project.smd(&["sandbox", "reset"]).exits(0);
    assert!(run.stderr.contains("nothing to empty"), "{run}");
    assert_eq!(files("."), ["main.smd", "photos"]);
}

#[test]
fn reset_takes_only_the_sandboxs_own_files() {
    let project = Project::network();
    project.sandboxed(&["apply", "-y"]).exits(0);
    project.write(".smd/sandbox/notes", "mine");
    project.write(".smd/sandbox/world.json", "damaged");
    project.smd(&["sandbox", "reset"]).exits(0);
    assert!(project.file(".smd/sandbox/notes").exists());
    assert!(project.file(".smd/sandbox/state/demo.state.json").exists());
    assert!(!project.file(".smd/sandbox/world.json").exists());
    project.sandboxed(&["apply", "-y"]).exits(0);
}

#[cfg(unix)]
#[test]
fn reset_leaves_alone_what_is_being_served() {
    let project = Project::network();
    project.sandboxed(&["apply", "-y"]).exits(0);
    let served = Served::start(&project, &[]);
    let run = project.smd(&["sandbox", "reset"]).exits(1);
    assert!(run.stderr.contains("E1002"), "{run}");
    served.end(&project).exits(0);
    let info = project.smd(&["sandbox", "info"]).exits(0);
    assert!(info.stdout.contains("vpcs"), "{info}");
}

#[test]
fn a_region_that_nobody_names() {
    let region_of = |project: &Project, variable: Option<(&str, &str)>| {
        let mut command = project.command(&["plan", "--sandbox", "--format", "json"]);
        command.envs(variable);
        let run = project.run(command).exits(0);
        let step = &run.json()["steps"][0];
        (step["account"].clone(), step["region"].clone())
    };
    let vpc = "vpc main {\n  cidr = \"10.0.0.0/16\"\n}\n";
    let account = "account a {\n  id = \"111122223333\"\n}\n\n";
    for (text, number) in [
        (vpc.to_owned(), "123456789012"),
        (format!("{account}{vpc}"), "111122223333"),
    ] {
        let project = Project::new(&[("main.smd", &text)]);
        for (variable, region) in [
            (None, "us-east-1"),
            (Some(("AWS_REGION", "eu-central-1")), "eu-central-1"),
            (Some(("AWS_DEFAULT_REGION", "eu-north-1")), "eu-north-1"),
            (Some(("AWS_REGION", "")), "us-east-1"),
        ] {
            let place = region_of(&project, variable);
            assert_eq!(place, (number.into(), region.into()), "{variable:?}");
        }
        project.sandboxed(&["apply", "-y"]).exits(0);
        project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
        // On AWS there is no region to fall back on.
        let run = project.smd(&["plan"]).exits(1);
        assert!(run.stderr.contains("region"), "{run}");
        assert!(run.stderr.contains("AWS_REGION"), "{run}");
    }
}
