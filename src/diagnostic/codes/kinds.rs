//! Codes of the kinds part: E0301 to E0349 of the EC2 kinds, E0350 to E0398 of the others.

crate::codes! {
    SUBNET_OUTSIDE_VPC = "E0301", "a subnet outside its VPC",
        "The network of a subnet must lie inside one of the networks of its VPC: its `cidr` or one of its `secondary_cidrs`. `cidr_subnet(vpc.x.cidr, 8, 1)` gives a network that does.";
    SUBNETS_OVERLAP = "E0302", "two subnets of a VPC overlap",
        "The subnets of a VPC may not share an address. AWS refuses the second one with `InvalidSubnet.Conflict`; a subnet's network cannot be changed later.";
    PEERED_VPCS_OVERLAP = "E0303", "two peered VPCs overlap",
        "Two VPCs can be peered only if none of their networks overlap; otherwise the request ends in the status `failed`.";
    NETWORK_SIZE = "E0304", "a network too large or too small",
        "VPCs, their further networks and subnets are between /16 (65,536 addresses) and /28 (16 addresses).";
    DUPLICATE_RULE = "E0305", "the same rule twice",
        "A security group has each rule once: rules that differ only in description or tags are the same rule to AWS, which refuses the second one with `InvalidPermission.Duplicate`.";
    GROUP_IN_OTHER_REGION = "E0306", "a rule that names a group of another region",
        "A rule can name a group of its own VPC, or of a VPC that is peered with it in the same region. Across regions write the network of the other side.";
    GROUPS_NOT_PEERED = "E0307", "a rule that names a group of a VPC that is not peered",
        "A rule can name a group of another VPC only while a peering joins the two. Declare the `peering`, or write the network of the other side.";
    RULE_PORTS = "E0308", "ports that do not go with the protocol",
        "`tcp` and `udp` take `ports`; `icmp` and `icmpv6` take `icmp_type` and `icmp_code`; `all` and other protocols take neither.";
    RULE_PEER = "E0309", "not a source or destination of a rule",
        "One label is one AWS rule, with one source or destination: `self`, a security group, an IPv4 or IPv6 network, a prefix list `pl-…`, or a group of a peered account as `account-id/sg-id`. Write one labelled rule for each; `for_each` in the block makes many.";
    DNS_HOSTNAMES_WITHOUT_SUPPORT = "E0310", "DNS hostnames without DNS support",
        "`dns_hostnames` needs `dns_support`, which is on unless it is written as false.";
    ROUTE_TARGET = "E0311", "not a target of a route",
        "A route has one target: an internet gateway, a peering, or the id of a target of another kind, such as `nat-…`, `tgw-…`, `vpce-…` or `eni-…`.";
    DUPLICATE_ROUTE = "E0312", "two routes of a table to one destination",
        "A route table has one route for each destination, whether it is written as `route` in the table or comes from a peering's `requester_routes` or `accepter_routes`.";
    GROUP_NAME = "E0313", "a name that a security group cannot have",
        "The name of a security group does not start with `sg-` (ids do), is not `default`, and is unique in its VPC, letter case ignored.";
    SUBNET_IN_TWO_TABLES = "E0314", "a subnet in two route tables",
        "A subnet is associated with one route table.";
    TWO_GATEWAYS = "E0315", "two internet gateways on a VPC",
        "A VPC has one internet gateway, and a gateway one VPC.";
    NETWORK_MISSING = "E0316", "a thing without its network",
        "A VPC takes its network from `cidr`, or from an IPAM pool by `ipv4_ipam_pool` with `ipv4_netmask_length`; a subnet has `cidr`, or `ipv6_cidr` with `ipv6_native = true`.";
    VPC_NETWORKS_MIXED = "E0317", "networks that a VPC cannot have together",
        "The networks of a VPC may not overlap, and private ranges cannot be mixed: 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16 each exclude the two others.";
    TWO_NAMES = "E0318", "a name and a `Name` tag that differ",
        "The name of an EC2 thing is its `Name` tag. Write one of the two.";
    PEERING_DESTINATIONS_UNKNOWN = "E0319", "destinations of a peering that are not known at plan time",
        "Each route of a peering is a node of its own, named by its table and destination, so both must be known when the plan is made. Write the network, or the `cidr` of a VPC or subnet that has one written.";
    PEERING_WITH_ITSELF = "E0320", "a VPC peered with itself",
        "The requester and the accepter of a peering are two VPCs.";
    PEERING_TWICE = "E0321", "two peerings of the same VPCs",
        "Two VPCs have one peering. AWS refuses the second one with `VpcPeeringConnectionAlreadyExists`.";
    PEERING_OPTIONS_PENDING = "W0322", "options of a peering that somebody else accepts",
        "The options and routes of a peering can be set once it is active. Its accepter stands in no declared account, so smd leaves it pending and cannot set them. Declare the account with `assume_role` or `profile` and the accepter's VPC in it.";
    ZONE_TWICE = "E0323", "a zone written twice",
        "`az` names a zone of this account, `availability_zone_id` the same zone in every account. Write one of them.";
    GROUP_OTHER_VPC = "E0324", "things of two VPCs together",
        "A route table and the subnets associated with it are in one VPC, and so are a VPC's route and the internet gateway it leads to.";
    INTERNAL = "E0399", "a part of smd broke its own rule",
        "This is a defect of smd, not of your files. Nothing was changed. Please report it with the command and the message.";
}
