#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use aws_sdk_sagemaker::types::{AuthMode, RetentionPolicy, RetentionType, UserSettings};

use super::{delete_everything, orphans};
use crate::aws::Failure;
use crate::kinds::find;
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
domain `d` (d-91eaeaafa0ea), which names this subnet in its `subnets`, hangs on subnet-9d43cbf2787fde571
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

const ROLE: &str = r#"
role r {
  trust = {
    Version = "2012-10-17",
    Statement = [{ Effect = "Allow", Principal = { Service = "sagemaker.amazonaws.com" }, Action = "sts:AssumeRole" }],
  }
}
"#;

/// A domain on these subnets of a network with these subnets (two are in one zone).
fn studio(network: &[&str], domain: &str, home: &str) -> String {
    let mut text = format!("vpc a {{ cidr = \"10.0.0.0/16\" }}\n{ROLE}");
    for (name, cidr, zone) in [("s", 1, "a"), ("t", 2, "b"), ("u", 3, "a")] {
        if network.contains(&name) {
            text.push_str(&format!(
                "subnet {name} {{ vpc = vpc.a, cidr = \"10.0.{cidr}.0/24\", az = \"eu-west-1{zone}\" }}\n"
            ));
        }
    }
    text + &format!(
        r#"domain d {{
  vpc = vpc.a
  subnets = [{domain}]
  auth_mode = "IAM"
  default_user_settings = {{ execution_role = role.r.arn }}
  home_efs = "{home}"
}}
"#
    )
}

/// The subnets in which a file system has available mount targets, with their groups.
async fn mounted(scene: &Scene, file_system: &str) -> Vec<(String, Vec<String>)> {
    let client = scene.aws.efs(&place()).await.unwrap();
    let there = client
        .describe_mount_targets()
        .file_system_id(file_system)
        .send()
        .await
        .unwrap();
    let mut found = Vec::new();
    for target in there.mount_targets() {
        assert_eq!(target.life_cycle_state().as_str(), "available");
        let groups = client
            .describe_mount_target_security_groups()
            .mount_target_id(target.mount_target_id())
            .send()
            .await
            .unwrap();
        found.push((target.subnet_id().to_owned(), groups.security_groups));
    }
    found.sort();
    found
}

fn home(scene: &Scene) -> String {
    let record = scene.record("domain.d");
    record.text("home_efs_file_system_id").unwrap().to_owned()
}

#[tokio::test]
async fn home_directories_follow_a_domain_out_of_a_subnet() {
    let mut scene = Scene::slow();
    scene
        .apply(&studio(&["s", "t"], "subnet.s, subnet.t", "retain"))
        .await
        .unwrap();
    let file_system = home(&scene);
    let before = mounted(&scene, &file_system).await;
    let gone = scene.id("subnet.s");
    // Another subnet of the zone, in one apply with the removal.
    scene
        .apply(&studio(&["t", "u"], "subnet.u, subnet.t", "retain"))
        .await
        .unwrap();
    let mut expected: Vec<_> = before
        .into_iter()
        .map(|(subnet, groups)| {
            if subnet == gone {
                (scene.id("subnet.u"), groups)
            } else {
                (subnet, groups)
            }
        })
        .collect();
    expected.sort();
    assert_eq!(mounted(&scene, &file_system).await, expected);
    // No subnet of the zone is left to the domain.
    scene
        .apply(&studio(&["t"], "subnet.t", "retain"))
        .await
        .unwrap();
    expected.retain(|(subnet, _)| *subnet == scene.id("subnet.t"));
    assert_eq!(mounted(&scene, &file_system).await, expected);
}

#[tokio::test]
async fn everything_goes_after_a_domain_left_a_subnet() {
    for (home, stays) in [("retain", 1), ("delete", 0)] {
        let mut scene = Scene::slow();
        scene
            .apply(&studio(&["s", "t"], "subnet.s, subnet.t", home))
            .await
            .unwrap();
        scene
            .apply(&studio(&["s", "t"], "subnet.t", home))
            .await
            .unwrap();
        scene.consented = true;
        scene.destroy().await.unwrap();
        let things = scene.things();
        let left = things.get("efs_file_systems").copied().unwrap_or_default();
        assert_eq!(left, stays, "{things:?}");
    }
}

#[tokio::test]
async fn the_subnet_may_go_before_the_domain_that_left_it() {
    let mut scene = Scene::slow();
    scene
        .apply(&studio(&["s", "t"], "subnet.s, subnet.t", "retain"))
        .await
        .unwrap();
    scene
        .apply(&studio(&["s", "t"], "subnet.t", "retain"))
        .await
        .unwrap();
    // No recorded need holds the subnet back.
    let at = scene
        .records
        .iter()
        .position(|(address, _)| address.as_str() == "subnet.s")
        .unwrap();
    let subnet = scene.records.remove(at);
    scene.records.push(subnet);
    scene.destroy().await.unwrap();
}

#[tokio::test]
async fn subnets_may_go_at_the_same_time() {
    let mut scene = Scene::slow();
    scene.apply(NETWORK).await.unwrap();
    let (id, _) = domain(&scene).await;
    let until_made = std::time::Duration::from_secs(20 * 60);
    scene.sandbox.clock().sleep(until_made).await;
    delete_domain(&scene, &id, RetentionType::Retain).await;
    let delete = async |address: &str| {
        let record = scene.record(address);
        scene
            .context(async |cx| find("subnet").unwrap().delete(cx, record).await)
            .await
    };
    let (s, t) = tokio::join!(delete("subnet.s"), delete("subnet.t"));
    s.unwrap();
    t.unwrap();
    scene
        .records
        .retain(|(address, _)| address.as_str() == "vpc.a");
    scene.destroy().await.unwrap();
}

#[tokio::test]
async fn an_interface_that_holds_a_group_is_named() {
    let mut scene = Scene::new();
    let text = format!("{NETWORK}security_group g {{ vpc = vpc.a }}");
    scene.apply(&text).await.unwrap();
    let (_, file_system) = domain(&scene).await;
    let client = scene.aws.efs(&place()).await.unwrap();
    let there = client
        .describe_mount_targets()
        .file_system_id(file_system)
        .send()
        .await
        .unwrap();
    client
        .modify_mount_target_security_groups()
        .mount_target_id(there.mount_targets()[0].mount_target_id())
        .security_groups(scene.id("security_group.g"))
        .send()
        .await
        .unwrap();
    let group = scene.record("security_group.g");
    let failure = scene
        .context(async |cx| find("security_group").unwrap().delete(cx, group).await)
        .await
        .unwrap_err();
    let help = failure.help.join("\n");
    assert!(help.starts_with("network interface eni-"), "{help}");
    assert!(help.contains("EFS mount target for fs-"), "{help}");
    assert!(help.ends_with(&format!("hangs on {}", group.id)), "{help}");
}

#[tokio::test]
async fn what_names_no_living_domain_is_an_orphan() {
    let mut scene = Scene::slow();
    scene.apply(NETWORK).await.unwrap();
    let (id, file_system) = domain(&scene).await;
    let found = async |scene: &Scene| orphans(&scene.aws, &place()).await.unwrap();
    // Its domain is being made, then lives, then is going: it is nobody's orphan.
    assert!(found(&scene).await.is_empty());
    let until_made = std::time::Duration::from_secs(20 * 60);
    scene.sandbox.clock().sleep(until_made).await;
    assert!(found(&scene).await.is_empty());
    delete_domain(&scene, &id, RetentionType::Retain).await;
    // Somebody's own file system has no such tag.
    let efs = scene.aws.efs(&place()).await.unwrap();
    efs.create_file_system()
        .creation_token("own")
        .send()
        .await
        .unwrap();
    scene.calls();
    let left = found(&scene).await;
    let reads = ["Describe", "GET", "List"];
    for call in scene.calls() {
        assert!(reads.iter().any(|read| call.starts_with(read)), "{call}");
    }
    assert_eq!(left.len(), 1, "{left:?}");
    let orphan = &left[0];
    assert_eq!(orphan.domain, id);
    assert_eq!(orphan.file_systems.len(), 1, "{left:?}");
    assert_eq!(orphan.file_systems[0].id, file_system);
    assert!(orphan.file_systems[0].bytes > 0);
    let mut subnets: Vec<&str> = orphan.file_systems[0]
        .mount_targets
        .iter()
        .map(|target| target.subnet.as_str())
        .collect();
    subnets.sort_unstable();
    let mut expected = [scene.id("subnet.s"), scene.id("subnet.t")];
    expected.sort();
    assert_eq!(subnets, expected);
    let names: Vec<&str> = orphan
        .groups
        .iter()
        .map(|group| group.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            format!("security-group-for-inbound-nfs-{id}"),
            format!("security-group-for-outbound-nfs-{id}"),
        ]
    );
    // The groups alone, once the file system is gone.
    for target in &orphan.file_systems[0].mount_targets {
        efs.delete_mount_target()
            .mount_target_id(&target.id)
            .send()
            .await
            .unwrap();
    }
    scene.sandbox.clock().sleep(until_made).await;
    efs.delete_file_system()
        .file_system_id(&file_system)
        .send()
        .await
        .unwrap();
    scene.sandbox.clock().sleep(until_made).await;
    let left = found(&scene).await;
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].file_systems.is_empty() && left[0].groups.len() == 2);
}
