//! Inline policies and attachments.

use std::sync::Arc;

use super::schema::ATTACHMENT;
use crate::address::Address;
use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::kinds::{Actual, Change, Context, Ready, iam, wait};
use crate::state::Record;
use crate::value::{Map, Value};

/// The id of a part: its role's name, a space (which no name has), and the inline policy's name or
/// the attached policy's ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PartId<'a> {
    /// The role's name.
    pub(super) role: &'a str,
    /// The policy's name or ARN.
    pub(super) of: &'a str,
}

/// Takes an id apart.
pub(super) fn split(id: &str) -> PartId<'_> {
    let (role, of) = id.split_once(' ').unwrap_or((id, ""));
    PartId { role, of }
}

/// Puts an id together.
pub(super) fn join(role: &str, of: &str) -> String {
    format!("{role} {of}")
}

/// What is known of an attachment.
pub(super) fn attachment(role: &str, policy: &str) -> Map {
    [
        (Arc::from("role"), Value::string(role)),
        (Arc::from("policy"), Value::string(policy)),
    ]
    .into()
}

/// What is known of an inline policy; `document` as AWS encodes it.
pub(super) fn inline_policy(role: &str, name: &str, document: &str) -> Map {
    [
        (Arc::from("role"), Value::string(role)),
        (Arc::from("name"), Value::string(name)),
        (Arc::from("document"), Value::string(document)),
    ]
    .into()
}

/// The name of an inline policy: as written, else its label and key.
fn policy_name(node: &Ready) -> String {
    match node.text("name") {
        Some(name) => name.to_owned(),
        None => label(&node.address),
    }
}

/// `isolation` of `role.a.policy.isolation`, `isolation-x` of `role.a.policy.isolation["x"]`, with
/// what no name may have as `-`.
fn label(address: &Address) -> String {
    let text = address.as_str();
    let start = text.rfind(".policy.").map_or(0, |at| at + ".policy.".len());
    let label: String = text
        .get(start..)
        .unwrap_or(text)
        .chars()
        .map(|c| {
            if crate::kinds::policy::schema::is_name(c) {
                c
            } else {
                '-'
            }
        })
        .collect();
    label.trim_matches('-').replace("--", "-")
}

fn role_of(node: &Ready) -> Result<&str, Failure> {
    node.text("role")
        .ok_or_else(|| Failure::new(Cause::Invalid, "", "a part of a role needs its role's name"))
}

/// What a create of this node did: role and policy say which.
pub(super) async fn find(_: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    let role = role_of(node)?;
    Ok(Some(if *node.kind == *ATTACHMENT.kind {
        join(role, node.text("policy").unwrap_or_default())
    } else {
        join(role, &policy_name(node))
    }))
}

/// Puts an inline policy or attaches a managed one; a second time changes nothing.
pub(super) async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let role = role_of(node)?;
    let client = cx.aws.iam(&node.place).await?;
    let (id, attributes) = if *node.kind == *ATTACHMENT.kind {
        let policy = node.text("policy").unwrap_or_default();
        again(cx, role, &[role, policy], || {
            call(cx.aws, "iam:AttachRolePolicy", Repeat::Safe, || {
                client
                    .attach_role_policy()
                    .role_name(role)
                    .policy_arn(policy)
                    .send()
            })
        })
        .await?;
        (join(role, policy), attachment(role, policy))
    } else {
        let name = policy_name(node);
        put_inline(cx, node, role, &name).await?;
        let document = node.text("document").unwrap_or_default();
        (join(role, &name), inline_policy(role, &name, document))
    };
    finish(cx, node, id, attributes).await
}

/// Changes the document of an inline policy.
pub(super) async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    _: &[Change],
) -> Result<Actual, Failure> {
    let PartId { role, of } = split(&record.id);
    if *node.kind != *ATTACHMENT.kind {
        put_inline(cx, node, role, of).await?;
    }
    finish(cx, node, record.id.clone(), record.attributes.clone()).await
}

async fn put_inline(cx: &Context<'_>, node: &Ready, role: &str, name: &str) -> Result<(), Failure> {
    let client = cx.aws.iam(&node.place).await?;
    let document = iam::document_to_send(node.text("document").unwrap_or_default());
    again(cx, role, &[role], || {
        call(cx.aws, "iam:PutRolePolicy", Repeat::Safe, || {
            client
                .put_role_policy()
                .role_name(role)
                .policy_name(name)
                .policy_document(&document)
                .send()
        })
    })
    .await
    .map(|_| ())
}

async fn again<T, F, Fut>(
    cx: &Context<'_>,
    role: &str,
    touched: &[&str],
    send: F,
) -> Result<T, Failure>
where
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = Result<T, Failure>> + Send,
{
    let what = format!("IAM to show role {role}");
    wait::retry(
        cx,
        iam::PROPAGATION,
        &what,
        |failure| iam::passes(cx, failure, touched),
        send,
    )
    .await
}

/// Says that it is there, and reads it back until IAM shows it.
async fn finish(
    cx: &Context<'_>,
    node: &Ready,
    id: String,
    attributes: Map,
) -> Result<Actual, Failure> {
    (cx.made)(Actual::new(id.clone(), attributes));
    iam::shown(cx, node, &id, "iam:GetRole").await
}

/// Takes it away; gone already is success.
pub(super) async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let PartId { role, of } = split(&record.id);
    let client = cx.aws.iam(&record.place).await?;
    let done = wait::deleted(cx, &record.id, || async {
        if record.kind == ATTACHMENT.kind {
            let request = client.detach_role_policy().role_name(role).policy_arn(of);
            let detach = || request.clone().send();
            let done = call(cx.aws, "iam:DetachRolePolicy", Repeat::Safe, detach);
            done.await.map(|_| ())
        } else {
            let request = client.delete_role_policy().role_name(role).policy_name(of);
            let delete = || request.clone().send();
            let done = call(cx.aws, "iam:DeleteRolePolicy", Repeat::Safe, delete);
            done.await.map(|_| ())
        }
    });
    done.await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_the_name() {
        let part = Address::resource("role", "a", Some("x.policy.y"));
        assert_eq!(label(&part.part("policy", "isolation", None)), "isolation");
        assert_eq!(
            label(&part.part("policy", "isolation", Some("a b"))),
            "isolation-a-b"
        );
        assert_eq!(label(&part.part("policy", "AmazonX-1", None)), "AmazonX-1");
    }
}
