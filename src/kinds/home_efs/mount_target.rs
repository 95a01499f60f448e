//! Mount targets of home file systems.

use std::time::Duration;

use aws_sdk_efs::types::{LifeCycleState, MountTargetDescription};

use super::going::until_gone;
use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::Context;
use crate::kinds::ec2::describe::absent;
use crate::kinds::wait::{self, Look, Wait};

/// How long a mount target takes to come or go at most (behaviour: 1-2 minutes are usual).
const LIMIT: Duration = Duration::from_secs(10 * 60);

/// The mount targets of a file system, none if it is gone.
///
/// # Errors
/// A failed call.
pub(super) async fn mount_targets(
    aws: &Aws,
    place: &Place,
    file_system: &str,
) -> Result<Vec<MountTargetDescription>, Failure> {
    let client = aws.efs(place).await?;
    let mut found = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let request = client
            .describe_mount_targets()
            .file_system_id(file_system)
            .set_marker(marker.take());
        let answer = absent(
            call(aws, "efs:DescribeMountTargets", Repeat::Safe, || {
                request.clone().send()
            })
            .await,
        )?;
        let Some(answer) = answer else {
            return Ok(found);
        };
        found.extend(
            answer
                .mount_targets
                .unwrap_or_default()
                .into_iter()
                .filter(|target| target.life_cycle_state() != &LifeCycleState::Deleted),
        );
        marker = answer.next_marker.filter(|marker| !marker.is_empty());
        if marker.is_none() {
            return Ok(found);
        }
    }
}

/// Deletes a mount target and waits until it is gone, its network interface with it.
///
/// # Errors
/// A failed call, or one that does not go in time.
pub(super) async fn delete(cx: &Context<'_>, place: &Place, id: &str) -> Result<(), Failure> {
    let client = cx.aws.efs(place).await?;
    let wait = Wait::new(
        format!("mount target {id} to go"),
        "efs:DescribeMountTargets",
        LIMIT,
    );
    // One that is still being made refuses until it is available.
    until_gone(
        cx,
        wait,
        || {
            call(cx.aws, "efs:DeleteMountTarget", Repeat::Safe, || {
                client.delete_mount_target().mount_target_id(id).send()
            })
        },
        || async {
            let answer = call(cx.aws, "efs:DescribeMountTargets", Repeat::Safe, || {
                client.describe_mount_targets().mount_target_id(id).send()
            })
            .await?;
            let target = answer.mount_targets.unwrap_or_default().into_iter().next();
            Ok(target.map(|target| target.life_cycle_state))
        },
    )
    .await
}

/// The security groups of a mount target.
///
/// # Errors
/// A failed call.
pub(super) async fn groups(
    cx: &Context<'_>,
    place: &Place,
    id: &str,
) -> Result<Vec<String>, Failure> {
    let client = cx.aws.efs(place).await?;
    let answer = absent(
        call(
            cx.aws,
            "efs:DescribeMountTargetSecurityGroups",
            Repeat::Safe,
            || {
                client
                    .describe_mount_target_security_groups()
                    .mount_target_id(id)
                    .send()
            },
        )
        .await,
    )?;
    Ok(answer
        .map(|answer| answer.security_groups)
        .unwrap_or_default())
}

/// Makes a mount target and waits until it can be used. One that the zone has already is success:
/// EFS takes one in each zone, so the call may be repeated.
///
/// # Errors
/// A failed call, or one that does not come in time.
pub(super) async fn create(
    cx: &Context<'_>,
    place: &Place,
    file_system: &str,
    subnet: &str,
    groups: &[String],
) -> Result<(), Failure> {
    let client = cx.aws.efs(place).await?;
    let sent = call(cx.aws, "efs:CreateMountTarget", Repeat::Safe, || {
        client
            .create_mount_target()
            .file_system_id(file_system)
            .subnet_id(subnet)
            .set_security_groups((!groups.is_empty()).then(|| groups.to_vec()))
            .send()
    })
    .await;
    match sent {
        Ok(_) => {}
        Err(failure) if failure.cause == Cause::AlreadyExists => return Ok(()),
        // It went meanwhile, with its domain.
        Err(failure) if failure.cause == Cause::NotFound => {
            return match super::there(cx.aws, place, file_system).await? {
                Some(_) => Err(failure),
                None => Ok(()),
            };
        }
        Err(failure) => return Err(failure),
    }
    let wait = Wait::new(
        format!("the mount target of {file_system} in {subnet}"),
        "efs:DescribeMountTargets",
        LIMIT,
    );
    wait::until(cx, wait, || async {
        let there = mount_targets(cx.aws, place, file_system).await?;
        let target = there.iter().find(|target| target.subnet_id() == subnet);
        Ok(match target.map(MountTargetDescription::life_cycle_state) {
            Some(LifeCycleState::Available) => Look::Done(()),
            Some(LifeCycleState::Error) => {
                return Err(Failure::new(
                    Cause::Failed,
                    "efs:CreateMountTarget",
                    format!("the mount target of {file_system} in {subnet} ended as `error`"),
                ));
            }
            Some(state) => Look::Pending(state.as_str().to_owned()),
            None => match super::there(cx.aws, place, file_system).await? {
                Some(_) => Look::Pending("not there yet".to_owned()),
                None => Look::Done(()),
            },
        })
    })
    .await
}
