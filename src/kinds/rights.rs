//! What a caller must be allowed to do for each kind word: IAM's actions of the calls that its work
//! makes for certain. Calls that only some things need ([`PERHAPS`]) are not asked for: nobody shall
//! be held up by a right that is not used.

/// The actions of one kind word.
#[derive(Debug)]
pub struct Row {
    /// The word.
    pub kind: &'static str,
    /// The resource in its ARN behind the account, `vpc/{id}`: `{id}` is the id on record, other words
    /// are attributes; empty where nobody knows which resource counts.
    pub resource: &'static str,
    /// What making one takes.
    pub create: &'static [&'static str],
    /// What deleting one takes.
    pub delete: &'static [&'static str],
    /// What changing it in place takes, by the attribute that changes.
    pub by: &'static [(&'static str, &'static [&'static str])],
    /// What changing any other attribute takes.
    pub update: &'static [&'static str],
    /// What changing its tags takes: adding, then removing.
    pub tags: Option<(&'static str, &'static str)>,
}

const EC2_TAGS: Option<(&str, &str)> = Some(("ec2:CreateTags", "ec2:DeleteTags"));
const SAGEMAKER_TAGS: Option<(&str, &str)> = Some(("sagemaker:AddTags", "sagemaker:DeleteTags"));

/// A row with nothing said.
const NONE: Row = Row {
    kind: "",
    resource: "",
    create: &[],
    delete: &[],
    by: &[],
    update: &[],
    tags: None,
};

/// The rows, in order of words (service authorization reference, for the actions; tags in a create
/// call take the action that tags too).
pub static ROWS: &[Row] = &[
    Row {
        kind: "app_image_config",
        resource: "app-image-config/{name}",
        create: &["sagemaker:CreateAppImageConfig", "sagemaker:AddTags"],
        delete: &["sagemaker:DeleteAppImageConfig"],
        update: &["sagemaker:UpdateAppImageConfig"],
        tags: SAGEMAKER_TAGS,
        ..NONE
    },
    Row {
        kind: "cost_allocation_tag",
        ..NONE
    },
    Row {
        kind: "domain",
        resource: "domain/{id}",
        create: &["sagemaker:CreateDomain", "sagemaker:AddTags"],
        delete: &["sagemaker:DeleteDomain"],
        update: &["sagemaker:UpdateDomain"],
        tags: SAGEMAKER_TAGS,
        ..NONE
    },
    Row {
        kind: "elastic_ip",
        resource: "elastic-ip/{id}",
        create: &["ec2:AllocateAddress", "ec2:CreateTags"],
        delete: &["ec2:ReleaseAddress"],
        tags: EC2_TAGS,
        ..NONE
    },
    Row {
        kind: "image",
        resource: "image/{name}",
        create: &["sagemaker:CreateImage", "sagemaker:AddTags"],
        delete: &["sagemaker:DeleteImage"],
        update: &["sagemaker:UpdateImage"],
        tags: SAGEMAKER_TAGS,
        ..NONE
    },
    Row {
        kind: "image_version",
        // No source tells whether it is the image's right or the version's.
        create: &["sagemaker:CreateImageVersion"],
        update: &["sagemaker:UpdateImageVersion"],
        ..NONE
    },
    Row {
        kind: "internet_gateway",
        resource: "internet-gateway/{id}",
        create: &["ec2:CreateInternetGateway", "ec2:CreateTags"],
        delete: &["ec2:DeleteInternetGateway"],
        tags: EC2_TAGS,
        ..NONE
    },
    Row {
        kind: "internet_gateway.attachment",
        resource: "internet-gateway/*",
        create: &["ec2:AttachInternetGateway"],
        delete: &["ec2:DetachInternetGateway"],
        ..NONE
    },
    Row {
        kind: "lifecycle_config",
        resource: "studio-lifecycle-config/{name}",
        create: &["sagemaker:CreateStudioLifecycleConfig", "sagemaker:AddTags"],
        delete: &["sagemaker:DeleteStudioLifecycleConfig"],
        tags: SAGEMAKER_TAGS,
        ..NONE
    },
    Row {
        kind: "nat_gateway",
        resource: "natgateway/{id}",
        create: &["ec2:CreateNatGateway", "ec2:CreateTags"],
        delete: &["ec2:DeleteNatGateway"],
        tags: EC2_TAGS,
        ..NONE
    },
    Row {
        kind: "peering",
        resource: "vpc-peering-connection/{id}",
        create: &["ec2:CreateVpcPeeringConnection", "ec2:CreateTags"],
        delete: &["ec2:DeleteVpcPeeringConnection"],
        tags: EC2_TAGS,
        ..NONE
    },
    Row {
        kind: "peering.acceptance",
        resource: "vpc-peering-connection/*",
        create: &["ec2:AcceptVpcPeeringConnection"],
        ..NONE
    },
    Row {
        kind: "peering.accepter_options",
        resource: "vpc-peering-connection/*",
        create: &["ec2:ModifyVpcPeeringConnectionOptions"],
        update: &["ec2:ModifyVpcPeeringConnectionOptions"],
        ..NONE
    },
    Row {
        kind: "peering.accepter_routes",
        resource: "route-table/{table}",
        create: &["ec2:CreateRoute"],
        delete: &["ec2:DeleteRoute"],
        update: &["ec2:ReplaceRoute"],
        ..NONE
    },
    Row {
        kind: "peering.requester_options",
        resource: "vpc-peering-connection/*",
        create: &["ec2:ModifyVpcPeeringConnectionOptions"],
        update: &["ec2:ModifyVpcPeeringConnectionOptions"],
        ..NONE
    },
    Row {
        kind: "peering.requester_routes",
        resource: "route-table/{table}",
        create: &["ec2:CreateRoute"],
        delete: &["ec2:DeleteRoute"],
        update: &["ec2:ReplaceRoute"],
        ..NONE
    },
    Row {
        kind: "pipeline",
        resource: "pipeline/{name}",
        create: &["sagemaker:CreatePipeline", "sagemaker:AddTags"],
        delete: &["sagemaker:DeletePipeline"],
        update: &["sagemaker:UpdatePipeline"],
        tags: SAGEMAKER_TAGS,
        ..NONE
    },
    Row {
        kind: "policy",
        resource: "policy{path}{name}",
        create: &["iam:CreatePolicy", "iam:TagPolicy"],
        delete: &["iam:DeletePolicy"],
        by: &[("document", &["iam:CreatePolicyVersion"])],
        tags: Some(("iam:TagPolicy", "iam:UntagPolicy")),
        ..NONE
    },
    Row {
        kind: "portfolio",
        resource: "portfolio/{id}",
        create: &["servicecatalog:CreatePortfolio"],
        delete: &["servicecatalog:DeletePortfolio"],
        update: &["servicecatalog:UpdatePortfolio"],
        ..NONE
    },
    Row {
        kind: "portfolio.launch_constraint",
        resource: "portfolio/*",
        create: &["servicecatalog:CreateConstraint"],
        delete: &["servicecatalog:DeleteConstraint"],
        update: &["servicecatalog:UpdateConstraint"],
        ..NONE
    },
    Row {
        kind: "portfolio.principals",
        resource: "portfolio/*",
        create: &["servicecatalog:AssociatePrincipalWithPortfolio"],
        delete: &["servicecatalog:DisassociatePrincipalFromPortfolio"],
        ..NONE
    },
    Row {
        kind: "portfolio.products",
        resource: "portfolio/*",
        create: &["servicecatalog:AssociateProductWithPortfolio"],
        delete: &["servicecatalog:DisassociateProductFromPortfolio"],
        ..NONE
    },
    Row {
        kind: "product",
        resource: "product/{id}",
        create: &["servicecatalog:CreateProduct"],
        delete: &["servicecatalog:DeleteProduct"],
        ..NONE
    },
    Row {
        kind: "resource_share",
        resource: "resource-share/*",
        create: &["ram:CreateResourceShare", "ram:TagResource"],
        delete: &["ram:DeleteResourceShare"],
        by: &[("permission", &["ram:AssociateResourceSharePermission"])],
        update: &["ram:UpdateResourceShare"],
        tags: Some(("ram:TagResource", "ram:UntagResource")),
    },
    Row {
        kind: "resource_share.acceptance",
        ..NONE
    },
    Row {
        kind: "resource_share.principals",
        resource: "resource-share/*",
        create: &["ram:AssociateResourceShare"],
        delete: &["ram:DisassociateResourceShare"],
        ..NONE
    },
    Row {
        kind: "resource_share.resources",
        resource: "resource-share/*",
        create: &["ram:AssociateResourceShare"],
        delete: &["ram:DisassociateResourceShare"],
        ..NONE
    },
    Row {
        kind: "role",
        resource: "role{path}{name}",
        create: &["iam:CreateRole", "iam:TagRole"],
        delete: &["iam:DeleteRole"],
        by: &[
            ("trust", &["iam:UpdateAssumeRolePolicy"]),
            ("permissions_boundary", &[]),
        ],
        update: &["iam:UpdateRole"],
        tags: Some(("iam:TagRole", "iam:UntagRole")),
    },
    Row {
        kind: "role.managed_policies",
        resource: "role/{role}",
        create: &["iam:AttachRolePolicy"],
        delete: &["iam:DetachRolePolicy"],
        ..NONE
    },
    Row {
        kind: "role.policy",
        resource: "role/{role}",
        create: &["iam:PutRolePolicy"],
        delete: &["iam:DeleteRolePolicy"],
        update: &["iam:PutRolePolicy"],
        ..NONE
    },
    Row {
        kind: "route_table",
        resource: "route-table/{id}",
        create: &["ec2:CreateRouteTable", "ec2:CreateTags"],
        delete: &["ec2:DeleteRouteTable"],
        tags: EC2_TAGS,
        ..NONE
    },
    Row {
        kind: "route_table.route",
        resource: "route-table/*",
        create: &["ec2:CreateRoute"],
        delete: &["ec2:DeleteRoute"],
        update: &["ec2:ReplaceRoute"],
        ..NONE
    },
    Row {
        kind: "route_table.subnets",
        resource: "route-table/*",
        create: &["ec2:AssociateRouteTable"],
        delete: &["ec2:DisassociateRouteTable"],
        update: &["ec2:ReplaceRouteTableAssociation"],
        ..NONE
    },
    Row {
        kind: "security_group",
        resource: "security-group/{id}",
        create: &["ec2:CreateSecurityGroup", "ec2:CreateTags"],
        delete: &["ec2:DeleteSecurityGroup"],
        tags: EC2_TAGS,
        ..NONE
    },
    Row {
        kind: "security_group.egress",
        resource: "security-group/*",
        create: &["ec2:AuthorizeSecurityGroupEgress"],
        delete: &["ec2:RevokeSecurityGroupEgress"],
        update: &["ec2:ModifySecurityGroupRules"],
        tags: EC2_TAGS,
        ..NONE
    },
    Row {
        kind: "security_group.ingress",
        resource: "security-group/*",
        create: &["ec2:AuthorizeSecurityGroupIngress"],
        delete: &["ec2:RevokeSecurityGroupIngress"],
        update: &["ec2:ModifySecurityGroupRules"],
        tags: EC2_TAGS,
        ..NONE
    },
    Row {
        kind: "space",
        resource: "space/{domain}/{name}",
        create: &["sagemaker:CreateSpace", "sagemaker:AddTags"],
        delete: &["sagemaker:DeleteSpace"],
        update: &["sagemaker:UpdateSpace"],
        tags: SAGEMAKER_TAGS,
        ..NONE
    },
    Row {
        kind: "subnet",
        resource: "subnet/{id}",
        create: &["ec2:CreateSubnet", "ec2:CreateTags"],
        delete: &["ec2:DeleteSubnet"],
        update: &["ec2:ModifySubnetAttribute"],
        tags: EC2_TAGS,
        ..NONE
    },
    Row {
        kind: "tag_backfill",
        ..NONE
    },
    Row {
        kind: "user_profile",
        resource: "user-profile/{domain}/{name}",
        create: &["sagemaker:CreateUserProfile", "sagemaker:AddTags"],
        delete: &["sagemaker:DeleteUserProfile"],
        update: &["sagemaker:UpdateUserProfile"],
        tags: SAGEMAKER_TAGS,
        ..NONE
    },
    Row {
        kind: "vpc",
        resource: "vpc/{id}",
        create: &["ec2:CreateVpc", "ec2:CreateTags"],
        delete: &["ec2:DeleteVpc"],
        by: &[("instance_tenancy", &["ec2:ModifyVpcTenancy"])],
        update: &["ec2:ModifyVpcAttribute"],
        tags: EC2_TAGS,
    },
    Row {
        kind: "vpc.secondary_cidrs",
        resource: "vpc/*",
        create: &["ec2:AssociateVpcCidrBlock"],
        delete: &["ec2:DisassociateVpcCidrBlock"],
        ..NONE
    },
    Row {
        kind: "vpc_endpoint",
        resource: "vpc-endpoint/{id}",
        create: &["ec2:CreateVpcEndpoint", "ec2:CreateTags"],
        delete: &["ec2:DeleteVpcEndpoints"],
        update: &["ec2:ModifyVpcEndpoint"],
        tags: EC2_TAGS,
        ..NONE
    },
];

/// The actions of calls that the work of some things makes: what AWS's answer decides, what stands in
/// the way of a deletion, and what only some attributes take.
pub const PERHAPS: &[&str] = &[
    "ce:UpdateCostAllocationTagsStatus",
    "elasticfilesystem:CreateMountTarget",
    "elasticfilesystem:DeleteFileSystem",
    "elasticfilesystem:DeleteMountTarget",
    "iam:DeletePolicyVersion",
    "iam:DeleteRolePermissionsBoundary",
    "iam:PutRolePermissionsBoundary",
    "ram:AcceptResourceShareInvitation",
    "sagemaker:DeleteApp",
    "sagemaker:DeleteImageVersion",
    "servicecatalog:CreateProvisioningArtifact",
    "servicecatalog:UpdateProduct",
    "servicecatalog:UpdateProvisioningArtifact",
];

/// The row of a kind word.
#[must_use]
pub fn row(kind: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.kind == kind)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::{PERHAPS, ROWS};
    use crate::kinds::registry;

    /// Words in texts that look like actions and are none of a kind's calls.
    const NO_CALLS: [&str; 6] = [
        "ec2:Subnet",
        "iam:PassRole",
        "s3:PutObject",
        "sagemaker:Pipeline",
        "sts:AssumeRole",
        "sts:SetSourceIdentity",
    ];
    /// Calls that `smd share verify` evaluates and nothing makes.
    const EVALUATED: [&str; 3] = [
        "sagemaker:RetryPipelineExecution",
        "sagemaker:StartPipelineExecution",
        "sagemaker:StopPipelineExecution",
    ];
    const READS: [&str; 5] = ["Describe", "Get", "List", "Search", "Simulate"];

    #[test]
    fn every_kind_word_has_its_row() {
        let mut words: Vec<&str> = registry()
            .iter()
            .flat_map(|kind| kind.schemas().iter().map(|schema| schema.kind))
            .collect();
        words.sort_unstable();
        let rows: Vec<&str> = ROWS.iter().map(|row| row.kind).collect();
        assert_eq!(rows, words);
    }

    /// The mutating operations that the source of the kinds names.
    fn called() -> BTreeSet<String> {
        fn walk(folder: &Path, text: &mut String) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                if path.is_dir() {
                    walk(&path, text);
                } else if name.ends_with(".rs") && !name.contains("tests") && name != "rights.rs" {
                    text.push_str(&std::fs::read_to_string(&path).unwrap());
                }
            }
        }
        let mut text = String::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        walk(&root.join("src/kinds"), &mut text);
        let action = regex::Regex::new(r#""([a-z0-9]+):([A-Z][A-Za-z]+)""#).unwrap();
        action
            .captures_iter(&text)
            .filter(|found| !READS.iter().any(|read| found[2].starts_with(read)))
            .map(|found| {
                let service = match &found[1] {
                    "efs" => "elasticfilesystem",
                    other => other,
                };
                format!("{service}:{}", &found[2])
            })
            .filter(|action| !NO_CALLS.contains(&action.as_str()))
            .filter(|action| !EVALUATED.contains(&action.as_str()))
            .collect()
    }

    #[test]
    fn every_call_of_the_kinds_is_in_the_table_and_every_action_is_a_call() {
        let mut known: BTreeSet<String> = PERHAPS.iter().map(|one| (*one).to_owned()).collect();
        for row in ROWS {
            let by = row.by.iter().flat_map(|(_, actions)| *actions);
            let tags = row.tags.into_iter().flat_map(|(add, remove)| [add, remove]);
            let all = row.create.iter().chain(row.delete).chain(row.update);
            known.extend(all.chain(by).map(|one| (*one).to_owned()));
            known.extend(tags.map(str::to_owned));
        }
        let called = called();
        let unknown: Vec<&String> = called.difference(&known).collect();
        let unused: Vec<&String> = known.difference(&called).collect();
        assert!(
            unknown.is_empty() && unused.is_empty(),
            "{unknown:?} {unused:?}"
        );
    }
}
