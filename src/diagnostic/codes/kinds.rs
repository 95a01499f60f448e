//! Codes of the kinds part: E0301 to E0349 of the network, E0350 to E0398 of the other kinds.

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
    GROUPS_NOT_PEERED = "W0307", "a rule that names a group of a VPC that is not peered",
        "A rule can name a group of another VPC only while a peering joins the two. Declare the `peering`, or write the network of the other side.";
    RULE_PORTS = "E0308", "ports that do not go with the protocol",
        "`tcp` and `udp` take `ports`; `icmp` and `icmpv6` take `icmp_type` and `icmp_code`; `all` and other protocols take neither.";
    RULE_PEER = "E0309", "not a source or destination of a rule",
        "One label is one AWS rule, with one source or destination: `self`, a security group, an IPv4 or IPv6 network, a prefix list `pl-…`, or a group of a peered account as `account-id/sg-id`. Write one labelled rule for each; `for_each` in the block makes many.";
    DNS_HOSTNAMES_WITHOUT_SUPPORT = "E0310", "DNS hostnames without DNS support",
        "`dns_hostnames` needs `dns_support`, which is on unless it is written as false.";
    ROUTE_TARGET = "E0311", "not a target of a route",
        "A route has one target: an internet gateway, a NAT gateway, a peering, or the id of a target of another kind, such as `nat-…`, `tgw-…`, `vpce-…` or `eni-…`.";
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
        "A route table and the subnets associated with it are in one VPC, and so are a VPC's route and the internet or NAT gateway it leads to, and a VPC endpoint with its route tables, subnets and groups.";
    PEERING_DNS_HOSTNAMES = "E0325", "DNS resolution over a peering of VPCs without DNS hostnames",
        "A side of a peering can allow DNS resolution only while both VPCs have DNS support and DNS hostnames. AWS refuses it otherwise, after the peering was made and accepted.";
    NAT_ADDRESS = "E0326", "a NAT gateway without the address that it needs",
        "A public NAT gateway, which is the default, has an `elastic_ip`; one with `connectivity_type = \"private\"` has none. AWS refuses it otherwise.";
    ADDRESS_TWICE = "E0327", "an elastic IP address given twice",
        "An elastic IP address is mapped to one thing. AWS makes a second NAT gateway with it, and lets it fail with `Resource.AlreadyAssociated`.";
    ADDRESS_ELSEWHERE = "E0328", "an elastic IP address of another account or region",
        "The elastic IP address of a NAT gateway is of the same account and region. An `elastic_ip` names nothing that says where it is: write its `account` and, where that differs, its `region`.";
    NAT_WITHOUT_GATEWAY = "W0329", "a public NAT gateway in a VPC without an internet gateway",
        "A public NAT gateway needs an internet gateway attached to its VPC; without one AWS lets it fail with `Gateway.NotAttached`. Declare an `internet_gateway`, unless another stack attaches one.";
    ENDPOINT_TYPE = "E0330", "a setting of the other type of VPC endpoint",
        "A gateway endpoint (the default; S3 and DynamoDB) has `route_tables`. An interface endpoint (`type = \"Interface\"`) has `subnets`, `security_groups`, `private_dns` and `ip_address_type`.";
    PRIVATE_DNS_TWICE = "E0331", "two endpoints with the private name of one service",
        "Only one interface endpoint of a VPC can have `private_dns` for a service: the service's name leads to one of them. AWS refuses the second one for its conflicting DNS domain.";
    PRIVATE_DNS_NEEDS = "E0332", "private DNS in a VPC without DNS hostnames",
        "`private_dns` of an endpoint needs `dns_hostnames` and `dns_support` of its VPC. Support is on unless it is written as false; hostnames are off unless they are written as true.";
    ENDPOINT_ZONE_TWICE = "E0333", "two subnets of an endpoint in one zone",
        "An interface endpoint has at most one subnet in each zone. AWS refuses it otherwise with `DuplicateSubnetsInSameZone`.";
    ENDPOINT_ROUTE_TWICE = "E0334", "two gateway endpoints of one service in a route table",
        "A route table leads to one gateway endpoint for each service. AWS refuses the second one with `RouteAlreadyExists`.";
    ROUTE_DESTINATION = "E0335", "a route without one destination",
        "A route leads to one network (`to`) or to the networks of one prefix list (`prefix_list`).";
    ROUTE_TO_NOTHING = "E0336", "a route that leads to nothing",
        "A route leads to an internet gateway only while that is attached to the table's VPC. Write `vpc` in the `internet_gateway`.";
    RETURN_ROUTE_MISSING = "W0337", "a peering with routes on one side only",
        "Traffic needs a route on both sides of a peering: without one back, no answer arrives. Write `requester_routes` and `accepter_routes`, or routes with `via = peering.x` in the tables of both VPCs; unless another stack has the other side's.";
    RULES_OVERLAP = "W0338", "a rule that lies within another one",
        "What the rule allows is allowed by another rule of the group already: taking it away changes nothing. Often the wider one was not meant.";
    ABOVE_QUOTA = "W0339", "more than AWS allows at first",
        "The files have more of a thing than an account may have until its quota is raised. If yours was raised, switch this off: `stack x { rules = { W0339 = \"off\" } }`.";
    DOMAIN_WAY_OUT = "W0340", "a `VpcOnly` domain whose apps do not reach SageMaker",
        "With `app_network_access_type = \"VpcOnly\"` apps reach AWS only by the domain's subnets: by a default route to a NAT gateway, or by VPC endpoints for `sagemaker.api`, `sagemaker.runtime`, `sts`, `logs` and S3. Without them apps do not start. Only what these files declare is seen.";
    DOMAIN_PUBLIC_SUBNET = "W0341", "a public subnet of a `VpcOnly` domain",
        "Apps have no public address, so nothing of them gets out by an internet gateway. Give a `VpcOnly` domain private subnets, whose default route leads to a NAT gateway, or which have endpoints.";
    TRUST_DOCUMENT = "E0350", "not a trust document",
        "A role's `trust` says who may assume it: each statement names a `Principal` and an action such as `sts:AssumeRole`, and no `Resource`. `service(\"sagemaker.amazonaws.com\")` and `account_root(account.x)` make such documents.";
    IDENTITY_DOCUMENT = "E0351", "not a policy of a role",
        "A policy attached to a role says what the role may do: each statement names actions and a `Resource`, and no `Principal`; who may assume the role stands in its `trust`.";
    DOCUMENT_TOO_LONG = "E0352", "an IAM document that is too long",
        "IAM counts the characters of a document without white space: a trust document may have 2,048 (4,096 with a higher quota), a managed policy 6,144, all inline policies of a role together 10,240. Use wildcards, or split a managed policy and attach both.";
    IAM_NAME_TWICE = "E0353", "two roles or policies of one name",
        "Names of roles, and of managed policies, are unique in an account. Letter case and path do not make them different.";
    ATTACHED_TWICE = "E0354", "a managed policy attached twice",
        "A role carries each managed policy once.";
    TOO_MANY_ATTACHED = "E0355", "more managed policies than a role can carry",
        "A role carries up to 10 managed policies, up to 20 with a higher quota. Join small ones.";
    INLINE_NAME_TWICE = "E0356", "two inline policies of one name",
        "The name of an inline policy stands once in its role; without a written name it is the label.";
    GROUPS_MISSING = "E0360", "a `VpcOnly` domain without security groups",
        "With `app_network_access_type = \"VpcOnly\"` all traffic of apps goes through the domain's VPC, and AWS wants `security_groups` in `default_user_settings`. The group needs TCP 8192-65535 from itself, and TCP 2049 for the home file system.";
    TOO_MANY_GROUPS = "W0361", "more security groups than SageMaker leaves room for",
        "A network interface takes five security groups, and SageMaker adds its own for the home file system: four are usable.";
    SUBNETS_OF_OTHER_VPC = "E0362", "subnets outside the domain's VPC",
        "All subnets of a domain are in its `vpc`.";
    DOMAIN_NAME_TWICE = "E0363", "two domains of one name",
        "The name of a domain stands once in an account and region: AWS refuses the second one as already existing.";
    PROFILE_NAME_TWICE = "E0364", "two user profiles of one name in a domain",
        "The name of a user profile stands once in its domain, letter case ignored.";
    REPOSITORIES_IN_SPACES = "E0365", "code repositories of JupyterServer in space settings",
        "SageMaker refuses `code_repositories` of `jupyter_server_app_settings` in the settings of spaces. Write them in `default_user_settings`, or in `jupyter_lab_app_settings`.";
    AMAZON_Q_SIGN_IN = "E0366", "Amazon Q without single sign-on",
        "`amazon_q_settings` needs a domain with `auth_mode = \"SSO\"`; no call changes the mode of a domain.";
    SINGLE_SIGN_ON_USER = "E0367", "a user profile that does not fit the domain's sign-in",
        "A profile in a domain with `auth_mode = \"SSO\"` needs `single_sign_on_user_identifier` and `single_sign_on_user_value`; in a domain with `auth_mode = \"IAM\"` it may have neither.";
    GROUP_MANAGEMENT = "E0368", "`app_security_group_management` outside RStudio",
        "`app_security_group_management` is for `VpcOnly` domains with `r_studio_server_pro_domain_settings`; SageMaker refuses it elsewhere.";
    ROLE_NOT_FOR_SAGEMAKER = "E0369", "an execution role that SageMaker cannot assume",
        "The `trust` of an execution role must let the service `sagemaker.amazonaws.com` assume it by `sts:AssumeRole`; otherwise the domain or profile is refused minutes later.";
    DOMAIN_NETWORK_MISSING = "E0370", "a domain without its network",
        "A domain needs `vpc` and `subnets`; only one that belongs to a Unified Studio (`domain_settings` with `unified_studio_settings`) may be made without.";
    ONE_FILE_SYSTEM = "E0371", "not exactly one file system",
        "Each item of `custom_file_system_configs` has one of `efs_file_system_config`, `fsx_lustre_file_system_config` and `s3_file_system_config`; each item of a space's `custom_file_systems` one of `efs_file_system`, `fsx_lustre_file_system` and `s3_file_system`.";
    LIMITS_CROSSED = "E0372", "a smallest value above the largest",
        "The default size of a space's volume is at most the maximum size, and an idle time lies between its minimum and maximum.";
    LANDING_CLOSED = "E0373", "users land in a Studio that is closed to them",
        "`default_landing_uri = \"studio::\"` leads users to Studio, and SageMaker takes it only while `studio_web_portal` is `ENABLED`. For Studio Classic write both: `studio_web_portal = \"DISABLED\"` and `default_landing_uri = \"app:JupyterServer:\"`.";
    LANDING_UNSAID = "W0374", "Studio is closed, and where users land is not said",
        "SageMaker refuses to close Studio (`studio_web_portal = \"DISABLED\"`) where users land in it, which they do unless told otherwise. Say where they land in the same change: `default_landing_uri = \"app:JupyterServer:\"` is Studio Classic.";
    MANY_SUBNETS = "W0375", "more subnets than SageMaker has taken",
        "SageMaker's own model takes up to 16 subnets of a domain, but the service has refused more than 10 (hashicorp/terraform-provider-aws#29225). A subnet in each zone is enough for most; more can be added to a domain later, in place.";
    LIFECYCLE_CONFIG_CONTENT = "E0380", "a script that a lifecycle configuration cannot have",
        "AWS takes 16,384 characters of base64, which are 12,288 bytes of a script. Write the script as it is, such as `content = file(\"on_start.sh\")` or a heredoc `<<'EOF'`: smd puts it in base64. Let a larger one fetch the rest.";
    LIFECYCLE_CONFIG_NAME = "E0381", "a lifecycle configuration that cannot be named after its content",
        "No call changes a lifecycle configuration, so that another content is another one, which stands beside the old one until everything that uses it names the new one. Without a written `name` its name ends with a hash of the content, which must be known when the plan is made and not sensitive. With a written `name` write another one whenever the content changes.";
    LIFECYCLE_CONFIG_NAME_TWICE = "E0382", "two lifecycle configurations of one name",
        "The name of a lifecycle configuration stands once in an account and region.";
    LIFECYCLE_CONFIG_APP = "E0383", "a lifecycle configuration for another type of app",
        "A lifecycle configuration runs in apps of its `app_type`: `JupyterServer` in `jupyter_server_app_settings`, `KernelGateway` in `kernel_gateway_app_settings`, `JupyterLab` in `jupyter_lab_app_settings`, `CodeEditor` in `code_editor_app_settings`. SageMaker refuses it elsewhere.";
    SPACE_NAME_TWICE = "E0384", "two spaces of one name in a domain",
        "The name of a space stands once in its domain, letter case ignored.";
    SPACE_OWNER = "E0385", "a space with an owner and no sharing, or the other way round",
        "`ownership_settings` and `space_sharing_settings` go together: AWS takes both, for a private or shared space that a user profile owns, or neither.";
    PIPELINE_NAME_TWICE = "E0386", "two pipelines of one name",
        "The name of a pipeline stands once in an account and region.";
    PIPELINE_DEFINITION = "E0387", "a pipeline's definition that is not JSON",
        "The `definition` of a pipeline is a JSON object, as `file(\"pipeline.json\")`, `json_encode({ … })` or a heredoc gives it. AWS refuses anything else.";
    IMAGE_NAME_TWICE = "E0388", "two images, or two app image configurations, of one name",
        "The name of an image, and of an app image configuration, stands once in an account and region.";
    IMAGE_ALIAS_TWICE = "E0389", "two versions of an image with one alias",
        "An alias names one version of an image. Write it in the `aliases` of one `image_version`; to move it, write it in another one's.";
    SHARE_ITEMS_UNKNOWN = "E0390", "items of a share that are not known at plan time",
        "Each resource and each principal of a share is a node of its own, named by what it is, so both must be known when the plan is made. Name the resource itself, or write its ARN, an account id or the ARN of an organisation or unit.";
    SHARE_NOT_A_PIPELINE = "E0391", "a share of something that is no pipeline",
        "smd shares SageMaker pipelines: `arn:aws:sagemaker:REGION:ACCOUNT:pipeline/NAME`.";
    SHARE_OF_OTHERS = "E0392", "a share of what its account does not own",
        "RAM works region by region, and an account shares what it owns. Place the share where its pipelines are, with `account` and `region`, or make one share for each place.";
    SHARE_WITH_ITSELF = "E0393", "a share with the account that owns it",
        "The account that owns a pipeline can use it anyway. Take its id out of `principals`.";
    COST_TAG_OF_AWS = "E0394", "a cost allocation tag that AWS makes itself",
        "Keys that begin with `aws:` are made by AWS, and billing activates them in its console alone. Keys that begin with `sagemaker:` are user-defined to billing and can be written.";
    COST_TAG_TWICE = "E0395", "a tag key of the bill that two sets have",
        "A key is active or not in the account that pays, once for everything. Write it in one `cost_allocation_tag`.";
    BACKFILL_CHOICE = "E0396", "a choice of things that chooses nothing",
        "A `tag_backfill` chooses by kind, name, time of making and maker, all of them together. Times are days (`2022-11-30`) or times (`2022-11-30T12:00:00Z`), from `created_after` up to `created_before`; the maker is told of experiments, trials, trial components, pipelines, model packages and their groups only.";
    STUDIO_PARAMETERS = "E0397", "a template that Studio cannot fill in",
        "Studio shows a product of Service Catalog as a cluster template by the tag `sagemaker:studio-visibility:emr`, and fills in the parameters `SageMakerProjectName` and `SageMakerProjectId` when somebody launches it. The template must declare both.";
    INTERNAL = "E0399", "a part of smd broke its own rule",
        "This is a defect of smd, not of your files. Nothing was changed. Please report it with the command and the message.";
}
