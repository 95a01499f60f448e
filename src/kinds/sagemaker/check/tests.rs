//! Rules for roles, policies, domains and user profiles, on whole configurations.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::config::{Caller, EvaluateOptions, Loaded, evaluate};
use crate::diagnostic::{Sources, has_errors};
use crate::kinds::{Checks, registry};
use crate::syntax;

/// What is right, to which each case adds what is wrong.
const BASE: &str = r#"
vpc a { cidr = "10.0.0.0/16" }
vpc b { cidr = "10.1.0.0/16" }
subnet a {
  vpc  = vpc.a
  cidr = "10.0.1.0/24"
}
subnet b {
  vpc  = vpc.b
  cidr = "10.1.1.0/24"
}
security_group a {
  vpc         = vpc.a
  description = "x"
}
role good { trust = service("sagemaker.amazonaws.com") }
role other { trust = service("ec2.amazonaws.com") }
domain d {
  name      = "d"
  auth_mode = "IAM"
  vpc       = vpc.a
  subnets   = [subnet.a]
  default_user_settings { execution_role = role.good }
}
user_profile p {
  domain = domain.d
  name   = "Jo"
}
"#;

/// Codes and messages that the rules give for the base with `text` added.
fn check(text: &str, expected: &[&str]) {
    let whole = format!("{BASE}\n{text}");
    let mut sources = Sources::default();
    let id = sources.add("main.smd", whole.as_str());
    let (files, mut found) = syntax::parse_files(&[(id, whole.as_str())]);
    let mut loaded = Loaded {
        sources,
        files,
        digest: String::new(),
        ..Loaded::default()
    };
    let options = EvaluateOptions {
        directory: "/nowhere/shop".into(),
        caller: Some(Caller {
            account: "111122223333".into(),
            region: Some("eu-west-1".into()),
        }),
        ..EvaluateOptions::default()
    };
    let (configuration, more) = evaluate(&mut loaded, &options);
    found.extend(more);
    assert!(!has_errors(&found), "{found:#?}");
    let mut out = Vec::new();
    for kind in registry() {
        kind.check(&mut Checks {
            configuration: &configuration,
            out: &mut out,
        });
    }
    let mut said: Vec<String> = out
        .iter()
        .filter(|one| {
            let id = one.code.id;
            ("E0350".."E0399").contains(&id) || ("W0350".."W0399").contains(&id)
        })
        .map(|one| format!("{} {}", one.code, one.message))
        .collect();
    said.sort();
    assert_eq!(said, expected, "{text}");
}

/// A domain with these members beside the usual ones.
fn domain(members: &str) -> String {
    format!(
        "domain x {{\n  name = \"x\"\n  auth_mode = \"IAM\"\n  vpc = vpc.a\n  subnets = [subnet.a]\n{members}\n}}"
    )
}

#[test]
fn documents_of_roles_and_policies() {
    check("", &[]);
    check(
        r#"role t { trust = { Statement = { Effect = "Allow", Action = "sts:AssumeRole" } } }"#,
        &["E0350 a trust document names the `Principal` that may assume the role"],
    );
    check(
        r#"policy p { document = { Statement = { Sid = "A", Effect = "Allow", Action = "s3:*" } } }"#,
        &["E0351 a statement without `Resource` (statement `A`)"],
    );
    check(
        r#"policy p { document = { Statement = { Effect = "Allow", Action = "s3:*", Resource = "*", Principal = "*" } } }"#,
        &["E0351 a policy of a role names no `Principal`: the role is the principal"],
    );
    check(
        r#"policy p { document = { Statement = { Effect = "Allow", Action = "s3:*", Resource = [for i in range(0, 900) : "arn:aws:s3:::bucket-${i}"] } } }"#,
        &["E0352 the document has 23376 characters, IAM takes 6144"],
    );
    check(
        "role one {\n  name = \"A\"\n  trust = service(\"ec2.amazonaws.com\")\n}\nrole two {\n  name = \"a\"\n  trust = service(\"ec2.amazonaws.com\")\n}",
        &["E0353 two roles are called `a`"],
    );
}

#[test]
fn domains_and_profiles() {
    let user = "  default_user_settings { execution_role = role.good }";
    check(
        &domain(&format!("{user}\n  app_network_access_type = \"VpcOnly\"")),
        &["E0360 a `VpcOnly` domain needs `security_groups` in `default_user_settings`"],
    );
    check(
        &domain(
            "  app_network_access_type = \"VpcOnly\"\n  default_user_settings {\n    execution_role = role.good\n    security_groups = [security_group.a]\n  }",
        ),
        &[],
    );
    check(
        &domain(
            "  default_user_settings {\n    execution_role = role.good\n    security_groups = [\"sg-1\", \"sg-2\", \"sg-3\", \"sg-4\", \"sg-5\"]\n  }",
        ),
        &["W0361 more than 4 security groups"],
    );
    check(
        &domain(user).replace("[subnet.a]", "[subnet.a, subnet.b]"),
        &["E0362 `subnet.b` is in `vpc.b`, the domain in `vpc.a`"],
    );
    check(
        &domain(user).replace("\"x\"", "\"d\""),
        &["E0363 two domains are called `d`"],
    );
    check(
        "user_profile q {\n  domain = domain.d\n  name = \"jo\"\n}",
        &["E0364 two user profiles of a domain are called `jo`"],
    );
    check(
        &domain(&format!(
            "{user}\n  default_space_settings {{\n    execution_role = role.good\n    jupyter_server_app_settings {{ code_repositories = [{{ repository_url = \"https://github.com/a/b\" }}] }}\n  }}"
        )),
        &["E0365 `code_repositories` of JupyterServer cannot stand in space settings"],
    );
    check(
        &domain(&format!(
            "{user}\n  domain_settings {{ amazon_q_settings {{ status = \"ENABLED\" }} }}"
        )),
        &["E0366 Amazon Q needs a domain with single sign-on"],
    );
    check(
        "user_profile q {\n  domain = domain.d\n  name = \"q\"\n  single_sign_on_user_value = \"q\"\n}",
        &["E0367 `single_sign_on_user_value` stands in a domain without single sign-on"],
    );
    check(
        &domain(&format!(
            "{user}\n  app_security_group_management = \"Service\""
        )),
        &["E0368 `app_security_group_management` is for `VpcOnly` domains with RStudio"],
    );
    check(
        &domain("  default_user_settings { execution_role = role.other }"),
        &["E0369 SageMaker cannot assume `role.other`"],
    );
    check(
        &domain(user).replace("  subnets = [subnet.a]\n", ""),
        &["E0370 the domain has no `subnets`"],
    );
    check(
        "user_profile q {\n  domain = domain.d\n  name = \"q\"\n  user_settings { custom_file_system_configs = [{}] }\n}",
        &["E0371 0 file systems in one item"],
    );
    check(
        "user_profile q {\n  domain = domain.d\n  name = \"q\"\n  user_settings { space_storage_settings { default_ebs_storage_settings {\n    default_ebs_volume_size_in_gb = 50\n    maximum_ebs_volume_size_in_gb = 20\n  } } }\n}",
        &[
            "E0372 `default_ebs_volume_size_in_gb` is 50, above `maximum_ebs_volume_size_in_gb`, which is 20",
        ],
    );
}

/// Studio Classic takes two members together: hashicorp/terraform-provider-aws#35504.
#[test]
fn studio_classic_needs_two_members() {
    let settings = |members: &str| {
        domain(&format!(
            "  default_user_settings {{\n    execution_role = role.good\n{members}\n  }}"
        ))
    };
    let closed = "    studio_web_portal = \"DISABLED\"";
    let studio = "    default_landing_uri = \"studio::\"";
    let classic = "    default_landing_uri = \"app:JupyterServer:\"";
    let refused = "E0373 users land in Studio, which `studio_web_portal = \"DISABLED\"` closes";
    let unsaid = "W0374 `studio_web_portal = \"DISABLED\"` without `default_landing_uri`";
    check(&settings(&format!("{closed}\n{studio}")), &[refused]);
    check(&settings(closed), &[unsaid]);
    check(&settings(&format!("{closed}\n{classic}")), &[]);
    check(&settings(studio), &[]);
    check(&settings(classic), &[]);
    // A profile has of its domain what it does not say itself.
    let profile = |domain: &str, members: &str| {
        format!(
            "{}\nuser_profile q {{\n  domain = domain.x\n  name = \"q\"\n  user_settings {{\n{members}\n  }}\n}}",
            settings(domain)
        )
    };
    check(&profile("", closed), &[unsaid]);
    check(&profile(studio, closed), &[refused]);
    check(&profile(classic, closed), &[]);
    check(
        &profile(&format!("{closed}\n{classic}"), studio),
        &[refused],
    );
    check(&profile(studio, ""), &[]);
}

/// The model says 16, the service said 10: hashicorp/terraform-provider-aws#29225.
#[test]
fn more_subnets_than_the_service_takes() {
    let subnets = |count: usize| {
        let ids: Vec<String> = (0..count)
            .map(|n| format!("\"subnet-0123456789abcde{n:02}\""))
            .collect();
        domain("  default_user_settings { execution_role = role.good }")
            .replace("[subnet.a]", &format!("[{}]", ids.join(", ")))
    };
    check(&subnets(10), &[]);
    check(
        &subnets(12),
        &["W0375 12 subnets; SageMaker has refused more than 10"],
    );
}
