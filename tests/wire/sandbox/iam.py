"""IAM and STS: roles, inline and managed policies, attachments, versions, assume-role, refusals."""

import json

from steps import ACCOUNT, OTHER

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "Logs", "Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": "*"}]})
FULL_ACCESS = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"


def tags_of(tags):
    return sorted((t["Key"], t["Value"]) for t in tags)


def roles(s):
    iam = s.client("iam")
    create = lambda name, **extra: iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, **extra)  # noqa: E731
    s.do(
        "create",
        lambda: create("one", Path="/team/", Description="first", MaxSessionDuration=7200, Tags=[{"Key": "k", "Value": "v"}]),
        lambda r: [r["Role"][k] for k in ("RoleName", "Path", "Arn", "AssumeRolePolicyDocument")],
    )
    s.do("get", lambda: iam.get_role(RoleName="one"), lambda r: [r["Role"][k] for k in ("Description", "MaxSessionDuration", "AssumeRolePolicyDocument")] + [tags_of(r["Role"]["Tags"])])
    s.fails("same name", "EntityAlreadyExists", lambda: create("one"))
    s.fails("same name in another letter case", "EntityAlreadyExists", lambda: create("ONE"), moto=False)
    s.do("update", lambda: iam.update_role(RoleName="one", Description="second", MaxSessionDuration=3600))
    s.do("updated", lambda: iam.get_role(RoleName="one"), lambda r: [r["Role"]["Description"], r["Role"]["MaxSessionDuration"]])
    s.do("update the description", lambda: iam.update_role_description(RoleName="one", Description="third"), lambda r: r["Role"]["Description"])
    trust = TRUST.replace("sagemaker.amazonaws.com", "ec2.amazonaws.com")
    s.do("update the trust", lambda: iam.update_assume_role_policy(RoleName="one", PolicyDocument=trust))
    s.do("trust", lambda: iam.get_role(RoleName="one"), lambda r: r["Role"]["AssumeRolePolicyDocument"])
    s.do("tag", lambda: iam.tag_role(RoleName="one", Tags=[{"Key": "k2", "Value": "v2"}]))
    s.do("untag", lambda: iam.untag_role(RoleName="one", TagKeys=["k"]))
    s.do("tags", lambda: iam.list_role_tags(RoleName="one"), lambda r: tags_of(r["Tags"]))
    s.do("list", lambda: iam.list_roles(PathPrefix="/team/"), lambda r: [x["RoleName"] for x in r["Roles"]])
    s.fails("document that is none", "MalformedPolicyDocument", lambda: iam.create_role(RoleName="bad", AssumeRolePolicyDocument="{"), moto=False)
    s.fails(
        "trust without a principal",
        "MalformedPolicyDocument",
        lambda: iam.create_role(RoleName="bad", AssumeRolePolicyDocument=ALLOW),
        moto=False,
    )
    s.fails("unknown", "NoSuchEntity", lambda: iam.get_role(RoleName="nobody"))
    s.do("delete", lambda: iam.delete_role(RoleName="one"))
    s.fails("delete again", "NoSuchEntity", lambda: iam.delete_role(RoleName="one"))


def inline_policies(s):
    iam = s.client("iam")
    iam.create_role(RoleName="inline", AssumeRolePolicyDocument=TRUST)
    s.do("put", lambda: iam.put_role_policy(RoleName="inline", PolicyName="logs", PolicyDocument=ALLOW))
    s.do("put again", lambda: iam.put_role_policy(RoleName="inline", PolicyName="logs", PolicyDocument=ALLOW))
    s.do("get", lambda: iam.get_role_policy(RoleName="inline", PolicyName="logs"), lambda r: r["PolicyDocument"])
    s.do("list", lambda: iam.list_role_policies(RoleName="inline"), lambda r: r["PolicyNames"])
    s.fails("malformed", "MalformedPolicyDocument", lambda: iam.put_role_policy(RoleName="inline", PolicyName="x", PolicyDocument='{"Statement": 1}'))
    s.fails("delete the role", "DeleteConflict", lambda: iam.delete_role(RoleName="inline"))
    s.do("delete", lambda: iam.delete_role_policy(RoleName="inline", PolicyName="logs"))
    s.fails("delete again", "NoSuchEntity", lambda: iam.delete_role_policy(RoleName="inline", PolicyName="logs"))
    iam.delete_role(RoleName="inline")


def managed_policies(s):
    iam = s.client("iam")
    arn = s.do(
        "create",
        lambda: iam.create_policy(PolicyName="logs", Path="/team/", Description="d", PolicyDocument=ALLOW, Tags=[{"Key": "k", "Value": "v"}]),
        lambda r: [r["Policy"][k] for k in ("PolicyName", "Arn", "Path", "DefaultVersionId", "AttachmentCount")],
    )["Policy"]["Arn"]
    s.do("get", lambda: iam.get_policy(PolicyArn=arn), lambda r: [r["Policy"][k] for k in ("Arn", "DefaultVersionId", "Description")])
    s.fails("same name", "EntityAlreadyExists", lambda: iam.create_policy(PolicyName="logs", Path="/team/", PolicyDocument=ALLOW))
    s.do("version", lambda: iam.get_policy_version(PolicyArn=arn, VersionId="v1"), lambda r: [r["PolicyVersion"]["Document"], r["PolicyVersion"]["IsDefaultVersion"]])
    s.do(
        "new version",
        lambda: iam.create_policy_version(PolicyArn=arn, PolicyDocument=ALLOW.replace("Logs", "More"), SetAsDefault=True),
        lambda r: [r["PolicyVersion"]["VersionId"], r["PolicyVersion"]["IsDefaultVersion"]],
    )
    s.do("versions", lambda: iam.list_policy_versions(PolicyArn=arn), lambda r: sorted((v["VersionId"], v["IsDefaultVersion"]) for v in r["Versions"]))
    for _ in range(3):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=ALLOW)
    s.fails("a sixth version", "LimitExceeded", lambda: iam.create_policy_version(PolicyArn=arn, PolicyDocument=ALLOW))
    s.fails("delete the default version", "DeleteConflict", lambda: iam.delete_policy_version(PolicyArn=arn, VersionId="v2"))
    s.do("set the default", lambda: iam.set_default_policy_version(PolicyArn=arn, VersionId="v1"))
    iam.create_role(RoleName="user", AssumeRolePolicyDocument=TRUST)
    s.do("attach", lambda: iam.attach_role_policy(RoleName="user", PolicyArn=arn))
    s.do("attach AWS's own", lambda: iam.attach_role_policy(RoleName="user", PolicyArn=FULL_ACCESS))
    s.do("attached", lambda: iam.list_attached_role_policies(RoleName="user"), lambda r: sorted(p["PolicyArn"] for p in r["AttachedPolicies"]))
    s.do("entities", lambda: iam.list_entities_for_policy(PolicyArn=arn), lambda r: [x["RoleName"] for x in r["PolicyRoles"]])
    s.fails("attach what is not there", "NoSuchEntity", lambda: iam.attach_role_policy(RoleName="user", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/none"))
    s.fails("delete while attached", "DeleteConflict", lambda: iam.delete_policy(PolicyArn=arn), moto=False)
    s.fails("delete the role", "DeleteConflict", lambda: iam.delete_role(RoleName="user"))
    s.do("list", lambda: iam.list_policies(Scope="Local"), lambda r: [p["PolicyName"] for p in r["Policies"]])
    s.do(
        "everything",
        lambda: iam.get_account_authorization_details(Filter=["Role", "LocalManagedPolicy"]),
        lambda r: [
            [(x["RoleName"], x["AssumeRolePolicyDocument"], sorted(p["PolicyArn"] for p in x["AttachedManagedPolicies"])) for x in r["RoleDetailList"] if x["RoleName"] == "user"],
            # moto leaves the policy's name out.
            [(p["Arn"], p["DefaultVersionId"], len(p["PolicyVersionList"])) for p in r["Policies"]],
        ],
    )
    s.do("detach", lambda: iam.detach_role_policy(RoleName="user", PolicyArn=arn))
    s.fails("detach again", "NoSuchEntity", lambda: iam.detach_role_policy(RoleName="user", PolicyArn=arn))
    iam.detach_role_policy(RoleName="user", PolicyArn=FULL_ACCESS)
    s.do("boundary", lambda: iam.put_role_permissions_boundary(RoleName="user", PermissionsBoundary=arn))
    s.do("with a boundary", lambda: iam.get_role(RoleName="user"), lambda r: r["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"])
    s.do("without", lambda: iam.delete_role_permissions_boundary(RoleName="user"))
    for version in ("v2", "v3", "v4", "v5"):
        iam.delete_policy_version(PolicyArn=arn, VersionId=version)
    s.do("tag", lambda: iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "k2", "Value": "v2"}]))
    s.do("untag", lambda: iam.untag_policy(PolicyArn=arn, TagKeys=["k"]))
    s.do("tags", lambda: iam.list_policy_tags(PolicyArn=arn), lambda r: tags_of(r["Tags"]))
    s.do("instance profiles", lambda: iam.list_instance_profiles_for_role(RoleName="user"), lambda r: r["InstanceProfiles"])
    s.do("delete", lambda: iam.delete_policy(PolicyArn=arn))
    s.fails("unknown", "NoSuchEntity", lambda: iam.get_policy(PolicyArn=arn))
    iam.delete_role(RoleName="user")


def callers(s):
    s.do("who am I", lambda: s.client("sts").get_caller_identity(), lambda r: r["Account"])
    s.do("in the other account", lambda: s.client("sts", account=OTHER).get_caller_identity(), lambda r: [r["Account"], r["Arn"]])
    s.fails(
        "a role that is not there",
        "AccessDenied",
        lambda: s.client("sts").assume_role(RoleArn=f"arn:aws:iam::{OTHER}:role/nobody", RoleSessionName="wire"),
        moto=False,
    )


SCENARIOS = [roles, inline_policies, managed_policies, callers]
