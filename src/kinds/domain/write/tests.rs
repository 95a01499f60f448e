//! Domains and user profiles on the embedded AWS.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::aws::Cause;
use crate::kinds::sagemaker::DOMAIN;
use crate::kinds::schema::{Attribute, ChangeRule, Type};
use crate::kinds::testbed::{ACCOUNT, Bed, assert_holds, document};
use crate::kinds::{Actual, Ready};
use crate::state::Record;
use crate::value::{Map, Value};

/// A bed with a network and a role.
struct Ground {
    bed: Bed,
    vpc: String,
    subnets: Vec<String>,
    group: String,
    role: String,
}

async fn ground() -> Ground {
    let bed = Bed::new();
    let ec2 = bed.aws.ec2(&bed.place).await.unwrap();
    let vpc = ec2
        .create_vpc()
        .cidr_block("10.0.0.0/16")
        .send()
        .await
        .unwrap();
    let vpc = vpc.vpc.unwrap().vpc_id.unwrap();
    let mut subnets = Vec::new();
    for number in 0..3 {
        let subnet = ec2
            .create_subnet()
            .vpc_id(&vpc)
            .cidr_block(format!("10.0.{number}.0/24"))
            .send()
            .await
            .unwrap();
        subnets.push(subnet.subnet.unwrap().subnet_id.unwrap());
    }
    subnets.sort();
    let group = ec2
        .create_security_group()
        .group_name("studio")
        .description("x")
        .vpc_id(&vpc)
        .send()
        .await
        .unwrap()
        .group_id
        .unwrap();
    let trust = document(
        &json!({ "Statement": { "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": { "Service": "sagemaker.amazonaws.com" } } }),
    );
    let role = bed
        .made(&bed.node("role", "r", &json!({ "name": "Studio", "trust": trust })))
        .await;
    let role = role.text("arn").unwrap().to_owned();
    // What custom images name, in the text of every name here.
    let base = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/lab:1";
    for (kind, members) in [
        ("image", json!({ "name": "text", "role": role })),
        (
            "image_version",
            json!({ "image": "text", "base_image": base }),
        ),
        ("app_image_config", json!({ "name": "text" })),
    ] {
        bed.made(&bed.node(kind, "x", &members)).await;
    }
    Ground {
        bed,
        vpc,
        subnets,
        group,
        role,
    }
}

impl Ground {
    /// A text that fits the member.
    fn text(&self, name: &str) -> String {
        let arn =
            |service: &str, rest: &str| format!("arn:aws:{service}:eu-west-1:{ACCOUNT}:{rest}");
        match name {
            "vpc" => self.vpc.clone(),
            "subnets" => self.subnets[0].clone(),
            "security_groups" => self.group.clone(),
            "name" => "everything".into(),
            "instance_type" | "hidden_instance_types" => "ml.t3.medium".into(),
            "sagemaker_image" => arn("sagemaker", "image/x"),
            "sagemaker_image_version" => arn("sagemaker", "image-version/x/1"),
            "sagemaker_image_version_alias" | "version_aliases" => "1.0".into(),
            "training_plan_arn" => arn("sagemaker", "training-plan/x"),
            "secret_arn" => arn("secretsmanager", "secret:x"),
            "q_profile_arn" => arn("codewhisperer", "profile/x"),
            "single_sign_on_application_arn" => {
                format!("arn:aws:sso::{ACCOUNT}:application/ssoins-1/apl-1")
            }
            "vpc_only_trusted_accounts" | "domain_account_id" => ACCOUNT.into(),
            "domain_region" => "eu-west-1".into(),
            "domain_id" => "dzd_abc".into(),
            "file_system" => "fs-0123456789abcdef0".into(),
            "file_system_path" | "mount_path" => "/x".into(),
            "repository_url" => "https://github.com/a/b".into(),
            "default_landing_uri" => "studio::".into(),
            name if name.contains("url") => "https://example.com".into(),
            name if name.contains("s3_kms") || name.contains("kms_key") => {
                arn("kms", "key/0123abcd-0123-0123-0123-0123456789ab")
            }
            name if name.contains("s3") => "s3://bucket/path".into(),
            name if name.contains("role") => self.role.clone(),
            name if name.contains("lifecycle_config") => {
                arn("sagemaker", "studio-lifecycle-config/x")
            }
            _ => "text".into(),
        }
    }

    fn value(&self, name: &str, ty: &Type) -> Value {
        match ty {
            Type::Object(inner) if inner[0].name == "efs_file_system_config" => Value::map(
                [(
                    Arc::from(inner[0].name),
                    self.value(inner[0].name, &inner[0].ty),
                )]
                .into(),
            ),
            Type::Object(inner) => Value::map(self.members(inner)),
            Type::List(item, _) | Type::Set(item, _) => Value::list(vec![self.value(name, item)]),
            Type::Enum(words) => Value::string(words[0]),
            Type::Bool => Value::bool(true),
            Type::Int(low, _) => Value::int((*low).max(1)),
            Type::Tags => Value::map([(Arc::from("owner"), Value::string("ml"))].into()),
            _ => Value::string(self.text(name)),
        }
    }

    /// Every member that can be written.
    fn members(&self, of: &[Attribute]) -> Map {
        of.iter()
            .filter(|one| !matches!(one.change, ChangeRule::Computed | ChangeRule::Own))
            // The older name of `kms_key`.
            .filter(|one| one.name != "home_efs_file_system_kms_key")
            .map(|one| (Arc::from(one.name), self.value(one.name, &one.ty)))
            .collect()
    }

    fn domain(&self, extra: Json) -> Ready {
        let mut all = json!({
            "name": "finance", "auth_mode": "IAM", "vpc": self.vpc, "subnets": [self.subnets[0]],
            "app_network_access_type": "VpcOnly",
            "default_user_settings": { "execution_role": self.role, "security_groups": [self.group] },
            "tags": { "owner": "ml" },
        });
        all.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        self.bed.node("domain", "finance", &all)
    }

    async fn file_systems(&self) -> usize {
        let efs = self.bed.aws.efs(&self.bed.place).await.unwrap();
        efs.describe_file_systems()
            .send()
            .await
            .unwrap()
            .file_systems()
            .len()
    }

    async fn nfs_groups(&self) -> usize {
        let ec2 = self.bed.aws.ec2(&self.bed.place).await.unwrap();
        let all = ec2.describe_security_groups().send().await.unwrap();
        all.security_groups()
            .iter()
            .filter(|group| {
                group
                    .group_name()
                    .unwrap_or_default()
                    .contains("bound-nfs-")
            })
            .count()
    }
}

#[tokio::test]
async fn every_member_is_made_and_read_back() {
    let ground = ground().await;
    let mut attributes = ground.members(DOMAIN);
    let spaces = attributes
        .get("default_space_settings")
        .unwrap()
        .to_json()
        .unwrap();
    let mut spaces = spaces;
    // Refused there: see the checks.
    spaces["jupyter_server_app_settings"]
        .as_object_mut()
        .unwrap()
        .remove("code_repositories");
    attributes.insert(
        Arc::from("default_space_settings"),
        Value::from_json(&spaces),
    );
    attributes.insert(
        Arc::from("app_network_access_type"),
        Value::string("VpcOnly"),
    );
    let mut node = ground.bed.node("domain", "everything", &json!({}));
    node.attributes = attributes;
    let record = ground.bed.made(&node).await;
    assert_holds(&record.attributes, &node.attributes);
    assert_eq!(record.text("status"), Some("InService"));
    assert_eq!(
        ground.bed.read(&record).await.unwrap().attributes,
        record.attributes
    );
}

#[tokio::test]
async fn updates_send_what_changed() {
    let ground = ground().await;
    let bed = &ground.bed;
    let mut record = bed.made(&ground.domain(json!({}))).await;
    bed.requests();

    // The network of a `VpcOnly` domain goes in three members.
    let all = json!(ground.subnets);
    let node = ground.domain(json!({ "subnets": all }));
    let actual = bed
        .update(
            &node,
            &record,
            &[("subnets", json!([ground.subnets[0]]), all.clone())],
        )
        .await
        .unwrap();
    assert_eq!(
        bed.sent("UpdateDomain"),
        json!({ "DomainId": record.id, "AppNetworkAccessType": "VpcOnly", "VpcId": ground.vpc, "SubnetIds": all })
    );
    assert_holds(&actual.attributes, &node.attributes);
    record = bed.record(&node, &actual);

    // One nested member goes alone.
    let settings = json!({ "execution_role": ground.role, "security_groups": [ground.group],
        "jupyter_lab_app_settings": { "default_resource_spec": { "instance_type": "ml.t3.medium" } } });
    let node = ground.domain(json!({ "subnets": all, "default_user_settings": settings }));
    let actual = bed
        .update(
            &node,
            &record,
            &[(
                "default_user_settings.jupyter_lab_app_settings.default_resource_spec.instance_type",
                json!(null),
                json!("ml.t3.medium"),
            )],
        )
        .await
        .unwrap();
    assert_eq!(
        bed.sent("UpdateDomain"),
        json!({ "DomainId": record.id, "DefaultUserSettings": { "JupyterLabAppSettings": {
            "DefaultResourceSpec": { "InstanceType": "ml.t3.medium" } } } })
    );
    assert_holds(&actual.attributes, &node.attributes);

    // Groups of the domain itself go by the update's own shape.
    let node = ground.domain(json!({ "subnets": all, "default_user_settings": settings,
        "domain_settings": { "security_groups": [ground.group] } }));
    let actual = bed
        .update(
            &node,
            &record,
            &[(
                "domain_settings.security_groups",
                json!(null),
                json!([ground.group]),
            )],
        )
        .await
        .unwrap();
    assert_eq!(
        bed.sent("UpdateDomain"),
        json!({ "DomainId": record.id, "DomainSettingsForUpdate": { "SecurityGroupIds": [ground.group] } })
    );
    assert_holds(&actual.attributes, &node.attributes);

    // Tags alone make no update of the domain, and smd's own setting makes no call.
    let node = ground.domain(json!({ "tags": { "owner": "x" }, "home_efs": "delete" }));
    let actual = bed
        .update(
            &node,
            &record,
            &[
                ("tags.owner", json!("ml"), json!("x")),
                ("home_efs", json!(null), json!("delete")),
            ],
        )
        .await
        .unwrap();
    assert!(
        !bed.requests()
            .iter()
            .any(|(name, _)| name == "UpdateDomain")
    );
    assert_eq!(actual.attributes.get("tags"), node.attributes.get("tags"));
}

#[tokio::test]
async fn the_home_file_system_stays_unless_its_loss_was_consented_to() {
    for (home, consented, kept) in [
        ("retain", true, 1),
        ("delete", false, 1),
        ("delete", true, 0),
    ] {
        let ground = ground().await;
        let record = ground
            .bed
            .made(&ground.domain(json!({ "home_efs": home })))
            .await;
        assert_eq!(ground.file_systems().await, 1);
        ground.bed.delete(&record, consented).await.unwrap();
        assert_eq!(ground.bed.read(&record).await, None);
        assert_eq!(ground.file_systems().await, kept, "{home} {consented}");
        assert_eq!(ground.nfs_groups().await, kept * 2, "{home} {consented}");
        assert_eq!(ground.nfs_groups().await, kept * 2, "{home} {consented}");
        ground.bed.delete(&record, consented).await.unwrap();
    }
}

async fn profile(ground: &Ground, domain: &Record, name: &str, extra: Json) -> Ready {
    let mut all = json!({ "domain": domain.id, "name": name, "tags": { "a": "b" } });
    all.as_object_mut()
        .unwrap()
        .extend(extra.as_object().unwrap().clone());
    ground.bed.node("user_profile", name, &all)
}

#[tokio::test]
async fn profiles_are_made_changed_and_deleted() {
    let ground = ground().await;
    let bed = &ground.bed;
    let domain = bed.made(&ground.domain(json!({}))).await;
    let node = profile(
        &ground,
        &domain,
        "jo",
        json!({ "user_settings": { "execution_role": ground.role } }),
    )
    .await;
    let record = bed.made(&node).await;
    assert_eq!(record.id, format!("{}/jo", domain.id));
    assert_holds(&record.attributes, &node.attributes);
    bed.requests();
    let node = profile(&ground, &domain, "jo", json!({ "user_settings": { "execution_role": ground.role, "security_groups": [ground.group] } })).await;
    let actual = bed
        .update(
            &node,
            &record,
            &[(
                "user_settings.security_groups",
                json!(null),
                json!([ground.group]),
            )],
        )
        .await
        .unwrap();
    assert_eq!(
        bed.sent("UpdateUserProfile"),
        json!({ "DomainId": domain.id, "UserProfileName": "jo", "UserSettings": { "SecurityGroups": [ground.group] } })
    );
    assert_holds(&actual.attributes, &node.attributes);

    // A profile that others made keeps the domain, and is named.
    let sagemaker = bed.aws.sagemaker(&bed.place).await.unwrap();
    sagemaker
        .create_user_profile()
        .domain_id(&domain.id)
        .user_profile_name("stranger")
        .send()
        .await
        .unwrap();
    bed.delete(&record, false).await.unwrap();
    assert_eq!(bed.read(&record).await, None);
    let failure = bed.delete(&domain, false).await.unwrap_err();
    assert_eq!(failure.cause, Cause::InUse);
    assert_eq!(
        failure.message,
        format!(
            "domain `finance` ({}) still has user profiles: stranger",
            domain.id
        )
    );
}

#[tokio::test]
async fn apps_and_spaces_are_named_with_their_owners() {
    let ground = ground().await;
    let bed = &ground.bed;
    let domain = bed.made(&ground.domain(json!({}))).await;
    let jo = bed
        .made(&profile(&ground, &domain, "jo", json!({})).await)
        .await;
    let sagemaker = bed.aws.sagemaker(&bed.place).await.unwrap();
    sagemaker
        .create_app()
        .domain_id(&domain.id)
        .user_profile_name("jo")
        .app_type("JupyterServer".into())
        .app_name("default")
        .send()
        .await
        .unwrap();
    for record in [&jo, &domain] {
        let failure = bed.delete(record, false).await.unwrap_err();
        assert_eq!(failure.cause, Cause::InUse);
        assert!(failure.message.ends_with("still has 1 app"), "{failure}");
        assert!(
            failure.help[0].starts_with("app `JupyterServer/default` of user profile `jo`"),
            "{:?}",
            failure.help
        );
    }
}

#[tokio::test]
async fn a_role_made_in_this_run_is_waited_for_and_another_is_not() {
    let ground = ground().await;
    let missing = format!("arn:aws:iam::{ACCOUNT}:role/Missing");
    let node = ground.domain(json!({ "default_user_settings": { "execution_role": missing, "security_groups": [ground.group] } }));
    let before = ground.bed.clock.now_ms();
    let failure = ground.bed.create(&node).await.unwrap_err();
    assert!(failure.message.to_lowercase().contains("role"), "{failure}");
    assert!(ground.bed.clock.now_ms() - before < 60_000);
    ground.bed.touch("Missing");
    ground.bed.create(&node).await.unwrap_err();
    assert!(ground.bed.clock.now_ms() - before >= 120_000);
}

/// A /28 has eleven addresses to give away, and the home of every domain takes one.
const ADDRESSES: usize = 11;

#[tokio::test]
async fn one_that_fails_says_why_and_can_only_be_replaced() {
    let ground = ground().await;
    let bed = &ground.bed;
    let ec2 = bed.aws.ec2(&bed.place).await.unwrap();
    let tiny = ec2
        .create_subnet()
        .vpc_id(&ground.vpc)
        .cidr_block("10.0.9.0/28");
    let tiny = tiny.send().await.unwrap().subnet.unwrap().subnet_id;
    let tiny = tiny.unwrap();
    let named = |name: &str| ground.domain(json!({ "name": name, "subnets": [tiny] }));
    for n in 0..ADDRESSES {
        bed.made(&named(&format!("d{n}"))).await;
    }
    let last = named("last");
    let failure = bed.create(&last).await.unwrap_err();
    assert_eq!(failure.cause, Cause::Failed);
    for said in ["ended as `Failed`", "no free addresses"] {
        assert!(failure.message.contains(said), "{failure}");
    }
    assert!(failure.help[0].contains("made anew"), "{failure:?}");

    // It stands there, and only its deletion brings another one.
    let sagemaker = bed.aws.sagemaker(&bed.place).await.unwrap();
    let domains = sagemaker.list_domains().max_results(100).send().await;
    let domains = domains.unwrap().domains.unwrap();
    let mut failed = domains.into_iter().filter_map(|domain| {
        let is_last = domain.domain_name.as_deref() == Some("last");
        domain.domain_id.filter(|_| is_last)
    });
    let record = bed.record(&last, &Actual::new(failed.next().unwrap(), Map::new()));
    let there = bed.read(&record).await.unwrap();
    let kind = crate::kinds::find("domain").unwrap();
    let broken = kind.broken("domain", &there.attributes).unwrap();
    assert!(broken.contains("no free addresses"), "{broken}");
    bed.delete(&record, false).await.unwrap();
    assert_eq!(bed.read(&record).await, None);
}
