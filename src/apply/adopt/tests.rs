#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::collections::BTreeMap;

use super::create;
use crate::aws::Failure;
use crate::config::{Access, Place};
use crate::kinds::scene::{Fault, Scene};
use crate::kinds::{Ready, find};

/// Kinds of which AWS takes a name only once.
const NAMED: [&str; 5] = [
    "role.r",
    "policy.p",
    "security_group.g",
    "domain.d",
    "user_profile.u",
];

/// One of each, with this text and this tag in it.
fn text(words: &str, tag: &str) -> String {
    format!(
        r#"
vpc a {{ cidr = "10.0.0.0/16" }}
subnet s {{ vpc = vpc.a, cidr = "10.0.1.0/24", az = "eu-west-1a" }}
role r {{
  description = "{words}"
  trust = {{
    Version = "2012-10-17",
    Statement = [{{ Effect = "Allow", Principal = {{ Service = "sagemaker.amazonaws.com" }}, Action = "sts:AssumeRole" }}],
  }}
  tags = {{ tag = "{tag}" }}
}}
policy p {{
  document = {{
    Version = "2012-10-17",
    Statement = [{{ Sid = "{words}", Effect = "Allow", Action = "s3:ListBucket", Resource = "*" }}],
  }}
  tags = {{ tag = "{tag}" }}
}}
security_group g {{ vpc = vpc.a, description = "as it was", tags = {{ tag = "{tag}" }} }}
domain d {{
  vpc = vpc.a
  subnets = [subnet.s]
  auth_mode = "IAM"
  default_user_settings = {{
    execution_role = role.r.arn,
    jupyter_server_app_settings = {{ lifecycle_config_arns = ["arn:aws:sagemaker:eu-west-1:111122223333:studio-lifecycle-config/{words}"] }},
  }}
  tags = {{ tag = "{tag}" }}
}}
user_profile u {{
  domain = domain.d
  user_settings = {{ security_groups = [security_group.g] }}
  tags = {{ tag = "{tag}" }}
}}
"#
    )
}

/// The records of what AWS takes once are lost.
fn lose(scene: &mut Scene) -> BTreeMap<String, String> {
    let mut lost = BTreeMap::new();
    scene.records.retain(|(address, record)| {
        let kept = !NAMED.contains(&address.as_str());
        if !kept {
            lost.insert(address.to_string(), record.id.clone());
        }
        kept
    });
    lost
}

/// The ownership key that a thing carries.
async fn key(scene: &Scene, address: &str) -> String {
    let (named, record) = scene
        .records
        .iter()
        .find(|(there, _)| there.as_str() == address)
        .unwrap();
    let node = Ready {
        address: named.clone(),
        kind: record.kind.as_str().into(),
        place: record.place.clone(),
        attributes: record.attributes.clone(),
        marks: BTreeMap::new(),
    };
    let kind = find(&record.kind).unwrap();
    let standing = kind.standing(&scene.aws, &node).await.unwrap().unwrap();
    assert_eq!(standing.id, record.id);
    standing.tags["smd:key"].clone()
}

fn said(failure: &Failure) -> String {
    format!("{failure}\n{}", failure.help.join("\n"))
}

#[tokio::test]
async fn what_this_stack_made_and_no_record_holds_is_taken_over() {
    for (words, tag) in [("before", "x"), ("after", "y")] {
        let mut scene = Scene::slow();
        scene.lineage = Some("one");
        scene.apply(&text("before", "x")).await.unwrap();
        let lost = lose(&mut scene);
        scene.lineage = Some("two");
        scene.apply(&text(words, tag)).await.unwrap();
        for (address, id) in lost {
            assert_eq!(scene.id(&address), id, "{address}");
            assert_eq!(key(&scene, &address).await, "two", "{address}");
        }
        scene.destroy().await.unwrap();
    }
}

#[tokio::test]
async fn a_lost_answer_does_not_lose_the_thing() {
    for operation in [
        "CreateRole",
        "CreatePolicy",
        "CreateSecurityGroup",
        "CreateDomain",
        "CreateUserProfile",
    ] {
        let mut scene = Scene::slow();
        scene.fault(operation, Fault::Lost);
        scene.apply(&text("x", "x")).await.unwrap();
        let made = scene.writes().matches(&format!("{operation} ")).count();
        assert_eq!(made, 1, "{operation}");
        scene.destroy().await.unwrap();
    }
}

#[tokio::test]
async fn what_another_made_is_left_alone() {
    let mut scene = Scene::new();
    scene.apply("role r { name = \"x\", trust = { Statement = [{ Effect = \"Allow\", Principal = { Service = \"sagemaker.amazonaws.com\" }, Action = \"sts:AssumeRole\" }] } }").await.unwrap();
    let living = scene.records.remove(0);
    let again = "role again { name = \"x\", trust = { Statement = [{ Effect = \"Allow\", Principal = { Service = \"sagemaker.amazonaws.com\" }, Action = \"sts:AssumeRole\" }] } }";
    let failure = scene.apply(again).await.unwrap_err();
    insta::assert_snapshot!(said(&failure), @r#"
iam:CreateRole failed: Role with name x already exists. (EntityAlreadyExists)
names of roles are unique in the account, letter case ignored: write another `name`, or take the living role away first
x belongs to stack `test`, which made it as `role.r`
"#);
    // What is on record is about to be replaced.
    let record = &living.1;
    let node = Ready {
        address: living.0.clone(),
        kind: "role".into(),
        place: record.place.clone(),
        attributes: record.attributes.clone(),
        marks: BTreeMap::from([
            ("smd:stack".to_owned(), "test".to_owned()),
            ("smd:address".to_owned(), "role.r".to_owned()),
        ]),
    };
    for recorded in [true, false] {
        let made = scene
            .context(async |cx| create(cx, find("role").unwrap(), &node, &|_| recorded).await)
            .await;
        assert_eq!(made.is_err(), recorded);
    }
    // One without marks.
    let place = Place {
        account: "111122223333".into(),
        region: "eu-west-1".into(),
        access: Access::default(),
    };
    let iam = scene.aws.iam(&place).await.unwrap();
    iam.untag_role()
        .role_name("x")
        .tag_keys("smd:stack")
        .send()
        .await
        .unwrap();
    scene.records.clear();
    let failure = scene
        .apply(&again.replace("role again", "role r"))
        .await
        .unwrap_err();
    insta::assert_snapshot!(said(&failure), @r#"
iam:CreateRole failed: Role with name x already exists. (EntityAlreadyExists)
names of roles are unique in the account, letter case ignored: write another `name`, or take the living role away first
x was not made by smd
"#);
}

#[tokio::test]
async fn what_would_have_to_be_replaced_is_not_taken_over() {
    let mut scene = Scene::new();
    scene.apply(&text("x", "x")).await.unwrap();
    lose(&mut scene);
    let other = text("x", "x").replace("as it was", "another");
    let failure = scene.apply(&other).await.unwrap_err();
    insta::assert_snapshot!(said(&failure), @r#"
ec2:CreateSecurityGroup failed: The security group 'stack-g' already exists for VPC 'vpc-dff7ed1616aee7cfd' (InvalidGroup.Duplicate)
this stack made sg-7557526f5f1672029 before, but cannot go on with it: its `description` is not as written: no call changes the description of a security group
delete sg-7557526f5f1672029, then apply again
"#);
}
