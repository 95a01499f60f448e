#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use aws_sdk_efs::Client;
use aws_sdk_efs::types::Tag;

use crate::sandbox::scene::{Scene, elements};
use crate::sandbox::testing::{Lab, said};

async fn network(lab: &Lab) -> Scene {
    let mut scene = Scene::of(lab.sandbox.clone());
    for (vpc, block) in [("vpc", 0), ("other", 1)] {
        scene
            .make(
                vpc,
                "vpcId",
                &format!("CreateVpc CidrBlock=10.{block}.0.0/16"),
            )
            .await;
    }
    for (name, vpc, zone, block) in [
        ("a", "vpc", "a", "10.0.0.0/24"),
        ("a2", "vpc", "a", "10.0.1.0/24"),
        ("b", "vpc", "b", "10.0.2.0/24"),
        ("far", "other", "c", "10.1.0.0/24"),
    ] {
        let line =
            format!("CreateSubnet VpcId=${vpc} AvailabilityZone=eu-west-1{zone} CidrBlock={block}");
        scene.make(name, "subnetId", &line).await;
    }
    scene
        .make(
            "group",
            "groupId",
            "CreateSecurityGroup VpcId=$vpc GroupName=nfs GroupDescription=d",
        )
        .await;
    scene
}

async fn system(efs: &Client, token: &str) -> String {
    efs.create_file_system()
        .creation_token(token)
        .send()
        .await
        .unwrap()
        .file_system_id
}

#[tokio::test]
async fn states_follow_the_clock() {
    let lab = Lab::slow();
    let scene = network(&lab).await;
    let efs = Client::new(&lab.config());
    let id = system(&efs, "t").await;
    let mount = || {
        efs.create_mount_target()
            .file_system_id(&id)
            .subnet_id(scene.get("a"))
            .send()
    };
    assert!(said(mount().await).starts_with("IncorrectFileSystemLifeCycleState"));
    lab.pass(60).await;
    let target = mount().await.unwrap();
    assert_eq!(target.life_cycle_state.as_str(), "creating");
    let targets = || efs.describe_mount_targets().file_system_id(&id).send();
    lab.pass(120).await;
    let made = targets().await.unwrap().mount_targets()[0].clone();
    assert_eq!(made.life_cycle_state.as_str(), "available");
    assert_eq!(made.availability_zone_name(), Some("eu-west-1a"));
    efs.delete_mount_target()
        .mount_target_id(&target.mount_target_id)
        .send()
        .await
        .unwrap();
    assert_eq!(
        targets().await.unwrap().mount_targets()[0]
            .life_cycle_state
            .as_str(),
        "deleting"
    );
    assert!(
        said(efs.delete_file_system().file_system_id(&id).send().await)
            .starts_with("FileSystemInUse")
    );
    lab.pass(60).await;
    assert!(targets().await.unwrap().mount_targets().is_empty());
    assert!(
        elements(
            &scene.ok("DescribeNetworkInterfaces").await,
            "networkInterfaceId"
        )
        .is_empty()
    );
    efs.delete_file_system()
        .file_system_id(&id)
        .send()
        .await
        .unwrap();
    lab.pass(60).await;
    insta::assert_snapshot!(
        said(efs.describe_file_systems().file_system_id(&id).send().await).replace(&id, "ID"),
        @"FileSystemNotFound: File system 'ID' does not exist."
    );
}

#[tokio::test]
async fn refusals() {
    let lab = Lab::quick();
    let scene = network(&lab).await;
    let efs = Client::new(&lab.config());
    let id = system(&efs, "t").await;
    let mount = |subnet: &str| {
        efs.create_mount_target()
            .file_system_id(&id)
            .subnet_id(subnet)
    };
    let made = mount(scene.get("a"))
        .security_groups(scene.get("group"))
        .send()
        .await
        .unwrap();
    let groups = |id: &str| {
        efs.modify_mount_target_security_groups()
            .mount_target_id(id)
    };
    let mut lines = vec![
        said(efs.create_file_system().creation_token("t").send().await),
        said(mount(scene.get("a2")).send().await),
        said(mount(scene.get("far")).send().await),
        said(mount("subnet-0123456789abcdef0").send().await),
        said(
            mount(scene.get("b"))
                .security_groups("sg-0123456789abcdef0")
                .send()
                .await,
        ),
        said(mount(scene.get("b")).ip_address("10.0.9.9").send().await),
        said(
            efs.create_mount_target()
                .file_system_id("fs-0123456789abcdef0")
                .subnet_id("subnet-0123456789abcdef0")
                .send()
                .await,
        ),
        said(efs.describe_mount_targets().send().await),
        said(
            efs.delete_mount_target()
                .mount_target_id("fsmt-0123456789abcdef0")
                .send()
                .await,
        ),
        said(efs.delete_file_system().file_system_id(&id).send().await),
        said(groups("fsmt-0123456789abcdef0").send().await),
        said(
            efs.tag_resource()
                .resource_id(&id)
                .tags(Tag::builder().key("aws:x").value("y").build().unwrap())
                .send()
                .await,
        ),
    ];
    let many = (0..6).map(|n| format!("sg-0123456789abcdef{n}")).collect();
    lines.push(said(
        groups(&made.mount_target_id)
            .set_security_groups(Some(many))
            .send()
            .await,
    ));
    let mut text = lines.join("\n");
    for (id, name) in [
        (id.as_str(), "FS"),
        (&made.mount_target_id, "FSMT"),
        (scene.get("vpc"), "VPC"),
        (scene.get("far"), "FAR"),
    ] {
        text = text.replace(id, name);
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn groups_access_points_and_tags() {
    let lab = Lab::quick();
    let scene = network(&lab).await;
    let efs = Client::new(&lab.config());
    let id = system(&efs, "t").await;
    let target = efs
        .create_mount_target()
        .file_system_id(&id)
        .subnet_id(scene.get("a"))
        .send()
        .await
        .unwrap()
        .mount_target_id;
    let groups = async || {
        efs.describe_mount_target_security_groups()
            .mount_target_id(&target)
            .send()
            .await
            .unwrap()
            .security_groups
    };
    assert_eq!(groups().await.len(), 1, "the VPC's default group");
    efs.modify_mount_target_security_groups()
        .mount_target_id(&target)
        .security_groups(scene.get("group"))
        .send()
        .await
        .unwrap();
    assert_eq!(groups().await, [scene.get("group")]);
    scene
        .refused(&[("DeleteSecurityGroup GroupId=$group", "DependencyViolation")])
        .await;

    let point = efs
        .create_access_point()
        .file_system_id(&id)
        .client_token("c")
        .send()
        .await
        .unwrap();
    let again = efs
        .create_access_point()
        .file_system_id(&id)
        .client_token("c");
    assert!(said(again.send().await).starts_with("AccessPointAlreadyExists"));
    let tag = Tag::builder().key("Name").value("home").build().unwrap();
    efs.tag_resource()
        .resource_id(point.access_point_id.as_ref().unwrap())
        .tags(tag.clone())
        .send()
        .await
        .unwrap();
    let points = efs
        .describe_access_points()
        .file_system_id(&id)
        .send()
        .await
        .unwrap();
    assert_eq!(points.access_points()[0].name(), Some("home"));
    efs.tag_resource()
        .resource_id(&id)
        .tags(tag)
        .send()
        .await
        .unwrap();
    assert_eq!(
        efs.list_tags_for_resource()
            .resource_id(&id)
            .send()
            .await
            .unwrap()
            .tags()
            .len(),
        1
    );
    efs.untag_resource()
        .resource_id(&id)
        .tag_keys("Name")
        .send()
        .await
        .unwrap();
    assert!(
        efs.list_tags_for_resource()
            .resource_id(&id)
            .send()
            .await
            .unwrap()
            .tags()
            .is_empty()
    );
    efs.delete_access_point()
        .access_point_id(point.access_point_id.unwrap())
        .send()
        .await
        .unwrap();
    assert!(
        efs.describe_access_points()
            .send()
            .await
            .unwrap()
            .access_points()
            .is_empty()
    );
}

#[tokio::test]
async fn file_systems_come_in_pages() {
    let lab = Lab::quick();
    let efs = Client::new(&lab.config());
    for n in 0..5 {
        system(&efs, &format!("t{n}")).await;
    }
    let mut marker = None;
    let mut sizes = Vec::new();
    loop {
        let page = efs
            .describe_file_systems()
            .max_items(2)
            .set_marker(marker)
            .send()
            .await
            .unwrap();
        sizes.push(page.file_systems().len());
        marker = page.next_marker;
        if marker.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [2, 2, 1]);
    let one = efs
        .describe_file_systems()
        .creation_token("t3")
        .send()
        .await
        .unwrap();
    assert_eq!(one.file_systems().len(), 1);
}
