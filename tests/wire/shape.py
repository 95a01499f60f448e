"""Says what a server holds, as one line of JSON for each line on standard input: what smd makes,
by account and kind, without ids, so that two worlds can be compared and nothing there twice is
missed.

usage: shape.py URL, then one empty line for each look
"""

import json
import re
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

URL = sys.argv[1]
OTHER = "arn:aws:iam::222233334444:role/smd-deploy"
# The sandbox makes the role that an account is entered by.
WAYS_IN = {"smd-deploy"}
# AWS makes it with a domain and leaves it.
SERVICE_LINKED = "AWSServiceRoleFor"
# A domain's own groups are named after its id.
DOMAIN_ID = re.compile(r"\bd-[0-9a-f]{12}\b")


def client(service, keys):
    return boto3.client(
        service,
        region_name="eu-west-1",
        endpoint_url=URL,
        # A busy machine may take long to load the managed policies.
        config=Config(retries={"total_max_attempts": 1}, read_timeout=600),
        **keys,
    )


def other_account():
    answer = client("sts", {}).assume_role(RoleArn=OTHER, RoleSessionName="shape")
    keys = answer["Credentials"]
    return {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
    }


class Account:
    def __init__(self, keys):
        self.ec2 = client("ec2", keys)
        self.iam = client("iam", keys)
        self.sagemaker = client("sagemaker", keys)
        self.efs = client("efs", keys)

    def network(self):
        ec2 = self.ec2
        vpcs = [vpc for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]
        own = {vpc["VpcId"] for vpc in vpcs}
        groups = {
            group["GroupId"]: group["GroupName"]
            for group in ec2.describe_security_groups()["SecurityGroups"]
            if group["VpcId"] in own
        }
        rules = [
            [
                groups[rule["GroupId"]],
                rule["IsEgress"],
                rule["IpProtocol"],
                rule.get("FromPort"),
                rule.get("ToPort"),
                rule.get("CidrIpv4")
                or groups.get(rule.get("ReferencedGroupInfo", {}).get("GroupId")),
            ]
            for rule in ec2.describe_security_group_rules()["SecurityGroupRules"]
            if rule["GroupId"] in groups
        ]
        tables = [
            [
                sorted(route.get("DestinationCidrBlock", "?") for route in table["Routes"]),
                sorted("main" if a["Main"] else "subnet" for a in table["Associations"]),
            ]
            for table in ec2.describe_route_tables()["RouteTables"]
            if table["VpcId"] in own
        ]
        peerings = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
        return {
            "vpcs": [vpc["CidrBlock"] for vpc in vpcs],
            "subnets": [s["CidrBlock"] for s in ec2.describe_subnets()["Subnets"] if s["VpcId"] in own],
            "groups": list(groups.values()),
            "rules": rules,
            "tables": tables,
            "gateways": [
                len(gateway["Attachments"])
                for gateway in ec2.describe_internet_gateways()["InternetGateways"]
            ],
            "addresses": [a["Domain"] for a in ec2.describe_addresses()["Addresses"]],
            "nat gateways": [
                [n["State"], len(n["NatGatewayAddresses"])]
                for n in ec2.describe_nat_gateways()["NatGateways"]
                if n["State"] not in ("deleted", "deleting")
            ],
            "endpoints": [
                [e["ServiceName"], len(e["RouteTableIds"]), len(e["SubnetIds"])]
                for e in ec2.describe_vpc_endpoints()["VpcEndpoints"]
                if e["State"] not in ("deleted", "deleting")
            ],
            "peerings": [
                p["Status"]["Code"]
                for p in peerings
                if p["Status"]["Code"] not in ("deleted", "deleting")
            ],
        }

    def roles(self):
        iam = self.iam
        names = [
            role["RoleName"]
            for role in iam.list_roles()["Roles"]
            if role["RoleName"] not in WAYS_IN and not role["RoleName"].startswith(SERVICE_LINKED)
        ]
        return {
            "roles": [
                [
                    name,
                    sorted(
                        p["PolicyName"]
                        for p in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
                    ),
                    sorted(iam.list_role_policies(RoleName=name)["PolicyNames"]),
                ]
                for name in names
            ],
            "policies": [p["PolicyName"] for p in iam.list_policies(Scope="Local")["Policies"]],
        }

    def studio(self):
        sagemaker = self.sagemaker
        return {
            "domains": [d["DomainName"] for d in sagemaker.list_domains()["Domains"]],
            "pipelines": [p["PipelineName"] for p in sagemaker.list_pipelines()["PipelineSummaries"]],
            "profiles": optional(
                lambda: [p["UserProfileName"] for p in sagemaker.list_user_profiles()["UserProfiles"]]
            ),
            "file systems": optional(
                lambda: [f["LifeCycleState"] for f in self.efs.describe_file_systems()["FileSystems"]]
            ),
        }

    def shape(self):
        kinds = {**self.network(), **self.roles(), **self.studio()}
        return {kind: sorted(things, key=json.dumps) for kind, things in kinds.items() if things}


def optional(look):
    """Nothing where the server does not know the operation."""
    try:
        return look()
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
            raise
        return []


main = Account({})
for _ in sys.stdin:
    # A session ends; the main account's keys do not.
    accounts = {"main": main, "other": Account(other_account())}
    shape = {name: account.shape() for name, account in accounts.items()}
    print(DOMAIN_ID.sub("d-ID", json.dumps(shape, sort_keys=True)), flush=True)
