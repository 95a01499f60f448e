"""Reads with boto3 what smd did on moto, and compares it with what the files say.

usage: check.py URL applied|changed|destroyed
"""

import json
import sys

import boto3

URL, WHEN = sys.argv[1:]
MARKS = {"smd:stack", "smd:address", "smd:key"}


def client(service, keys=None):
    keys = keys or {}
    return boto3.client(service, region_name="eu-west-1", endpoint_url=URL, **keys)


def other_account():
    answer = client("sts").assume_role(
        RoleArn="arn:aws:iam::222233334444:role/smd-deploy", RoleSessionName="check"
    )
    keys = answer["Credentials"]
    return {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
    }


def same(what, found, wanted):
    assert found == wanted, f"{what}: found {found!r}, wanted {wanted!r}"


def tags(things):
    return {tag["Key"]: tag["Value"] for tag in things}


def own_vpcs(ec2):
    return [vpc for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]


def check_network():
    ec2, far = client("ec2"), client("ec2", other_account())
    (vpc,), (far_vpc,) = own_vpcs(ec2), own_vpcs(far)
    same("cidr", (vpc["CidrBlock"], far_vpc["CidrBlock"]), ("10.0.0.0/16", "10.1.0.0/16"))
    vpc_tags = tags(vpc["Tags"])
    same("owner", vpc_tags["owner"], "wire")
    same("name", vpc_tags["Name"], "wire-main")
    assert MARKS <= set(vpc_tags), vpc_tags
    hostnames = ec2.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute="enableDnsHostnames")
    same("dns hostnames", hostnames["EnableDnsHostnames"]["Value"], True)

    mine = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
    subnets = ec2.describe_subnets(Filters=mine)["Subnets"]
    same(
        "subnets",
        sorted((s["AvailabilityZone"], s["CidrBlock"]) for s in subnets),
        [("eu-west-1a", "10.0.1.0/24"), ("eu-west-1b", "10.0.2.0/24")],
    )

    (gateway,) = ec2.describe_internet_gateways()["InternetGateways"]
    same("attachment", [a["VpcId"] for a in gateway["Attachments"]], [vpc["VpcId"]])

    (peering,) = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    same("peering", peering["Status"]["Code"], "active")

    tables = ec2.describe_route_tables(Filters=mine)["RouteTables"]
    own = [t for t in tables if not any(a["Main"] for a in t["Associations"])]
    (table,) = [t for t in own if t["Associations"]]
    (private,) = [t for t in own if not t["Associations"]]
    routes = {r["DestinationCidrBlock"]: r for r in table["Routes"]}
    same("default route", routes["0.0.0.0/0"]["GatewayId"], gateway["InternetGatewayId"])
    same(
        "route to the peer",
        routes["10.1.0.0/16"]["VpcPeeringConnectionId"],
        peering["VpcPeeringConnectionId"],
    )
    check_ways_out(ec2, vpc, subnets, private)
    same(
        "associations",
        {a["SubnetId"] for a in table["Associations"]},
        {s["SubnetId"] for s in subnets},
    )
    far_tables = far.describe_route_tables(
        Filters=[{"Name": "vpc-id", "Values": [far_vpc["VpcId"]]}]
    )["RouteTables"]
    far_routes = {r["DestinationCidrBlock"] for t in far_tables for r in t["Routes"]}
    assert "10.0.0.0/16" in far_routes, far_routes
    return vpc, subnets


def check_ways_out(ec2, vpc, subnets, table):
    (nat,) = ec2.describe_nat_gateways()["NatGateways"]
    zones = {s["SubnetId"]: s["AvailabilityZone"] for s in subnets}
    same("NAT gateway", (nat["State"], zones[nat["SubnetId"]]), ("available", "eu-west-1a"))
    (address,) = ec2.describe_addresses()["Addresses"]
    same("its address", nat["NatGatewayAddresses"][0]["AllocationId"], address["AllocationId"])
    assert MARKS <= set(tags(address["Tags"])) and MARKS <= set(tags(nat["Tags"]))
    routes = [r for r in table["Routes"] if r.get("DestinationCidrBlock") == "0.0.0.0/0"]
    same("way out", [r["NatGatewayId"] for r in routes], [nat["NatGatewayId"]])
    found = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    endpoints = {e["ServiceName"].rsplit(".", 1)[1]: e for e in found}
    same("endpoints", set(endpoints), {"s3", "sts"})
    same("by route", endpoints["s3"]["RouteTableIds"], [table["RouteTableId"]])
    same("by interface", [zones[s] for s in endpoints["sts"]["SubnetIds"]], ["eu-west-1b"])
    same("its group", [g["GroupName"] for g in endpoints["sts"]["Groups"]], ["wire-one"])
    same("private name", endpoints["sts"]["PrivateDnsEnabled"], True)


def check_groups(vpc):
    ec2 = client("ec2")
    groups = ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
    )["SecurityGroups"]
    ids = {g["GroupName"]: g["GroupId"] for g in groups}
    same("groups", set(ids), {"default", "wire-one", "wire-two"})
    found = set()
    for rule in ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": [ids["wire-one"], ids["wire-two"]]}]
    )["SecurityGroupRules"]:
        far = rule.get("CidrIpv4") or rule.get("ReferencedGroupInfo", {}).get("GroupId")
        found.add(
            (rule["GroupId"], rule["IsEgress"], rule["IpProtocol"], rule["FromPort"], rule["ToPort"], far)
        )
    port = 443 if WHEN == "applied" else 8443
    one, two = ids["wire-one"], ids["wire-two"]
    same(
        "rules",
        found,
        {
            (one, False, "tcp", port, port, two),
            (one, True, "-1", -1, -1, "0.0.0.0/0"),
            (two, False, "tcp", 8192, 65535, two),
            (two, False, "tcp", 22, 22, one),
            # No egress was written for the second group: AWS's own rule stays.
            (two, True, "-1", -1, -1, "0.0.0.0/0"),
        },
    )
    return two


def check_roles_and_domain(vpc, subnets, group):
    iam, sagemaker = client("iam"), client("sagemaker")
    role = iam.get_role(RoleName="wire-studio")["Role"]
    same(
        "trust",
        role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"],
        {"Service": "sagemaker.amazonaws.com"},
    )
    attached = iam.list_attached_role_policies(RoleName="wire-studio")["AttachedPolicies"]
    same("attached", {p["PolicyName"] for p in attached}, {"wire-logs", "AmazonSageMakerFullAccess"})
    (domain,) = sagemaker.list_domains()["Domains"]
    described = sagemaker.describe_domain(DomainId=domain["DomainId"])
    same("domain", described["DomainName"], "wire-studio")
    same("its vpc", described["VpcId"], vpc["VpcId"])
    same("its subnets", set(described["SubnetIds"]), {s["SubnetId"] for s in subnets})
    same("its role", described["DefaultUserSettings"]["ExecutionRole"], role["Arn"])
    same("its groups", described["DefaultUserSettings"]["SecurityGroups"], [group])
    marks = tags(sagemaker.list_tags(ResourceArn=domain["DomainArn"])["Tags"])
    assert MARKS <= set(marks), marks
    (policy,) = iam.list_role_policies(RoleName="wire-studio")["PolicyNames"]
    document = iam.get_role_policy(RoleName="wire-studio", PolicyName=policy)["PolicyDocument"]
    assert domain["DomainArn"] in str(document), document


def check_pipeline():
    sagemaker = client("sagemaker")
    found = sagemaker.describe_pipeline(PipelineName="wire-train")
    same("description", found["PipelineDescription"], "trains")
    assert found["RoleArn"].endswith(":role/wire-studio"), found["RoleArn"]
    (step,) = json.loads(found["PipelineDefinition"])["Steps"]
    same("step", step["Arguments"]["ErrorMessage"], "wire-studio")
    marks = tags(sagemaker.list_tags(ResourceArn=found["PipelineArn"])["Tags"])
    assert MARKS <= set(marks), marks


def check_nothing():
    for keys in (None, other_account()):
        ec2, iam = client("ec2", keys), client("iam", keys)
        same("vpcs", own_vpcs(ec2), [])
        same("gateways", ec2.describe_internet_gateways()["InternetGateways"], [])
        groups = ec2.describe_security_groups()["SecurityGroups"]
        same("groups", {g["GroupName"] for g in groups}, {"default"})
        same("addresses", ec2.describe_addresses()["Addresses"], [])
        nats = [n for n in ec2.describe_nat_gateways()["NatGateways"] if n["State"] != "deleted"]
        same("NAT gateways", nats, [])
        endpoints = ec2.describe_vpc_endpoints()["VpcEndpoints"]
        same("endpoints", [e for e in endpoints if e["State"] != "deleted"], [])
        same("roles", [r["RoleName"] for r in iam.list_roles()["Roles"]], [])
        same("policies", iam.list_policies(Scope="Local")["Policies"], [])
        same("domains", client("sagemaker", keys).list_domains()["Domains"], [])
        same("pipelines", client("sagemaker", keys).list_pipelines()["PipelineSummaries"], [])
        living = [
            p
            for p in ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
            if p["Status"]["Code"] not in ("deleted", "deleting")
        ]
        same("peerings", living, [])


if WHEN == "destroyed":
    check_nothing()
else:
    network = check_network()
    check_roles_and_domain(*network, check_groups(network[0]))
    check_pipeline()
print("ok")
