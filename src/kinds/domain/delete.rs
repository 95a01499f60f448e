//! Deleting domains. What people made in it (apps, spaces, user profiles) goes with it by consent;
//! without, it is named.

use aws_sdk_sagemaker::types::{RetentionPolicy, RetentionType};

use super::home;
use super::read::DOMAINS;
use crate::aws::{Failure, Repeat, call};
use crate::kinds::sagemaker::people::{self, Profile};
use crate::kinds::sagemaker::{self, Scope};
use crate::kinds::{Context, home_efs};
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
        if sagemaker::held(cx, client, scope, ("sagemaker:DeleteDomain", what)).await? {
            return Ok(());
        }
        // Profiles that this run has just deleted may show for a while.
        let mut foreign = people::profiles(cx.aws, client, Some(id)).await?;
        foreign.retain(|profile| !(cx.touched)(&format!("{id}/{}", profile.name)));
        match foreign.is_empty() {
            true => sagemaker::until_unseen(cx, what, started, failure).await,
            false => Err(self::held(failure, what, &foreign)),
        }
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

fn held(mut failure: Failure, what: &str, foreign: &[Profile]) -> Failure {
    let names: Vec<&str> = foreign.iter().map(|one| one.name.as_str()).collect();
    failure.message = format!("{what} still has user profiles: {}", names.join(", "));
    failure.help("smd did not make these: delete them, or plan again: the plan names them, and with its `--consent` smd deletes them")
}
