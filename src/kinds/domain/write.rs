//! Making and changing domains.

use std::sync::Arc;

use aws_sdk_sagemaker::types::DomainSettingsForUpdate;

pub(super) use super::delete::delete;
use super::read::DOMAINS;
use crate::aws::{Cause, Failure, Repeat, call};
use crate::kinds::sagemaker::people::{self, App};
use crate::kinds::sagemaker::{self, Scope, shapes};
use crate::kinds::{Actual, Change, Context, Ready};
use crate::state::Record;
use crate::value::{Map, Value};

/// Members that AWS wants together when the network of a `VpcOnly` domain changes (behaviour:
/// section 2).
const NETWORK: [&str; 3] = ["app_network_access_type", "vpc", "subnets"];

pub(super) async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.sagemaker(&node.place).await?;
    let request = shapes::create_domain(&node.attributes)?
        .set_tags(Some(sagemaker::to_tags(&node.all_tags())));
    let roles = sagemaker::roles_in(&node.attributes);
    let answer = sagemaker::with_roles(cx, &roles, || {
        call(cx.aws, "sagemaker:CreateDomain", Repeat::Once, || {
            request.clone().send_with(&client)
        })
    })
    .await
    .map_err(name_taken)?;
    let arn = answer.domain_arn.unwrap_or_default();
    let id = answer
        .domain_id
        .or_else(|| arn.rsplit('/').next().map(str::to_owned))
        .unwrap_or_default();
    DOMAINS
        .made(cx, node, &id, [("arn", Some(arn)), ("url", answer.url)])
        .await
}

fn name_taken(failure: Failure) -> Failure {
    match failure.cause {
        Cause::InUse | Cause::AlreadyExists => failure.help(
            "a domain's name stands once in an account and region: write another `name`, or delete the living domain first",
        ),
        _ => failure,
    }
}

pub(super) async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    let client = cx.aws.sagemaker(&node.place).await?;
    let id = record.id.as_str();
    let payload = payload(node, record, changes);
    if !payload.is_empty() {
        let settings: Option<DomainSettingsForUpdate> =
            sagemaker::member(&payload, "domain_settings")?;
        let request = shapes::update_domain(&payload)?
            .domain_id(id)
            .set_domain_settings_for_update(settings);
        let roles = sagemaker::roles_in(&payload);
        let send = || {
            call(cx.aws, "sagemaker:UpdateDomain", Repeat::Safe, || {
                request.clone().send_with(&client)
            })
        };
        let sent =
            sagemaker::with_roles(cx, &roles, || DOMAINS.update(cx, &node.place, id, send)).await;
        if let Err(failure) = sent {
            return Err(refused(cx, &client, id, failure).await);
        }
    }
    let sent = !payload.is_empty();
    DOMAINS.updated(cx, node, record, changes, sent).await
}

/// The smallest update, with the three members of the network together where AWS wants them so.
fn payload(node: &Ready, record: &Record, changes: &[Change]) -> Map {
    let mut payload = sagemaker::changed(
        sagemaker::DOMAIN,
        changes,
        &node.attributes,
        &record.written,
    );
    let network = NETWORK.iter().any(|name| payload.contains_key(*name));
    let wanted = |name: &str| node.get(name).or_else(|| record.attribute(name));
    let mode = payload
        .get("app_network_access_type")
        .or_else(|| wanted("app_network_access_type"))
        .and_then(Value::as_str);
    if network && mode == Some("VpcOnly") {
        for name in NETWORK {
            if !payload.contains_key(name)
                && let Some(value) = wanted(name)
            {
                payload.insert(Arc::from(name), value.clone());
            }
        }
    }
    payload
}

/// A refusal because of running apps names them.
async fn refused(
    cx: &Context<'_>,
    client: &aws_sdk_sagemaker::Client,
    id: &str,
    mut failure: Failure,
) -> Failure {
    if failure.cause != Cause::InUse {
        return failure;
    }
    if let Ok(apps) = people::apps(cx.aws, client, Some(Scope::Domain(id))).await
        && !apps.is_empty()
    {
        let words = |app: &App| format!("{} ({})", app.words(), app.status);
        failure.help.extend(apps.iter().map(words));
        return failure.help(
            "AWS takes this change only while no app runs: stop these apps, then apply again",
        );
    }
    failure
}

#[cfg(test)]
mod tests;
