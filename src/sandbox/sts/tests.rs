#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use aws_sdk_sts::Client;

use crate::sandbox::iam::api::ensure_deploy_role;
use crate::sandbox::testing::{ACCOUNT, Lab, said};

const OTHER: &str = "444455556666";

async fn make_role(lab: &Lab, account: &str, name: &str, trust: serde_json::Value) -> String {
    let iam = aws_sdk_iam::Client::new(&lab.config_of(account));
    let made = iam
        .create_role()
        .role_name(name)
        .assume_role_policy_document(trust.to_string());
    made.send().await.unwrap().role.unwrap().arn
}

fn trusting(principal: serde_json::Value) -> serde_json::Value {
    serde_json::json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": principal}
    ]})
}

async fn take(
    lab: &Lab,
    arn: &str,
) -> Result<aws_sdk_sts::operation::assume_role::AssumeRoleOutput, String> {
    let sts = Client::new(&lab.config());
    let taken = sts
        .assume_role()
        .role_arn(arn)
        .role_session_name("me")
        .send()
        .await;
    match taken {
        Ok(output) => Ok(output),
        refused => Err(said(refused)),
    }
}

#[tokio::test]
async fn a_caller_is_told_who_it_is() {
    let lab = Lab::quick();
    let who = Client::new(&lab.config())
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    assert_eq!(who.account(), Some(ACCOUNT));
    assert_eq!(who.arn(), Some("arn:aws:iam::111122223333:user/sandbox"));
    assert!(who.user_id().unwrap().starts_with("AIDA"));
}

#[tokio::test]
async fn a_role_of_another_account_gives_keys_of_that_account_until_they_expire() {
    let lab = Lab::slow();
    lab.sandbox
        .arrange(|world| ensure_deploy_role(world, OTHER, "ops/smd-deploy"))
        .unwrap();
    let arn = format!("arn:aws:iam::{OTHER}:role/ops/smd-deploy");
    let output = take(&lab, &arn).await.unwrap();
    let user = output.assumed_role_user().unwrap();
    assert_eq!(
        user.arn(),
        format!("arn:aws:sts::{OTHER}:assumed-role/smd-deploy/me")
    );
    let keys = output.credentials().unwrap();
    let config = lab.config_of(keys.access_key_id());
    let sts = Client::new(&config);
    let who = sts.get_caller_identity().send().await.unwrap();
    assert_eq!(who.account(), Some(OTHER));
    assert_eq!(who.arn(), Some(user.arn()));
    assert_eq!(who.user_id(), Some(user.assumed_role_id()));
    lab.pass(3_599).await;
    assert_eq!(said(sts.get_caller_identity().send().await), "taken");
    lab.pass(1).await;
    assert!(said(sts.get_caller_identity().send().await).starts_with("ExpiredToken: "));
}

#[tokio::test]
async fn a_deploy_role_is_listed_but_marked() {
    let lab = Lab::quick();
    for _ in 0..2 {
        lab.sandbox
            .arrange(|world| ensure_deploy_role(world, ACCOUNT, "smd-deploy"))
            .unwrap();
    }
    let iam = aws_sdk_iam::Client::new(&lab.config());
    let roles = iam.list_roles().send().await.unwrap().roles;
    assert_eq!(roles.len(), 1);
    let marked = lab.sandbox.arrange(|world| {
        let role = world
            .peek_account(ACCOUNT)
            .unwrap()
            .iam
            .role("smd-deploy")
            .unwrap();
        role.sandbox_made
    });
    assert!(marked.unwrap());
}

#[tokio::test]
async fn trust_decides() {
    let lab = Lab::quick();
    let denied = |name: &str| {
        format!(
            "AccessDenied: User: arn:aws:iam::{ACCOUNT}:user/sandbox is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::{OTHER}:role/{name}"
        )
    };
    assert_eq!(
        take(&lab, "arn:aws:iam::444455556666:role/absent")
            .await
            .unwrap_err(),
        denied("absent")
    );
    let open = make_role(
        &lab,
        OTHER,
        "open",
        trusting(serde_json::json!({"AWS": ACCOUNT})),
    )
    .await;
    assert!(take(&lab, &open).await.is_ok());
    let closed = make_role(
        &lab,
        OTHER,
        "closed",
        trusting(serde_json::json!({"Service": "sagemaker.amazonaws.com"})),
    )
    .await;
    assert_eq!(take(&lab, &closed).await.unwrap_err(), denied("closed"));
}

#[tokio::test]
async fn an_external_id_must_fit_and_sessions_have_limits() {
    let lab = Lab::quick();
    let mut trust = trusting(serde_json::json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}));
    trust["Statement"][0]["Condition"] =
        serde_json::json!({"StringEquals": {"sts:ExternalId": "key-1"}});
    let arn = make_role(&lab, OTHER, "partner", trust).await;
    let sts = Client::new(&lab.config());
    let ask = |id: Option<&str>, seconds: i32, source: Option<&str>| {
        sts.assume_role()
            .role_arn(&arn)
            .role_session_name("me")
            .set_external_id(id.map(str::to_owned))
            .set_source_identity(source.map(str::to_owned))
            .duration_seconds(seconds)
            .send()
    };
    assert_eq!(said(ask(Some("key-1"), 900, None).await), "taken");
    assert!(said(ask(Some("key-2"), 900, None).await).starts_with("AccessDenied: "));
    assert!(said(ask(None, 900, None).await).starts_with("AccessDenied: "));
    assert!(said(ask(Some("key-1"), 900, Some("ann")).await).contains("sts:SetSourceIdentity"));
    insta::assert_snapshot!(
        said(ask(Some("key-1"), 3_601, None).await),
        @"ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    );
    insta::assert_snapshot!(
        said(ask(Some("key-1"), 899, None).await),
        @"ValidationError: 1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900"
    );
}

#[tokio::test]
async fn a_session_can_take_a_role_that_trusts_its_role() {
    let lab = Lab::quick();
    let first = make_role(
        &lab,
        OTHER,
        "first",
        trusting(serde_json::json!({"AWS": ACCOUNT})),
    )
    .await;
    let second = make_role(
        &lab,
        OTHER,
        "second",
        trusting(serde_json::json!({"AWS": first})),
    )
    .await;
    assert!(
        take(&lab, &second)
            .await
            .unwrap_err()
            .starts_with("AccessDenied: ")
    );
    let keys = take(&lab, &first).await.unwrap().credentials.unwrap();
    let sts = Client::new(&lab.config_of(keys.access_key_id()));
    let chained = sts.assume_role().role_arn(&second).role_session_name("on");
    assert_eq!(said(chained.clone().send().await), "taken");
    assert!(said(chained.duration_seconds(7_200).send().await).contains("role chaining"));
}
