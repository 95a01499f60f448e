use super::*;

/// Writes files into a new directory, loads and evaluates it.
pub(super) fn in_directory(files: &[(&str, &str)]) -> (Configuration, Diagnostics, Sources) {
    in_directory_with(files, &options())
}

/// The same with these options but for the directory.
pub(super) fn in_directory_with(
    files: &[(&str, &str)],
    options: &EvaluateOptions,
) -> (Configuration, Diagnostics, Sources) {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let (mut loaded, mut found) = load(directory.path(), std::path::Path::new("."));
    let options = EvaluateOptions {
        directory: directory.path().to_owned(),
        ..options.clone()
    };
    let (configuration, more) = evaluate(&mut loaded, &options);
    found.extend(more);
    (configuration, found, loaded.sources)
}

fn check_files(files: &[(&str, &str)]) -> String {
    let (configuration, found, sources) = in_directory(files);
    if has_errors(&found) {
        return errors_of(&found, &sources);
    }
    show(&configuration)
}

const STACK: &str = "stack shop { }\n";

const NETWORK: &str = r#"
input cidr: cidr
input zones: list(az) { default = ["eu-west-1a"] }
input tags: map(string) { default = {} }
let nets = cidr_subnets(input.cidr, [for z in input.zones : 8]...)

vpc main { cidr = input.cidr, tags = input.tags }
subnet private {
  for_each = { for i, z in input.zones : z => let.nets[i] }
  vpc      = vpc.main
  az       = each.key
  cidr     = each.value
}
output vpc = vpc.main
output subnets = values(subnet.private)
output cidr = vpc.main.cidr
"#;

#[test]
fn a_module_has_names_of_its_own() {
    insta::assert_snapshot!(check_files(&[
        (
            "main.smd",
            &format!(
                r#"{STACK}
input zones: list(string) {{ default = ["eu-west-1a", "eu-west-1b"] }}
module net from "./modules/network" {{ cidr = "10.0.0.0/16", zones = input.zones }}
vpc main {{ cidr = cidr_subnet(module.net.cidr, 4, 1) }}
security_group apps {{ vpc = module.net.vpc, description = "of ${{module.net.cidr}}" }}
output ids = [for s in module.net.subnets : s.id]
"#
            )
        ),
        ("modules/network/main.smd", NETWORK),
        ("modules/unused/main.smd", "this is not read = {"),
    ]));
}

#[test]
fn many_from_one_call() {
    insta::assert_snapshot!(check_files(&[
        (
            "main.smd",
            &format!(
                r#"{STACK}
let lines = {{ finance = 1, research = 2, closed = 3 }}
module line from "./line" {{
  for_each = let.lines
  when     = each.key != "closed"
  number   = each.value
}}
output vpcs = {{ for k, m in module.line : k => m.vpc.id }}
output finance = module.line["finance"].arn
output all = values(module.line)[*].arn
"#
            )
        ),
        (
            "line/main.smd",
            r#"
input number: number
module net from "../network" { cidr = cidr_subnet("10.0.0.0/8", 8, input.number) }
role team { trust = service("sagemaker.amazonaws.com"), tags = { number = input.number } }
output vpc = module.net.vpc
output arn = role.team.arn
"#
        ),
        (
            "network/main.smd",
            "input cidr: cidr\nvpc main { cidr = input.cidr }\noutput vpc = vpc.main\n"
        ),
    ]));
}

#[test]
fn the_content_is_placed_by_the_call() {
    insta::assert_snapshot!(check_files(&[
        (
            "main.smd",
            &format!(
                r#"{STACK}
account main {{ id = "111122223333", region = "eu-west-1", default = true }}
account emr {{ id = "444455556666", region = "eu-central-1" }}
module a from "./m" {{ cidr = "10.0.0.0/16" }}
module b from "./m" {{ cidr = "10.1.0.0/16", account = account.emr }}
module c from "./m" {{ cidr = "10.2.0.0/16", region = "us-east-1" }}
module d from "./outer" {{ account = account.emr, of = account.main }}
"#
            )
        ),
        (
            "m/main.smd",
            "input cidr: cidr\nvpc v { cidr = input.cidr }\nvpc far { cidr = input.cidr, region = \"us-west-2\" }\n"
        ),
        (
            "outer/main.smd",
            "input of: account\nmodule m from \"../m\" { cidr = \"10.3.0.0/16\", region = \"us-east-2\" }\nmodule n from \"../m\" { cidr = \"10.4.0.0/16\", account = input.of }\nvpc own { cidr = \"10.5.0.0/16\", account = input.of, tags = { a = input.of.id } }\n"
        ),
    ]));
}

#[test]
fn what_waits_for_a_module_waits_for_all_of_it() {
    insta::assert_snapshot!(check_files(&[
        (
            "main.smd",
            &format!(
                r#"{STACK}
vpc first {{ cidr = "10.9.0.0/16" }}
module net from "./m" {{ depends_on = [vpc.first] }}
vpc last {{ cidr = "10.8.0.0/16", depends_on = [module.net] }}
"#
            )
        ),
        (
            "m/main.smd",
            "vpc v { cidr = \"10.0.0.0/16\" }\nsubnet s { vpc = vpc.v, cidr = \"10.0.0.0/24\", az = \"eu-central-1a\" }\n"
        ),
    ]));
}

#[test]
fn errors_show_the_place_and_the_call() {
    insta::assert_snapshot!(check_files(&[
        (
            "main.smd",
            &format!(
                r#"{STACK}
module net from "./modules/network" {{ cidr = "10.0.0.0/33", zonez = [] }}
module other from "./modules/network" {{ zones = ["here"], cidr = "10.0.0.0/16" }}
module none from "./modules/network"
module team from "./team" {{ for_each = {{ a = 300 }}, number = each.value }}
module net from "./team"
output a = module.team.x
output b = module.team["b"].x
output c = module.none["a"]
output d = module.other.vcp
output e = module.teams.x
output f = module.other.subnet
"#
            )
        ),
        ("modules/network/main.smd", NETWORK),
        (
            "team/main.smd",
            r#"
stack inner { }
account inner { id = "111122223333" }
input number: number { validate { condition = input.number < 256, message = "one octet" } }
input when: bool { default = true }
module inner from "../inner" { number = input.number }
vpc v { cidrr = "10.0.0.0/16" }
let a = account.main.id
let b = module.inner.x
"#
        ),
        (
            "inner/main.smd",
            r#"
input number: number
vpc v { cidr = cidr_subnet("10.0.0.0/8", 8, input.number) }
let broken = 1 +
"#
        ),
    ]));
}

#[test]
fn paths_stay_in_the_configuration() {
    let outside = tempfile::tempdir().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "main.smd",
        r#"
let where = "./m"
module a from "../m"
module b from "/etc"
module c from "./m/../../m"
module d from let.where
module e from "./missing"
module f from "./main.smd"
module g from "./empty"
module h from "./link"
module i from "."
module j from "./ring/a"
module k from "./m"
output o = module.j.x
"#,
    );
    write(
        "ring/a/main.smd",
        "module b from \"../b\"\noutput x = module.b.x\n",
    );
    write(
        "ring/b/main.smd",
        "module a from \"../a\"\noutput x = module.a.x\n",
    );
    write(
        "m/main.smd",
        "output text = file(\"../main.smd\")\noutput own = file(\"t.txt\")\n",
    );
    write("m/t.txt", "here");
    write("empty/note.txt", "");
    #[cfg(unix)]
    std::os::unix::fs::symlink(outside.path(), directory.path().join("link")).unwrap();
    let (mut loaded, mut found) = load(directory.path(), std::path::Path::new("."));
    let options = EvaluateOptions {
        directory: directory.path().to_owned(),
        ..options()
    };
    let (_, more) = evaluate(&mut loaded, &options);
    found.extend(more);
    insta::assert_snapshot!(errors_of(&found, &loaded.sources));
}

#[test]
fn the_digest_covers_the_modules() {
    let digest = |module: &str, read: &str| {
        let (configuration, found, sources) = in_directory(&[
            ("main.smd", "stack s { }\nmodule m from \"./m\"\n"),
            ("m/main.smd", module),
            ("m/t.txt", read),
            ("unused/main.smd", read),
        ]);
        assert!(!has_errors(&found), "{}", errors_of(&found, &sources));
        configuration.digest
    };
    let one = digest("let a = file(\"t.txt\")\n", "one");
    assert_eq!(one, digest("let a = file(\"t.txt\")\n", "one"));
    assert_ne!(one, digest("let a = file(\"t.txt\")\n", "two"));
    assert_ne!(one, digest("let b = file(\"t.txt\")\n", "one"));
    assert_eq!(digest("let a = 1\n", "one"), digest("let a = 1\n", "two"));
}

#[test]
fn cycles_through_modules_print_every_edge() {
    insta::assert_snapshot!(check_files(&[
        (
            "main.smd",
            &format!(
                r#"{STACK}
module a from "./m" {{ x = module.b.y }}
module b from "./m" {{ x = module.a.y }}
"#
            )
        ),
        (
            "m/main.smd",
            "input x: any\nlet z = input.x\noutput y = let.z\n"
        ),
    ]));
}

#[test]
fn secrets_stay_secret_through_modules() {
    insta::assert_snapshot!(check_files(&[
        (
            "main.smd",
            &format!(
                r#"{STACK}
input password: string {{ sensitive = true, default = "swordfish" }}
module a from "./m" {{ x = input.password, n = 1 }}
module b from "./m" {{ x = "plain", n = input.password }}
output in_clear = module.a.plain
output marked = module.b.marked
output fine {{ value = module.a.marked, sensitive = true }}
"#
            )
        ),
        (
            "m/main.smd",
            "input x: string\ninput n: number\noutput plain = input.x\noutput marked { value = input.x, sensitive = true }\n"
        ),
    ]));
}

/// Two calls a level make very many modules from few files.
#[test]
fn modules_that_multiply_are_refused() {
    let mut files = vec![("main.smd".to_owned(), "module a from \"./m0\"\n".to_owned())];
    for level in 0..60 {
        let text = if level == 59 {
            "let a = 1\n".to_owned()
        } else {
            format!(
                "module a from \"../m{0}\"\nmodule b from \"../m{0}\"\n",
                level + 1
            )
        };
        files.push((format!("m{level}/main.smd"), text));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let (_, found, _) = in_directory(&files);
    assert!(has_errors(&found));
    assert!(
        found
            .iter()
            .all(|found| found.code == crate::diagnostic::codes::config::TOO_LARGE),
        "{found:?}"
    );
}

#[test]
fn why_something_in_a_module_is_not_there() {
    let (configuration, found, sources) = in_directory(&[
        (
            "main.smd",
            r#"
module one from "./m"
module many from "./m" { for_each = ["a", "b"], when = each.key == "a" }
module off from "./m" { when = false }
"#,
        ),
        (
            "m/main.smd",
            "vpc v { for_each = [\"x\"], cidr = \"10.0.0.0/16\" }\n",
        ),
    ]);
    assert!(!has_errors(&found), "{}", errors_of(&found, &sources));
    let cause = |address: &str| {
        configuration
            .left_out(&crate::address::Address::from_text(address), None)
            .map(|cause| cause.words())
    };
    insta::assert_debug_snapshot!([
        cause("module.one[\"k\"].vpc.v[\"x\"]"),
        cause("module.one.vpc.v[\"y\"]"),
        cause("module.one.vpc.v"),
        cause("module.one.vpc.w"),
        cause("module.many.vpc.v[\"x\"]"),
        cause("module.many[\"b\"].vpc.v[\"x\"]"),
        cause("module.many[\"c\"].vpc.v[\"x\"]"),
        cause("module.off.vpc.v[\"x\"]"),
        cause("module.gone.vpc.v[\"x\"]"),
    ]);
}

#[test]
fn expectations_are_read() {
    insta::assert_snapshot!(check(
        r#"
stack shop { }
input n: number { default = 5, sensitive = true }
vpc v { cidr = "10.0.0.0/16" }
expect "a" { condition = true, message = 1 }
expect "b" { condition = vpc.v.cidr, message = "no bool" }
expect "c" { message = "no condition" }
expect "d" { condition = true, mesage = "x", other { } }
expect "a" { condition = false }
expect "e" { condition = true, condition = true }
expect "f" { condition = true, message = "${input.n}" }
expect "g" { condition = vpc.v.id == "${input.n}" }
expect "h" { condition = true, message = [vpc.v.id] }
expect isolated { between = [] }
"#
    ));
}

#[test]
fn expectations_keep_what_they_refer_to() {
    let (configuration, found, sources) = in_directory(&[
        ("main.smd", r#"
stack shop { }
input secret: string { default = "x", sensitive = true }
let nets = { a = "10.0.0.0/16", b = "10.1.0.0/16" }
vpc v { cidr = let.nets.a }
module m from "./m" { limit = 3 }
expect "later" { condition = startswith(vpc.v.id, "vpc-"), message = "it is ${vpc.v.id}" }
expect "now" {
  condition = length([for n in nets : n if n == vpc.v.cidr]) > 1 && try(vpc.w.cidr, let.nets["a"]) == "${input.secret}"
}
"#
        .replace("startswith", "starts_with").as_str()),
        ("m/main.smd", "input limit: number\nexpect \"small\" { condition = input.limit < 3 }\nexpect \"fine\" { condition = input.limit < 5 }\n"),
    ]);
    assert!(!has_errors(&found), "{}", errors_of(&found, &sources));
    let mut out = String::new();
    for expectation in &configuration.expectations {
        let module = expectation
            .module
            .as_ref()
            .map_or("", |module| module.as_str());
        writeln!(
            out,
            "{module} \"{}\": {} {}",
            expectation.sentence,
            value_text(&expectation.condition),
            expectation
                .message
                .as_ref()
                .map_or_else(String::new, value_text),
        )
        .unwrap();
        for one in &expectation.mentioned {
            let value = one
                .value
                .as_ref()
                .map_or("(sensitive)".to_owned(), value_text);
            writeln!(out, "  {} is {value}", one.text).unwrap();
        }
    }
    insta::assert_snapshot!(out);
}

#[test]
fn what_a_module_may_not_say() {
    insta::assert_snapshot!(check_files(&[
        ("main.smd", &format!("{STACK}module m from \"./m\"\n")),
        (
            "m/main.smd",
            r#"
vpc v { cidr = "10.0.0.0/16" }
import vpc.v from "vpc-1"
moved { from = vpc.a, to = vpc.v }
removed { from = vpc.b, destroy = false }
"#
        ),
    ]));
}

#[test]
fn each_module_has_stacks_of_its_own() {
    let module = |name: &str| {
        format!(
            "existing stack net {{ name = \"{name}\" }}\noutput vpc = stack.net.vpc\noutput all = stack.net\n"
        )
    };
    let main = format!("{STACK}module a from \"./a\"\nmodule b from \"./b\"\n");
    let (a, b) = (module("one"), module("two"));
    let files = [
        ("main.smd", main.as_str()),
        ("a/main.smd", &a),
        ("b/main.smd", &b),
    ];
    let (configuration, found, sources) = in_directory(&files);
    assert!(!has_errors(&found), "{}", errors_of(&found, &sources));
    let stacks = configuration.stack_seeks.into_keys().map(|seek| {
        let vpc = crate::value::Value::string(format!("vpc-{}", seek.stack));
        (seek, [("vpc".to_owned(), vpc)].into())
    });
    let options = EvaluateOptions {
        stacks: stacks.collect(),
        ..options()
    };
    let (configuration, found, sources) = in_directory_with(&files, &options);
    assert!(!has_errors(&found), "{}", errors_of(&found, &sources));
    let digests = &configuration.input_digests;
    insta::assert_snapshot!(digests.keys().map(|key| &**key).collect::<Vec<_>>().join("\n"), @"
existing module.a.stack.net
existing module.a.stack.net.vpc
existing module.b.stack.net
existing module.b.stack.net.vpc
");
    let different: std::collections::BTreeSet<_> = digests.values().collect();
    assert_eq!(different.len(), digests.len());
}
