//! Roles, their parts and managed policies on the embedded AWS.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use serde_json::{Value as Json, json};

use crate::aws::Cause;
use crate::kinds::testbed::{ACCOUNT, Bed, assert_holds, document};
use crate::state::Record;

fn trust() -> String {
    document(
        &json!({ "Statement": { "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": { "Service": "sagemaker.amazonaws.com" } } }),
    )
}

fn allows(action: &str) -> String {
    document(&json!({ "Statement": { "Effect": "Allow", "Action": action, "Resource": "*" } }))
}

fn role(extra: Json) -> Json {
    let mut all = json!({ "name": "Studio", "trust": trust() });
    all.as_object_mut()
        .unwrap()
        .extend(extra.as_object().unwrap().clone());
    all
}

#[tokio::test]
async fn a_role_is_made_read_changed_and_deleted() {
    let bed = Bed::new();
    let node = bed.node(
        "role",
        "a",
        &role(
            json!({ "path": "/team/", "description": "x", "max_session_duration": 7200,
            "tags": { "owner": "a", "old": "b" } }),
        ),
    );
    let record = bed.made(&node).await;
    assert_holds(&record.attributes, &node.attributes);
    assert_eq!(
        record.text("arn").unwrap(),
        format!("arn:aws:iam::{ACCOUNT}:role/team/Studio")
    );
    assert!(record.text("unique_id").unwrap().starts_with("AROA"));

    let wider = document(
        &json!({ "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": { "Service": "sagemaker.amazonaws.com", "AWS": ACCOUNT } }] }),
    );
    let node = bed.node(
        "role",
        "a",
        &json!({ "name": "Studio", "path": "/team/", "trust": wider, "max_session_duration": 7200,
            "tags": { "owner": "c" } }),
    );
    bed.requests();
    let actual = bed
        .update(
            &node,
            &record,
            &[
                ("trust", json!(trust()), json!(wider)),
                ("description", json!("x"), json!(null)),
                ("tags.owner", json!("a"), json!("c")),
                ("tags.old", json!("b"), json!(null)),
            ],
        )
        .await
        .unwrap();
    assert_holds(&actual.attributes, &node.attributes);
    assert!(!actual.attributes.contains_key("description"));
    let calls: Vec<String> = bed.requests().into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        calls,
        [
            "UpdateAssumeRolePolicy",
            "UpdateRole",
            "TagRole",
            "UntagRole",
            "GetRole"
        ]
    );

    bed.delete(&record, false).await.unwrap();
    assert_eq!(bed.read(&record).await, None);
    bed.delete(&record, false).await.unwrap();
}

async fn with_parts(bed: &Bed) -> (Record, Record, Record, Record) {
    let policy = bed
        .made(&bed.node(
            "policy",
            "p",
            &json!({ "name": "Read", "description": "d", "document": allows("s3:GetObject"), "tags": { "a": "b" } }),
        ))
        .await;
    let role = bed.made(&bed.node("role", "a", &role(json!({})))).await;
    let mut inline = bed.node(
        "role.policy",
        "a",
        &json!({ "role": "Studio", "document": allows("s3:PutObject") }),
    );
    inline.address = crate::address::Address::from_text("role.a.policy.write");
    let inline = bed.made(&inline).await;
    let attachment = bed
        .made(&bed.node(
            "role.managed_policies",
            "a",
            &json!({ "role": "Studio", "policy": policy.text("arn").unwrap() }),
        ))
        .await;
    (role, policy, inline, attachment)
}

#[tokio::test]
async fn parts_are_read_few_and_many_alike() {
    let bed = Bed::new();
    let (role, _, inline, attachment) = with_parts(&bed).await;
    assert_eq!(inline.id, "Studio write");
    let mut all = vec![role, inline, attachment];
    for number in 0..crate::kinds::iam::MANY {
        let name = format!("R{number}");
        let node = bed.node(
            "role",
            &name,
            &json!({ "name": name, "trust": trust(), "description": name }),
        );
        all.push(bed.made(&node).await);
    }
    let few = bed.read_all(&all[..4]).await;
    bed.requests();
    let many = bed.read_all(&all).await;
    let calls: Vec<String> = bed.requests().into_iter().map(|(name, _)| name).collect();
    assert_eq!(calls, ["GetAccountAuthorizationDetails", "ListRoles"]);
    assert_eq!(few[..], many[..4]);
    for (record, found) in all.iter().zip(many) {
        assert_eq!(found.unwrap().attributes, record.attributes);
    }
    // What no page shows is asked for by name before it counts as gone.
    all[4].id = "Gone".into();
    assert_eq!(bed.read_all(&all).await[4], None);
}

#[tokio::test]
async fn what_others_hung_on_a_role_is_named_and_stays() {
    let bed = Bed::new();
    let (role, policy, inline, attachment) = with_parts(&bed).await;
    let iam = bed.aws.iam(&bed.place).await.unwrap();
    iam.put_role_policy()
        .role_name("Studio")
        .policy_name("Foreign")
        .policy_document(allows("ec2:DescribeVpcs"))
        .send()
        .await
        .unwrap();
    bed.delete(&inline, false).await.unwrap();
    bed.delete(&inline, false).await.unwrap();
    let failure = bed.delete(&role, false).await.unwrap_err();
    assert_eq!(failure.cause, Cause::Dependency);
    assert_eq!(
        failure.message,
        "role `Studio` is still used: inline policy `Foreign`"
    );
    iam.delete_role_policy()
        .role_name("Studio")
        .policy_name("Foreign")
        .send()
        .await
        .unwrap();
    bed.delete(&attachment, false).await.unwrap();
    assert_eq!(bed.read(&attachment).await, None);
    bed.delete(&role, false).await.unwrap();
    bed.delete(&policy, false).await.unwrap();
    assert_eq!(bed.read(&policy).await, None);
}

#[tokio::test]
async fn a_policy_in_use_elsewhere_is_not_deleted() {
    let bed = Bed::new();
    let (_, policy, _, attachment) = with_parts(&bed).await;
    let stranger = bed
        .made(&bed.node(
            "role",
            "b",
            &json!({ "name": "Stranger", "trust": trust() }),
        ))
        .await;
    let iam = bed.aws.iam(&bed.place).await.unwrap();
    iam.attach_role_policy()
        .role_name(&stranger.id)
        .policy_arn(&policy.id)
        .send()
        .await
        .unwrap();
    bed.delete(&attachment, false).await.unwrap();
    let used = || format!("policy {} is still used by role `Stranger`", policy.id);
    let failure = bed.delete(&policy, false).await.unwrap_err();
    assert_eq!(failure.message, used());
    // As the boundary of a role.
    iam.detach_role_policy()
        .role_name(&stranger.id)
        .policy_arn(&policy.id)
        .send()
        .await
        .unwrap();
    iam.put_role_permissions_boundary()
        .role_name(&stranger.id)
        .permissions_boundary(&policy.id)
        .send()
        .await
        .unwrap();
    let failure = bed.delete(&policy, false).await.unwrap_err();
    assert_eq!(failure.message, used());
}

#[tokio::test]
async fn versions_of_a_policy_are_pruned() {
    let bed = Bed::new();
    let mut record = bed
        .made(&bed.node(
            "policy",
            "p",
            &json!({ "name": "P", "document": allows("s3:A0") }),
        ))
        .await;
    for round in 1..9 {
        let text = allows(&format!("s3:A{round}"));
        let node = bed.node("policy", "p", &json!({ "name": "P", "document": text }));
        let before = json!(record.text("document"));
        let actual = bed
            .update(&node, &record, &[("document", before, json!(text))])
            .await
            .unwrap();
        assert_holds(&actual.attributes, &node.attributes);
        record = bed.record(&node, &actual);
    }
    assert_eq!(record.text("default_version_id"), Some("v9"));
    bed.delete(&record, false).await.unwrap();
    assert_eq!(bed.read(&record).await, None);
}

#[tokio::test]
async fn many_policies_are_read_by_page() {
    let bed = Bed::new();
    let mut all = Vec::new();
    for number in 0..crate::kinds::iam::MANY {
        let node = bed.node(
            "policy",
            "p",
            &json!({ "name": format!("P{number}"), "description": "d", "document": allows("s3:*"), "tags": { "n": number.to_string() } }),
        );
        all.push(bed.made(&node).await);
    }
    bed.requests();
    let found = bed.read_all(&all).await;
    for (record, found) in all.iter().zip(found) {
        assert_eq!(found.unwrap().attributes, record.attributes);
    }
}

#[tokio::test]
async fn a_trust_that_names_a_role_made_in_this_run_waits_for_it() {
    let bed = Bed::new();
    bed.made(&bed.node("role", "a", &role(json!({})))).await;
    let names = document(
        &json!({ "Statement": { "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": { "AWS": format!("arn:aws:iam::{ACCOUNT}:role/Studio") } } }),
    );
    let node = bed.node("role", "b", &json!({ "name": "Emr", "trust": names }));
    let record = bed.made(&node).await;
    assert_eq!(record.text("trust"), Some(names.as_str()));
}
