#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use aws_sdk_sagemaker::types::{AuthMode, RetentionPolicy, RetentionType, UserSettings};

use super::delete_everything;
use crate::aws::Failure;
use crate::kinds::scene::{Scene, place};

const NETWORK: &str = r#"
vpc a { cidr = "10.0.0.0/16" }
subnet s { vpc = vpc.a, cidr = "10.0.1.0/24", az = "eu-west-1a" }
subnet t { vpc = vpc.a, cidr = "10.0.2.0/24", az = "eu-west-1b" }
"#;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// A domain on the network's two subnets: its id and its home file system's.
async fn domain(scene: &Scene) -> (String, String) {
    let iam = scene.aws.iam(&place()).await.unwrap();
    let role = iam
        .create_role()
        .role_name("r")
        .assume_role_policy_document(TRUST)
        .send()
        .await
        .unwrap();
    let client = scene.aws.sagemaker(&place()).await.unwrap();
    let made = client
        .create_domain()
        .domain_name("d")
        .auth_mode(AuthMode::Iam)
        .vpc_id(scene.id("vpc.a"))
        .subnet_ids(scene.id("subnet.s"))
        .subnet_ids(scene.id("subnet.t"))
        .default_user_settings(
            UserSettings::builder()
                .execution_role(role.role().unwrap().arn())
                .build(),
        )
        .send()
        .await
        .unwrap();
    let id = made
        .domain_arn()
        .unwrap()
        .rsplit_once('/')
        .unwrap()
        .1
        .to_owned();
    let there = client
        .describe_domain()
        .domain_id(&id)
        .send()
        .await
        .unwrap();
    (id, there.home_efs_file_system_id().unwrap().to_owned())
}

async fn delete_domain(scene: &Scene, id: &str, home: RetentionType) {
    let client = scene.aws.sagemaker(&place()).await.unwrap();
    client
        .delete_domain()
        .domain_id(id)
        .retention_policy(
            RetentionPolicy::builder()
                .home_efs_file_system(home)
                .build(),
        )
        .send()
        .await
        .unwrap();
    let mut left = 100;
    while client.describe_domain().domain_id(id).send().await.is_ok() {
        left -= 1;
        assert!(left > 0, "the domain does not go");
        scene
            .sandbox
            .clock()
            .sleep(std::time::Duration::from_secs(30))
            .await;
    }
}

#[tokio::test]
async fn what_a_deleted_domain_left_goes_with_its_subnets() {
    let mut scene = Scene::new();
    scene.apply(NETWORK).await.unwrap();
    let (id, file_system) = domain(&scene).await;
    delete_domain(&scene, &id, RetentionType::Retain).await;
    scene.writes();
    scene.destroy().await.unwrap();
    insta::assert_snapshot!(scene.writes(), @r#"
DeleteSubnet SubnetId=subnet-9d43cbf2787fde571
DELETE /2015-02-01/mount-targets/fsmt-0aeeb2f5b7be31214
DeleteSubnet SubnetId=subnet-9d43cbf2787fde571
DeleteSubnet SubnetId=subnet-ea3b0d6af554f738a
DELETE /2015-02-01/mount-targets/fsmt-d2a73259ec8eb2092
RevokeSecurityGroupIngress GroupId=sg-25a5ce4609ecea27d SecurityGroupRuleId.1=sgr-93145ed6178897efc SecurityGroupRuleId.2=sgr-98d369ee859be074e SecurityGroupRuleId.3=sgr-fa27d1f54cdd5ac1b
RevokeSecurityGroupEgress GroupId=sg-66f595b9e0a734ce6 SecurityGroupRuleId.1=sgr-21936908bd77ffd94 SecurityGroupRuleId.2=sgr-3a78ffb2dc4aec963 SecurityGroupRuleId.3=sgr-d20f7bcfe3e05b8fd
DeleteSecurityGroup GroupId=sg-25a5ce4609ecea27d
DeleteSecurityGroup GroupId=sg-66f595b9e0a734ce6
DeleteSubnet SubnetId=subnet-ea3b0d6af554f738a
DeleteVpc VpcId=vpc-e4c02074307872d7d
"#);
    let efs = scene.aws.efs(&place()).await.unwrap();
    let there = efs
        .describe_file_systems()
        .file_system_id(file_system)
        .send()
        .await
        .unwrap();
    assert_eq!(there.file_systems().len(), 1);
}

#[tokio::test]
async fn a_living_domain_keeps_its_mount_targets() {
    let mut scene = Scene::new();
    scene.apply(NETWORK).await.unwrap();
    domain(&scene).await;
    scene.writes();
    let failure: Failure = scene.destroy().await.unwrap_err();
    insta::assert_snapshot!(format!("{failure}\n{}", failure.help.join("\n")), @r#"
ec2:DeleteSubnet failed: The subnet 'subnet-9d43cbf2787fde571' has dependencies and cannot be deleted. (DependencyViolation)
network interface eni-7cb346643d81c73e8 `EFS mount target for fs-81e6e4d0685e07271 (fsmt-0aeeb2f5b7be31214)`, made by amazon-elasticfilesystem hangs on subnet-9d43cbf2787fde571
"#);
    assert!(!scene.writes().contains("mount-targets"));
}

#[tokio::test]
async fn everything_goes_where_that_was_chosen() {
    let mut scene = Scene::new();
    scene.apply(NETWORK).await.unwrap();
    let before = scene.things();
    let (id, file_system) = domain(&scene).await;
    delete_domain(&scene, &id, RetentionType::Retain).await;
    for _ in 0..2 {
        scene
            .context(async |cx| delete_everything(cx, &place(), &id, Some(&file_system)).await)
            .await
            .unwrap();
    }
    let iam = scene.aws.iam(&place()).await.unwrap();
    iam.delete_role().role_name("r").send().await.unwrap();
    assert_eq!(scene.things(), before);
    scene.destroy().await.unwrap();
}
