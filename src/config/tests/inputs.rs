use super::*;

const DECLARED: &str = r#"
input name: string { description = "a name" }
input count: number { default = 2 }
input flag: bool { default = false }
input team: object({ users: list(string), internet: optional(bool, false), note: optional(string) }) {
  default = { users = ["a"] }
}
input zones: set(az) { default = ["eu-west-1b", "eu-west-1a"] }
input free { default = null }
input net: cidr { default = "10.0.0.0/16" }
input size: number {
  default = 3
  validate { condition = input.size > 1, message = "at least two" }
  validate { condition = input.size < 9, message = "at most eight" }
}
output all = [input.name, input.count, input.flag, input.team, input.zones, input.free, input.net, input.size]
"#;

fn given(vars: &[(&str, &str)], environment: &[(&str, &str)], files: &[(&str, &str)]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let mut options = options();
    options.vars = vars
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    options.environment = environment
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    for (name, text) in files {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        options.var_files.push(path);
    }
    let (configuration, found, sources) = evaluate_files(&[("main.smd", DECLARED)], &options);
    let shown = if has_errors(&found) {
        errors_of(&found, &sources)
    } else {
        format!("{}{:?}", show(&configuration), configuration.input_sources)
    };
    let place = directory.path().display().to_string();
    shown.replace(&format!("{place}/"), "")
}

#[test]
fn the_strongest_source_counts() {
    insta::assert_snapshot!(given(
        &[
            ("name", "from-var"),
            ("team", r#"{ users = ["x", "y"], internet = true }"#)
        ],
        &[
            ("name", "from-env"),
            ("count", "5"),
            ("flag", "true"),
            ("unrelated", "x")
        ],
        &[
            (
                "a.smdvars",
                "count = 7\nfree = { a = [1] }\n# a comment\nzones = [\"eu-west-1c\"]\n"
            ),
            ("b.json", r#"{ "count": 8 }"#),
        ],
    ));
}

#[test]
fn what_is_wrong_with_given_values() {
    insta::assert_snapshot!(given(
        &[
            ("nam", "x"),
            ("team", "{ users = 5 }"),
            ("flag", "maybe"),
            ("size", "12")
        ],
        &[("net", "10.0.0.1/16")],
        &[(
            "a.smdvars",
            "zones = [\n  \"nowhere\"\n]\ncount = other.x\nfree = [1,\n"
        )],
    ));
}

#[test]
fn declarations_that_are_wrong() {
    insta::assert_snapshot!(check(
        r#"
input a: strin { default = 1 }
input b: string { defualt = 1, type = "x" }
input c: number
input d: string { default = "x", validate { cond = true } }
input e: object({ a: string }) { default = { b = 1 } }
"#
    ));
}

#[test]
fn sensitive_inputs_never_show() {
    let mut options = options();
    options.vars = vec![("token".to_owned(), "s3cr3t-[".to_owned())];
    let text = r#"
input token: list(string) { sensitive = true }
output o = input.token
"#;
    let shown = check_with(text, &options);
    assert!(!shown.contains("s3cr3t"), "{shown}");
    options.vars = vec![("token".to_owned(), "[\"s3cr3t\"]".to_owned())];
    let text = r#"
input token: list(string) { sensitive = true }
let joined = join("-", input.token)
vpc v { cidr = let.joined }
output o { value = "x ${input.token[0]} ${length(input.token)}", sensitive = true }
output p { value = [input.token, sha256(let.joined)], sensitive = true }
"#;
    let shown = check_with(text, &options);
    assert!(!shown.contains("s3cr3t"), "{shown}");
    insta::assert_snapshot!(shown);
}
