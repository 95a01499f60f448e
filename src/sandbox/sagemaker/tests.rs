#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use aws_sdk_sagemaker::Client;
use aws_sdk_sagemaker::operation::create_domain::builders::CreateDomainFluentBuilder;
use aws_sdk_sagemaker::types::{
    AppNetworkAccessType, AppSecurityGroupManagement, AppType, AuthMode, CodeRepository,
    DefaultSpaceSettings, DomainSettingsForUpdate, DomainStatus, ExecutionRoleIdentityConfig,
    HomeEfsFileSystemCreation, JupyterLabAppSettings, JupyterServerAppSettings, OwnershipSettings,
    ResourceSpec, RetentionPolicy, RetentionType, SharingType, SpaceSettings, SpaceSharingSettings,
    StudioWebPortal, Tag, UserProfileStatus, UserSettings,
};

use super::home::MANAGED_TAG;
use crate::sandbox::scene::{Scene, elements};
use crate::sandbox::testing::{ACCOUNT, Lab, REGION, said};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"sagemaker.amazonaws.com"}}]}"#;

/// A VPC with two subnets in one zone and one in another, a group, and an execution role.
struct Estate {
    lab: Lab,
    scene: Scene,
    role: String,
    sagemaker: Client,
}

impl Estate {
    async fn of(lab: Lab) -> Self {
        let mut scene = Scene::of(lab.sandbox.clone());
        scene
            .make("vpc", "vpcId", "CreateVpc CidrBlock=10.0.0.0/16")
            .await;
        for (name, zone, block) in [
            ("a", "eu-west-1a", 0),
            ("a2", "eu-west-1a", 1),
            ("b", "eu-west-1b", 2),
        ] {
            let line = format!(
                "CreateSubnet VpcId=$vpc AvailabilityZone={zone} CidrBlock=10.0.{block}.0/24"
            );
            scene.make(name, "subnetId", &line).await;
        }
        scene
            .make(
                "group",
                "groupId",
                "CreateSecurityGroup VpcId=$vpc GroupName=studio GroupDescription=d",
            )
            .await;
        let role = make_role(&lab, "exec", TRUST).await;
        lab.pass(60).await;
        let sagemaker = Client::new(&lab.config());
        Self {
            lab,
            scene,
            role,
            sagemaker,
        }
    }

    fn users(&self) -> UserSettings {
        UserSettings::builder().execution_role(&self.role).build()
    }

    fn new_domain(&self, name: &str) -> CreateDomainFluentBuilder {
        self.sagemaker
            .create_domain()
            .domain_name(name)
            .auth_mode(AuthMode::Iam)
            .vpc_id(self.scene.get("vpc"))
            .subnet_ids(self.scene.get("a"))
            .default_user_settings(self.users())
    }

    async fn domain(&self, name: &str) -> String {
        self.new_domain(name)
            .send()
            .await
            .unwrap()
            .domain_id
            .unwrap()
    }

    async fn status(&self, id: &str) -> String {
        match self.sagemaker.describe_domain().domain_id(id).send().await {
            Ok(domain) => domain.status.unwrap().as_str().to_owned(),
            refused => said(refused),
        }
    }

    async fn profile(&self, domain: &str, name: &str) {
        let made = self
            .sagemaker
            .create_user_profile()
            .domain_id(domain)
            .user_profile_name(name);
        made.send().await.unwrap();
    }

    async fn app(&self, domain: &str, profile: &str) {
        let made = self
            .sagemaker
            .create_app()
            .domain_id(domain)
            .user_profile_name(profile);
        made.app_type(AppType::JupyterServer)
            .app_name("default")
            .send()
            .await
            .unwrap();
    }

    async fn delete_app(&self, domain: &str, profile: &str) -> String {
        let gone = self
            .sagemaker
            .delete_app()
            .domain_id(domain)
            .user_profile_name(profile);
        said(
            gone.app_type(AppType::JupyterServer)
                .app_name("default")
                .send()
                .await,
        )
    }
}

async fn make_role(lab: &Lab, name: &str, trust: &str) -> String {
    let iam = aws_sdk_iam::Client::new(&lab.config());
    let made = iam
        .create_role()
        .role_name(name)
        .assume_role_policy_document(trust);
    made.send().await.unwrap().role.unwrap().arn
}

#[tokio::test]
async fn a_domain_is_described_as_it_was_given() {
    let estate = Estate::of(Lab::quick()).await;
    let lab_settings = JupyterLabAppSettings::builder()
        .default_resource_spec(
            ResourceSpec::builder()
                .instance_type("ml.t3.medium".into())
                .build(),
        )
        .lifecycle_config_arns(format!(
            "arn:aws:sagemaker:{REGION}:{ACCOUNT}:studio-lifecycle-config/one"
        ));
    let users = UserSettings::builder()
        .execution_role(&estate.role)
        .security_groups(estate.scene.get("group"))
        .jupyter_lab_app_settings(lab_settings.build());
    let made = estate
        .new_domain("finance")
        .default_user_settings(users.build())
        .app_network_access_type(AppNetworkAccessType::VpcOnly)
        .tags(Tag::builder().key("team").value("finance").build())
        .send()
        .await
        .unwrap();
    let id = made.domain_id.clone().unwrap();
    let domain = estate
        .sagemaker
        .describe_domain()
        .domain_id(&id)
        .send()
        .await
        .unwrap();
    assert_eq!(
        domain.domain_arn(),
        Some(format!("arn:aws:sagemaker:{REGION}:{ACCOUNT}:domain/{id}").as_str())
    );
    assert_eq!(domain.domain_name(), Some("finance"));
    assert_eq!(domain.status(), Some(&DomainStatus::InService));
    assert_eq!(domain.url(), made.url());
    assert_eq!(domain.subnet_ids(), [estate.scene.get("a")]);
    assert_eq!(
        domain.app_network_access_type(),
        Some(&AppNetworkAccessType::VpcOnly)
    );
    let users = domain.default_user_settings().unwrap();
    assert_eq!(users.security_groups(), [estate.scene.get("group")]);
    let lab = users.jupyter_lab_app_settings().unwrap();
    assert_eq!(
        lab.default_resource_spec()
            .unwrap()
            .instance_type()
            .unwrap()
            .as_str(),
        "ml.t3.medium"
    );
    assert!(domain.creation_time().is_some() && domain.last_modified_time().is_some());
    let listed = estate.sagemaker.list_domains().send().await.unwrap();
    assert_eq!(listed.domains()[0].domain_id(), Some(id.as_str()));
    // The first domain of an account brings SageMaker's own role.
    let iam = aws_sdk_iam::Client::new(&estate.lab.config());
    let linked = iam
        .get_role()
        .role_name("AWSServiceRoleForAmazonSageMakerNotebooks")
        .send()
        .await;
    assert_eq!(said(linked), "taken");
}

#[tokio::test]
async fn a_domain_makes_its_home_and_leaves_it_or_takes_it() {
    let estate = Estate::of(Lab::quick()).await;
    let efs = aws_sdk_efs::Client::new(&estate.lab.config());
    for (policy, kept) in [
        (None, true),
        (Some(RetentionType::Retain), true),
        (Some(RetentionType::Delete), false),
    ] {
        let made = estate
            .new_domain("home")
            .subnet_ids(estate.scene.get("a2"))
            .subnet_ids(estate.scene.get("b"));
        let id = made.send().await.unwrap().domain_id.unwrap();
        let domain = estate
            .sagemaker
            .describe_domain()
            .domain_id(&id)
            .send()
            .await
            .unwrap();
        let home = domain.home_efs_file_system_id().unwrap().to_owned();
        let system = efs
            .describe_file_systems()
            .file_system_id(&home)
            .send()
            .await
            .unwrap();
        let system = &system.file_systems()[0];
        assert_eq!(system.tags()[0].key(), MANAGED_TAG);
        assert_eq!(Some(system.tags()[0].value()), domain.domain_arn());
        assert_eq!(system.number_of_mount_targets(), 2, "one for each zone");
        let names = elements(&estate.scene.ok("DescribeSecurityGroups Filter.1.Name=tag-key Filter.1.Value.1=ManagedByAmazonSageMakerResource").await, "groupName");
        assert!(
            names.contains(&format!("security-group-for-inbound-nfs-{id}")),
            "{names:?}"
        );
        assert!(
            names.contains(&format!("security-group-for-outbound-nfs-{id}")),
            "{names:?}"
        );
        let policy = policy.map(|kind| {
            RetentionPolicy::builder()
                .home_efs_file_system(kind)
                .build()
        });
        estate
            .sagemaker
            .delete_domain()
            .domain_id(&id)
            .set_retention_policy(policy)
            .send()
            .await
            .unwrap();
        assert_eq!(
            estate.status(&id).await,
            format!("ResourceNotFound: Domain [{id}] does not exist.")
        );
        let left = said(
            efs.describe_file_systems()
                .file_system_id(&home)
                .send()
                .await,
        );
        assert_eq!(left == "taken", kept, "{left}");
        // The groups stay, and each keeps the other from going.
        let text = estate.scene.ok("DescribeSecurityGroups Filter.1.Name=tag-key Filter.1.Value.1=ManagedByAmazonSageMakerResource").await;
        let groups = elements(&text, "groupName");
        assert!(groups.contains(&format!("security-group-for-inbound-nfs-{id}")));
        if kept {
            for target in efs
                .describe_mount_targets()
                .file_system_id(&home)
                .send()
                .await
                .unwrap()
                .mount_targets()
            {
                efs.delete_mount_target()
                    .mount_target_id(target.mount_target_id())
                    .send()
                    .await
                    .unwrap();
            }
            efs.delete_file_system()
                .file_system_id(&home)
                .send()
                .await
                .unwrap();
        }
    }
    let interfaces = estate.scene.ok("DescribeNetworkInterfaces").await;
    assert_eq!(
        elements(&interfaces, "networkInterfaceId"),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn statuses_take_their_time() {
    let estate = Estate::of(Lab::slow()).await;
    let id = estate.domain("slow").await;
    assert_eq!(estate.status(&id).await, "Pending");
    let early = estate
        .sagemaker
        .create_user_profile()
        .domain_id(&id)
        .user_profile_name("u");
    assert!(said(early.send().await).starts_with("ResourceInUse"));
    estate.lab.pass(3 * 60).await;
    assert_eq!(estate.status(&id).await, "Pending");
    estate.lab.pass(5 * 60).await;
    assert_eq!(estate.status(&id).await, "InService");
    estate
        .sagemaker
        .update_domain()
        .domain_id(&id)
        .default_user_settings(estate.users())
        .send()
        .await
        .unwrap();
    assert_eq!(estate.status(&id).await, "Updating");
    let again = estate
        .sagemaker
        .update_domain()
        .domain_id(&id)
        .default_user_settings(estate.users());
    assert!(said(again.send().await).starts_with("ResourceInUse"));
    estate.lab.pass(60).await;
    assert_eq!(estate.status(&id).await, "InService");
    estate.profile(&id, "u").await;
    let profile = estate
        .sagemaker
        .describe_user_profile()
        .domain_id(&id)
        .user_profile_name("u");
    assert_eq!(
        profile.clone().send().await.unwrap().status(),
        Some(&UserProfileStatus::Pending)
    );
    estate.lab.pass(60).await;
    let made = profile.clone().send().await.unwrap();
    assert_eq!(made.status(), Some(&UserProfileStatus::InService));
    assert_eq!(made.home_efs_file_system_uid(), Some("200001"));
    estate
        .sagemaker
        .delete_user_profile()
        .domain_id(&id)
        .user_profile_name("u")
        .send()
        .await
        .unwrap();
    let blocked = estate.sagemaker.delete_domain().domain_id(&id);
    assert!(said(blocked.clone().send().await).contains("UserProfile(s) are associated"));
    estate.lab.pass(60).await;
    assert!(said(profile.send().await).starts_with("ResourceNotFound"));
    blocked.send().await.unwrap();
    assert_eq!(estate.status(&id).await, "Deleting");
    estate.lab.pass(5 * 60).await;
    assert!(estate.status(&id).await.starts_with("ResourceNotFound"));
}

#[tokio::test]
async fn a_young_role_is_not_seen_yet() {
    let estate = Estate::of(Lab::slow()).await;
    let young = make_role(&estate.lab, "young", TRUST).await;
    let users = UserSettings::builder().execution_role(&young).build();
    let make = || {
        estate
            .new_domain("young")
            .default_user_settings(users.clone())
            .send()
    };
    insta::assert_snapshot!(
        said(make().await),
        @"ValidationException: Could not assume role arn:aws:iam::111122223333:role/young. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role."
    );
    estate.lab.pass(30).await;
    assert_eq!(said(make().await), "taken");
}

#[tokio::test]
async fn create_refuses() {
    let mut estate = Estate::of(Lab::quick()).await;
    let taken = estate.domain("taken").await;
    estate
        .scene
        .make("vpc2", "vpcId", "CreateVpc CidrBlock=10.9.0.0/16")
        .await;
    estate
        .scene
        .make(
            "far",
            "subnetId",
            "CreateSubnet VpcId=$vpc2 CidrBlock=10.9.0.0/24",
        )
        .await;
    estate
        .scene
        .make(
            "fargroup",
            "groupId",
            "CreateSecurityGroup VpcId=$vpc2 GroupName=g GroupDescription=d",
        )
        .await;
    let untrusted = make_role(&estate.lab, "untrusted", &TRUST.replace("sagemaker", "ec2")).await;
    let users = |role: &str, group: Option<&str>| {
        UserSettings::builder()
            .execution_role(role)
            .set_security_groups(group.map(|group| vec![group.to_owned()]))
            .build()
    };
    let repository = CodeRepository::builder()
        .repository_url("https://git.example/r")
        .build();
    let repositories = JupyterServerAppSettings::builder()
        .code_repositories(repository)
        .build();
    let spaces = DefaultSpaceSettings::builder()
        .jupyter_server_app_settings(repositories)
        .build();
    let base = || estate.new_domain("new");
    let role = estate.role.as_str();
    let far = estate.scene.get("fargroup");
    let cases = [
        ("same name", estate.new_domain("taken")),
        ("bad name", estate.new_domain("a_b")),
        ("no vpc", base().set_vpc_id(None)),
        ("absent vpc", base().vpc_id("vpc-0123")),
        ("absent subnet", base().subnet_ids("subnet-0123")),
        (
            "subnet of another vpc",
            base().subnet_ids(estate.scene.get("far")),
        ),
        (
            "absent group",
            base().default_user_settings(users(role, Some("sg-0123"))),
        ),
        (
            "group of another vpc",
            base().default_user_settings(users(role, Some(far))),
        ),
        (
            "absent role",
            base().default_user_settings(users("arn:aws:iam::111122223333:role/none", None)),
        ),
        (
            "role without trust",
            base().default_user_settings(users(&untrusted, None)),
        ),
        (
            "vpc only without groups",
            base().app_network_access_type(AppNetworkAccessType::VpcOnly),
        ),
        (
            "group management",
            base().app_security_group_management(AppSecurityGroupManagement::Service),
        ),
        (
            "repositories of spaces",
            base().default_space_settings(spaces),
        ),
        (
            "aws tag",
            base().tags(Tag::builder().key("aws:x").value("y").build()),
        ),
    ];
    let mut lines = Vec::new();
    for (what, call) in cases {
        lines.push(format!("{what}: {}", said(call.send().await)));
    }
    let mut text = lines.join("\n");
    for (id, name) in [
        (taken.as_str(), "TAKEN"),
        (estate.scene.get("vpc"), "VPC"),
        (estate.scene.get("far"), "FAR"),
        (far, "FARGROUP"),
    ] {
        text = text.replace(id, name);
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn update_domain_has_its_conditions() {
    let mut estate = Estate::of(Lab::quick()).await;
    estate
        .scene
        .make("vpc2", "vpcId", "CreateVpc CidrBlock=10.9.0.0/16")
        .await;
    let id = estate.domain("updated").await;
    estate.profile(&id, "u").await;
    estate.app(&id, "u").await;
    let update = || estate.sagemaker.update_domain().domain_id(&id);
    let (vpc, a, b) = (
        estate.scene.get("vpc"),
        estate.scene.get("a"),
        estate.scene.get("b"),
    );
    let vpc_only = || update().app_network_access_type(AppNetworkAccessType::VpcOnly);
    let identity = DomainSettingsForUpdate::builder()
        .execution_role_identity_config(ExecutionRoleIdentityConfig::UserProfileName)
        .build();
    let repository = CodeRepository::builder()
        .repository_url("https://git.example/r")
        .build();
    let repositories = JupyterServerAppSettings::builder()
        .code_repositories(repository)
        .build();
    let spaces = DefaultSpaceSettings::builder()
        .jupyter_server_app_settings(repositories)
        .build();
    let absent = UserSettings::builder()
        .execution_role("arn:aws:iam::111122223333:role/none")
        .build();
    let cases = [
        ("mode alone", vpc_only()),
        ("another vpc", update().vpc_id(estate.scene.get("vpc2"))),
        ("mode with an app", vpc_only().vpc_id(vpc).subnet_ids(a)),
        ("subnet removed with an app", update().subnet_ids(b)),
        (
            "identity with an app",
            update().domain_settings_for_update(identity),
        ),
        (
            "group management",
            update().app_security_group_management(AppSecurityGroupManagement::Service),
        ),
        (
            "home off",
            update().home_efs_file_system_creation(HomeEfsFileSystemCreation::Disabled),
        ),
        (
            "repositories of spaces",
            update().default_space_settings(spaces),
        ),
        ("absent role", update().default_user_settings(absent)),
        (
            "absent domain",
            estate.sagemaker.update_domain().domain_id("d-none"),
        ),
        (
            "subnet added with an app",
            update().subnet_ids(a).subnet_ids(b),
        ),
    ];
    let mut lines = Vec::new();
    for (what, call) in cases {
        lines.push(format!("{what}: {}", said(call.send().await)));
    }
    let text = lines
        .join("\n")
        .replace(&id, "ID")
        .replace(vpc, "VPC")
        .replace(estate.scene.get("vpc2"), "VPC2");
    insta::assert_snapshot!(text);
    // The subnet in another zone brought a mount target.
    let domain = estate
        .sagemaker
        .describe_domain()
        .domain_id(&id)
        .send()
        .await
        .unwrap();
    assert_eq!(domain.subnet_ids().len(), 2);
    let efs = aws_sdk_efs::Client::new(&estate.lab.config());
    let targets = efs
        .describe_mount_targets()
        .file_system_id(domain.home_efs_file_system_id().unwrap());
    assert_eq!(targets.send().await.unwrap().mount_targets().len(), 2);
    // Without apps the network may change.
    assert_eq!(estate.delete_app(&id, "u").await, "taken");
    assert_eq!(
        said(vpc_only().vpc_id(vpc).subnet_ids(b).send().await),
        "taken"
    );
}

#[tokio::test]
async fn a_home_comes_later_when_it_is_asked_for() {
    let estate = Estate::of(Lab::quick()).await;
    let made = estate
        .new_domain("bare")
        .home_efs_file_system_creation(HomeEfsFileSystemCreation::Disabled);
    let id = made.send().await.unwrap().domain_id.unwrap();
    let describe = || estate.sagemaker.describe_domain().domain_id(&id).send();
    assert_eq!(describe().await.unwrap().home_efs_file_system_id(), None);
    let update = estate.sagemaker.update_domain().domain_id(&id);
    update
        .home_efs_file_system_creation(HomeEfsFileSystemCreation::Enabled)
        .send()
        .await
        .unwrap();
    assert!(
        describe()
            .await
            .unwrap()
            .home_efs_file_system_id()
            .is_some()
    );
}

#[tokio::test]
async fn updates_merge_settings() {
    let estate = Estate::of(Lab::quick()).await;
    let users = UserSettings::builder()
        .execution_role(&estate.role)
        .jupyter_lab_app_settings(
            JupyterLabAppSettings::builder()
                .lifecycle_config_arns(
                    "arn:aws:sagemaker:eu-west-1:111122223333:studio-lifecycle-config/one",
                )
                .build(),
        )
        .security_groups(estate.scene.get("group"));
    let made = estate
        .new_domain("merged")
        .default_user_settings(users.build());
    let id = made.send().await.unwrap().domain_id.unwrap();
    let lab = JupyterLabAppSettings::builder().default_resource_spec(
        ResourceSpec::builder()
            .instance_type("ml.t3.large".into())
            .build(),
    );
    let change = UserSettings::builder()
        .jupyter_lab_app_settings(lab.build())
        .set_security_groups(Some(vec![]));
    estate
        .sagemaker
        .update_domain()
        .domain_id(&id)
        .default_user_settings(change.build())
        .send()
        .await
        .unwrap();
    let domain = estate
        .sagemaker
        .describe_domain()
        .domain_id(&id)
        .send()
        .await
        .unwrap();
    let users = domain.default_user_settings().unwrap();
    assert_eq!(
        users.execution_role(),
        Some(estate.role.as_str()),
        "omitted stays"
    );
    let lab = users.jupyter_lab_app_settings().unwrap();
    assert_eq!(lab.lifecycle_config_arns().len(), 1, "omitted below stays");
    assert!(lab.default_resource_spec().is_some(), "given is set");
    assert!(users.security_groups().is_empty(), "an empty list clears");
}

#[tokio::test]
async fn what_lives_in_it_keeps_a_domain() {
    let estate = Estate::of(Lab::quick()).await;
    let id = estate.domain("blocked").await;
    let sagemaker = &estate.sagemaker;
    estate.profile(&id, "ann").await;
    let again = sagemaker
        .create_user_profile()
        .domain_id(&id)
        .user_profile_name("ANN");
    assert!(
        said(again.send().await).starts_with("ResourceInUse: UserProfile [ANN] already exists")
    );
    let space = sagemaker
        .create_space()
        .domain_id(&id)
        .space_name("desk")
        .ownership_settings(
            OwnershipSettings::builder()
                .owner_user_profile_name("ann")
                .build(),
        )
        .space_sharing_settings(
            SpaceSharingSettings::builder()
                .sharing_type(SharingType::Private)
                .build(),
        )
        .space_settings(
            SpaceSettings::builder()
                .app_type(AppType::JupyterLab)
                .build(),
        );
    let arn = space.send().await.unwrap().space_arn.unwrap();
    let tags = sagemaker
        .list_tags()
        .resource_arn(&arn)
        .send()
        .await
        .unwrap();
    assert_eq!(tags.tags()[0].key(), Some("sagemaker:domain-arn"));
    let typed = SpaceSettings::builder()
        .app_type(AppType::JupyterLab)
        .build();
    let update = sagemaker.update_space().domain_id(&id).space_name("desk");
    assert!(
        said(update.clone().space_settings(typed).send().await)
            .starts_with("ValidationException: AppType")
    );
    update
        .space_display_name("Ann's desk")
        .send()
        .await
        .unwrap();
    let app = sagemaker
        .create_app()
        .domain_id(&id)
        .space_name("desk")
        .app_type(AppType::JupyterLab)
        .app_name("default");
    let app_arn = app.send().await.unwrap().app_arn.unwrap();
    assert_eq!(
        sagemaker
            .list_tags()
            .resource_arn(&app_arn)
            .send()
            .await
            .unwrap()
            .tags()
            .len(),
        2
    );
    estate.app(&id, "ann").await;

    let delete_domain = || sagemaker.delete_domain().domain_id(&id).send();
    let delete_profile = || {
        sagemaker
            .delete_user_profile()
            .domain_id(&id)
            .user_profile_name("ann")
            .send()
    };
    let delete_space = || {
        sagemaker
            .delete_space()
            .domain_id(&id)
            .space_name("desk")
            .send()
    };
    let mut lines = vec![
        said(delete_domain().await),
        said(delete_profile().await),
        said(delete_space().await),
    ];
    assert_eq!(estate.delete_app(&id, "ann").await, "taken");
    lines.push(said(delete_profile().await));
    let app = sagemaker
        .delete_app()
        .domain_id(&id)
        .space_name("desk")
        .app_type(AppType::JupyterLab);
    app.app_name("default").send().await.unwrap();
    delete_space().await.unwrap();
    delete_profile().await.unwrap();
    insta::assert_snapshot!(lines.join("\n").replace(&id, "ID"), @r"
    ResourceInUse: Unable to delete Domain [ID] because UserProfile(s) are associated with it.
    ResourceInUse: Unable to delete UserProfile [ann] because App(s) are associated with it.
    ResourceInUse: Unable to delete Space [desk] because App(s) are associated with it.
    ResourceInUse: Unable to delete UserProfile [ann] because Space(s) are associated with it.
    ");
    assert_eq!(said(delete_domain().await), "taken");
}

#[tokio::test]
async fn a_deleted_app_is_listed_for_a_while() {
    let estate = Estate::of(Lab::slow()).await;
    let id = estate.domain("apps").await;
    estate.lab.pass(8 * 60).await;
    estate.profile(&id, "u").await;
    estate.lab.pass(60).await;
    estate.app(&id, "u").await;
    assert!(
        said(estate.sagemaker.delete_domain().domain_id(&id).send().await)
            .starts_with("ResourceInUse")
    );
    estate.lab.pass(5 * 60).await;
    assert_eq!(estate.delete_app(&id, "u").await, "taken");
    assert!(
        estate
            .delete_app(&id, "u")
            .await
            .starts_with("ResourceInUse")
    );
    estate.lab.pass(6 * 60).await;
    let apps = estate
        .sagemaker
        .list_apps()
        .domain_id_equals(&id)
        .send()
        .await
        .unwrap();
    assert_eq!(apps.apps()[0].status().unwrap().as_str(), "Deleted");
    assert_eq!(
        estate.delete_app(&id, "u").await,
        "ValidationException: App [default] has already been deleted."
    );
}

#[tokio::test]
async fn single_sign_on_names_its_user() {
    let estate = Estate::of(Lab::quick()).await;
    let made = estate.new_domain("sso").auth_mode(AuthMode::Sso);
    let id = made.send().await.unwrap().domain_id.unwrap();
    let domain = estate
        .sagemaker
        .describe_domain()
        .domain_id(&id)
        .send()
        .await
        .unwrap();
    assert!(
        domain
            .single_sign_on_application_arn()
            .unwrap()
            .starts_with("arn:aws:sso::")
    );
    let make = estate
        .sagemaker
        .create_user_profile()
        .domain_id(&id)
        .user_profile_name("u");
    assert!(
        said(make.clone().send().await)
            .starts_with("ValidationException: SingleSignOnUserIdentifier")
    );
    let make = make
        .single_sign_on_user_identifier("UserName")
        .single_sign_on_user_value("ann");
    assert_eq!(said(make.send().await), "taken");
}

#[tokio::test]
async fn profiles_come_in_pages() {
    let estate = Estate::of(Lab::quick()).await;
    let id = estate.domain("pages").await;
    for n in 0..25 {
        estate.profile(&id, &format!("user-{n:02}")).await;
    }
    let mut names = Vec::new();
    let mut token = None;
    let mut pages = 0;
    loop {
        let page = estate
            .sagemaker
            .list_user_profiles()
            .domain_id_equals(&id)
            .set_next_token(token);
        let page = page.send().await.unwrap();
        names.extend(
            page.user_profiles()
                .iter()
                .map(|row| row.user_profile_name().unwrap().to_owned()),
        );
        pages += 1;
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    names.sort();
    names.dedup();
    assert_eq!((names.len(), pages), (25, 3));
    let some = estate
        .sagemaker
        .list_user_profiles()
        .user_profile_name_contains("r-1")
        .send()
        .await
        .unwrap();
    assert_eq!(some.user_profiles().len(), 10);
    let bad = estate.sagemaker.list_user_profiles().next_token("?");
    assert!(said(bad.send().await).starts_with("ValidationException"));
}

#[tokio::test]
async fn tags_are_added_and_taken_by_arn() {
    let estate = Estate::of(Lab::quick()).await;
    let id = estate.domain("tags").await;
    let arn = format!("arn:aws:sagemaker:{REGION}:{ACCOUNT}:domain/{id}");
    let tag = |n: usize| Tag::builder().key(format!("k{n}")).value("v").build();
    let add = |from: usize, to: usize| {
        let tags = (from..to).map(tag).collect();
        estate
            .sagemaker
            .add_tags()
            .resource_arn(&arn)
            .set_tags(Some(tags))
            .send()
    };
    add(0, 50).await.unwrap();
    assert!(said(add(50, 51).await).starts_with("ResourceLimitExceeded"));
    estate
        .sagemaker
        .delete_tags()
        .resource_arn(&arn)
        .tag_keys("k0")
        .send()
        .await
        .unwrap();
    assert_eq!(said(add(50, 51).await), "taken");
    let tags = estate
        .sagemaker
        .list_tags()
        .resource_arn(&arn)
        .send()
        .await
        .unwrap();
    assert_eq!(tags.tags().len(), 50);
    let none = estate
        .sagemaker
        .list_tags()
        .resource_arn(arn.replace(&id, "d-none"));
    assert!(said(none.send().await).starts_with("ResourceNotFound"));
}

#[tokio::test]
async fn a_home_that_finds_no_address_fails_the_domain() {
    let mut estate = Estate::of(Lab::quick()).await;
    estate
        .scene
        .make(
            "tiny",
            "subnetId",
            "CreateSubnet VpcId=$vpc AvailabilityZone=eu-west-1c CidrBlock=10.0.9.0/28",
        )
        .await;
    let subnet = estate.scene.get("tiny").to_owned();
    let made = |name: &str| {
        let call = estate
            .new_domain(name)
            .set_subnet_ids(Some(vec![subnet.clone()]));
        async move { call.send().await.unwrap().domain_id.unwrap() }
    };
    // A /28 has eleven addresses to give away.
    for n in 0..11 {
        made(&format!("d{n}")).await;
    }
    let id = made("last").await;
    let domain = estate
        .sagemaker
        .describe_domain()
        .domain_id(&id)
        .send()
        .await
        .unwrap();
    assert_eq!(domain.status(), Some(&DomainStatus::Failed));
    assert!(
        domain
            .failure_reason()
            .unwrap()
            .contains("no free addresses")
    );
    let update = estate
        .sagemaker
        .update_domain()
        .domain_id(&id)
        .default_user_settings(estate.users());
    assert!(said(update.send().await).starts_with("ValidationException"));
    assert_eq!(
        said(estate.sagemaker.delete_domain().domain_id(&id).send().await),
        "taken"
    );
}

#[tokio::test]
async fn thousands_of_profiles_take_no_longer_each() {
    /// Calls of each measured stretch.
    const STRETCH: usize = 400;
    let estate = Estate::of(Lab::quick()).await;
    let id = estate.domain("many").await;
    let mut times = Vec::new();
    for stretch in 0..5 {
        let began = std::time::Instant::now();
        for n in 0..STRETCH {
            estate.profile(&id, &format!("u{stretch}-{n}")).await;
        }
        times.push(began.elapsed());
    }
    // Generous: the machine is shared. A scan of all rows per call would show as 9 to 1.
    assert!(times[4] < times[0] * 4, "{times:?}");
}

#[tokio::test]
async fn studio_is_not_closed_to_users_that_land_in_it() {
    let estate = Estate::of(Lab::quick()).await;
    let id = estate.domain("classic").await;
    let update = |portal: Option<StudioWebPortal>, landing: Option<&str>| {
        let users = UserSettings::builder()
            .set_studio_web_portal(portal)
            .set_default_landing_uri(landing.map(str::to_owned))
            .build();
        let call = estate.sagemaker.update_domain().domain_id(&id);
        call.default_user_settings(users).send()
    };
    let closed = || Some(StudioWebPortal::Disabled);
    let classic = Some("app:JupyterServer:");
    let refused = "ValidationException";
    assert_eq!(said(update(None, Some("studio::")).await), "taken");
    assert!(said(update(closed(), None).await).starts_with(refused));
    assert_eq!(said(update(closed(), classic).await), "taken");
    assert!(said(update(None, Some("studio::")).await).starts_with(refused));
}
