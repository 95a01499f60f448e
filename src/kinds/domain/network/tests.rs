#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use crate::kinds::scene::{evaluate, said};

const NETWORK: &str = r#"
vpc a { cidr = "10.0.0.0/16", dns_hostnames = true }
subnet private { vpc = vpc.a, cidr = "10.0.1.0/24", az = "eu-west-1a" }
subnet public  { vpc = vpc.a, cidr = "10.0.2.0/24", az = "eu-west-1a" }
internet_gateway g { vpc = vpc.a }
route_table public { vpc = vpc.a, subnets = [subnet.public], route out { to = "0.0.0.0/0", via = internet_gateway.g } }
security_group g { vpc = vpc.a }
role r { trust = service("sagemaker.amazonaws.com") }
"#;

fn domain(subnet: &str, rest: &str) -> String {
    format!(
        r#"{NETWORK}
domain d {{
  name      = "d"
  auth_mode = "IAM"
  vpc       = vpc.a
  subnets   = [subnet.{subnet}]
  app_network_access_type = "VpcOnly"
  default_user_settings {{ execution_role = role.r, security_groups = [security_group.g] }}
}}
{rest}"#
    )
}

fn endpoint(name: &str) -> String {
    let label = name.replace('.', "_");
    format!(
        "vpc_endpoint {label} {{ vpc = vpc.a, service = \"com.amazonaws.eu-west-1.{name}\", type = \"Interface\", subnets = [subnet.private], private_dns = true }}\n"
    )
}

fn codes(text: &str) -> Vec<&'static str> {
    let (_, _, found) = evaluate(text);
    found.iter().map(|one| one.code.id).collect()
}

#[test]
fn what_apps_cannot_reach_is_said() {
    insta::assert_snapshot!(said(&domain("private", "")), @r#"
warning[W0340]: apps of a `VpcOnly` domain do not reach `logs`, `s3`, `sagemaker.api`, `sagemaker.runtime`, `sts` from `subnet.private`
  --> main.smd:14:15
   |
14 |   subnets   = [subnet.private]
   |               ^^^^^^^^^^^^^^^^ no NAT gateway and no endpoint leads there
   |
   = note: about `domain.d`
   = help: lead the default route of its route table to a `nat_gateway`, or declare a `vpc_endpoint` for each: `type = "Interface"` with `private_dns = true`, and one for S3 with `route_tables`
"#);
    insta::assert_snapshot!(said(&domain("public", "")), @r#"
warning[W0340]: apps of a `VpcOnly` domain do not reach `logs`, `s3`, `sagemaker.api`, `sagemaker.runtime`, `sts` from `subnet.public`
  --> main.smd:14:15
   |
14 |   subnets   = [subnet.public]
   |               ^^^^^^^^^^^^^^^ no NAT gateway and no endpoint leads there
   |
   = note: about `domain.d`
   = help: lead the default route of its route table to a `nat_gateway`, or declare a `vpc_endpoint` for each: `type = "Interface"` with `private_dns = true`, and one for S3 with `route_tables`

warning[W0341]: `subnet.public` is a public subnet of a `VpcOnly` domain
  --> main.smd:14:15
   |
 6 | route_table public { vpc = vpc.a, subnets = [subnet.public], route out { to = "0.0.0.0/0", via = internet_gateway.g } }
   |                                                                                                  ------------------ it leads to the internet gateway
...
14 |   subnets   = [subnet.public]
   |               ^^^^^^^^^^^^^^^ private subnets are wanted
   |
   = note: about `domain.d`
   = help: name subnets whose default route leads to a NAT gateway, or that have none and reach endpoints
"#);
}

#[test]
fn a_nat_gateway_is_a_way_out() {
    let nat = r#"
elastic_ip out {}
nat_gateway n { subnet = subnet.public, elastic_ip = elastic_ip.out }
route_table private { vpc = vpc.a, subnets = [subnet.private], route out { to = "0.0.0.0/0", via = nat_gateway.n } }
"#;
    assert_eq!(codes(&domain("private", nat)), Vec::<&str>::new());
    let transit = nat.replace("nat_gateway.n }", "\"tgw-0123456789abcdef0\" }");
    assert_eq!(codes(&domain("private", &transit)), Vec::<&str>::new());
}

#[test]
fn endpoints_are_a_way_out_if_none_is_missing() {
    let interfaces: String = ["sagemaker.api", "sagemaker.runtime", "sts", "logs"]
        .into_iter()
        .map(endpoint)
        .collect();
    let s3 = |rest: &str| {
        format!(
            "{interfaces}vpc_endpoint s3 {{ vpc = vpc.a, service = \"com.amazonaws.eu-west-1.s3\"\n{rest} }}\n"
        )
    };
    // The route table of the subnet, or the main one of the VPC where it has none.
    let table = "route_table private { vpc = vpc.a, subnets = [subnet.private] }\n";
    let own = s3("route_tables = [route_table.private]");
    let main = s3("route_tables = [vpc.a.main_route_table]");
    let check = |rest: &str, wanted: &[&str]| {
        assert_eq!(codes(&domain("private", rest)), wanted, "{rest}");
    };
    check(&format!("{own}{table}"), &[]);
    check(&main, &[]);
    check(&format!("{main}{table}"), &["W0340"]);
    check(&s3(""), &["W0340"]);
    check(&format!("{interfaces}{}", endpoint("s3")), &[]);
    check(
        &own.replace("vpc_endpoint sts", "# vpc_endpoint sts")
            .replace(
                "route_tables = [route_table.private]",
                "route_tables = [vpc.a.main_route_table]",
            ),
        &["W0340"],
    );
}

#[test]
fn a_domain_that_reaches_the_internet_by_itself_needs_none() {
    let text = domain("private", "").replace("\"VpcOnly\"", "\"PublicInternetOnly\"");
    assert_eq!(codes(&text), Vec::<&str>::new());
}
