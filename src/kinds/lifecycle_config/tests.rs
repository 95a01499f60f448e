//! Lifecycle configurations on the embedded AWS, and the rules for them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use aws_sdk_sagemaker::types::{AppType, AuthMode, ResourceSpec, UserSettings};
use serde_json::{Value as Json, json};

use crate::aws::Cause;
use crate::kinds::scene::{evaluate, said};
use crate::kinds::testbed::{ACCOUNT, Bed, document};

const SCRIPT: &str = "#!/bin/bash\nset -eux\necho grüße\n";

fn config() -> Json {
    json!({ "name": "on-start", "content": SCRIPT, "app_type": "JupyterLab",
        "tags": { "owner": "ml" } })
}

#[tokio::test]
async fn a_script_goes_as_base64_and_reads_as_text() {
    let bed = Bed::new();
    let node = bed.node("lifecycle_config", "a", &config());
    let record = bed.made(&node).await;
    let sent = bed.sent("CreateStudioLifecycleConfig");
    assert_eq!(
        sent["StudioLifecycleConfigContent"],
        "IyEvYmluL2Jhc2gKc2V0IC1ldXgKZWNobyBncsO8w59lCg=="
    );
    assert_eq!(
        record.text("arn").unwrap(),
        format!("arn:aws:sagemaker:eu-west-1:{ACCOUNT}:studio-lifecycle-config/on-start")
    );
    let there = bed.read(&record).await.unwrap();
    for name in ["name", "content", "app_type", "tags"] {
        assert_eq!(there.attributes.get(name), node.attributes.get(name));
    }
    bed.requests();

    let tags = json!({ "owner": "data" });
    let mut wanted = config();
    wanted["tags"] = tags;
    let node = bed.node("lifecycle_config", "a", &wanted);
    bed.update(
        &node,
        &record,
        &[("tags.owner", json!("ml"), json!("data"))],
    )
    .await
    .unwrap();
    let sent = bed.sent("AddTags");
    assert_eq!(sent["Tags"], json!([{ "Key": "owner", "Value": "data" }]));

    // Twice: gone is gone.
    bed.delete(&record, false).await.unwrap();
    bed.delete(&record, false).await.unwrap();
    assert_eq!(bed.read(&record).await, None);
}

#[tokio::test]
async fn what_runs_with_it_keeps_it_and_is_named() {
    let bed = Bed::new();
    let record = bed
        .made(&bed.node("lifecycle_config", "a", &config()))
        .await;
    let arn = record.text("arn").unwrap();
    let ec2 = bed.aws.ec2(&bed.place).await.unwrap();
    let vpc = ec2.create_vpc().cidr_block("10.0.0.0/16");
    let vpc = vpc.send().await.unwrap().vpc.unwrap().vpc_id.unwrap();
    let subnet = ec2.create_subnet().vpc_id(&vpc).cidr_block("10.0.0.0/24");
    let subnet = subnet.send().await.unwrap().subnet.unwrap();
    let trust = document(
        &json!({ "Statement": { "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": { "Service": "sagemaker.amazonaws.com" } } }),
    );
    let role = json!({ "name": "Studio", "trust": trust });
    let role = bed.made(&bed.node("role", "r", &role)).await;
    let sagemaker = bed.aws.sagemaker(&bed.place).await.unwrap();
    let domain = sagemaker
        .create_domain()
        .domain_name("d")
        .auth_mode(AuthMode::Iam)
        .vpc_id(&vpc)
        .subnet_ids(subnet.subnet_id.unwrap())
        .default_user_settings(
            UserSettings::builder()
                .execution_role(role.text("arn").unwrap())
                .build(),
        );
    // The role must be seen first.
    bed.clock.sleep(std::time::Duration::from_secs(60)).await;
    let domain = domain.send().await.unwrap().domain_id.unwrap();
    bed.clock.sleep(std::time::Duration::from_secs(900)).await;
    let profile = sagemaker
        .create_user_profile()
        .domain_id(&domain)
        .user_profile_name("jo");
    profile.send().await.unwrap();
    bed.clock.sleep(std::time::Duration::from_secs(60)).await;
    let app = || {
        let spec = ResourceSpec::builder().lifecycle_config_arn(arn).build();
        sagemaker
            .create_app()
            .domain_id(&domain)
            .user_profile_name("jo")
            .app_type(AppType::JupyterServer)
            .app_name("default")
            .resource_spec(spec)
    };
    app().send().await.unwrap();
    let refused = bed.delete(&record, false).await.unwrap_err();
    assert_eq!(refused.cause, Cause::InUse);
    assert_eq!(
        refused.message,
        "lifecycle configuration `on-start` is in use by running apps"
    );
    let app =
        format!("app `JupyterServer/default` of user profile `jo` in domain {domain} (Pending)");
    assert!(refused.help.contains(&app), "{:?}", refused.help);
}

#[test]
fn what_aws_would_refuse() {
    insta::assert_snapshot!(said(
        r##"
let large = join("", [for i in range(620) : "üüüüüüüüüü"])
lifecycle_config large { content = large, app_type = "JupyterLab" }
lifecycle_config encoded { content = "IyEvYmluL2Jhc2gKc2V0IC1ldXgK", app_type = "JupyterLab" }
lifecycle_config unknown { content = "echo ${vpc.a.id}", app_type = "JupyterLab" }
lifecycle_config named { name = "x", content = "echo ${vpc.a.id}", app_type = "JupyterLab" }
lifecycle_config twice { name = "x", content = "echo", app_type = "JupyterLab" }
vpc a { cidr = "10.0.0.0/16" }
subnet a { vpc = vpc.a, cidr = "10.0.1.0/24" }
role r { trust = service("sagemaker.amazonaws.com") }
lifecycle_config server { content = "echo", app_type = "JupyterServer" }
domain d {
  auth_mode = "IAM"
  vpc       = vpc.a
  subnets   = [subnet.a]
  default_user_settings {
    execution_role = role.r
    jupyter_server_app_settings { lifecycle_configs = [lifecycle_config.server] }
    jupyter_lab_app_settings { lifecycle_configs = [lifecycle_config.server] }
  }
}
"##
    ));
}

/// The name and the ARN that a configuration with this text gets.
fn named(members: &str) -> (String, Option<String>) {
    let text = format!(
        "lifecycle_config a {{ app_type = \"JupyterLab\"\n{members} }}\noutput arn = lifecycle_config.a.arn"
    );
    let (configuration, _, found) = evaluate(&text);
    assert!(found.is_empty(), "{found:?}");
    let node = configuration.nodes.values().next().unwrap();
    let arn = configuration.outputs["arn"].value.as_str();
    let name = node.attributes["name"].as_str().unwrap();
    (name.to_owned(), arn.map(str::to_owned))
}

#[test]
fn a_name_that_nobody_wrote_follows_from_the_content() {
    let (one, arn) = named("content = \"echo one\"");
    let (two, _) = named("content = \"echo two\"");
    assert_ne!(one, two);
    let (start, hash) = one.rsplit_once('-').unwrap();
    assert!(two.starts_with(start), "{one} {two}");
    assert_eq!(hash.len(), 10);
    assert!(hash.bytes().all(|b| b.is_ascii_hexdigit()), "{one}");
    assert!(arn.is_none_or(|arn| arn.ends_with(&format!("studio-lifecycle-config/{one}"))));
    let same = named("content = \"echo one\"").0;
    assert_eq!(same.rsplit_once('-').unwrap().1, hash);

    let (name, arn) = named("content = \"echo one\", name = \"mine\"");
    assert_eq!(name, "mine");
    assert_eq!(
        arn.unwrap(),
        format!("arn:aws:sagemaker:eu-west-1:{ACCOUNT}:studio-lifecycle-config/mine")
    );
    // AWS may write it in small letters.
    assert_eq!(named("content = \"echo one\", name = \"Mine\"").1, None);
}
