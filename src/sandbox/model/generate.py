#!/usr/bin/env python3
"""Writes the input shapes of the sandbox's operations, one JSON file per service.

    python3 -m venv venv && venv/bin/pip install botocore
    venv/bin/python src/sandbox/model/generate.py

The source is botocore's service models (Copyright Amazon.com, Inc., Apache License 2.0). Of each
operation's input only what the sandbox checks is kept: types, required members, lengths, ranges,
patterns and enum values.
"""

import gzip
import json
import pathlib

import botocore

# Look-ahead, which linear-time expressions do not have, said in another way: an expression for
# what may not match at the beginning, and one for the rest.
REWRITES = {
    r"^(?![aA]{1}[wW]{1}[sS]{1}:)([\p{L}\p{Z}\p{N}_.:/=+\-@]+)$": {
        "refused": "[aA][wW][sS]:",
        "matcher": r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+",
    },
    r"(?!^[.-])^([a-zA-Z0-9-_.]+)": {"refused": "[.-]", "matcher": "[a-zA-Z0-9_.-]+"},
    r"(?!\s*$).+": {"refused": r"\s*$", "matcher": ".+"},
    r"^(\/|(\/(?!\.)+[^$#<>;`|&?{}^*/\n]+){1,4})$": {
        "matcher": r"/|(/[^.$#<>;`|&?{}^*/\n][^$#<>;`|&?{}^*/\n]*){1,4}",
    },
    r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+": {
        "matcher": r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]+",
    },
}
TAGS = ["TagResource", "UntagResource", "ListTagsForResource"]
OPERATIONS = {
    "sagemaker": [
        verb + kind
        for kind in ("Domain", "UserProfile", "Space")
        for verb in ("Create", "Describe", "Update", "Delete")
    ]
    + ["ListDomains", "ListUserProfiles", "ListSpaces"]
    + [verb + "StudioLifecycleConfig" for verb in ("Create", "Describe", "Delete")]
    + ["ListStudioLifecycleConfigs"]
    + [verb + "Pipeline" for verb in ("Create", "Describe", "Update", "Delete")]
    + ["ListPipelines", "ListPipelineExecutions"]
    + [
        verb + kind
        for kind in ("Image", "ImageVersion", "AppImageConfig")
        for verb in ("Create", "Describe", "Update", "Delete")
    ]
    + ["ListImages", "ListImageVersions", "ListAliases", "ListAppImageConfigs"]
    + ["CreateApp", "DescribeApp", "ListApps", "DeleteApp", "AddTags", "DeleteTags", "ListTags"]
    + ["CreateExperiment", "ListProcessingJobs", "ListTransformJobs", "Search"],
    "efs": TAGS
    + ["CreateFileSystem", "DescribeFileSystems", "DeleteFileSystem"]
    + ["CreateMountTarget", "DescribeMountTargets", "DeleteMountTarget"]
    + ["DescribeMountTargetSecurityGroups", "ModifyMountTargetSecurityGroups"]
    + ["CreateAccessPoint", "DescribeAccessPoints", "DeleteAccessPoint"],
    "resourcegroupstaggingapi": ["GetResources", "TagResources", "UntagResources"],
    "kms": ["CreateKey", "DescribeKey", "EnableKey", "DisableKey", "CreateAlias"] + ["GenerateDataKey", "Decrypt"],
    "ce": ["ListCostAllocationTags", "UpdateCostAllocationTagsStatus"],
    "ram": """
        CreateResourceShare GetResourceShares UpdateResourceShare DeleteResourceShare
        AssociateResourceShare DisassociateResourceShare GetResourceShareAssociations
        GetResourceShareInvitations AcceptResourceShareInvitation RejectResourceShareInvitation
        ListResourceSharePermissions AssociateResourceSharePermission TagResource UntagResource
        EnableSharingWithAwsOrganization
    """.split(),
    "servicecatalog": [verb + "Portfolio" for verb in ("Create", "Describe", "Update", "Delete")]
    + ["ListPortfolios", "CreateProduct", "DescribeProductAsAdmin", "SearchProductsAsAdmin"]
    + ["UpdateProduct", "DeleteProduct", "CreateProvisioningArtifact", "UpdateProvisioningArtifact"]
    + ["ListProvisioningArtifacts", "DescribeProvisioningArtifact", "ListPortfoliosForProduct"]
    + ["AssociateProductWithPortfolio", "DisassociateProductFromPortfolio"]
    + ["AssociatePrincipalWithPortfolio", "DisassociatePrincipalFromPortfolio"]
    + ["ListPrincipalsForPortfolio", "ListConstraintsForPortfolio"]
    + [verb + "Constraint" for verb in ("Create", "Describe", "Update", "Delete")],
    "sts": ["AssumeRole", "GetCallerIdentity"],
    "iam": """
        CreateRole GetRole ListRoles UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy
        DeleteRole TagRole UntagRole ListRoleTags PutRolePolicy GetRolePolicy ListRolePolicies
        DeleteRolePolicy AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies
        PutRolePermissionsBoundary DeleteRolePermissionsBoundary CreatePolicy GetPolicy
        ListPolicies CreatePolicyVersion GetPolicyVersion ListPolicyVersions
        SetDefaultPolicyVersion DeletePolicyVersion DeletePolicy TagPolicy UntagPolicy
        ListPolicyTags ListEntitiesForPolicy GetAccountAuthorizationDetails
        ListInstanceProfilesForRole CreateServiceLinkedRole DeleteServiceLinkedRole
        GetServiceLinkedRoleDeletionStatus SimulatePrincipalPolicy
    """.split(),
}


def service_model(service):
    """The newest service model of `service` that botocore carries."""
    data = pathlib.Path(botocore.__file__).parent / "data" / service
    newest = sorted(path for path in data.iterdir() if path.is_dir())[-1]
    packed = newest / "service-2.json.gz"
    if packed.exists():
        return json.loads(gzip.decompress(packed.read_bytes()))
    return json.loads((newest / "service-2.json").read_text())


def reduced(shape):
    """The constraints of one shape and the names of the shapes it leads to."""
    kept = {"type": shape["type"]}
    for key in ("min", "max", "pattern", "enum", "required", "document"):
        if key in shape:
            kept[key] = shape[key]
    kept.update(REWRITES.get(shape.get("pattern"), {}))
    below = []
    if shape["type"] == "structure":
        kept["members"] = {}
        for name, member in shape["members"].items():
            kept["members"][name] = member["shape"]
            below.append(member["shape"])
    elif shape["type"] == "list":
        kept["member"] = shape["member"]["shape"]
        below.append(kept["member"])
    elif shape["type"] == "map":
        kept["key"], kept["value"] = shape["key"]["shape"], shape["value"]["shape"]
        below += [kept["key"], kept["value"]]
    return kept, below


def main():
    here = pathlib.Path(__file__).parent
    for service, operations in OPERATIONS.items():
        model = service_model(service)
        shapes, inputs = {}, {}
        for operation in sorted(operations):
            shape = model["operations"][operation].get("input", {}).get("shape")
            inputs[operation] = shape
            todo = [shape] if shape else []
            while todo:
                name = todo.pop()
                if name not in shapes:
                    shapes[name], below = reduced(model["shapes"][name])
                    todo += below
        lines = ",\n".join(
            f"{json.dumps(name)}: {json.dumps(shapes[name], separators=(',', ':'))}"
            for name in sorted(shapes)
        )
        (here / f"{service}.json").write_text(
            '{"source": "botocore %s, Apache-2.0",\n"operations": %s,\n"shapes": {\n%s\n}}\n'
            % (botocore.__version__, json.dumps(inputs, indent=1), lines)
        )


if __name__ == "__main__":
    main()
