"""SageMaker with what its domains make (EFS, mount targets, NFS groups), and the tagging API.

moto knows domains only, InService at once, without anything behind them; the rest is held against what AWS documents.
"""

import json
import time

from ec2 import make_vpc, named
from steps import LIMIT, until

ROLE = "studio"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def gone(call):
    """Asks until the thing is not there."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        try:
            call()
        except Exception as error:  # noqa: BLE001
            return error.response["Error"]["Code"]
        time.sleep(0.02)
    raise SystemExit("still there")


def platform(s):
    """A network, a group and a role."""
    ec2 = s.client("ec2")
    vpc = make_vpc(s)
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"eu-west-1{az}")["Subnet"]["SubnetId"] for i, az in enumerate("ab")]
    group = ec2.create_security_group(GroupName="studio", Description="studio", VpcId=vpc)["GroupId"]
    try:
        role = s.client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        time.sleep(0 if s.is_moto else 1)
    except Exception:  # noqa: BLE001 another scenario made it
        role = s.client("iam").get_role(RoleName=ROLE)["Role"]["Arn"]
    return vpc, subnets, group, role


def create(s, name, vpc, subnets, group, role, **extra):
    return s.client("sagemaker").create_domain(
        DomainName=name,
        AuthMode="IAM",
        AppNetworkAccessType="VpcOnly",
        VpcId=vpc,
        SubnetIds=subnets,
        DefaultUserSettings={"ExecutionRole": role, "SecurityGroups": [group]},
        Tags=[{"Key": "k", "Value": "v"}],
        **extra,
    )


def settled(s, domain):
    sagemaker = s.client("sagemaker")
    return until(lambda: sagemaker.describe_domain(DomainId=domain), lambda r: r["Status"] not in ("Pending", "Updating"))


def domains(s):
    sagemaker, ec2 = s.client("sagemaker"), s.client("ec2")
    vpc, subnets, group, role = platform(s)
    made = s.do("create", lambda: create(s, "alpha", vpc, subnets, group, role), lambda r: sorted(set(r) & {"DomainArn", "Url"}))
    domain = made["DomainArn"].rsplit("/", 1)[1]
    settled(s, domain)
    s.do(
        "describe",
        lambda: sagemaker.describe_domain(DomainId=domain),
        lambda r: [r[k] for k in ("DomainName", "Status", "AuthMode", "AppNetworkAccessType", "VpcId", "SubnetIds", "DefaultUserSettings")],
    )
    s.do("list", lambda: sagemaker.list_domains(), lambda r: [d["DomainName"] for d in r["Domains"]])
    s.do("tags", lambda: sagemaker.list_tags(ResourceArn=made["DomainArn"]), lambda r: r["Tags"])
    s.do("tag", lambda: sagemaker.add_tags(ResourceArn=made["DomainArn"], Tags=[{"Key": "k2", "Value": "v2"}]), lambda r: bool(r["Tags"]))
    s.do("untag", lambda: sagemaker.delete_tags(ResourceArn=made["DomainArn"], TagKeys=["k"]))
    s.do("tags after", lambda: sagemaker.list_tags(ResourceArn=made["DomainArn"]), lambda r: r["Tags"])
    s.fails("same name", "ResourceInUse", lambda: create(s, "alpha", vpc, subnets, group, role), moto=False)
    s.fails("unknown", "ResourceNotFound", lambda: sagemaker.describe_domain(DomainId="d-abcdefghijkl"), moto=False)
    s.fails("a bad name", "ValidationException", lambda: create(s, "not_a_name", vpc, subnets, group, role), moto=False)
    s.fails("a bad word", "ValidationException", lambda: sagemaker.update_domain(DomainId=domain, AppNetworkAccessType="Elsewhere"), moto=False)
    s.fails("a subnet of nowhere", "ValidationException", lambda: create(s, "beta", vpc, ["subnet-0123456789abcdef0"], group, role), moto=False)

    # What a domain makes: a file system with a mount target in each zone, and two groups that name each other.
    efs = s.client("efs")
    home = sagemaker.describe_domain(DomainId=domain).get("HomeEfsFileSystemId")
    s.do("its file system", lambda: efs.describe_file_systems(FileSystemId=home), lambda r: [(t["Key"], t["Value"]) for f in r["FileSystems"] for t in f["Tags"]], moto=False, want=[("ManagedByAmazonSageMakerResource", made["DomainArn"])])
    s.do("its mount targets", lambda: efs.describe_mount_targets(FileSystemId=home), lambda r: sorted(m["SubnetId"] for m in r["MountTargets"]), moto=False, want=sorted(subnets))
    nfs = [f"security-group-for-inbound-nfs-{domain}", f"security-group-for-outbound-nfs-{domain}"]
    s.do("its groups", lambda: ec2.describe_security_groups(Filters=named("group-name", *nfs)), lambda r: sorted(g["GroupName"] for g in r["SecurityGroups"]), moto=False, want=nfs)
    s.fails("a subnet with a mount target", "DependencyViolation", lambda: ec2.delete_subnet(SubnetId=subnets[0]), moto=False)

    # Updates leave what they do not name; a list is replaced, an empty one clears.
    if not s.is_moto:
        s.do("update", lambda: sagemaker.update_domain(DomainId=domain, DefaultUserSettings={"StudioWebPortal": "ENABLED"}), moto=False, want="ok")
        settled(s, domain)
        s.do("what was not named stays", lambda: sagemaker.describe_domain(DomainId=domain), lambda r: r["DefaultUserSettings"], moto=False, want={"ExecutionRole": role, "SecurityGroups": [group], "StudioWebPortal": "ENABLED"})
        s.do("network mode", lambda: sagemaker.update_domain(DomainId=domain, AppNetworkAccessType="PublicInternetOnly"), moto=False, want="ok")
        settled(s, domain)
        s.fails("group management without RStudio", "ValidationException", lambda: sagemaker.update_domain(DomainId=domain, AppSecurityGroupManagement="Service"), moto=False)
    s.do("delete", lambda: sagemaker.delete_domain(DomainId=domain, RetentionPolicy={"HomeEfsFileSystem": "Delete"}))
    if not s.is_moto:
        gone(lambda: sagemaker.describe_domain(DomainId=domain))
        s.fails("the file system went", "FileSystemNotFound", lambda: efs.describe_file_systems(FileSystemId=home), moto=False)
        s.do("the groups stay", lambda: ec2.describe_security_groups(Filters=named("group-name", *nfs)), lambda r: len(r["SecurityGroups"]), moto=False, want=2)


def people(s):
    """Profiles, spaces and apps."""
    if s.is_moto:
        return
    sagemaker = s.client("sagemaker")
    domain = create(s, "people", *platform(s))["DomainArn"].rsplit("/", 1)[1]
    settled(s, domain)
    mine = {"DomainId": domain}
    ok = {"moto": False, "want": "ok"}
    profile = {**mine, "UserProfileName": "ana"}
    in_service = lambda call: until(call, lambda r: r["Status"] == "InService")  # noqa: E731
    s.do("create a profile", lambda: sagemaker.create_user_profile(**profile, UserSettings={"JupyterLabAppSettings": {"DefaultResourceSpec": {"InstanceType": "ml.t3.medium"}}}), **ok)
    in_service(lambda: sagemaker.describe_user_profile(**profile))
    s.do("describe it", lambda: sagemaker.describe_user_profile(**profile), lambda r: [r["UserProfileName"], r["Status"], r["UserSettings"]], moto=False, want=["ana", "InService", {"JupyterLabAppSettings": {"DefaultResourceSpec": {"InstanceType": "ml.t3.medium"}}}])
    s.fails("same name in another letter case", "ResourceInUse", lambda: sagemaker.create_user_profile(**mine, UserProfileName="ANA"), moto=False)
    s.do("update it", lambda: sagemaker.update_user_profile(**profile, UserSettings={"StudioWebPortal": "ENABLED"}), **ok)
    in_service(lambda: sagemaker.describe_user_profile(**profile))
    s.do("what was not named stays", lambda: sagemaker.describe_user_profile(**profile), lambda r: sorted(r["UserSettings"]), moto=False, want=["JupyterLabAppSettings", "StudioWebPortal"])
    for i in range(12):
        sagemaker.create_user_profile(**mine, UserProfileName=f"user-{i}")
    s.do("list, first page", lambda: sagemaker.list_user_profiles(DomainIdEquals=domain), lambda r: [len(r["UserProfiles"]), bool(r["NextToken"])], moto=False, want=[10, True])
    names = [p["UserProfileName"] for page in sagemaker.get_paginator("list_user_profiles").paginate(DomainIdEquals=domain) for p in page["UserProfiles"]]
    s.do("list, all pages", lambda: None, lambda r: len(set(names)), moto=False, want=13)
    s.do("list by name", lambda: sagemaker.list_user_profiles(DomainIdEquals=domain, UserProfileNameContains="ana"), lambda r: [p["UserProfileName"] for p in r["UserProfiles"]], moto=False, want=["ana"])
    space = {**mine, "SpaceName": "lab"}
    s.do("create a space", lambda: sagemaker.create_space(**space, OwnershipSettings={"OwnerUserProfileName": "ana"}, SpaceSharingSettings={"SharingType": "Private"}, SpaceSettings={"AppType": "JupyterLab"}), **ok)
    in_service(lambda: sagemaker.describe_space(**space))
    s.do("list spaces", lambda: sagemaker.list_spaces(DomainIdEquals=domain), lambda r: [x["SpaceName"] for x in r["Spaces"]], moto=False, want=["lab"])
    app = {**space, "AppType": "JupyterLab", "AppName": "default"}
    s.do("create an app", lambda: sagemaker.create_app(**app), **ok)
    in_service(lambda: sagemaker.describe_app(**app))
    s.do("list apps", lambda: sagemaker.list_apps(DomainIdEquals=domain), lambda r: [(x["AppName"], x["Status"]) for x in r["Apps"]], moto=False, want=[("default", "InService")])
    s.fails("delete the domain", "ResourceInUse", lambda: sagemaker.delete_domain(**mine), moto=False)
    s.fails("delete the profile", "ResourceInUse", lambda: sagemaker.delete_user_profile(**profile), moto=False)
    s.fails("delete the space", "ResourceInUse", lambda: sagemaker.delete_space(**space), moto=False)
    s.do("delete the app", lambda: sagemaker.delete_app(**app), **ok)
    until(lambda: sagemaker.list_apps(DomainIdEquals=domain), lambda r: all(x["Status"] == "Deleted" for x in r["Apps"]))
    s.do("delete the space then", lambda: sagemaker.delete_space(**space), **ok)
    gone(lambda: sagemaker.describe_space(**space))
    for name in names:
        sagemaker.delete_user_profile(**mine, UserProfileName=name)
    for name in names:
        gone(lambda: sagemaker.describe_user_profile(**mine, UserProfileName=name))
    s.fails("a profile that is gone", "ResourceNotFound", lambda: sagemaker.describe_user_profile(**profile), moto=False)
    s.do("delete the domain then", lambda: sagemaker.delete_domain(**mine), **ok)
    gone(lambda: sagemaker.describe_domain(**mine))
    kept = s.client("efs").describe_file_systems()["FileSystems"]
    s.do("retained file systems", lambda: None, lambda r: [f["LifeCycleState"] for f in kept if f["Tags"][0]["Value"].endswith(domain)], moto=False, want=["available"])


def pipelines(s):
    """Pipelines, of which moto knows all."""
    sagemaker = s.client("sagemaker")
    role = platform(s)[3]
    definition = json.dumps({"Version": "2020-12-01", "Steps": [{"Name": "a", "Type": "Fail"}]})
    make = lambda **extra: sagemaker.create_pipeline(**{"PipelineName": "train", "RoleArn": role, "PipelineDefinition": definition, "Tags": [{"Key": "k", "Value": "v"}], **extra})  # noqa: E731
    made = s.do("create", make, lambda r: r["PipelineArn"])
    arn = made["PipelineArn"]
    described = ("PipelineName", "PipelineDisplayName", "PipelineDefinition", "PipelineStatus", "RoleArn")
    s.do("describe", lambda: sagemaker.describe_pipeline(PipelineName="train"), lambda r: [r[k] for k in described])
    s.do("describe by arn", lambda: sagemaker.describe_pipeline(PipelineName=arn), lambda r: r["PipelineName"], moto=False, want="train")
    s.fails("same name", "ValidationException", make)
    s.fails("no definition", "ValidationException", lambda: sagemaker.create_pipeline(PipelineName="none", RoleArn=role))
    s.fails("no json", "ValidationException", lambda: make(PipelineName="bad", PipelineDefinition="no json"), moto=False)
    make(PipelineName="other")
    s.do("list", lambda: sagemaker.list_pipelines(), lambda r: sorted(p["PipelineName"] for p in r["PipelineSummaries"]))
    s.do("list by name", lambda: sagemaker.list_pipelines(PipelineNamePrefix="tr"), lambda r: [p["PipelineName"] for p in r["PipelineSummaries"]])
    s.do("update", lambda: sagemaker.update_pipeline(PipelineName="train", PipelineDescription="x", ParallelismConfiguration={"MaxParallelExecutionSteps": 3}), lambda r: r["PipelineArn"])
    s.do("what was not named stays", lambda: sagemaker.describe_pipeline(PipelineName="train"), lambda r: [r["PipelineDescription"], r["ParallelismConfiguration"], r["PipelineDefinition"]])
    s.do("tags", lambda: sagemaker.list_tags(ResourceArn=arn), lambda r: r["Tags"])
    for name in ("train", "other"):
        s.do(f"delete {name}", lambda: sagemaker.delete_pipeline(PipelineName=name), lambda r: r["PipelineArn"])
    s.fails("a pipeline that is gone", "ResourceNotFound", lambda: sagemaker.describe_pipeline(PipelineName="train"))


def lifecycle_configs(s):
    """Scripts that apps run: none is changed, and one that is named stays."""
    if s.is_moto:
        return
    sagemaker = s.client("sagemaker")
    name = {"StudioLifecycleConfigName": "start"}
    make = lambda: sagemaker.create_studio_lifecycle_config(**name, StudioLifecycleConfigContent="ZWNobw==", StudioLifecycleConfigAppType="JupyterLab")  # noqa: E731
    arn = s.do("create", make, lambda r: r["StudioLifecycleConfigArn"].rsplit(":", 1)[1], moto=False, want="studio-lifecycle-config/start")["StudioLifecycleConfigArn"]
    s.fails("same name", "ResourceInUse", make, moto=False)
    s.do("describe", lambda: sagemaker.describe_studio_lifecycle_config(**name), lambda r: [r["StudioLifecycleConfigContent"], r["StudioLifecycleConfigAppType"]], moto=False, want=["ZWNobw==", "JupyterLab"])
    s.do("list", lambda: sagemaker.list_studio_lifecycle_configs(AppTypeEquals="JupyterLab"), lambda r: [c["StudioLifecycleConfigName"] for c in r["StudioLifecycleConfigs"]], moto=False, want=["start"])
    s.do("list others", lambda: sagemaker.list_studio_lifecycle_configs(AppTypeEquals="CodeEditor"), lambda r: r["StudioLifecycleConfigs"], moto=False, want=[])
    domain = create(s, "scripts", *platform(s))["DomainArn"].rsplit("/", 1)[1]
    settled(s, domain)
    wire = lambda arns: sagemaker.update_domain(DomainId=domain, DefaultUserSettings={"JupyterLabAppSettings": {"LifecycleConfigArns": arns}})  # noqa: E731
    wire([arn])
    settled(s, domain)
    s.fails("delete one that a domain names", "ResourceInUse", lambda: sagemaker.delete_studio_lifecycle_config(**name), moto=False)
    wire([])
    settled(s, domain)
    s.do("delete it then", lambda: sagemaker.delete_studio_lifecycle_config(**name), moto=False, want="ok")
    s.fails("one that is gone", "ResourceNotFound", lambda: sagemaker.delete_studio_lifecycle_config(**name), moto=False)
    sagemaker.delete_domain(DomainId=domain, RetentionPolicy={"HomeEfsFileSystem": "Delete"})
    gone(lambda: sagemaker.describe_domain(DomainId=domain))


def file_systems(s):
    """What is left behind by a domain is taken away by hand."""
    if s.is_moto:
        return
    efs, ec2 = s.client("efs"), s.client("ec2")
    vpc, subnets, group, role = platform(s)
    domain = create(s, "leftovers", vpc, subnets, group, role)["DomainArn"].rsplit("/", 1)[1]
    home = settled(s, domain)["HomeEfsFileSystemId"]
    s.client("sagemaker").delete_domain(DomainId=domain)
    gone(lambda: s.client("sagemaker").describe_domain(DomainId=domain))
    s.fails("with mount targets", "FileSystemInUse", lambda: efs.delete_file_system(FileSystemId=home), moto=False)
    targets = efs.describe_mount_targets(FileSystemId=home)["MountTargets"]
    s.do("groups of a mount target", lambda: efs.describe_mount_target_security_groups(MountTargetId=targets[0]["MountTargetId"]), lambda r: len(r["SecurityGroups"]), moto=False, want=1)
    for target in targets:
        efs.delete_mount_target(MountTargetId=target["MountTargetId"])
    until(lambda: efs.describe_mount_targets(FileSystemId=home), lambda r: not r["MountTargets"])
    s.do("without", lambda: efs.delete_file_system(FileSystemId=home), moto=False, want="ok")
    inbound, outbound = (
        ec2.describe_security_groups(Filters=named("group-name", f"security-group-for-{way}-nfs-{domain}"))["SecurityGroups"][0]
        for way in ("inbound", "outbound")
    )
    s.fails("a group that the other names", "DependencyViolation", lambda: ec2.delete_security_group(GroupId=outbound["GroupId"]), moto=False)
    ec2.revoke_security_group_ingress(GroupId=inbound["GroupId"], IpPermissions=inbound["IpPermissions"])
    ec2.revoke_security_group_egress(GroupId=outbound["GroupId"], IpPermissions=outbound["IpPermissionsEgress"])
    for each in (inbound, outbound):
        s.do(f"delete {each['GroupName'].split('-nfs-')[0]}", lambda: ec2.delete_security_group(GroupId=each["GroupId"]), moto=False, want="ok")
    ec2.delete_security_group(GroupId=group)
    for subnet in subnets:
        ec2.delete_subnet(SubnetId=subnet)
    s.do("then the network goes", lambda: ec2.delete_vpc(VpcId=vpc), moto=False, want="ok")


def tagging(s):
    """Tags of many things at once."""
    vpc, ec2 = make_vpc(s), s.client("ec2")
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "scenario", "Value": "tagging"}])
    bulk = s.client("resourcegroupstaggingapi")
    s.do(
        "by tag",
        lambda: bulk.get_resources(TagFilters=[{"Key": "scenario", "Values": ["tagging"]}]),
        lambda r: [(x["ResourceARN"].rsplit("/", 1)[1], x["Tags"]) for x in r["ResourceTagMappingList"]],
    )
    s.do("by type", lambda: bulk.get_resources(ResourceTypeFilters=["ec2:vpc"], TagFilters=[{"Key": "scenario"}]), lambda r: len(r["ResourceTagMappingList"]))


SCENARIOS = [domains, people, pipelines, lifecycle_configs, file_systems, tagging]
