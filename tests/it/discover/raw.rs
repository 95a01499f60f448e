//! An estate that smd never saw, made by the SDK as a person makes one over the years.

use std::path::Path;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_ec2::types::{
    AttributeBooleanValue, DomainType, IpPermission, IpRange, PrefixListId, ResourceType, Tag,
    TagSpecification, UserIdGroupPair, VpcEndpointType,
};
use aws_sdk_iam::types::Tag as RoleTag;
use aws_sdk_sagemaker::types::{
    AppNetworkAccessType, AuthMode, JupyterLabAppSettings, OwnershipSettings, ResourceSpec,
    SharingType, SpaceSharingSettings, StudioLifecycleConfigAppType, UserSettings,
};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_types::SdkConfig;
use aws_types::region::Region;
use base64::Engine as _;
use smd::clock::Clock;
use smd::sandbox::{Behaviour, Sandbox};

pub const ACCOUNT: &str = "111122223333";
/// Of a partner: there is no way in.
const PARTNER: &str = "999988887777";
const REGION: &str = "eu-west-1";
const FAR: &str = "eu-central-1";
/// A script without a line's end behind it.
const SCRIPT: &str = "#!/bin/bash\nset -e\necho \"${USER}\" > ~/who";
const OPEN: &str = "0.0.0.0/0";

struct Maker {
    ec2: aws_sdk_ec2::Client,
    partner: aws_sdk_ec2::Client,
    far: aws_sdk_ec2::Client,
    iam: aws_sdk_iam::Client,
    sagemaker: aws_sdk_sagemaker::Client,
}

/// Makes it in the sandbox of this folder; the id of its domain.
pub fn estate(folder: &Path) -> String {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let behaviour = Behaviour {
            waits: false,
            ..Behaviour::default()
        };
        let sandbox = Sandbox::open(folder, Clock::wall(), behaviour).unwrap();
        for account in [ACCOUNT, PARTNER] {
            sandbox.ensure_account(account, &[]).unwrap();
        }
        let config = |account| config(&sandbox, account, REGION);
        let maker = Maker {
            ec2: aws_sdk_ec2::Client::new(&config(ACCOUNT)),
            partner: aws_sdk_ec2::Client::new(&config(PARTNER)),
            far: aws_sdk_ec2::Client::new(&self::config(&sandbox, ACCOUNT, FAR)),
            iam: aws_sdk_iam::Client::new(&config(ACCOUNT)),
            sagemaker: aws_sdk_sagemaker::Client::new(&config(ACCOUNT)),
        };
        let (vpc, subnets, groups) = maker.network().await;
        let role = maker.roles().await;
        maker.studio(&vpc, subnets, groups, &role).await
    })
}

fn config(sandbox: &Sandbox, account: &str, region: &'static str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .http_client(sandbox.clone())
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .region(Region::new(region))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            account, "secret", None, None, "test",
        )))
        .build()
}

fn named(kind: ResourceType, tags: &[(&str, &str)]) -> TagSpecification {
    let tags = tags
        .iter()
        .map(|(key, value)| Tag::builder().key(*key).value(*value).build())
        .collect();
    TagSpecification::builder()
        .resource_type(kind)
        .set_tags(Some(tags))
        .build()
}

fn ports(protocol: &str, from: i32, to: i32) -> aws_sdk_ec2::types::builders::IpPermissionBuilder {
    IpPermission::builder()
        .ip_protocol(protocol)
        .from_port(from)
        .to_port(to)
}

impl Maker {
    async fn subnet(&self, vpc: &str, cidr: &str, az: &str) -> String {
        let made = self.ec2.create_subnet().vpc_id(vpc).cidr_block(cidr);
        let made = made.availability_zone(az).send().await.unwrap();
        made.subnet.unwrap().subnet_id.unwrap()
    }

    async fn table(&self, vpc: &str, subnets: &[&str]) -> String {
        let made = self.ec2.create_route_table().vpc_id(vpc).send().await;
        let id = made.unwrap().route_table.unwrap().route_table_id.unwrap();
        for subnet in subnets {
            let call = self.ec2.associate_route_table().route_table_id(&id);
            call.subnet_id(*subnet).send().await.unwrap();
        }
        id
    }

    async fn group(&self, vpc: &str, name: &str) -> String {
        let call = self.ec2.create_security_group().vpc_id(vpc);
        let made = call.group_name(name).description(name).send().await;
        made.unwrap().group_id.unwrap()
    }

    /// VPC, subnets and groups of the domain.
    async fn network(&self) -> (String, Vec<String>, Vec<String>) {
        let ec2 = &self.ec2;
        let tags = [
            ("Name", "Data Platform (prod)"),
            ("team", "data"),
            ("null", "${x}"),
        ];
        let made = ec2
            .create_vpc()
            .cidr_block("10.20.0.0/16")
            .tag_specifications(named(ResourceType::Vpc, &tags));
        let vpc = made.send().await.unwrap().vpc.unwrap().vpc_id.unwrap();
        let yes = AttributeBooleanValue::builder().value(true).build();
        let call = ec2.modify_vpc_attribute().vpc_id(&vpc);
        call.enable_dns_hostnames(yes).send().await.unwrap();
        let call = ec2.associate_vpc_cidr_block().vpc_id(&vpc);
        call.cidr_block("10.21.0.0/16").send().await.unwrap();
        let a = self.subnet(&vpc, "10.20.1.0/24", "eu-west-1a").await;
        let b = self.subnet(&vpc, "10.21.1.0/24", "eu-west-1b").await;
        let public = self.subnet(&vpc, "10.20.9.0/24", "eu-west-1a").await;

        let gateway = ec2.create_internet_gateway().send().await.unwrap();
        let gateway = gateway.internet_gateway.unwrap();
        let gateway = gateway.internet_gateway_id.unwrap();
        let call = ec2.attach_internet_gateway().vpc_id(&vpc);
        call.internet_gateway_id(&gateway).send().await.unwrap();
        let address = ec2.allocate_address().domain(DomainType::Vpc);
        let address = address.send().await.unwrap().allocation_id.unwrap();
        let out = self.table(&vpc, &[&public]).await;
        let call = ec2.create_route().route_table_id(&out);
        let call = call.destination_cidr_block(OPEN).gateway_id(&gateway);
        call.send().await.unwrap();
        let call = ec2.create_nat_gateway().subnet_id(&public);
        let nat = call.allocation_id(&address).send().await.unwrap();
        let nat = nat.nat_gateway.unwrap().nat_gateway_id.unwrap();
        let inner = self.table(&vpc, &[&a, &b]).await;
        let call = ec2.create_route().route_table_id(&inner);
        let call = call.destination_cidr_block(OPEN).nat_gateway_id(&nat);
        call.send().await.unwrap();

        // A way to S3, and what may go by it.
        let call = ec2.create_vpc_endpoint().vpc_id(&vpc);
        let call = call
            .service_name("com.amazonaws.eu-west-1.s3")
            .vpc_endpoint_type(VpcEndpointType::Gateway)
            .policy_document(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:Get*","Resource":"arn:aws:s3:::data/*"}]}"#);
        call.route_table_ids(&inner).send().await.unwrap();
        let lists = ec2.describe_prefix_lists().send().await.unwrap();
        let lists = lists.prefix_lists.unwrap_or_default();
        let s3 = lists
            .iter()
            .find(|one| one.prefix_list_name() == Some("com.amazonaws.eu-west-1.s3"));
        let s3 = s3.and_then(|one| one.prefix_list_id()).unwrap();

        // Two groups that name each other; one lets nothing out.
        let apps = self.group(&vpc, "studio apps").await;
        let data = self.group(&vpc, "data stores").await;
        let pair = |id: &str| UserIdGroupPair::builder().group_id(id).build();
        for (group, rule) in [
            (
                &apps,
                ports("tcp", 8192, 65535).user_id_group_pairs(pair(&apps)),
            ),
            (
                &apps,
                ports("tcp", 443, 443).user_id_group_pairs(pair(&data)),
            ),
            (
                &apps,
                ports("tcp", 443, 443).ip_ranges(
                    IpRange::builder()
                        .cidr_ip("10.20.0.0/16")
                        .description("from the offices")
                        .build(),
                ),
            ),
            (
                &data,
                ports("tcp", 5432, 5432).user_id_group_pairs(pair(&apps)),
            ),
            (
                &data,
                ports("icmp", 8, -1).ip_ranges(IpRange::builder().cidr_ip(OPEN).build()),
            ),
        ] {
            let call = ec2.authorize_security_group_ingress().group_id(group);
            call.ip_permissions(rule.build()).send().await.unwrap();
        }
        let call = ec2.authorize_security_group_egress().group_id(&apps);
        let list = PrefixListId::builder().prefix_list_id(s3).build();
        let to_s3 = ports("tcp", 443, 443).prefix_list_ids(list).build();
        call.ip_permissions(to_s3).send().await.unwrap();
        let all = IpPermission::builder().ip_protocol("-1");
        let all = all
            .ip_ranges(IpRange::builder().cidr_ip(OPEN).build())
            .build();
        let call = ec2.revoke_security_group_egress().group_id(&data);
        call.ip_permissions(all).send().await.unwrap();

        // A partner's network, which the partner accepted.
        let made = self.partner.create_vpc().cidr_block("172.16.0.0/16");
        let theirs = made.send().await.unwrap().vpc.unwrap().vpc_id.unwrap();
        let call = ec2.create_vpc_peering_connection().vpc_id(&vpc);
        let made = call
            .peer_vpc_id(&theirs)
            .peer_owner_id(PARTNER)
            .send()
            .await;
        let peering = made.unwrap().vpc_peering_connection.unwrap();
        let peering = peering.vpc_peering_connection_id.unwrap();
        let call = self.partner.accept_vpc_peering_connection();
        let call = call.vpc_peering_connection_id(&peering);
        call.send().await.unwrap();
        let call = ec2.create_route().route_table_id(&inner);
        let call = call.destination_cidr_block("172.16.0.0/16");
        let call = call.vpc_peering_connection_id(&peering);
        call.send().await.unwrap();

        // A second network of the account, in another region.
        let made = self.far.create_vpc().cidr_block("10.30.0.0/16");
        let second = made.send().await.unwrap().vpc.unwrap().vpc_id.unwrap();
        let call = ec2.create_vpc_peering_connection().vpc_id(&vpc);
        let call = call.peer_vpc_id(&second).peer_region(FAR);
        let made = call.send().await.unwrap();
        let peering = made.vpc_peering_connection.unwrap();
        let call = self.far.accept_vpc_peering_connection();
        let call = call.vpc_peering_connection_id(peering.vpc_peering_connection_id.unwrap());
        call.send().await.unwrap();
        (vpc, vec![a, b], vec![apps])
    }

    async fn role(&self, name: &str, path: &str, trust: &str) -> String {
        let call = self.iam.create_role().role_name(name).path(path);
        let made = call.assume_role_policy_document(trust).send().await;
        made.unwrap().role.unwrap().arn
    }

    /// Roles that trust each other, with all sorts of policies; the ARN of the one for Studio.
    async fn roles(&self) -> String {
        let iam = &self.iam;
        let service = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["sagemaker.amazonaws.com"]},"Action":"sts:AssumeRole"}]}"#;
        let studio = self
            .role("Studio-Execution", "/service-role/", service)
            .await;
        let trust = |arn: &str| {
            format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"Studio","Effect":"Allow","Principal":{{"Service":"sagemaker.amazonaws.com"}},"Action":"sts:AssumeRole"}},{{"Sid":"Each","Effect":"Allow","Principal":{{"AWS":"{arn}"}},"Action":"sts:AssumeRole","Condition":{{"StringEquals":{{"aws:PrincipalTag/team":["data","ml"]}}}}}}]}}"#
            )
        };
        let canvas = self.role("canvas.role", "/", &trust(&studio)).await;
        let call = iam
            .update_assume_role_policy()
            .role_name("Studio-Execution");
        call.policy_document(trust(&canvas)).send().await.unwrap();
        let call = iam.tag_role().role_name("canvas.role");
        let tag = RoleTag::builder()
            .key("team")
            .value("data")
            .build()
            .unwrap();
        call.tags(tag).send().await.unwrap();

        let call = iam.put_role_policy().role_name("Studio-Execution");
        let call = call.policy_name("own=files").policy_document(format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::data/${{aws:username}}/*"}},{{"Effect":"Allow","Action":"iam:PassRole","Resource":["{canvas}","{studio}"]}}]}}"#
        ));
        call.send().await.unwrap();
        let document = r#"{"Version":"2012-10-17","Statement":{"Sid":"Logs","Effect":"Allow","Action":"logs:*","Resource":"*"}}"#;
        let mut arns = Vec::new();
        for name in ["studio@logs", "studio-bound"] {
            let call = iam.create_policy().policy_name(name);
            let made = call.policy_document(document).send().await.unwrap();
            arns.push(made.policy.unwrap().arn.unwrap());
        }
        let call = iam.attach_role_policy().role_name("Studio-Execution");
        call.policy_arn(&arns[0]).send().await.unwrap();
        let call = iam.attach_role_policy().role_name("Studio-Execution");
        let call = call.policy_arn("arn:aws:iam::aws:policy/AmazonSageMakerFullAccess");
        call.send().await.unwrap();
        let call = iam.put_role_permissions_boundary();
        let call = call.role_name("Studio-Execution");
        call.permissions_boundary(&arns[1]).send().await.unwrap();
        studio
    }

    async fn studio(
        &self,
        vpc: &str,
        subnets: Vec<String>,
        groups: Vec<String>,
        role: &str,
    ) -> String {
        let sagemaker = &self.sagemaker;
        let call = sagemaker.create_studio_lifecycle_config();
        let script = base64::engine::general_purpose::STANDARD.encode(SCRIPT);
        let made = call
            .studio_lifecycle_config_name("who-am-i")
            .studio_lifecycle_config_app_type(StudioLifecycleConfigAppType::JupyterLab)
            .studio_lifecycle_config_content(script);
        let script = made
            .send()
            .await
            .unwrap()
            .studio_lifecycle_config_arn
            .unwrap();
        let resource = ResourceSpec::builder().lifecycle_config_arn(&script);
        let lab = JupyterLabAppSettings::builder()
            .lifecycle_config_arns(&script)
            .default_resource_spec(resource.build());
        let settings = UserSettings::builder()
            .execution_role(role)
            .set_security_groups(Some(groups))
            .jupyter_lab_app_settings(lab.build());
        let made = sagemaker
            .create_domain()
            .domain_name("data-platform")
            .auth_mode(AuthMode::Iam)
            .app_network_access_type(AppNetworkAccessType::VpcOnly)
            .vpc_id(vpc)
            .set_subnet_ids(Some(subnets))
            .default_user_settings(settings.build());
        let domain = made.send().await.unwrap().domain_id.unwrap();
        for name in ["ana", "Ben-Smith"] {
            let call = sagemaker.create_user_profile().domain_id(&domain);
            let mut call = call.user_profile_name(name);
            if name == "ana" {
                let role = role.replace("service-role/Studio-Execution", "canvas.role");
                let settings = UserSettings::builder().execution_role(role).build();
                call = call.user_settings(settings);
            }
            call.send().await.unwrap();
        }
        let owner = OwnershipSettings::builder().owner_user_profile_name("Ben-Smith");
        for (name, sharing) in [
            ("ben-own", SharingType::Private),
            ("team", SharingType::Shared),
        ] {
            let call = sagemaker.create_space().domain_id(&domain).space_name(name);
            let sharing = SpaceSharingSettings::builder().sharing_type(sharing);
            let call = call.ownership_settings(owner.clone().build());
            let call = call.space_sharing_settings(sharing.build());
            call.send().await.unwrap();
        }
        domain
    }
}
