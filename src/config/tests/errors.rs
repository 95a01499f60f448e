use super::*;

#[test]
fn kinds_names_and_attributes_that_are_not_there() {
    insta::assert_snapshot!(check(
        r#"
vcp main { cidr = "10.0.0.0/16" }
vpc a { cidr = "10.0.0.0/16", dns_hostname = true, id = "vpc-1" }
vpc a { cidr = "10.1.0.0/16" }
vpc b { cidr = "10.1.0.0/16", cidr_block = "10.2.0.0/16" }
subnet s { vpc = vpc.aa, cidr = "10.0.1.0/24", az = "eu-west-1a" }
subnet t { vpc = vpc.a, cidr = vpc.a.cidrr, az = "eu-west-1a" }
security_group g { vpc = vpc.a, description = "g", ingres x { } }
let l = unknown_thing
output o = input.teems
input teams: list(string) { default = [] }
"#
    ));
}

#[test]
fn values_that_do_not_fit() {
    insta::assert_snapshot!(check(
        r#"
vpc a { cidr = "10.0.0.0/33" }
vpc b { cidr = "10.0.1.5/16" }
vpc c { cidr = ["10.0.0.0/16"] }
vpc d { cidr = "10.0.0.0/16", dns_hostnames = "maybe" }
subnet s { vpc = subnet.t, cidr = "10.0.1.0/24", az = "eu-west" }
subnet t { vpc = vpc.d, az = "eu-west-1a" }
security_group g {
  vpc = vpc.d
  description = "g"
  ingress x { protocol = "tpc", ports = 70000, from = "0.0.0.0/0" }
  ingress { protocol = "tcp" }
}
domain d {
  vpc = vpc.d
  subnets = subnet.t
  auth_mode = "iam"
  default_user_settings {
    execution_roles = "arn:aws:iam::111122223333:role/x"
    security_groups = ["sg-1"]
  }
}
"#
    ));
}

#[test]
fn required_and_forms() {
    insta::assert_snapshot!(check(
        r#"
subnet s { cidr = "10.0.1.0/24" }
vpc v { cidr { a = 1 }, tags { a = "b" } }
vpc w { lifecycle = true, cidr = "10.0.0.0/16" }
security_group g { vpc = "vpc-1", description = "x", ingress = [] }
role r { trust = service("sagemaker.amazonaws.com"), managed_policies "x" { } }
"#
    ));
}

#[test]
fn cycles_print_every_edge() {
    insta::assert_snapshot!(check(
        r#"
let a = let.b + 1
let b = let.c
let c = "${let.a}"
vpc x { cidr = vpc.y.cidr }
vpc y { cidr = vpc.x.cidr }
let me = let.me
"#
    ));
}

#[test]
fn statements_of_later_versions() {
    insta::assert_snapshot!(check(
        r#"
existing vpc shared { id = "vpc-1" }
expect isolated { between = [] }
output o = vpc.shared.id
"#
    ));
}

#[test]
fn moves_and_removals() {
    insta::assert_snapshot!(check(
        r#"
vpc here { cidr = "10.0.0.0/16" }
moved { from = vpc.a, to = vpc.a }
moved { from = vpc.b, to = subnet.b }
moved { from = vpc.here, to = vpc.there }
moved { from = vpx.c, to = vpc.c }
moved { from = vpc.d }
moved { from = vpc.e, too = vpc.f }
moved { from = role.r.policy.p, to = role.s.policy.p }
moved { from = module.m, to = vpc.m }
moved { from = vpc.one, to = vpc.two }
moved { from = vpc.one, to = vpc.three }
moved { from = vpc.four, to = vpc.three }
moved { from = "vpc.g", to = vpc.h[1 + 1] }
removed { from = vpc.here, destroy = false }
removed { from = vpc.i }
removed { from = vpc.j, protect = true }
removed { from = vpc.k, destroy = "no" }
removed { destroy = false }
"#
    ));
    insta::assert_snapshot!(check(
        r#"
input secret: string { default = "x", sensitive = true }
vpc main { cidr = "10.0.0.0/16" }
import vpc.main from "vpc-1"
import vpc.main from "vpc-2"
import vpc.other from "vpc-1"
import vpc.main["k"] from "vpc-1"
import main from "vpc-1"
import vpc.main from vpc.main.id
import vpc.main from input.secret
import vpc.main from 5
"#
    ));
    insta::assert_snapshot!(check(
        r#"
moved { from = vpc.a, to = vpc.b }
moved { from = vpc.b, to = vpc.c["k"] }
moved { from = vpc.c["k"], to = vpc.a }
"#
    ));
}

/// What is looked up is found after the first evaluation, which has no errors therefore.
#[test]
fn an_import_may_wait_for_what_is_looked_up() {
    let text = r#"
existing subnet all { tags = { tier = "a" }, all = true }
existing vpc shared { name = "shared" }
security_group g { for_each = subnet.all, vpc = vpc.shared, description = "d" }
import security_group.g["subnet-1"] from "sg-1"
vpc main { cidr = "10.0.0.0/16" }
import vpc.main from vpc.shared.id
"#;
    let (configuration, found, sources) = evaluate_files(&[("main.smd", text)], &options());
    assert!(!has_errors(&found), "{}", errors_of(&found, &sources));
    assert!(configuration.partial);
}

#[test]
fn for_each_and_when() {
    insta::assert_snapshot!(check(
        r#"
vpc a { cidr = "10.0.0.0/16" }
vpc b { for_each = ["x", "x"], cidr = "10.0.0.0/16" }
vpc c { for_each = 5, cidr = "10.0.0.0/16" }
vpc d { for_each = [vpc.a.id], cidr = "10.0.0.0/16" }
vpc e { when = vpc.a.id == "x", cidr = "10.0.0.0/16" }
vpc f { when = false, cidr = "10.0.0.0/16" }
vpc g { for_each = { k = 1 }, cidr = "10.0.0.0/16" }
output left_out = vpc.f.id
output tried    = try(vpc.f.id, "none")
output no_key   = vpc.g.id
output bad_key  = vpc.g["kk"].id
output no_each  = vpc.a["k"].id
output each     = each.key
"#
    ));
}

#[test]
fn functions_and_operators() {
    insta::assert_snapshot!(check(
        r#"
output a = cidr_subnets()
output b = cidr_subnett("10.0.0.0/16", 8, 1)
output c = join(",", "x")
output d = 1 / 0
output e = "a" + "b"
output f = [1, 2][5]
output g = { a = 1 }.b
output h = "${[1]}"
output i = !5
output j = regex("(", "x")
output k = json_decode("{")
output l = cidr_subnet("10.0.0.0/16", 8, 256)
output m = "${vpc.v}"
vpc v { cidr = "10.0.0.0/16" }
output n = lookup({ a = 1 }, "b")
output o = 9223372036854775807 + 1
"#
    ));
}

#[test]
fn what_grows_without_bound_is_refused() {
    let mut doubling = String::from("let x0 = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n");
    for i in 1..60 {
        doubling.push_str(&format!(
            "let x{i} = \"${{let.x{0}}}${{let.x{0}}}\"\n",
            i - 1
        ));
    }
    let mut nested = String::from("let y0 = [1]\n");
    for i in 1..40 {
        nested.push_str(&format!("let y{i} = [let.y{0}, let.y{0}]\n", i - 1));
    }
    let mut unknown = String::from("vpc v { cidr = \"10.0.0.0/16\" }\nlet z0 = vpc.v.id\n");
    for i in 1..60 {
        unknown.push_str(&format!(
            "let z{i} = \"${{let.z{0}}}-${{let.z{0}}}\"\n",
            i - 1
        ));
    }
    let mut chain = String::from("let c0 = 1\n");
    for i in 1..20_000 {
        chain.push_str(&format!("let c{i} = let.c{} + 1\n", i - 1));
    }
    chain.push_str("output last = let.c19999\n");
    let mut backwards: Vec<&str> = chain.lines().collect();
    backwards.reverse();
    let range = "let r = range(0, 1000000000)\n".to_owned();
    let product =
        "let p = [for a in range(0, 20000) : [for b in range(0, 20000) : a * b]]\n".to_owned();
    for text in [
        doubling,
        nested,
        unknown,
        backwards.join("\n"),
        range,
        product,
    ] {
        let (_, found, _) = evaluate_files(&[("main.smd", &text)], &options());
        let codes: std::collections::BTreeSet<_> =
            found.iter().map(|found| found.code.id).collect();
        assert_eq!(
            codes.into_iter().collect::<Vec<_>>(),
            ["E0240"],
            "{}",
            text.chars().take(60).collect::<String>()
        );
    }
}

#[test]
fn placement_and_accounts() {
    insta::assert_snapshot!(check(
        r#"
account a { id = "111122223333", region = "eu-west-1" }
account b { id = "444455556666", region = "eu-west-1" }
account c { id = 12, region = "eu" }
vpc lost { cidr = "10.0.0.0/16" }
vpc here { account = account.a, cidr = "10.0.0.0/16" }
subnet s { account = account.b, vpc = vpc.here, cidr = "10.0.1.0/24", az = "eu-west-1a" }
subnet r { region = "eu-west-2", vpc = vpc.here, cidr = "10.0.2.0/24", az = "eu-west-1a" }
vpc nowhere { account = account.d, cidr = "10.0.0.0/16" }
"#
    ));
}

#[test]
fn sensitive_values_where_they_would_show() {
    insta::assert_snapshot!(check(
        r#"
input secret: string { default = "hunter2", sensitive = true }
vpc v { cidr = "10.0.0.0/16", tags = { a = input.secret } }
role r { name = input.secret, trust = service("sagemaker.amazonaws.com") }
output o = input.secret
output p { value = "x${input.secret}", sensitive = true }
vpc w { for_each = [input.secret], cidr = "10.0.0.0/16" }
subnet s { vpc = vpc.v, cidr = input.secret, az = "eu-west-1a" }
"#
    ));
}

#[test]
fn list_parts_and_lifecycle() {
    insta::assert_snapshot!(check(
        r#"
role r {
  trust = service("sagemaker.amazonaws.com")
  managed_policies = ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess", "${vpc.v.id}x"]
  lifecycle { protekt = true, ignore_changes = [tagz, description] }
}
vpc v { cidr = "10.0.0.0/16", depends_on = ["x"] }
"#
    ));
}
