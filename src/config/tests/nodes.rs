use super::*;
use crate::address::Address;

#[test]
fn names_are_fitted_and_tags_merged() {
    insta::assert_snapshot!(check(
        r#"
stack shop { default_tags = { owner = "a", stage = "test" } }
vpc v { cidr = "10.0.0.0/16", tags = { owner = "b" } }
domain a_very_long_label_that_goes_on_and_on_and_on_until_it_does_not_fit {
  for_each = ["Größe/1", "x"]
  vpc = vpc.v
  subnets = ["subnet-1"]
  auth_mode = "IAM"
  default_user_settings { execution_role = "arn:aws:iam::111122223333:role/x" }
}
security_group g { vpc = vpc.v, description = "d" }
"#
    ));
}

#[test]
fn parts_of_every_form() {
    insta::assert_snapshot!(check(
        r#"
account main { id = "111122223333", region = "eu-west-1" }
let ports = { http = 80, https = 443 }
vpc v { cidr = "10.0.0.0/16" }
security_group g {
  vpc = vpc.v
  description = "d"
  ingress web {
    for_each = let.ports
    when     = item.key != "http"
    protocol = "tcp"
    ports    = item.value
    from     = "0.0.0.0/0"
  }
  ingress off { when = false, protocol = "all", from = self }
}
policy p {
  document = { Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] }
}
role r {
  for_each = ["a"]
  trust {
    statement Studio { principals = { Service = "sagemaker.amazonaws.com" }, actions = ["sts:AssumeRole"] }
  }
  managed_policies = [policy.p, "arn:aws:iam::aws:policy/ReadOnlyAccess"]
  policy own {
    statement {
      effect        = "Deny"
      not_actions   = ["s3:Get*"]
      resources     = ["${policy.p.arn}", each.key]
      conditions    = { StringEquals = { "aws:PrincipalTag/x" = each.key } }
    }
  }
}
output rule = security_group.g.ingress.web["https"].ports
output part = role.r["a"].policy.own.name
"#
    ));
}

#[test]
fn unknown_values_keep_what_is_known() {
    insta::assert_snapshot!(check(
        r#"
vpc v { for_each = ["a", "b"], cidr = each.key == "a" ? "10.0.0.0/16" : "10.1.0.0/16" }
let ids = [for k, x in vpc.v : "${k}:${x.id}"]
let first = values(vpc.v)[0]
let choice = vpc.v["a"].id == "x" ? vpc.v["a"] : vpc.v["b"]
subnet s { vpc = let.choice, cidr = "10.0.1.0/24", az = "eu-west-1a" }
subnet t { vpc = let.first, cidr = cidr_subnet(let.first.cidr, 8, 2), az = "eu-west-1a" }
output ids     = let.ids
output splat   = values(vpc.v)[*].id
output over    = [for x in json_decode(vpc.v["a"].id) : x.y if x.z]
output nested  = [for x in json_decode(vpc.v["a"].id) : [for x in x.l : x]]
output known   = length(let.ids)
output lookups = { for k, x in vpc.v : (k) => x.id }["a"]
output maybe   = try(json_decode(vpc.v["a"].id).x, "none")
output logic   = vpc.v["a"].id == "x" && false
"#
    ));
}

#[test]
fn aliases_and_own_attributes() {
    insta::assert_snapshot!(check(
        r#"
vpc v { cidr_block = "10.0.0.0/16", enable_dns_hostnames = "true" }
subnet s { vpc_id = vpc.v.id, cidr_block = cidr_subnet(vpc.v.cidr_block, 8, 1), availability_zone = "eu-west-1a" }
output name = "${vpc.v.name}/${subnet.s.name}"
"#
    ));
}

#[test]
fn without_a_caller_the_place_stays_open() {
    let mut options = options();
    options.caller = None;
    let text = r#"
vpc v { cidr = "10.0.0.0/16" }
role r { trust = service("sagemaker.amazonaws.com") }
output arn = role.r.arn
"#;
    let (configuration, found, _) = evaluate_files(&[("main.smd", text)], &options);
    assert_eq!(found, []);
    assert!(configuration.needs_caller);
    insta::assert_snapshot!(show(&configuration));
}

#[test]
fn accounts_with_for_each() {
    insta::assert_snapshot!(check(
        r#"
input lines: map(string) { default = { a = "111122223333", b = "444455556666" } }
account line { for_each = input.lines, id = each.value, region = "eu-west-1", assume_role = "arn:aws:iam::${each.value}:role/deploy" }
account main { id = "999988887777", region = "eu-central-1", default = true }
vpc v { for_each = input.lines, account = account.line[each.key], cidr = "10.0.0.0/16" }
vpc w { cidr = "10.0.0.0/16", region = "us-east-1" }
subnet s { vpc = vpc.v["b"], cidr = "10.0.1.0/24", az = "eu-west-1a" }
output ids = [account.main.id, account.line["a"].region]
"#
    ));
}

#[test]
fn what_is_left_out_keeps_its_cause() {
    let (configuration, found, _) = evaluate_files(
        &[(
            "main.smd",
            r#"
account main { id = "111122223333", region = "eu-west-1" }
vpc off { cidr = "10.0.0.0/16", when = false }
vpc v { for_each = ["a[b", "c"], cidr = "10.0.0.0/16", when = each.key != "c" }
vpc one { cidr = "10.1.0.0/16" }
security_group g {
  vpc = vpc.one
  description = "d"
  ingress off { protocol = "tcp", ports = 443, from = self, when = false }
}
"#,
        )],
        &options(),
    );
    assert!(!has_errors(&found), "{found:?}");
    let cause = |address: &str, parent: Option<&str>| {
        let parent = parent.map(Address::from_text);
        configuration
            .left_out(&Address::from_text(address), parent.as_ref())
            .map_or_else(|| "unknown".to_owned(), |cause| cause.words())
    };
    let causes = [
        cause("vpc.off", None),
        cause("vpc.v[\"c\"]", None),
        cause("vpc.v[\"gone [x]\"]", None),
        cause("vpc.v", None),
        cause("vpc.one[\"a\"]", None),
        cause("security_group.g.ingress.off", Some("security_group.g")),
        cause("vpc.off.part.p", Some("vpc.off")),
        cause("vpc.v[\"d\"].part.p", Some("vpc.v[\"d\"]")),
        cause("vpc.never", None),
        cause("security_group.g.ingress.never", Some("security_group.g")),
    ];
    insta::assert_snapshot!(causes.join("\n"), @r#"
    it is declared, and its `when` is false
    it is declared, and its `when` is false
    it is declared, and its `for_each` does not have the key `gone [x]`
    it is declared with `for_each` now, under other addresses
    it is declared without `for_each` now, under another address
    it is declared, and its `when` is false
    `vpc.off` goes: it is declared, and its `when` is false
    `vpc.v["d"]` goes: it is declared, and its `for_each` does not have the key `d`
    unknown
    unknown
    "#);
}
