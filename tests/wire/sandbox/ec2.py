"""EC2: create, describe with filters and pages, modify, delete, refusals."""

from steps import ACCOUNT, FAR, OTHER, until


def named(name, *values):
    return [{"Name": name, "Values": list(values)}]


def tag_spec(kind, **tags):
    return [{"ResourceType": kind, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}]


def tags_of(thing):
    return sorted((t["Key"], t["Value"]) for t in thing.get("Tags", []))


def make_vpc(s, cidr="10.0.0.0/16", **where):
    return s.client("ec2", **where).create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]


def vpcs(s):
    ec2 = s.client("ec2")
    made = s.do(
        "create",
        lambda: ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tag_spec("vpc", Name="a", owner="x")),
        lambda r: [r["Vpc"][k] for k in ("CidrBlock", "IsDefault", "InstanceTenancy", "OwnerId")] + [tags_of(r["Vpc"])],
    )
    vpc = made["Vpc"]["VpcId"]
    s.do("describe by id", lambda: ec2.describe_vpcs(VpcIds=[vpc]), lambda r: [(v["VpcId"], v["State"], v["CidrBlock"]) for v in r["Vpcs"]])
    for name, value in [("cidr", "10.0.0.0/16"), ("tag:owner", "x"), ("tag-key", "owner"), ("vpc-id", vpc), ("state", "available")]:
        s.do(
            f"describe by {name}",
            lambda: ec2.describe_vpcs(Filters=named(name, value)),
            lambda r: [v["VpcId"] for v in r["Vpcs"] if not v["IsDefault"]],
        )
    s.do("filter that matches nothing", lambda: ec2.describe_vpcs(Filters=named("tag:owner", "nobody")), lambda r: r["Vpcs"])
    for attribute, key in [("enableDnsSupport", "EnableDnsSupport"), ("enableDnsHostnames", "EnableDnsHostnames")]:
        s.do(f"attribute {attribute}", lambda: ec2.describe_vpc_attribute(VpcId=vpc, Attribute=attribute), lambda r: r[key]["Value"])
    s.do("modify", lambda: ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True}))
    s.do("modified", lambda: ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames"), lambda r: r["EnableDnsHostnames"]["Value"])
    s.do("tag", lambda: ec2.create_tags(Resources=[vpc], Tags=[{"Key": "owner", "Value": "y"}]))
    s.do("untag", lambda: ec2.delete_tags(Resources=[vpc], Tags=[{"Key": "Name"}]))
    s.do("tags", lambda: ec2.describe_vpcs(VpcIds=[vpc]), lambda r: tags_of(r["Vpcs"][0]))
    s.do("describe tags", lambda: ec2.describe_tags(Filters=named("resource-id", vpc)), lambda r: [(t["Key"], t["Value"], t["ResourceType"]) for t in r["Tags"]])
    associated = s.do(
        "second network",
        lambda: ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.1.0.0/16"),
        lambda r: r["CidrBlockAssociation"]["CidrBlock"],
    )
    s.do(
        "take the second network away",
        lambda: ec2.disassociate_vpc_cidr_block(AssociationId=associated["CidrBlockAssociation"]["AssociationId"]),
    )
    s.fails("unknown", "InvalidVpcID.NotFound", lambda: ec2.describe_vpcs(VpcIds=["vpc-0123456789abcdef0"]))
    s.fails("too large", "InvalidVpc.Range", lambda: ec2.create_vpc(CidrBlock="10.0.0.0/8"))
    s.fails("too small", "InvalidVpc.Range", lambda: ec2.create_vpc(CidrBlock="10.0.0.0/29"))
    s.fails("dry run", "DryRunOperation", lambda: ec2.create_vpc(CidrBlock="10.9.0.0/16", DryRun=True), moto=False)
    s.do("nothing made by the dry run", lambda: ec2.describe_vpcs(Filters=named("cidr", "10.9.0.0/16")), lambda r: r["Vpcs"], moto=False, want=[])
    s.fails("reserved tag", "InvalidParameterValue", lambda: ec2.create_tags(Resources=[vpc], Tags=[{"Key": "aws:x", "Value": "y"}]), moto=False)
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    s.fails("delete with a subnet in it", "DependencyViolation", lambda: ec2.delete_vpc(VpcId=vpc))
    ec2.delete_subnet(SubnetId=subnet)
    s.do("delete", lambda: ec2.delete_vpc(VpcId=vpc))
    s.fails("delete again", "InvalidVpcID.NotFound", lambda: ec2.delete_vpc(VpcId=vpc))


def pages(s):
    ec2 = s.client("ec2")
    for i in range(7):
        ec2.create_vpc(CidrBlock=f"10.{i}.0.0/16", TagSpecifications=tag_spec("vpc", set="pages"))
    seen, token, count = [], None, 0
    while True:
        extra = {"NextToken": token} if token else {}
        answer = s.do(
            f"page {count}",
            lambda: ec2.describe_vpcs(Filters=named("tag:set", "pages"), MaxResults=5, **extra),
            lambda r: len(r["Vpcs"]),
            moto=False,
            want=[5, 2][min(count, 1)],
        )
        if answer is None:
            return
        seen += [v["VpcId"] for v in answer["Vpcs"]]
        token, count = answer.get("NextToken"), count + 1
        if not token:
            break
    assert len(set(seen)) == 7, seen


def subnets(s):
    ec2 = s.client("ec2")
    vpc = make_vpc(s)
    made = s.do(
        "create",
        lambda: ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24", AvailabilityZone="eu-west-1a", TagSpecifications=tag_spec("subnet", k="v")),
        lambda r: [r["Subnet"][k] for k in ("CidrBlock", "AvailabilityZone", "VpcId", "AvailableIpAddressCount", "MapPublicIpOnLaunch")] + [tags_of(r["Subnet"])],
    )
    subnet = made["Subnet"]["SubnetId"]
    for name, value in [("vpc-id", vpc), ("availability-zone", "eu-west-1a"), ("tag:k", "v"), ("cidr-block", "10.0.1.0/24")]:
        s.do(f"describe by {name}", lambda: ec2.describe_subnets(Filters=named(name, value) + named("vpc-id", vpc)), lambda r: [x["SubnetId"] for x in r["Subnets"]])
    s.do("modify", lambda: ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True}))
    s.do("modified", lambda: ec2.describe_subnets(SubnetIds=[subnet]), lambda r: r["Subnets"][0]["MapPublicIpOnLaunch"])
    s.fails("overlap", "InvalidSubnet.Conflict", lambda: ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.128/25"))
    s.fails("outside the network", "InvalidSubnet.Range", lambda: ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24"))
    s.fails("unknown network", "InvalidVpcID.NotFound", lambda: ec2.create_subnet(VpcId="vpc-0123456789abcdef0", CidrBlock="10.0.2.0/24"))
    s.fails("too small", "InvalidSubnet.Range", lambda: ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.2.0/29"), moto=False)
    s.do("delete", lambda: ec2.delete_subnet(SubnetId=subnet))
    s.fails("delete again", "InvalidSubnetID.NotFound", lambda: ec2.delete_subnet(SubnetId=subnet))
    s.fails("unknown", "InvalidSubnetID.NotFound", lambda: ec2.describe_subnets(SubnetIds=[subnet]))
    s.do("zones", lambda: ec2.describe_availability_zones(), lambda r: [z["ZoneName"] for z in r["AvailabilityZones"]])


def internet_gateways(s):
    ec2 = s.client("ec2")
    vpc = make_vpc(s)
    gateway = s.do("create", lambda: ec2.create_internet_gateway(), lambda r: r["InternetGateway"].get("Attachments"))["InternetGateway"]["InternetGatewayId"]
    s.do("attach", lambda: ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc))
    s.do(
        "attached",
        lambda: ec2.describe_internet_gateways(Filters=named("attachment.vpc-id", vpc)),
        lambda r: [(a["VpcId"], a["State"]) for g in r["InternetGateways"] for a in g["Attachments"]],
    )
    second = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    s.fails("a second one on the network", "InvalidParameterValue", lambda: ec2.attach_internet_gateway(InternetGatewayId=second, VpcId=vpc), moto=False)
    s.fails("delete while attached", "DependencyViolation", lambda: ec2.delete_internet_gateway(InternetGatewayId=gateway))
    s.fails("delete the network", "DependencyViolation", lambda: ec2.delete_vpc(VpcId=vpc), moto=False)
    s.do("detach", lambda: ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc))
    s.fails("detach again", "Gateway.NotAttached", lambda: ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc))
    s.do("delete", lambda: ec2.delete_internet_gateway(InternetGatewayId=gateway))
    s.fails("unknown", "InvalidInternetGatewayID.NotFound", lambda: ec2.describe_internet_gateways(InternetGatewayIds=[gateway]))


def route_tables(s):
    ec2 = s.client("ec2")
    vpc = make_vpc(s)
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    s.do(
        "the main table",
        lambda: ec2.describe_route_tables(Filters=named("vpc-id", vpc)),
        lambda r: [([a["Main"] for a in t["Associations"]], [(x["DestinationCidrBlock"], x["GatewayId"], x["State"]) for x in t["Routes"]]) for t in r["RouteTables"]],
    )
    table = s.do("create", lambda: ec2.create_route_table(VpcId=vpc), lambda r: r["RouteTable"]["VpcId"])["RouteTable"]["RouteTableId"]
    s.do("route", lambda: ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway), lambda r: r["Return"])
    s.do(
        "routes",
        lambda: ec2.describe_route_tables(RouteTableIds=[table]),
        lambda r: sorted((x["DestinationCidrBlock"], x["GatewayId"], x["State"], x["Origin"]) for x in r["RouteTables"][0]["Routes"]),
    )
    s.fails("the same route", "RouteAlreadyExists", lambda: ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway))
    s.fails("a target that is not there", "InvalidGatewayID.NotFound", lambda: ec2.create_route(RouteTableId=table, DestinationCidrBlock="9.0.0.0/8", GatewayId="igw-0123456789abcdef0"), moto=False)
    s.fails("replace what is not there", "InvalidParameterValue", lambda: ec2.replace_route(RouteTableId=table, DestinationCidrBlock="8.0.0.0/8", GatewayId=gateway), moto=False)
    association = s.do("associate", lambda: ec2.associate_route_table(RouteTableId=table, SubnetId=subnet), lambda r: bool(r["AssociationId"]))["AssociationId"]
    s.do(
        "associations",
        lambda: ec2.describe_route_tables(Filters=named("association.subnet-id", subnet)),
        lambda r: [(a["SubnetId"], a["RouteTableId"], a["Main"]) for t in r["RouteTables"] for a in t["Associations"]],
    )
    second = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    s.fails("associate twice", "Resource.AlreadyAssociated", lambda: ec2.associate_route_table(RouteTableId=second, SubnetId=subnet), moto=False)
    s.fails("delete while associated", "DependencyViolation", lambda: ec2.delete_route_table(RouteTableId=table))
    moved = s.do("replace the association", lambda: ec2.replace_route_table_association(AssociationId=association, RouteTableId=second), lambda r: bool(r["NewAssociationId"]))
    s.do("disassociate", lambda: ec2.disassociate_route_table(AssociationId=moved["NewAssociationId"]))
    s.do("delete the route", lambda: ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0"))
    s.fails("delete it again", "InvalidRoute.NotFound", lambda: ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0"))
    s.do("delete", lambda: ec2.delete_route_table(RouteTableId=table))
    s.fails("delete again", "InvalidRouteTableID.NotFound", lambda: ec2.delete_route_table(RouteTableId=table))


def nat_gateways(s):
    ec2 = s.client("ec2")
    vpc = make_vpc(s)
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    address = s.do(
        "allocate",
        lambda: ec2.allocate_address(Domain="vpc", TagSpecifications=tag_spec("elastic-ip", k="v")),
        lambda r: (r["Domain"], bool(r["PublicIp"]), bool(r["AllocationId"])),
    )["AllocationId"]
    for name, value in [("allocation-id", address), ("tag:k", "v"), ("tag-key", "k")]:
        s.do(f"addresses by {name}", lambda: ec2.describe_addresses(Filters=named(name, value)), lambda r: [(a["AllocationId"], a["Domain"], tags_of(a)) for a in r["Addresses"]])
    nat = s.do(
        "create",
        lambda: ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address, TagSpecifications=tag_spec("natgateway", k="v")),
        lambda r: [r["NatGateway"][k] for k in ("SubnetId", "VpcId")] + [[a["AllocationId"] for a in r["NatGateway"]["NatGatewayAddresses"]]],
    )["NatGateway"]["NatGatewayId"]
    seen = lambda: ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"][0]["State"]  # noqa: E731
    until(seen, lambda state: state == "available")
    for name, value in [("nat-gateway-id", nat), ("vpc-id", vpc), ("subnet-id", subnet)]:
        s.do(
            f"describe by {name}",
            lambda: ec2.describe_nat_gateways(Filters=named(name, value)),
            lambda r: [(n["NatGatewayId"], n["State"], n.get("ConnectivityType", "public"), tags_of(n)) for n in r["NatGateways"]],
        )
    s.do("mapped", lambda: ec2.describe_addresses(AllocationIds=[address]), lambda r: [(bool(a.get("AssociationId")), bool(a.get("NetworkInterfaceId"))) for a in r["Addresses"]])
    s.do("route", lambda: ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat), lambda r: r["Return"])
    s.do(
        "routes",
        lambda: ec2.describe_route_tables(RouteTableIds=[table]),
        lambda r: [(x["DestinationCidrBlock"], x.get("NatGatewayId"), x["State"]) for x in r["RouteTables"][0]["Routes"]],
    )
    s.fails("release while mapped", "InvalidIPAddress.InUse", lambda: ec2.release_address(AllocationId=address), moto=False)
    s.fails("detach while mapped", "DependencyViolation", lambda: ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc), moto=False)
    s.fails("a public one without an address", "MissingParameter", lambda: ec2.create_nat_gateway(SubnetId=subnet), moto=False)
    private = s.do(
        "a private one",
        lambda: ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private"),
        lambda r: r["NatGateway"]["ConnectivityType"],
    )["NatGateway"]["NatGatewayId"]
    ec2.delete_nat_gateway(NatGatewayId=private)
    s.do("delete", lambda: ec2.delete_nat_gateway(NatGatewayId=nat), lambda r: r["NatGatewayId"])
    s.do("delete again", lambda: ec2.delete_nat_gateway(NatGatewayId=nat), lambda r: r["NatGatewayId"])
    until(seen, lambda state: state == "deleted")
    s.do("it still shows", lambda: ec2.describe_nat_gateways(NatGatewayIds=[nat]), lambda r: [n["State"] for n in r["NatGateways"]])
    s.do("release", lambda: ec2.release_address(AllocationId=address))
    s.fails("release again", "InvalidAllocationID.NotFound", lambda: ec2.release_address(AllocationId=address))
    s.fails("unknown address", "InvalidAllocationID.NotFound", lambda: ec2.describe_addresses(AllocationIds=[address]))
    s.fails("unknown", "NatGatewayNotFound", lambda: ec2.describe_nat_gateways(NatGatewayIds=["nat-0123456789abcdef0"]), moto=False)
    s.fails("unknown subnet", "InvalidSubnetID.NotFound", lambda: ec2.create_nat_gateway(SubnetId="subnet-0123456789abcdef0", ConnectivityType="private"))


def endpoints(s):
    ec2 = s.client("ec2")
    vpc = make_vpc(s)
    for flag in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=vpc, **{flag: {"Value": True}})
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"eu-west-1{zone}")["Subnet"]["SubnetId"] for i, zone in [(1, "a"), (2, "b"), (3, "b")]]
    tables = [ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2)]
    groups = [ec2.create_security_group(GroupName=f"g{i}", Description="d", VpcId=vpc)["GroupId"] for i in range(2)]
    s3, sts = "com.amazonaws.eu-west-1.s3", "com.amazonaws.eu-west-1.sts"
    s.do(
        "prefix lists",
        lambda: ec2.describe_prefix_lists(Filters=named("prefix-list-name", s3)),
        lambda r: [(x["PrefixListName"], x["PrefixListId"].startswith("pl-")) for x in r["PrefixLists"]],
    )
    gateway = s.do(
        "a gateway endpoint",
        lambda: ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=s3, VpcEndpointType="Gateway", RouteTableIds=[tables[0]], TagSpecifications=tag_spec("vpc-endpoint", k="v")),
        lambda r: [r["VpcEndpoint"][k] for k in ("VpcId", "ServiceName", "VpcEndpointType", "RouteTableIds")] + [tags_of(r["VpcEndpoint"])],
    )["VpcEndpoint"]["VpcEndpointId"]
    s.do(
        "its route",
        lambda: ec2.describe_route_tables(RouteTableIds=[tables[0]]),
        lambda r: [(x["DestinationPrefixListId"].startswith("pl-"), x["GatewayId"]) for x in r["RouteTables"][0]["Routes"] if "DestinationPrefixListId" in x],
    )
    s.do("other tables", lambda: ec2.modify_vpc_endpoint(VpcEndpointId=gateway, AddRouteTableIds=[tables[1]], RemoveRouteTableIds=[tables[0]]), lambda r: r["Return"])
    interface = s.do(
        "an interface endpoint",
        lambda: ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=sts, VpcEndpointType="Interface", SubnetIds=[subnets[0]], SecurityGroupIds=[groups[0]], PrivateDnsEnabled=True),
        lambda r: [r["VpcEndpoint"][k] for k in ("ServiceName", "VpcEndpointType", "SubnetIds", "PrivateDnsEnabled")] + [len(r["VpcEndpoint"]["NetworkInterfaceIds"])],
    )["VpcEndpoint"]["VpcEndpointId"]
    seen = lambda: ec2.describe_vpc_endpoints(VpcEndpointIds=[interface])["VpcEndpoints"][0]["State"]  # noqa: E731
    until(seen, lambda state: state == "available")
    s.do(
        "other subnets and groups",
        lambda: ec2.modify_vpc_endpoint(VpcEndpointId=interface, AddSubnetIds=[subnets[1]], RemoveSubnetIds=[subnets[0]], AddSecurityGroupIds=[groups[1]], RemoveSecurityGroupIds=[groups[0]]),
        lambda r: r["Return"],
    )
    until(seen, lambda state: state == "available")
    for name, value in [("vpc-id", vpc), ("tag:k", "v"), ("service-name", sts), ("vpc-endpoint-type", "Interface")]:
        s.do(
            f"describe by {name}",
            lambda: ec2.describe_vpc_endpoints(Filters=named(name, value) + named("vpc-id", vpc)),
            lambda r: sorted([e["ServiceName"], e["State"], e["RouteTableIds"], e["SubnetIds"], [g["GroupName"] for g in e["Groups"]]] for e in r["VpcEndpoints"]),
        )
    again = dict(VpcId=vpc, ServiceName=sts, VpcEndpointType="Interface")
    s.fails("the private name twice", "InvalidParameter", lambda: ec2.create_vpc_endpoint(**again, SubnetIds=[subnets[0]], PrivateDnsEnabled=True), moto=False)
    s.fails("a zone twice", "DuplicateSubnetsInSameZone", lambda: ec2.create_vpc_endpoint(**again, SubnetIds=subnets[1:]), moto=False)
    s.fails("no gateway of that service", "InvalidParameter", lambda: ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=sts), moto=False)
    s.fails("no such service", "InvalidServiceName", lambda: ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3"), moto=False)
    s.fails("a route twice", "RouteAlreadyExists", lambda: ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=s3, RouteTableIds=[tables[1]]), moto=False)
    s.fails("delete the network", "DependencyViolation", lambda: ec2.delete_vpc(VpcId=vpc), moto=False)
    # moto makes routes with an endpoint only, and deletes them with it.
    ec2.modify_vpc_endpoint(VpcEndpointId=gateway, AddRouteTableIds=[tables[0]], RemoveRouteTableIds=[tables[1]])
    s.do("delete", lambda: ec2.delete_vpc_endpoints(VpcEndpointIds=[gateway, interface]), lambda r: r["Unsuccessful"])
    s.do(
        "delete again",
        lambda: ec2.delete_vpc_endpoints(VpcEndpointIds=[gateway]),
        lambda r: [u["Error"]["Code"] for u in r["Unsuccessful"]],
        moto=False,
        want=["InvalidVpcEndpoint.NotFound"],
    )
    s.fails("unknown", "InvalidVpcEndpointId.NotFound", lambda: ec2.describe_vpc_endpoints(VpcEndpointIds=["vpce-0123456789abcdef0"]))


def literal_routes(s):
    ec2 = s.client("ec2")
    vpc = make_vpc(s)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    s.do("to a transit gateway", lambda: ec2.create_route(RouteTableId=table, DestinationCidrBlock="9.0.0.0/8", TransitGatewayId="tgw-0123456789abcdef0"), moto=False, want="ok")
    s.do("to a prefix list", lambda: ec2.create_route(RouteTableId=table, DestinationPrefixListId="pl-0123456789abcdef0", TransitGatewayId="tgw-0123456789abcdef0"), moto=False, want="ok")
    s.do(
        "routes",
        lambda: ec2.describe_route_tables(RouteTableIds=[table]),
        lambda r: [x.get("DestinationPrefixListId") or x["DestinationCidrBlock"] for x in r["RouteTables"][0]["Routes"] if "TransitGatewayId" in x],
        moto=False,
        want=["9.0.0.0/8", "pl-0123456789abcdef0"],
    )
    s.do("delete it", lambda: ec2.delete_route(RouteTableId=table, DestinationPrefixListId="pl-0123456789abcdef0"), moto=False, want="ok")


def permission(port=443, protocol="tcp", to=None, **source):
    made = {"IpProtocol": protocol}
    if port is not None:
        made |= {"FromPort": port, "ToPort": to or port}
    return [made | source]


def rule_of(rule):
    return [rule["GroupId"], rule["IsEgress"], rule["IpProtocol"], rule["FromPort"], rule["ToPort"], rule.get("CidrIpv4"), rule.get("ReferencedGroupInfo", {}).get("GroupId")]


def security_groups(s):
    ec2 = s.client("ec2")
    vpc = make_vpc(s)
    group = s.do(
        "create",
        lambda: ec2.create_security_group(GroupName="one", Description="first", VpcId=vpc, TagSpecifications=tag_spec("security-group", k="v")),
        lambda r: bool(r["GroupId"]),
    )["GroupId"]
    other = ec2.create_security_group(GroupName="two", Description="second", VpcId=vpc)["GroupId"]
    in_vpc = named("vpc-id", vpc)
    s.do("default egress", lambda: ec2.describe_security_group_rules(Filters=named("group-id", group)), lambda r: [rule_of(x) for x in r["SecurityGroupRules"]])
    for name, value in [("group-name", "one"), ("group-id", group), ("description", "first"), ("tag:k", "v")]:
        s.do(f"describe by {name}", lambda: ec2.describe_security_groups(Filters=named(name, value) + in_vpc), lambda r: [g["GroupId"] for g in r["SecurityGroups"]])
    s.fails("same name", "InvalidGroup.Duplicate", lambda: ec2.create_security_group(GroupName="one", Description="x", VpcId=vpc))
    s.fails("reserved name", "InvalidParameterValue", lambda: ec2.create_security_group(GroupName="sg-x", Description="x", VpcId=vpc), moto=False)
    https = permission(IpRanges=[{"CidrIp": "10.0.0.0/16", "Description": "inside"}])
    made = s.do(
        "authorize",
        lambda: ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=https, TagSpecifications=tag_spec("security-group-rule", k="v")),
        lambda r: [rule_of(x) + [x.get("Description"), tags_of(x)] for x in r["SecurityGroupRules"]],
    )["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    s.fails("authorize again", "InvalidPermission.Duplicate", lambda: ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=https))
    s.do("authorize a group", lambda: ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=permission(22, UserIdGroupPairs=[{"GroupId": other}])))
    s.do("authorize egress", lambda: ec2.authorize_security_group_egress(GroupId=group, IpPermissions=permission(80, IpRanges=[{"CidrIp": "10.0.0.0/8"}])))
    s.do("rules", lambda: ec2.describe_security_group_rules(Filters=named("group-id", group)), lambda r: sorted((rule_of(x) for x in r["SecurityGroupRules"]), key=str))
    s.do(
        "permissions",
        lambda: ec2.describe_security_groups(GroupIds=[group]),
        lambda r: sorted((p["IpProtocol"], p["FromPort"], [x["CidrIp"] for x in p["IpRanges"]], [x["GroupId"] for x in p["UserIdGroupPairs"]]) for p in r["SecurityGroups"][0]["IpPermissions"]),
    )
    s.do(
        "modify a rule",
        lambda: ec2.modify_security_group_rules(
            GroupId=group,
            SecurityGroupRules=[{"SecurityGroupRuleId": made, "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8443, "CidrIpv4": "10.0.0.0/16"}}],
        ),
    )
    s.do("modified", lambda: ec2.describe_security_group_rules(SecurityGroupRuleIds=[made]), lambda r: [rule_of(x) for x in r["SecurityGroupRules"]])
    s.fails("a referenced group", "DependencyViolation", lambda: ec2.delete_security_group(GroupId=other), moto=False)
    s.do("revoke by rule", lambda: ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[made]))
    s.do("revoke by permission", lambda: ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=permission(22, UserIdGroupPairs=[{"GroupId": other}])))
    s.fails("revoke again", "InvalidPermission.NotFound", lambda: ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=permission(22, UserIdGroupPairs=[{"GroupId": other}])))
    s.fails("ports the wrong way round", "InvalidParameterValue", lambda: ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=permission(90, to=80, IpRanges=[{"CidrIp": "10.0.0.0/8"}])), moto=False)
    default = ec2.describe_security_groups(Filters=named("group-name", "default") + in_vpc)["SecurityGroups"][0]["GroupId"]
    s.fails("the default group", "CannotDelete", lambda: ec2.delete_security_group(GroupId=default), moto=False)
    s.do("delete", lambda: ec2.delete_security_group(GroupId=other))
    s.fails("delete again", "InvalidGroup.NotFound", lambda: ec2.delete_security_group(GroupId=other))


def peering(s):
    near, far = s.client("ec2"), s.client("ec2", account=OTHER)
    vpc, peer = make_vpc(s), make_vpc(s, "10.1.0.0/16", account=OTHER)
    request = s.do(
        "request",
        lambda: near.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=peer, PeerOwnerId=OTHER, TagSpecifications=tag_spec("vpc-peering-connection", k="v")),
        lambda r: [r["VpcPeeringConnection"]["RequesterVpcInfo"]["VpcId"], r["VpcPeeringConnection"]["AccepterVpcInfo"]["OwnerId"]],
    )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    state = lambda r: [(p["VpcPeeringConnectionId"], p["Status"]["Code"]) for p in r["VpcPeeringConnections"]]  # noqa: E731
    s.do("pending on this side", lambda: near.describe_vpc_peering_connections(VpcPeeringConnectionIds=[request]), state)
    s.do("pending on the other", lambda: far.describe_vpc_peering_connections(VpcPeeringConnectionIds=[request]), state)
    s.fails("options before it is active", "OperationNotPermitted", lambda: near.modify_vpc_peering_connection_options(VpcPeeringConnectionId=request, RequesterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": True}), moto=False)
    s.fails("accept by the requester", "OperationNotPermitted", lambda: near.accept_vpc_peering_connection(VpcPeeringConnectionId=request))
    s.do("accept", lambda: far.accept_vpc_peering_connection(VpcPeeringConnectionId=request), lambda r: r["VpcPeeringConnection"]["Status"]["Code"] in ("active", "provisioning"))
    s.do("active on this side", lambda: near.describe_vpc_peering_connections(Filters=named("requester-vpc-info.vpc-id", vpc)), state)
    s.do("active on the other", lambda: far.describe_vpc_peering_connections(Filters=named("status-code", "active")), state)
    for client, ids in ((near, vpc), (far, peer)):
        client.modify_vpc_attribute(VpcId=ids, EnableDnsHostnames={"Value": True})
    option = {"AllowDnsResolutionFromRemoteVpc": True}
    s.do("requester's option", lambda: near.modify_vpc_peering_connection_options(VpcPeeringConnectionId=request, RequesterPeeringConnectionOptions=option))
    s.do("accepter's option", lambda: far.modify_vpc_peering_connection_options(VpcPeeringConnectionId=request, AccepterPeeringConnectionOptions=option))
    s.do(
        "options",
        lambda: near.describe_vpc_peering_connections(VpcPeeringConnectionIds=[request]),
        lambda r: [r["VpcPeeringConnections"][0][side]["PeeringOptions"]["AllowDnsResolutionFromRemoteVpc"] for side in ("RequesterVpcInfo", "AccepterVpcInfo")],
    )
    table = near.describe_route_tables(Filters=named("vpc-id", vpc))["RouteTables"][0]["RouteTableId"]
    s.do("route", lambda: near.create_route(RouteTableId=table, DestinationCidrBlock="10.1.0.0/16", VpcPeeringConnectionId=request))
    far_group = far.create_security_group(GroupName="far", Description="far", VpcId=peer)["GroupId"]
    near_group = near.create_security_group(GroupName="near", Description="near", VpcId=vpc)["GroupId"]
    s.do(
        "a rule that names the peer's group",
        lambda: far.authorize_security_group_ingress(GroupId=far_group, IpPermissions=permission(8998, UserIdGroupPairs=[{"GroupId": near_group, "UserId": ACCOUNT}])),
        moto=False,
        want="ok",
    )
    s.do("delete", lambda: near.delete_vpc_peering_connection(VpcPeeringConnectionId=request), lambda r: r["Return"])
    s.do(
        "the route leads nowhere",
        lambda: near.describe_route_tables(RouteTableIds=[table]),
        lambda r: [x["State"] for x in r["RouteTables"][0]["Routes"] if x["DestinationCidrBlock"] == "10.1.0.0/16"],
        moto=False,
        want=["blackhole"],
    )
    overlap = make_vpc(s, "10.0.0.0/16")
    s.do(
        "overlapping networks",
        lambda: near.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=overlap),
        lambda r: near.describe_vpc_peering_connections(VpcPeeringConnectionIds=[r["VpcPeeringConnection"]["VpcPeeringConnectionId"]])["VpcPeeringConnections"][0]["Status"]["Code"],
        moto=False,
        want="failed",
    )


def peering_across_regions(s):
    near, far = s.client("ec2"), s.client("ec2", region=FAR)
    vpc, peer = make_vpc(s), make_vpc(s, "10.1.0.0/16", region=FAR)
    request = near.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=peer, PeerRegion=FAR)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    s.do("accept in the accepter's region", lambda: far.accept_vpc_peering_connection(VpcPeeringConnectionId=request))
    s.do(
        "regions",
        lambda: near.describe_vpc_peering_connections(VpcPeeringConnectionIds=[request]),
        lambda r: [(p["Status"]["Code"], p["RequesterVpcInfo"]["Region"], p["AccepterVpcInfo"]["Region"]) for p in r["VpcPeeringConnections"]],
    )


SCENARIOS = [vpcs, pages, subnets, internet_gateways, route_tables, nat_gateways, endpoints, literal_routes, security_groups, peering, peering_across_regions]
