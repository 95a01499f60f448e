//! Nothing sensitive is told where it makes something fail.

use super::*;
use crate::config::function::functions;

/// Looks like nothing that any function takes, and is found in whatever quotes it.
const SECRET: &str = "S3CRET-/..\\%y(VALUE";
/// A number with the same purpose.
const NUMBER: &str = "-987654321";

/// What is told of a configuration with sensitive inputs: every text of every diagnostic.
fn told(text: &str, drawn: bool) -> String {
    let mut options = options();
    let list = format!("[{SECRET:?}, {SECRET:?}]");
    let map = format!("{{ {SECRET:?} = {SECRET:?} }}");
    options.vars = [
        ("text", SECRET),
        ("number", NUMBER),
        ("cidr", "10.98.76.0/24"),
        ("list", &list),
        ("map", &map),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    let text = format!(
        "input text: string {{ sensitive = true }}\ninput number: number {{ sensitive = true }}\n\
         input cidr: string {{ sensitive = true }}\n\
         input list: list(string) {{ sensitive = true }}\ninput map: map(string) {{ sensitive = true }}\n{text}\n"
    );
    let (_, found, sources) = evaluate_files(&[("main.smd", &text)], &options);
    if drawn {
        return errors_of(&found, &sources);
    }
    let texts = found.iter().flat_map(|found| {
        let labels = found.labels.iter().map(|label| &label.message);
        std::iter::once(&found.message)
            .chain(labels)
            .chain(&found.notes)
            .chain(&found.help)
    });
    texts.map(|text| format!("{text}\n")).collect()
}

fn hides(text: &str, drawn: bool) -> String {
    let told = told(text, drawn);
    let tells = |line: &&str| {
        [SECRET, "S3CRET", "987654321", "10.98.76"]
            .iter()
            .any(|secret| line.contains(secret))
    };
    let leaks: Vec<&str> = told.lines().filter(tells).collect();
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    told
}

#[test]
fn functions_that_fail_do_not_quote_it() {
    let plain = ["\"x\"", "3", "{ a = [1] }", "\"10.0.0.0/16\""];
    let secrets = ["input.text", "input.number", "input.list", "input.map"];
    let mut text = String::new();
    let mut calls = 0;
    for function in functions() {
        for count in 1..=function.params.len() + 1 {
            for (at, secret, other) in (0..count)
                .flat_map(|at| secrets.map(|secret| (at, secret)))
                .flat_map(|(at, secret)| plain.map(|other| (at, secret, other)))
            {
                let mut args = vec![other; count];
                args[at] = secret;
                calls += 1;
                let call = format!("{}({})", function.name, args.join(", "));
                writeln!(
                    text,
                    "output x{calls} {{ value = {call}, sensitive = true }}"
                )
                .unwrap();
            }
        }
    }
    let failed = hides(&text, false).lines().count();
    assert!(failed > calls / 3, "only {failed} of {calls} calls failed");
}

#[test]
fn operators_and_attributes_that_fail_do_not_quote_it() {
    let mut text = String::from("vpc main { cidr = \"10.0.0.0/16\" }\n");
    let expressions = [
        "input.text + 1",
        "[1][input.number]",
        "{ a = 1 }[input.text]",
        "input.map.S3CRE",
        "input.map[\"S3CRE\"]",
        "input.number..3",
        "70000..input.number",
        "{ (input.text) = 1 }",
        "{ for x in input.list : x => 1 }",
        "{ for k, v in input.map : k => 1 if k.x }",
        "vpc.main[input.text]",
        "account_root(input.text)",
    ];
    for (at, expression) in expressions.iter().enumerate() {
        writeln!(
            text,
            "output o{at} {{ value = {expression}, sensitive = true }}"
        )
        .unwrap();
    }
    let statements = [
        "vpc v { cidr = input.text }",
        "vpc v { cidr = input.cidr, instance_tenancy = input.text }",
        "vpc v { cidr = \"10.0.0.0/16\", instance_tenancy = input.text }",
        "vpc v { cidr = \"10.0.0.0/16\", region = input.text }",
        "vpc v { cidr = \"10.0.0.0/16\", account = input.text }",
        "vpc v { cidr = \"10.0.0.0/16\", tags = input.map }",
        "vpc v { cidr = \"10.0.0.0/16\", for_each = input.list }",
        "vpc v { cidr = \"10.0.0.0/16\", when = input.text }",
        "vpc v { cidr = \"10.0.0.0/16\", dns_support = input.text }",
        "subnet s { vpc = \"vpc-1\", cidr = \"10.0.0.0/24\", az = input.text }",
        "security_group g { vpc = \"vpc-1\", description = \"d\", ingress x { protocol = input.text, ports = input.text, from = input.text } }",
        "security_group g { vpc = \"vpc-1\", description = \"d\", ingress x { protocol = \"tcp\", ports = input.number, from = input.list } }",
        "role r { trust = input.map }",
        "role r { trust = input.text }",
        "role r { trust = service(\"x\"), max_session_duration = input.number }",
        "domain d { vpc = \"vpc-1\", subnets = input.list, auth_mode = input.text, default_user_settings = input.map }",
        "account a { id = input.text, region = input.text }",
        "input y: number { default = input.text }",
        "input y: object({ a: string }) { default = input.map }",
        "input y { default = 1, validate { condition = false, message = \"not ${input.text}\" } }",
        "input y { default = 1, validate { condition = input.text, message = \"m\" } }",
        "output x = input.text",
        "output x { value = 1, description = input.text }",
    ];
    for (at, statement) in statements.iter().enumerate() {
        // Each gets a name of its own.
        let (word, rest) = statement.split_once(' ').unwrap();
        let (name, rest) = rest.split_at(1);
        writeln!(text, "{word} {name}{at}{rest}").unwrap();
    }
    let shown = hides(&text, true);
    let well: Vec<&str> = text
        .lines()
        .zip(6..)
        .skip(1)
        .filter(|(_, number)| !shown.contains(&format!("main.smd:{number}:")))
        .map(|(line, _)| line)
        .collect();
    assert!(
        well.is_empty(),
        "these went well:\n{}\n{shown}",
        well.join("\n")
    );
}

#[test]
fn the_words_of_a_failed_function() {
    insta::assert_snapshot!(hides(
        "output a { value = file(input.text), sensitive = true }
output b { value = json_decode(input.text), sensitive = true }
output c { value = slice([1], input.number), sensitive = true }
output d { value = regex(\"z\", input.text), sensitive = true }",
        true
    ));
}
