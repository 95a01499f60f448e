//! A configuration of any size: groups of 100 resources that refer to each other, 1 VPC, 9 subnets,
//! 9 security groups, 1 role, 5 domains and 75 user profiles.

use std::fmt::Write;

/// Resources in one group.
pub const GROUP: usize = 100;
/// Subnets and security groups of a group, each.
const SUBNETS: usize = 9;
/// Domains of a group.
const DOMAINS: usize = 5;
/// User profiles of a domain.
const PROFILES: usize = 15;

/// The text of `resources` resources, rounded down to whole groups.
pub fn generate(resources: usize) -> String {
    let mut out = String::from(
        "stack bench { default_tags = { owner = \"bench\" } }\n\n\
         account main { id = \"111122223333\", region = \"eu-west-1\", default = true }\n",
    );
    for group in 0..resources / GROUP {
        write_group(&mut out, group);
    }
    out
}

fn write_group(out: &mut String, g: usize) {
    let (high, low) = (10 + g / 256, g % 256);
    let _ = write!(
        out,
        "\nvpc net{g} {{\n  cidr          = \"{high}.{low}.0.0/16\"\n  dns_hostnames = true\n}}\n"
    );
    for s in 0..SUBNETS {
        let az = ['a', 'b', 'c'][s % 3];
        let _ = write!(
            out,
            "\nsubnet net{g}_{s} {{\n  vpc  = vpc.net{g}\n  az   = \"eu-west-1{az}\"\n  cidr = \"{high}.{low}.{s}.0/24\"\n}}\n\
             \nsecurity_group apps{g}_{s} {{\n  vpc         = vpc.net{g}\n  description = \"apps {s} of group {g}\"\n}}\n"
        );
    }
    let _ = write!(
        out,
        "\nrole team{g} {{\n  name  = \"AmazonSageMaker-team{g}\"\n  trust = service(\"sagemaker.amazonaws.com\")\n}}\n"
    );
    for d in 0..DOMAINS {
        let _ = write!(
            out,
            "\ndomain d{g}_{d} {{\n  name                    = \"group{g}-{d}\"\n  auth_mode               = \"IAM\"\n  app_network_access_type = \"VpcOnly\"\n  vpc                     = vpc.net{g}\n  subnets                 = [subnet.net{g}_{d}, subnet.net{g}_{}]\n  default_user_settings {{\n    execution_role  = role.team{g}\n    security_groups = [security_group.apps{g}_{d}]\n  }}\n}}\n",
            d + 1
        );
        for p in 0..PROFILES {
            let _ = write!(
                out,
                "\nuser_profile p{g}_{d}_{p} {{\n  domain = domain.d{g}_{d}\n  name   = \"user-{p}\"\n  user_settings {{ execution_role = role.team{g} }}\n}}\n"
            );
        }
    }
}
