use super::*;

/// Values of expressions, one a line.
fn values(expressions: &[&str]) -> String {
    let text: String = expressions
        .iter()
        .enumerate()
        .map(|(at, expression)| format!("output o{at:03} = {expression}\n"))
        .collect();
    let shown = check(&text);
    if shown.contains("error[") {
        return shown;
    }
    shown
        .lines()
        .zip(expressions)
        .map(|(line, expression)| {
            let value = line.split_once(" = ").map_or("", |(_, value)| value);
            format!("{expression} => {value}\n")
        })
        .collect()
}

#[test]
fn networks() {
    insta::assert_snapshot!(values(&[
        r#"cidr_subnet("10.0.0.0/16", 8, 20)"#,
        r#"cidr_subnet("2001:db8::/32", 16, 1)"#,
        r#"cidr_subnets("10.0.0.0/16", 4, 4, 8, 4)"#,
        r#"cidr_subnets("::/0", 1, 1)"#,
        r#"cidr_host("10.0.1.0/24", 5)"#,
        r#"cidr_host("10.0.1.0/24", -1)"#,
        r#"cidr_contains("10.0.0.0/16", "10.0.3.0/24")"#,
        r#"cidr_contains("10.0.0.0/16", "10.1.0.1")"#,
        r#"cidr_overlaps("10.0.0.0/16", "10.0.0.0/8")"#,
        r#"cidr_overlaps("10.0.0.0/16", "10.1.0.0/16")"#,
    ]));
}

#[test]
fn texts() {
    insta::assert_snapshot!(values(&[
        r#"join("-", ["a", 1, true])"#,
        r#"split(",", "a,b,,c")"#,
        r#"format("%s/%03d|%-4s|%4s|%.2f|%q|%x|%%", "a", 7, "b", "c", 1.239, "d\"", 255)"#,
        r#"replace("a.b.c", ".", "-")"#,
        r#"replace("a1b22", "/[0-9]+/", "<$0>")"#,
        r#"lower("ABC")"#,
        r#"upper("abc")"#,
        r#"trim("  x ")"#,
        r#"trim("--x-", "-")"#,
        r#"regex("[a-z]+", "12ab34")"#,
        r#"regex("([a-z])([0-9])", "x1")"#,
        r#"regex("(?P<k>[a-z])", "x1")"#,
        r#"starts_with("abc", "ab")"#,
        r#"ends_with("abc", "ab")"#,
        r#"trim_prefix("abc", "a")"#,
        r#"trim_suffix("abc", "c")"#,
        r#"length("äö")"#,
    ]));
}

#[test]
fn collections() {
    insta::assert_snapshot!(values(&[
        r#"length([1, 2])"#,
        r#"keys({ b = 1, a = 2 })"#,
        r#"values({ b = 1, a = 2 })"#,
        r#"merge({ a = 1, b = 1 }, { b = 2 })"#,
        r#"lookup({ a = 1 }, "b", 5)"#,
        r#"contains(["a"], "a")"#,
        r#"flatten([[1, [2]], 3])"#,
        r#"distinct([1, "a", 1, "a"])"#,
        r#"sort(["b", "a", "10", "9"])"#,
        r#"sort([10, 9, 1])"#,
        r#"zip(["a", "b"], [1, 2, 3])"#,
        r#"zipmap(["a", "b"], [1, 2])"#,
        r#"range(3)"#,
        r#"range(1, 4)"#,
        r#"range(4, 0, -2)"#,
        r#"concat([1], [2, 3])"#,
        r#"slice([1, 2, 3, 4], 1, 3)"#,
        r#"reverse([1, 2])"#,
        r#"compact(["", null, "a"])"#,
        r#"coalesce(null, "", "x")"#,
        r#"[for k, v in { a = 1, b = 2 } : "${k}${v}" if v > 1]"#,
        r#"{ for i, v in ["x", "y"] : v => i }"#,
        r#"[{ a = 1 }, { a = 2 }][*].a"#,
        r#"max([3, 9, 4]...)"#,
    ]));
}

#[test]
fn encodings_and_numbers() {
    insta::assert_snapshot!(values(&[
        r#"json_encode({ b = [1, 2.5, null], a = "x" })"#,
        r#"json_decode("{\"a\": [1, true]}")"#,
        r#"yaml_decode("a: [1, x]\nb:\n  c: true")"#,
        r#"base64encode("häß")"#,
        r#"base64decode("aMOkw58=")"#,
        r#"sha256("abc")"#,
        r#"min(3, 1, 2)"#,
        r#"max(3, 1, 2)"#,
        r#"abs(-5)"#,
        r#"ceil(1.2)"#,
        r#"floor(-1.2)"#,
        r#"7 / 2"#,
        r#"8 / 2"#,
        r#"7 % 3"#,
        r#"1 + 2 * 3 == 7 && !false"#,
        r#"to_string(5)"#,
        r#"to_number("5.5")"#,
        r#"to_bool("true")"#,
        r#"to_set(["b", "a", "b"])"#,
        r#"try([1][3], "other")"#,
        r#"can([1][3])"#,
        r#"can([1][0])"#,
    ]));
}

#[test]
fn documents() {
    insta::assert_snapshot!(values(&[
        r#"service("sagemaker.amazonaws.com")"#,
        r#"account_root("111122223333")"#,
        r#"domain_isolation("arn:aws:sagemaker:eu-west-1:111122223333:domain/d-1")"#,
        r#"domain_guard("arn:aws:sagemaker:eu-west-1:111122223333:domain/d-1")"#,
    ]));
}

#[test]
fn files_below_the_configuration_only() {
    let directory = tempfile::tempdir().unwrap();
    let inside = directory.path().join("inside");
    std::fs::create_dir(&inside).unwrap();
    std::fs::write(inside.join("a.txt"), "text\n").unwrap();
    std::fs::write(inside.join("t.tpl"), "hello ${name}!\n%{ if }\n$${x}\n").unwrap();
    std::fs::write(directory.path().join("secret.txt"), "secret").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(directory.path().join("secret.txt"), inside.join("link.txt"))
        .unwrap();
    let mut options = options();
    options.directory = inside;
    insta::assert_snapshot!(check_with(
        r#"
output a = file("a.txt")
output t = template("t.tpl", { name = "ana" })
"#,
        &options
    ));
    insta::assert_snapshot!(check_with(
        r#"
output a = file("../secret.txt")
output b = file("link.txt")
output c = file("/etc/passwd")
output d = file("nothing.txt")
output e = template("t.tpl", { nam = "ana" })
"#,
        &options
    ));
}

#[test]
fn every_function_is_described_and_found() {
    let mut last = "";
    for function in function::functions() {
        assert!(function.doc.ends_with('.'), "{}", function.name);
        assert!(last < function.name, "{last} < {}", function.name);
        last = function.name;
    }
}

/// What a decoded text stands for; a YAML text of a line may stand for more than any memory holds.
#[test]
fn decoded_texts() {
    insta::assert_snapshot!(values(&[
        r#"json_decode("{\"a\": [1, 2.5, null, true], \"b\": 1, \"b\": 2}")"#,
        r#"yaml_decode("a: !tag [1, x]\n2: ~\ntrue: b")"#,
        r#"yaml_decode("a: &a [1]\nb: *a")"#,
        r#"can(yaml_decode("a: 1\na: 2"))"#,
        r#"can(yaml_decode("a: .inf"))"#,
        r#"can(json_decode("[1] 2"))"#,
    ]), @r#"
json_decode("{\"a\": [1, 2.5, null, true], \"b\": 1, \"b\": 2}") => {a: [1, 2.5, null, true], b: 2}
yaml_decode("a: !tag [1, x]\n2: ~\ntrue: b") => {2: null, a: [1, "x"], true: "b"}
yaml_decode("a: &a [1]\nb: *a") => {a: [1], b: [1]}
can(yaml_decode("a: 1\na: 2")) => false
can(yaml_decode("a: .inf")) => false
can(json_decode("[1] 2")) => false
"#);
    let lines: String = ["a", "b", "c", "d", "e", "f", "g"]
        .windows(2)
        .map(|pair| {
            format!(
                "{}: &{} [{}]\\n",
                pair[1],
                pair[1],
                vec![format!("*{}", pair[0]); 9].join(",")
            )
        })
        .collect();
    let shown = values(&[&format!(
        "yaml_decode(\"a: &a [{}]\\n{lines}\")",
        "x,".repeat(400)
    )]);
    assert!(shown.contains("error[E02"), "{shown}");
}
