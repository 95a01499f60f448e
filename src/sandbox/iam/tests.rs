#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use aws_sdk_iam::Client;
use aws_sdk_iam::types::{EntityType, Tag};
use percent_encoding::percent_decode_str;

use crate::sandbox::testing::{ACCOUNT, Lab, said};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole"],"Principal":{"Service":["sagemaker.amazonaws.com"]}}]}"#;
const POLICY: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

async fn role(iam: &Client, name: &str) -> aws_sdk_iam::types::Role {
    let made = iam
        .create_role()
        .role_name(name)
        .assume_role_policy_document(TRUST);
    made.send().await.unwrap().role.unwrap()
}

async fn policy(iam: &Client, name: &str) -> String {
    let made = iam
        .create_policy()
        .policy_name(name)
        .policy_document(POLICY);
    made.send().await.unwrap().policy.unwrap().arn.unwrap()
}

#[tokio::test]
async fn a_role_lives() {
    let lab = Lab::quick();
    let iam = Client::new(&lab.config());
    let made = iam
        .create_role()
        .role_name("Exec")
        .path("/service-role/")
        .description("for Studio")
        .max_session_duration(7_200)
        .assume_role_policy_document(TRUST)
        .tags(tag("team", "finance"));
    let made = made.send().await.unwrap().role.unwrap();
    assert_eq!(
        made.arn,
        format!("arn:aws:iam::{ACCOUNT}:role/service-role/Exec")
    );
    assert!(made.role_id.starts_with("AROA"));
    iam.update_role()
        .role_name("exec")
        .description("other")
        .send()
        .await
        .unwrap();
    iam.tag_role()
        .role_name("Exec")
        .tags(tag("stage", "dev"))
        .send()
        .await
        .unwrap();
    iam.untag_role()
        .role_name("Exec")
        .tag_keys("team")
        .send()
        .await
        .unwrap();
    let read = iam
        .get_role()
        .role_name("EXEC")
        .send()
        .await
        .unwrap()
        .role
        .unwrap();
    assert_eq!(read.description(), Some("other"));
    assert_eq!(read.max_session_duration(), Some(7_200));
    assert_eq!(read.tags(), [tag("stage", "dev")]);
    insta::assert_snapshot!(
        decoded(read.assume_role_policy_document().unwrap()),
        @r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole"],"Principal":{"Service":"sagemaker.amazonaws.com"}}]}"#
    );
    let listed = iam
        .list_roles()
        .path_prefix("/service-role/")
        .send()
        .await
        .unwrap()
        .roles;
    assert_eq!(listed.len(), 1);
    assert!(listed[0].tags().is_empty());
    iam.delete_role().role_name("Exec").send().await.unwrap();
    assert!(iam.list_roles().send().await.unwrap().roles.is_empty());
}

#[tokio::test]
async fn refusals() {
    let lab = Lab::quick();
    let iam = Client::new(&lab.config());
    role(&iam, "one").await;
    let own = policy(&iam, "own").await;
    iam.attach_role_policy()
        .role_name("one")
        .policy_arn(&own)
        .send()
        .await
        .unwrap();
    let mut lines = Vec::new();
    let mut note = |what: &str, said: String| lines.push(format!("{what}: {said}"));
    let create = |name: &str, trust: &str| {
        iam.create_role()
            .role_name(name)
            .assume_role_policy_document(trust)
            .send()
    };
    let naming =
        |principal: &str| TRUST.replace(r#"{"Service":["sagemaker.amazonaws.com"]}"#, principal);
    note("same name, other letters", said(create("ONE", TRUST).await));
    note("name", said(create("a b", TRUST).await));
    note("long name", said(create(&"x".repeat(65), TRUST).await));
    note("trust json", said(create("two", "{").await));
    note(
        "trust size",
        said(
            create(
                "two",
                &TRUST.replace("sts:AssumeRole", &"sts:A".repeat(500)),
            )
            .await,
        ),
    );
    note(
        "absent role",
        said(
            create(
                "two",
                &naming(r#"{"AWS":"arn:aws:iam::111122223333:role/none"}"#),
            )
            .await,
        ),
    );
    note(
        "absent user",
        said(
            create(
                "two",
                &naming(r#"{"AWS":"arn:aws:iam::111122223333:user/none"}"#),
            )
            .await,
        ),
    );
    note(
        "bad service",
        said(create("two", &naming(r#"{"Service":"sagemaker"}"#)).await),
    );
    note(
        "unknown account",
        said(create("two", &naming(r#"{"AWS":"999988887777"}"#)).await),
    );
    note(
        "aws tag",
        said(
            iam.tag_role()
                .role_name("one")
                .tags(tag("AWS:x", "y"))
                .send()
                .await,
        ),
    );
    let many = (0..51).map(|n| tag(&format!("k{n}"), "v")).collect();
    note(
        "51 tags",
        said(
            iam.tag_role()
                .role_name("one")
                .set_tags(Some(many))
                .send()
                .await,
        ),
    );
    for half in [0..30, 30..60] {
        let tags = half.map(|n| tag(&format!("k{n}"), "v")).collect();
        note(
            "30 tags",
            said(
                iam.tag_role()
                    .role_name("one")
                    .set_tags(Some(tags))
                    .send()
                    .await,
            ),
        );
    }
    note(
        "no role",
        said(iam.get_role().role_name("none").send().await),
    );
    note(
        "delete attached",
        said(iam.delete_role().role_name("one").send().await),
    );
    note(
        "delete used policy",
        said(iam.delete_policy().policy_arn(&own).send().await),
    );
    let attach = |arn: &str| {
        iam.attach_role_policy()
            .role_name("one")
            .policy_arn(arn)
            .send()
    };
    note("attach again", said(attach(&own).await));
    note(
        "attach none",
        said(attach("arn:aws:iam::111122223333:policy/none").await),
    );
    note(
        "attach AWS's",
        said(attach("arn:aws:iam::aws:policy/AmazonSageMakerFullAccess").await),
    );
    note(
        "attach unlike AWS's",
        said(attach("arn:aws:iam::aws:policy/my-policy").await),
    );
    for n in 0..8 {
        attach(&format!("arn:aws:iam::aws:policy/AWSNumber{n}"))
            .await
            .unwrap();
    }
    note(
        "attach the 11th",
        said(attach("arn:aws:iam::aws:policy/AWSNumber8").await),
    );
    note(
        "detach none",
        said(
            iam.detach_role_policy()
                .role_name("one")
                .policy_arn("arn:aws:iam::aws:policy/ReadOnlyAccess")
                .send()
                .await,
        ),
    );
    let inline = |document: &str| {
        iam.put_role_policy()
            .role_name("one")
            .policy_name("in")
            .policy_document(document)
            .send()
    };
    note("inline", said(inline(POLICY).await));
    note(
        "inline without resource",
        said(inline(&POLICY.replace(r#","Resource":"*""#, "")).await),
    );
    note(
        "inline size",
        said(inline(&POLICY.replace("s3:*", &format!("s3:{}", "x".repeat(10_240)))).await),
    );
    note(
        "no inline",
        said(
            iam.get_role_policy()
                .role_name("one")
                .policy_name("none")
                .send()
                .await,
        ),
    );
    note(
        "policy name",
        said(
            iam.create_policy()
                .policy_name("OWN")
                .policy_document(POLICY)
                .send()
                .await,
        ),
    );
    note(
        "policy size",
        said(
            iam.create_policy()
                .policy_name("big")
                .policy_document(POLICY.replace("s3:*", &format!("s3:{}", "x".repeat(6_144))))
                .send()
                .await,
        ),
    );
    note(
        "no boundary",
        said(
            iam.delete_role_permissions_boundary()
                .role_name("one")
                .send()
                .await,
        ),
    );
    insta::assert_snapshot!(lines.join("\n"));
}

#[tokio::test]
async fn a_role_is_deleted_in_order() {
    let lab = Lab::quick();
    let iam = Client::new(&lab.config());
    role(&iam, "r").await;
    let own = policy(&iam, "own").await;
    iam.attach_role_policy()
        .role_name("r")
        .policy_arn(&own)
        .send()
        .await
        .unwrap();
    iam.put_role_policy()
        .role_name("r")
        .policy_name("in")
        .policy_document(POLICY)
        .send()
        .await
        .unwrap();
    iam.put_role_permissions_boundary()
        .role_name("r")
        .permissions_boundary(&own)
        .send()
        .await
        .unwrap();
    let used = iam
        .get_policy()
        .policy_arn(&own)
        .send()
        .await
        .unwrap()
        .policy
        .unwrap();
    assert_eq!(
        (
            used.attachment_count(),
            used.permissions_boundary_usage_count()
        ),
        (Some(1), Some(1))
    );
    let entities = iam
        .list_entities_for_policy()
        .policy_arn(&own)
        .send()
        .await
        .unwrap();
    assert_eq!(entities.policy_roles()[0].role_name(), Some("r"));
    iam.detach_role_policy()
        .role_name("r")
        .policy_arn(&own)
        .send()
        .await
        .unwrap();
    insta::assert_snapshot!(
        said(iam.delete_role().role_name("r").send().await),
        @"DeleteConflict: Cannot delete entity, must delete policies first."
    );
    iam.delete_role_policy()
        .role_name("r")
        .policy_name("in")
        .send()
        .await
        .unwrap();
    // A boundary alone does not keep the role, but it keeps the policy.
    assert!(said(iam.delete_policy().policy_arn(&own).send().await).starts_with("DeleteConflict"));
    iam.delete_role().role_name("r").send().await.unwrap();
    assert_eq!(
        said(iam.delete_policy().policy_arn(&own).send().await),
        "taken"
    );
}

#[tokio::test]
async fn a_policy_has_five_versions() {
    let lab = Lab::quick();
    let iam = Client::new(&lab.config());
    let arn = policy(&iam, "p").await;
    let add = || {
        iam.create_policy_version()
            .policy_arn(&arn)
            .policy_document(POLICY)
            .set_as_default(true)
            .send()
    };
    for _ in 0..4 {
        add().await.unwrap();
    }
    assert!(
        said(add().await).starts_with("LimitExceeded: A managed policy can have up to 5 versions.")
    );
    let drop = |id: &str| {
        iam.delete_policy_version()
            .policy_arn(&arn)
            .version_id(id)
            .send()
    };
    insta::assert_snapshot!(said(drop("v5").await), @"DeleteConflict: Cannot delete the default version of a policy.");
    insta::assert_snapshot!(said(drop("v9").await), @"NoSuchEntity: Policy arn:aws:iam::111122223333:policy/p version v9 does not exist or is not attachable.");
    drop("v1").await.unwrap();
    iam.set_default_policy_version()
        .policy_arn(&arn)
        .version_id("v2")
        .send()
        .await
        .unwrap();
    let versions = iam
        .list_policy_versions()
        .policy_arn(&arn)
        .send()
        .await
        .unwrap()
        .versions
        .unwrap();
    let shown: Vec<_> = versions
        .iter()
        .map(|v| (v.version_id().unwrap(), v.is_default_version()))
        .collect();
    assert_eq!(
        shown,
        [("v5", false), ("v4", false), ("v3", false), ("v2", true)]
    );
    let one = iam
        .get_policy_version()
        .policy_arn(&arn)
        .version_id("v2")
        .send()
        .await
        .unwrap();
    assert_eq!(
        decoded(one.policy_version().unwrap().document().unwrap()),
        POLICY
    );
    assert!(
        said(iam.delete_policy().policy_arn(&arn).send().await)
            .starts_with("DeleteConflict: This policy has more than one version.")
    );
}

#[tokio::test]
async fn trust_keeps_a_role_by_its_unique_id() {
    let lab = Lab::quick();
    let iam = Client::new(&lab.config());
    let named = role(&iam, "named").await;
    let trust = TRUST.replace(
        r#""Service":["sagemaker.amazonaws.com"]"#,
        &format!(r#""AWS":"{}""#, named.arn),
    );
    iam.create_role()
        .role_name("trusting")
        .assume_role_policy_document(trust)
        .send()
        .await
        .unwrap();
    let shown = async || {
        let role = iam
            .get_role()
            .role_name("trusting")
            .send()
            .await
            .unwrap()
            .role
            .unwrap();
        let document: serde_json::Value =
            serde_json::from_str(&decoded(role.assume_role_policy_document().unwrap())).unwrap();
        document["Statement"][0]["Principal"]["AWS"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(shown().await, named.arn);
    iam.delete_role().role_name("named").send().await.unwrap();
    role(&iam, "named").await;
    assert_eq!(shown().await, named.role_id);
}

#[tokio::test]
async fn authorization_details_come_in_pages() {
    let lab = Lab::quick();
    let iam = Client::new(&lab.config());
    for n in 0..5 {
        role(&iam, &format!("r{n}")).await;
    }
    let own = policy(&iam, "own").await;
    iam.attach_role_policy()
        .role_name("r3")
        .policy_arn(&own)
        .send()
        .await
        .unwrap();
    iam.put_role_policy()
        .role_name("r3")
        .policy_name("in")
        .policy_document(POLICY)
        .send()
        .await
        .unwrap();
    let mut marker = None;
    let (mut roles, mut policies, mut pages) = (Vec::new(), Vec::new(), 0);
    loop {
        let page = iam
            .get_account_authorization_details()
            .filter(EntityType::Role)
            .filter(EntityType::LocalManagedPolicy)
            .max_items(4)
            .set_marker(marker)
            .send()
            .await
            .unwrap();
        roles.extend(page.role_detail_list().to_vec());
        policies.extend(page.policies().to_vec());
        pages += 1;
        marker = page.marker;
        if !page.is_truncated {
            break;
        }
    }
    assert_eq!((roles.len(), policies.len(), pages), (5, 1, 2));
    let detail = &roles[3];
    assert_eq!(detail.role_policy_list()[0].policy_name(), Some("in"));
    assert_eq!(
        detail.attached_managed_policies()[0].policy_arn(),
        Some(own.as_str())
    );
    assert_eq!(
        decoded(policies[0].policy_version_list()[0].document().unwrap()),
        POLICY
    );
    let all = iam
        .get_account_authorization_details()
        .max_items(1_000)
        .send()
        .await
        .unwrap();
    assert!(
        all.policies()
            .iter()
            .any(|p| p.policy_name() == Some("AmazonSageMakerFullAccess"))
    );
}

#[tokio::test]
async fn a_service_linked_role_is_its_services() {
    let lab = Lab::quick();
    let iam = Client::new(&lab.config());
    let make = || {
        iam.create_service_linked_role()
            .aws_service_name("sagemaker.amazonaws.com")
            .send()
    };
    let name = make().await.unwrap().role.unwrap().role_name;
    assert_eq!(name, "AWSServiceRoleForAmazonSageMakerNotebooks");
    assert!(said(make().await).starts_with("InvalidInput: Service role name"));
    assert!(
        said(iam.delete_role().role_name(&name).send().await).starts_with("UnmodifiableEntity")
    );
    let task = iam
        .delete_service_linked_role()
        .role_name(&name)
        .send()
        .await
        .unwrap()
        .deletion_task_id;
    let status = iam
        .get_service_linked_role_deletion_status()
        .deletion_task_id(task)
        .send()
        .await
        .unwrap();
    assert_eq!(status.status().as_str(), "SUCCEEDED");
}

#[tokio::test]
async fn accounts_are_apart() {
    let lab = Lab::quick();
    role(&Client::new(&lab.config()), "mine").await;
    let other = Client::new(&lab.config_of("999900001111"));
    assert!(other.list_roles().send().await.unwrap().roles.is_empty());
}

/// What the simulation says: `action on resource: decision`, with condition keys that are missing.
async fn simulated(iam: &Client, role: &str, actions: &[&str], resources: &[&str]) -> String {
    let asked = iam
        .simulate_principal_policy()
        .policy_source_arn(role)
        .set_action_names(Some(actions.iter().map(|one| (*one).to_owned()).collect()))
        .set_resource_arns(Some(
            resources.iter().map(|one| (*one).to_owned()).collect(),
        ));
    let results = asked.send().await.unwrap().evaluation_results.unwrap();
    let lines = results.iter().map(|result| {
        let mut line = format!(
            "{} on {}: {}",
            result.eval_action_name,
            result.eval_resource_name.as_deref().unwrap_or_default(),
            result.eval_decision.as_str()
        );
        for key in result.missing_context_values() {
            line.push_str(&format!(" (without {key})"));
        }
        line
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn what_a_role_may_do_is_simulated() {
    let lab = Lab::quick();
    let iam = Client::new(&lab.config());
    let arn = role(&iam, "Deploy").await.arn;
    let bound = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":["s3:*","sagemaker:*","iam:PassRole"],"Resource":"*"},
        {"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}]}"#;
    let boundary = iam.create_policy().policy_name("b").policy_document(bound);
    let boundary = boundary.send().await.unwrap().policy.unwrap().arn.unwrap();
    let inline = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"sagemaker:Create*","Resource":"arn:aws:sagemaker:*:*:pipeline/ml-*"},
        {"Effect":"Allow","Action":"ec2:*","Resource":"*"},
        {"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"sagemaker.amazonaws.com"}}},
        {"Effect":"Deny","NotAction":["s3:*","sagemaker:*","ec2:*","iam:*"],"Resource":"*"}]}"#;
    iam.put_role_policy()
        .role_name("Deploy")
        .policy_name("own")
        .policy_document(inline)
        .send()
        .await
        .unwrap();
    let attach = iam.attach_role_policy().role_name("Deploy");
    let attach = attach.policy_arn(policy(&iam, "p").await);
    attach.send().await.unwrap();
    let actions = [
        "s3:GetObject",
        "s3:DeleteBucket",
        "SageMaker:createpipeline",
        "sagemaker:DeletePipeline",
        "ec2:CreateVpc",
        "iam:PassRole",
        "kms:Decrypt",
    ];
    let resources = [
        "*",
        "arn:aws:sagemaker:eu-west-1:111122223333:pipeline/ml-a",
    ];
    let free = simulated(&iam, &arn, &actions, &resources).await;
    let put = iam.put_role_permissions_boundary().role_name("Deploy");
    put.permissions_boundary(boundary).send().await.unwrap();
    let bound = simulated(&iam, &arn, &actions, &resources).await;
    insta::assert_snapshot!(format!("{free}\n\nwithin the boundary\n{bound}"));
    let session = format!("arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/x");
    let ask = |arn: &str| {
        let call = iam.simulate_principal_policy();
        call.policy_source_arn(arn).action_names("s3:GetObject")
    };
    assert_eq!(
        said(ask(&session).send().await),
        "InvalidInput: Invalid Entity Arn: arn:aws:sts::111122223333:assumed-role/Deploy/x does not clearly define entity type and name."
    );
    let other = format!("arn:aws:iam::{ACCOUNT}:role/path/Deploy");
    assert_eq!(
        said(ask(&other).send().await),
        "NoSuchEntity: The role with name Deploy cannot be found."
    );
}
