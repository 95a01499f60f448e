//! The canonical style.

use super::PAGE;
use crate::diagnostic::FileId;

fn check(text: &str) -> String {
    let formatted = crate::syntax::format(FileId(0), text).unwrap();
    let again = crate::syntax::format(FileId(0), &formatted).unwrap();
    assert_eq!(formatted, again, "formatting again changed something");
    formatted
}

#[test]
fn page() {
    insta::assert_snapshot!(check(PAGE), @r#"
stack ml_platform {
  state s3 { bucket = "acme-smd", key = "ml-platform/state.json", region = "eu-west-1" }
  default_tags = { owner = "ml-platform" }
}

account studio { id = "111122223333", region = "eu-west-1", default = true }
account emr {
  id          = "444455556666"
  region      = "eu-west-1"
  assume_role = "arn:aws:iam::444455556666:role/smd-deploy"
}

input teams: map(object({ users: list(string), internet: optional(bool, false) })) {
  description = "One SageMaker domain for each line of business"
}
let azs = ["eu-west-1a", "eu-west-1b"]

vpc studio {
  account       = account.studio
  cidr          = "10.0.0.0/16"
  dns_hostnames = true
}

subnet private {
  for_each = { for i, az in azs : az => cidr_subnet(vpc.studio.cidr, 8, 20 + i) }
  vpc      = vpc.studio
  az       = each.key
  cidr     = each.value
}

security_group studio {
  vpc         = vpc.studio
  description = "Studio apps"
  ingress apps { protocol = "tcp", ports = 8192..65535, from = self }
  ingress nfs  { protocol = "tcp", ports = 2049, from = self }
  egress  all  { protocol = "all", to = "0.0.0.0/0" }
}

peering studio_emr {
  requester      = vpc.studio
  accepter       = vpc.emr # in the other account: accepted with its credentials
  dns_resolution = true
  requester_routes { tables = [route_table.studio_private], to = [subnet.emr.cidr] }
  accepter_routes  { tables = [route_table.emr_private], to = values(subnet.private)[*].cidr }
}

role team {
  for_each = input.teams
  name     = "AmazonSageMaker-${each.key}"
  trust    = service("sagemaker.amazonaws.com")
  policy isolation {
    document = [domain_isolation(domain.team[each.key]), domain_guard(domain.team[each.key])]
  } # no cycle: a part is a node of its own
  policy emr {
    statement AllowRoleAssumptionForCrossAccountDiscovery {
      effect    = "Allow"
      actions   = ["sts:AssumeRole"]
      resources = [role.emr_discovery.arn]
    }
  }
}

domain team {
  for_each                = input.teams
  name                    = each.key
  auth_mode               = "IAM"
  app_network_access_type = each.value.internet ? "PublicInternetOnly" : "VpcOnly"
  vpc                     = vpc.studio
  subnets                 = values(subnet.private)
  default_user_settings {
    execution_role  = role.team[each.key]
    security_groups = [security_group.studio]
    jupyter_server_app_settings { lifecycle_configs = [lifecycle_config.emr_roles] }
  }
  default_space_settings { execution_role = role.team[each.key] }
  lifecycle              { protect = true }
}

user_profile analyst {
  for_each = { for u in flatten([for t, v in input.teams : [for n in v.users : { team = t, name = n }]]) : "${u.team}/${u.name}" => u }
  domain   = domain.team[each.value.team]
  name     = each.value.name
}

expect isolated { between = [domain.team["finance"], domain.team["research"]] }
expect reaches  { from = domain.team["finance"], to = security_group.emr_primary, port = 8998 }

output domain_urls = { for k, d in domain.team : k => d.url }
"#);
}

#[test]
fn blanks_commas_and_comments() {
    let text = r#"

# head
vpc   a{cidr="10.0.0.0/16",   tags={a:1,"b"  =2,}} // tail


# apart

vpc b
{ # why
  a =1, bcd= -2 # one
  e = !x.y [ 0 ] . z   # two
  /* before */ f=[1,2 , 3,]
  empty {}
  list = [
  1,

     2, # two
     { a = 1
       bb = 2 }
  ]
  long = a &&
  b ||
     c
  for_each = {for k ,v in x:k=>v if v>1}
  text = <<-EOF
      keep   this
    EOF
  call = join( ",", xs... ) + (a+b)*2
  # last
}
input x:map( object({a:string,b : optional(bool,false)}))
input y: object({
  a = string, b: list(number)
})
"#;
    insta::assert_snapshot!(check(text), @r#"
# head
vpc a { cidr = "10.0.0.0/16", tags = { a = 1, "b" = 2 } } // tail

# apart

vpc b { # why
  a              = 1
  bcd            = -2        # one
  e              = !x.y[0].z # two
  /* before */ f = [1, 2, 3]
  empty {}
  list = [
    1,

    2, # two
    {
      a  = 1
      bb = 2
    }
  ]
  long = a &&
    b ||
    c
  for_each = { for k, v in x : k => v if v > 1 }
  text = <<-EOF
      keep   this
    EOF
  call = join(",", xs...) + (a + b) * 2
  # last
}
input x: map(object({ a: string, b: optional(bool, false) }))
input y: object({
  a: string
  b: list(number)
})
"#);
}

#[test]
fn wide_blocks_open() {
    let text = r#"
stack a { state s3 { bucket = "a-rather-long-bucket-name", key = "a/rather/long/key/state.json", region = "eu-west-1" } }
"#;
    insta::assert_snapshot!(check(text), @r#"
stack a {
  state s3 {
    bucket = "a-rather-long-bucket-name"
    key    = "a/rather/long/key/state.json"
    region = "eu-west-1"
  }
}
"#);
}

/// Empty lines before it change nothing for what comes first.
#[test]
fn a_comment_that_comes_first() {
    for text in [
        "/* a */ let b = 1\n",
        "\n/* a */ let b = 1\n",
        "\n\n /* a */\n let b = 1",
    ] {
        assert_eq!(check(text), "/* a */\nlet b = 1\n", "{text:?}");
    }
    assert_eq!(
        check("\n/* a */ /* b */ let c = 1 /* d */\n/* e */ let f = 1\n"),
        "/* a */ /* b */\nlet c         = 1 /* d */\n/* e */ let f = 1\n"
    );
}
