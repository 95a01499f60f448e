//! Making, changing and deleting a role itself.

use crate::aws::{Cause, Failure, Repeat, call};
use crate::kinds::reading::gone_is_none;
use crate::kinds::tags::tag_changes;
use crate::kinds::{Actual, Change, Context, Ready, iam, wait};
use crate::state::Record;
use crate::value::Value;

/// Makes the role and waits until IAM shows it.
pub(super) async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.iam(&node.place).await?;
    let name = node.text("name").unwrap_or_default();
    let trust = node.text("trust").unwrap_or_default();
    let document = iam::document_to_send(trust);
    let session = session(node);
    let tags = iam::to_tags(&node.all_tags())?;
    let answer = with_principals(cx, trust, || {
        call(cx.aws, "iam:CreateRole", Repeat::Once, || {
            client
                .create_role()
                .role_name(name)
                .set_path(node.text("path").map(str::to_owned))
                .assume_role_policy_document(&document)
                .set_description(node.text("description").map(str::to_owned))
                .set_max_session_duration(session)
                .set_permissions_boundary(node.text("permissions_boundary").map(str::to_owned))
                .set_tags(Some(tags.clone()))
                .send()
        })
    })
    .await
    .map_err(name_taken)?;
    let attributes = answer
        .role
        .as_ref()
        .map(super::read::attributes)
        .unwrap_or_default();
    (cx.made)(Actual::new(name, attributes));
    iam::shown(cx, node, name, "iam:GetRole").await
}

fn name_taken(failure: Failure) -> Failure {
    match failure.cause {
        Cause::AlreadyExists => failure
            .help("names of roles are unique in the account, letter case ignored: write another `name`, or take the living role away first"),
        _ => failure,
    }
}

fn session(node: &Ready) -> Option<i32> {
    node.get("max_session_duration")
        .and_then(Value::as_int)
        .and_then(|seconds| i32::try_from(seconds).ok())
}

/// Calls again while a principal that was made lately is not known to IAM yet.
async fn with_principals<T, F, Fut>(cx: &Context<'_>, trust: &str, send: F) -> Result<T, Failure>
where
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = Result<T, Failure>> + Send,
{
    let principals = iam::principals(trust);
    let named: Vec<&str> = principals.iter().map(String::as_str).collect();
    wait::retry(
        cx,
        iam::PROPAGATION,
        "IAM to know the principals of the trust document",
        |failure| iam::passes(cx, failure, &named),
        send,
    )
    .await
}

/// Changes it by the calls that the changed members need.
pub(super) async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    let client = cx.aws.iam(&node.place).await?;
    let name = record.id.as_str();
    let changed = |path: &str| changes.iter().find(|change| change.path == path);
    if changed("trust").is_some() {
        let trust = node.text("trust").unwrap_or_default();
        let document = iam::document_to_send(trust);
        with_principals(cx, trust, || {
            call(cx.aws, "iam:UpdateAssumeRolePolicy", Repeat::Safe, || {
                client
                    .update_assume_role_policy()
                    .role_name(name)
                    .policy_document(&document)
                    .send()
            })
        })
        .await?;
    }
    let description = changed("description");
    let session_change = changed("max_session_duration");
    if description.is_some() || session_change.is_some() {
        // A call without the session's length sets it to one hour (IAM's reference, UpdateRole).
        let seconds = session(node).or_else(|| {
            let recorded = record.attribute("max_session_duration")?.as_int()?;
            i32::try_from(recorded).ok()
        });
        let seconds = match session_change {
            Some(change) => change.after.as_int().and_then(|s| i32::try_from(s).ok()),
            None => seconds,
        };
        let text = description.map(|change| change.after.as_str().unwrap_or_default().to_owned());
        call(cx.aws, "iam:UpdateRole", Repeat::Safe, || {
            client
                .update_role()
                .role_name(name)
                .set_description(text.clone())
                .set_max_session_duration(seconds)
                .send()
        })
        .await?;
    }
    if let Some(change) = changed("permissions_boundary") {
        bound(cx, &client, name, change.after.as_str()).await?;
    }
    tag(cx, &client, name, changes).await?;
    iam::shown(
        cx,
        node,
        node.text("name").unwrap_or_default(),
        "iam:GetRole",
    )
    .await
}

async fn bound(
    cx: &Context<'_>,
    client: &aws_sdk_iam::Client,
    name: &str,
    boundary: Option<&str>,
) -> Result<(), Failure> {
    match boundary.filter(|arn| !arn.is_empty()) {
        Some(arn) => wait::retry(
            cx,
            iam::PROPAGATION,
            "IAM to show the permissions boundary",
            |failure| iam::passes(cx, failure, &[arn]),
            || {
                call(
                    cx.aws,
                    "iam:PutRolePermissionsBoundary",
                    Repeat::Safe,
                    || {
                        client
                            .put_role_permissions_boundary()
                            .role_name(name)
                            .permissions_boundary(arn)
                            .send()
                    },
                )
            },
        )
        .await
        .map(|_| ()),
        None => call(
            cx.aws,
            "iam:DeleteRolePermissionsBoundary",
            Repeat::Safe,
            || {
                client
                    .delete_role_permissions_boundary()
                    .role_name(name)
                    .send()
            },
        )
        .await
        .map(|_| ()),
    }
}

async fn tag(
    cx: &Context<'_>,
    client: &aws_sdk_iam::Client,
    name: &str,
    changes: &[Change],
) -> Result<(), Failure> {
    let tags = tag_changes(changes);
    if !tags.set.is_empty() {
        let set = iam::to_tags(&tags.set)?;
        call(cx.aws, "iam:TagRole", Repeat::Safe, || {
            client
                .tag_role()
                .role_name(name)
                .set_tags(Some(set.clone()))
                .send()
        })
        .await?;
    }
    if !tags.remove.is_empty() {
        call(cx.aws, "iam:UntagRole", Repeat::Safe, || {
            client
                .untag_role()
                .role_name(name)
                .set_tag_keys(Some(tags.remove.clone()))
                .send()
        })
        .await?;
    }
    Ok(())
}

/// Deletes the role. What others hung on it is named, not removed.
pub(super) async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.iam(&record.place).await?;
    let name = record.id.as_str();
    let started = cx.clock.now();
    loop {
        let done = wait::deleted(cx, name, || {
            call(cx.aws, "iam:DeleteRole", Repeat::Safe, || {
                client.delete_role().role_name(name).send()
            })
        })
        .await;
        let failure = match done {
            Ok(_) => return Ok(()),
            Err(failure) if failure.cause == Cause::Dependency => failure,
            Err(failure) => return Err(failure),
        };
        // What this run has just taken away may show for a while.
        let foreign: Vec<String> = leftovers(cx, &client, name)
            .await?
            .into_iter()
            .filter(|(id, _)| !(cx.touched)(id))
            .map(|(_, words)| words)
            .collect();
        let passed = cx.clock.now().duration_since(started).unwrap_or_default();
        if !foreign.is_empty() || passed >= iam::PROPAGATION {
            return Err(blocked(failure, name, &foreign));
        }
        (cx.progress)(format!("waiting for IAM to free role {name}"));
        cx.clock.sleep(iam::PAUSE).await;
    }
}

fn blocked(mut failure: Failure, name: &str, foreign: &[String]) -> Failure {
    if foreign.is_empty() {
        return failure;
    }
    failure.message = format!("role `{name}` is still used: {}", foreign.join(", "));
    failure.help("smd did not make these and leaves them alone: take them off the role, then run the same command again")
}

/// What hangs on a role: the id it would have as a part of it, and words for it.
async fn leftovers(
    cx: &Context<'_>,
    client: &aws_sdk_iam::Client,
    name: &str,
) -> Result<Vec<(String, String)>, Failure> {
    let mut found = Vec::new();
    for arn in super::read::attached(cx.aws, client, name).await? {
        found.push((format!("{name} {arn}"), format!("attached policy {arn}")));
    }
    let inline = gone_is_none(
        call(cx.aws, "iam:ListRolePolicies", Repeat::Safe, || {
            client
                .list_role_policies()
                .role_name(name)
                .max_items(iam::PAGE)
                .send()
        })
        .await,
    )?;
    for policy in inline.map(|answer| answer.policy_names).unwrap_or_default() {
        found.push((
            format!("{name} {policy}"),
            format!("inline policy `{policy}`"),
        ));
    }
    let profiles = gone_is_none(
        call(
            cx.aws,
            "iam:ListInstanceProfilesForRole",
            Repeat::Safe,
            || {
                client
                    .list_instance_profiles_for_role()
                    .role_name(name)
                    .max_items(iam::PAGE)
                    .send()
            },
        )
        .await,
    )?;
    for profile in profiles
        .map(|answer| answer.instance_profiles)
        .unwrap_or_default()
    {
        let words = format!("instance profile `{}`", profile.instance_profile_name);
        found.push((profile.arn, words));
    }
    Ok(found)
}
