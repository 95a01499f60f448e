use super::*;
use crate::value::Value;

/// The edges of one node.
fn edges(text: &str, address: &str) -> Vec<String> {
    let (configuration, found, sources) = evaluate_files(&[("main.smd", text)], &options());
    assert!(!has_errors(&found), "{}", errors_of(&found, &sources));
    let node = &configuration.nodes[&crate::address::Address::from_text(address)];
    node.edges
        .iter()
        .map(|edge| format!("{}{}", if edge.soft { "~" } else { "" }, edge.to))
        .collect()
}

const NETWORK: &str = r#"
vpc v { cidr = "10.0.0.0/16" }
subnet s { for_each = { a = 1, b = 2 }, vpc = vpc.v, cidr = cidr_subnet(vpc.v.cidr, 8, each.value), az = "eu-west-1a" }
"#;

#[test]
fn references_through_lets_and_loops() {
    let text = format!(
        r#"{NETWORK}
let base = cidr_subnet(vpc.v.cidr, 4, 1)
let chosen = {{ x = subnet.s["a"], y = subnet.s["b"] }}
security_group g {{ vpc = "vpc-1", description = "d", tags = {{ base = let.base }} }}
vpc w {{ cidr = "10.9.0.0/16", tags = {{ of = let.chosen.x.id }} }}
vpc x {{ cidr = "10.9.0.0/16", tags = {{ of = join(",", [for s in values(subnet.s) : s.id]) }} }}
vpc y {{ cidr = "10.9.0.0/16", depends_on = [subnet.s["b"], security_group.g] }}
"#
    );
    assert_eq!(edges(&text, "security_group.g"), ["vpc.v"]);
    assert_eq!(edges(&text, "vpc.w"), ["subnet.s[\"a\"]"]);
    assert_eq!(
        edges(&text, "vpc.x"),
        ["subnet.s[\"a\"]", "subnet.s[\"b\"]"]
    );
    assert_eq!(
        edges(&text, "vpc.y"),
        [
            "security_group.g",
            "~security_group.g.egress.default",
            "subnet.s[\"b\"]"
        ]
    );
}

#[test]
fn groups_that_name_each_other() {
    let text = r#"
vpc v { cidr = "10.0.0.0/16" }
security_group a { vpc = vpc.v, description = "a", ingress x { protocol = "tcp", ports = 1, from = security_group.b } }
security_group b { vpc = vpc.v, description = "b", ingress x { protocol = "tcp", ports = 1, from = security_group.a } }
"#;
    assert_eq!(edges(text, "security_group.a"), ["vpc.v"]);
    assert_eq!(
        edges(text, "security_group.a.ingress.x"),
        [
            "security_group.a",
            "security_group.b",
            "~security_group.b.egress.default",
            "~security_group.b.ingress.x"
        ]
    );
}

#[test]
fn finishing_gives_what_evaluation_would_have_given() {
    let text = r#"
vpc v { for_each = ["a", "b"], cidr = "10.0.0.0/16" }
output ids     = [for k, x in vpc.v : "${k}:${x.id}"]
output over    = [for x in json_decode(vpc.v["a"].main_route_table) : x.y if x.z]
output object  = { for x in json_decode(vpc.v["a"].main_route_table) : x.y => x.z }
output nested  = [for x in json_decode(vpc.v["a"].main_route_table) : [for x in x.l : "${x}!"]]
output maybe   = try(json_decode(vpc.v["a"].main_route_table)[7], "none")
output can     = can(json_decode(vpc.v["a"].main_route_table)[7])
output logic   = vpc.v["a"].id == "vpc-a" ? upper(vpc.v["b"].id) : "no"
output splat   = json_decode(vpc.v["a"].main_route_table)[*].y
output sum     = length(json_decode(vpc.v["a"].main_route_table)) + 1
output keyed   = { a = 1, (vpc.v["a"].id) = 2 }
output json    = json_encode({ id = vpc.v["a"].id })
"#;
    let (configuration, found, sources) = evaluate_files(&[("main.smd", text)], &options());
    assert!(!has_errors(&found), "{}", errors_of(&found, &sources));
    let known = |address: &crate::address::Address, name: &str| {
        let key = if address.as_str().contains("\"a\"") {
            "a"
        } else {
            "b"
        };
        Some(match name {
            "id" => Value::string(format!("vpc-{key}")),
            _ => Value::string(
                r#"[{"y": "p", "z": true, "l": [1, 2]}, {"y": "q", "z": false, "l": []}]"#,
            ),
        })
    };
    let mut shown = String::new();
    for (name, output) in &configuration.outputs {
        // As a plan file carries it.
        let written = serde_json::to_string(&output.value).unwrap();
        let read: Value = serde_json::from_str(&written).unwrap();
        let finished = finish(&read, &known).unwrap();
        assert!(!finished.has_unknown(), "{name}");
        shown.push_str(&format!("{name} = {}\n", value_text(&finished)));
        assert_eq!(
            finish(&output.value, &|_, _| None).unwrap(),
            output.value,
            "{name}"
        );
    }
    insta::assert_snapshot!(shown, @r#"
    can = false
    ids = ["a:vpc-a", "b:vpc-b"]
    json = json {"id":"vpc-a"}
    keyed = {a: 1, vpc-a: 2}
    logic = "VPC-B"
    maybe = "none"
    nested = [["1!", "2!"], []]
    object = {p: true, q: false}
    over = ["p"]
    splat = ["p", "q"]
    sum = 3
    "#);
}
