//! Deleting domains. What people made in it (apps, spaces, user profiles) goes with it by consent;
//! without, it is named.

use aws_sdk_sagemaker::types::{RetentionPolicy, RetentionType};

use super::home;
use super::read::DOMAINS;
use crate::aws::{Failure, Repeat, call};
use crate::kinds::sagemaker::{self, Scope};
use crate::kinds::{Context, home_efs, iam};
use crate::state::Record;

pub(super) async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.sagemaker(&record.place).await?;
    let id = record.id.as_str();
    let what = match record.text("name") {
        Some(name) => format!("domain `{name}` ({id})"),
        None => format!("domain {id}"),
    };
    let scope = Scope::Domain(id);
    let home_goes = cx.consented && (cx.fresh || home::goes(record, None));
    let retention = RetentionPolicy::builder()
        .home_efs_file_system(match home_goes {
            true => RetentionType::Delete,
            false => RetentionType::Retain,
        })
        .build();
    let started = cx.clock.now();
    let (client, what) = (&client, &*what);
    let send = || {
        call(cx.aws, "sagemaker:DeleteDomain", Repeat::Safe, || {
            client
                .delete_domain()
                .domain_id(id)
                .retention_policy(retention.clone())
                .send()
        })
    };
    let held = |failure| async move {
        // Asked for only now: what keeps a domain is rare, and each list is a call.
        if sagemaker::clear(cx, client, scope).await? {
            return Ok(());
        }
        let blockers = sagemaker::blockers(cx.aws, client, scope).await?;
        if let Some(refusal) = blockers.refusal("sagemaker:DeleteDomain", what) {
            return Err(refusal);
        }
        // Profiles that this run has just deleted may show for a while.
        let foreign = profiles(cx, client, id).await?;
        let passed = cx.clock.now().duration_since(started).unwrap_or_default();
        if !foreign.is_empty() || passed >= iam::PROPAGATION {
            return Err(self::held(failure, what, &foreign));
        }
        (cx.progress)(format!("waiting for {what} to be free"));
        cx.clock.sleep(iam::PAUSE).await;
        Ok(())
    };
    DOMAINS.delete(cx, (record, what), send, held).await?;
    if home_goes {
        // AWS leaves the two NFS groups behind, and the file system where the domain went earlier.
        let file_system = record.text("home_efs_file_system_id");
        home_efs::delete_everything(cx, &record.place, id, file_system).await?;
    } else if home::goes(record, None) {
        let file_system = record.text("home_efs_file_system_id");
        home_efs::delete_useless_groups(cx, &record.place, id, file_system).await?;
    }
    Ok(())
}

fn held(mut failure: Failure, what: &str, foreign: &[String]) -> Failure {
    if foreign.is_empty() {
        return failure;
    }
    failure.message = format!("{what} still has user profiles: {}", foreign.join(", "));
    failure.help("smd did not make these: delete them, or plan again: the plan names them, and with its `--consent` smd deletes them")
}

/// User profiles of the domain that this run has not touched, by name.
async fn profiles(
    cx: &Context<'_>,
    client: &aws_sdk_sagemaker::Client,
    domain: &str,
) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let answer = call(cx.aws, "sagemaker:ListUserProfiles", Repeat::Safe, || {
            client
                .list_user_profiles()
                .domain_id_equals(domain)
                .set_next_token(token.clone())
                .send()
        })
        .await?;
        found.extend(
            answer
                .user_profiles
                .unwrap_or_default()
                .into_iter()
                .filter_map(|profile| profile.user_profile_name)
                .filter(|name| !(cx.touched)(&format!("{domain}/{name}"))),
        );
        token = answer.next_token;
        if token.is_none() {
            return Ok(found);
        }
    }
}
