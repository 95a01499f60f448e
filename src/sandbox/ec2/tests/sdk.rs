//! The real SDK client: signing, waits, parsers and errors over the in-process HTTP client.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::error::ProvideErrorMetadata;
use aws_sdk_ec2::types::{
    AttributeBooleanValue, Filter, IpPermission, IpRange, PeeringConnectionOptionsRequest,
    ResourceType, RouteState, SubnetState, Tag, TagSpecification, UserIdGroupPair,
    VpcPeeringConnectionStateReasonCode,
};

use crate::sandbox::scene::{ACCOUNT, OTHER, REGION, config, sandbox};

fn tagged(kind: ResourceType, value: &str) -> TagSpecification {
    TagSpecification::builder()
        .resource_type(kind)
        .tags(Tag::builder().key("Name").value(value).build())
        .build()
}

#[tokio::test]
async fn a_network_by_the_sdk() {
    let sandbox = sandbox();
    let ec2 = Client::new(&config(&sandbox, ACCOUNT, REGION));
    let vpc = ec2
        .create_vpc()
        .cidr_block("10.0.0.0/16")
        .tag_specifications(tagged(ResourceType::Vpc, "main & <only>"))
        .send()
        .await
        .unwrap()
        .vpc
        .unwrap();
    let vpc_id = vpc.vpc_id().unwrap();
    assert_eq!(vpc.tags()[0].value(), Some("main & <only>"));
    assert_eq!(vpc.owner_id(), Some(ACCOUNT));
    ec2.modify_vpc_attribute()
        .vpc_id(vpc_id)
        .enable_dns_hostnames(AttributeBooleanValue::builder().value(true).build())
        .send()
        .await
        .unwrap();
    let subnet = ec2
        .create_subnet()
        .vpc_id(vpc_id)
        .cidr_block("10.0.1.0/24")
        .availability_zone("eu-west-1b")
        .send()
        .await
        .unwrap()
        .subnet
        .unwrap();
    assert_eq!(subnet.state(), Some(&SubnetState::Pending));
    assert_eq!(subnet.availability_zone_id(), Some("euw1-az2"));
    assert_eq!(subnet.available_ip_address_count(), Some(251));
    let subnets = ec2
        .describe_subnets()
        .filters(Filter::builder().name("vpc-id").values(vpc_id).build())
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .unwrap();
    assert_eq!(subnets.len(), 1);
    let table = ec2
        .create_route_table()
        .vpc_id(vpc_id)
        .client_token("token")
        .send()
        .await
        .unwrap();
    let table = table.route_table().unwrap();
    assert_eq!(table.routes()[0].state(), Some(&RouteState::Active));
    let again = ec2
        .create_route_table()
        .vpc_id(vpc_id)
        .client_token("token")
        .send()
        .await
        .unwrap();
    assert_eq!(
        again.route_table().unwrap().route_table_id(),
        table.route_table_id()
    );
    ec2.associate_route_table()
        .route_table_id(table.route_table_id().unwrap())
        .subnet_id(subnet.subnet_id().unwrap())
        .send()
        .await
        .unwrap();
    let error = ec2.delete_vpc().vpc_id(vpc_id).send().await.unwrap_err();
    assert_eq!(error.code(), Some("DependencyViolation"));
    assert_eq!(
        error.message(),
        Some(format!("The vpc '{vpc_id}' has dependencies and cannot be deleted.").as_str())
    );
    let dry = ec2
        .delete_subnet()
        .subnet_id(subnet.subnet_id().unwrap())
        .dry_run(true)
        .send()
        .await
        .unwrap_err();
    assert_eq!(dry.code(), Some("DryRunOperation"));
}

#[tokio::test]
async fn groups_by_the_sdk() {
    let sandbox = sandbox();
    let ec2 = Client::new(&config(&sandbox, ACCOUNT, REGION));
    let vpc = ec2
        .create_vpc()
        .cidr_block("10.0.0.0/16")
        .send()
        .await
        .unwrap();
    let vpc_id = vpc.vpc().unwrap().vpc_id().unwrap();
    let group = ec2
        .create_security_group()
        .vpc_id(vpc_id)
        .group_name("studio")
        .description("of the studio")
        .tag_specifications(tagged(ResourceType::SecurityGroup, "studio"))
        .send()
        .await
        .unwrap();
    let group_id = group.group_id().unwrap();
    let made = ec2
        .authorize_security_group_ingress()
        .group_id(group_id)
        .ip_permissions(
            IpPermission::builder()
                .ip_protocol("tcp")
                .from_port(8192)
                .to_port(65535)
                .user_id_group_pairs(
                    UserIdGroupPair::builder()
                        .group_id(group_id)
                        .description("within the group")
                        .build(),
                )
                .ip_ranges(IpRange::builder().cidr_ip("10.0.0.0/8").build())
                .build(),
        )
        .tag_specifications(tagged(ResourceType::SecurityGroupRule, "kernel"))
        .send()
        .await
        .unwrap();
    assert_eq!(made.security_group_rules().len(), 2);
    let shown = ec2
        .describe_security_groups()
        .group_ids(group_id)
        .send()
        .await
        .unwrap();
    let shown = &shown.security_groups()[0];
    assert_eq!(shown.tags()[0].value(), Some("studio"));
    let permission = &shown.ip_permissions()[0];
    assert_eq!(permission.from_port(), Some(8192));
    assert_eq!(permission.user_id_group_pairs()[0].user_id(), Some(ACCOUNT));
    assert_eq!(shown.ip_permissions_egress()[0].ip_protocol(), Some("-1"));
    assert_eq!(shown.ip_permissions_egress()[0].from_port(), None);
    let rules = ec2
        .describe_security_group_rules()
        .filters(Filter::builder().name("group-id").values(group_id).build())
        .send()
        .await
        .unwrap();
    assert_eq!(rules.security_group_rules().len(), 3);
    let of_group = rules
        .security_group_rules()
        .iter()
        .find(|rule| rule.referenced_group_info().is_some())
        .unwrap();
    assert_eq!(of_group.tags()[0].value(), Some("kernel"));
    assert_eq!(of_group.description(), Some("within the group"));
    ec2.revoke_security_group_ingress()
        .group_id(group_id)
        .security_group_rule_ids(of_group.security_group_rule_id().unwrap())
        .send()
        .await
        .unwrap();
    let error = ec2
        .delete_security_group()
        .group_id("sg-00000000")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("InvalidGroup.NotFound"));
}

#[tokio::test]
async fn peering_by_the_sdk() {
    let sandbox = sandbox();
    let studio = Client::new(&config(&sandbox, ACCOUNT, REGION));
    let emr = Client::new(&config(&sandbox, OTHER, REGION));
    let mut vpcs = Vec::new();
    for (client, cidr) in [(&studio, "10.0.0.0/16"), (&emr, "2.0.0.0/16")] {
        let made = client.create_vpc().cidr_block(cidr).send().await.unwrap();
        let id = made.vpc().unwrap().vpc_id().unwrap().to_owned();
        client
            .modify_vpc_attribute()
            .vpc_id(&id)
            .enable_dns_hostnames(AttributeBooleanValue::builder().value(true).build())
            .send()
            .await
            .unwrap();
        vpcs.push(id);
    }
    let made = studio
        .create_vpc_peering_connection()
        .vpc_id(&vpcs[0])
        .peer_vpc_id(&vpcs[1])
        .peer_owner_id(OTHER)
        .peer_region(REGION)
        .tag_specifications(tagged(ResourceType::VpcPeeringConnection, "to emr"))
        .send()
        .await
        .unwrap();
    let made = made.vpc_peering_connection().unwrap();
    let id = made.vpc_peering_connection_id().unwrap();
    assert!(made.expiration_time().is_some());
    let error = studio
        .accept_vpc_peering_connection()
        .vpc_peering_connection_id(id)
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("OperationNotPermitted"));
    emr.accept_vpc_peering_connection()
        .vpc_peering_connection_id(id)
        .send()
        .await
        .unwrap();
    studio
        .modify_vpc_peering_connection_options()
        .vpc_peering_connection_id(id)
        .requester_peering_connection_options(
            PeeringConnectionOptionsRequest::builder()
                .allow_dns_resolution_from_remote_vpc(true)
                .build(),
        )
        .send()
        .await
        .unwrap();
    let shown = emr
        .describe_vpc_peering_connections()
        .vpc_peering_connection_ids(id)
        .send()
        .await
        .unwrap();
    let shown = &shown.vpc_peering_connections()[0];
    assert_eq!(
        shown.status().unwrap().code(),
        Some(&VpcPeeringConnectionStateReasonCode::Active)
    );
    let requester = shown.requester_vpc_info().unwrap();
    assert_eq!(requester.cidr_block(), Some("10.0.0.0/16"));
    assert_eq!(
        requester
            .peering_options()
            .unwrap()
            .allow_dns_resolution_from_remote_vpc(),
        Some(true)
    );
    // The tags are the requester's.
    assert!(shown.tags().is_empty());
}
