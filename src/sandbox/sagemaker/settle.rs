//! What happens by itself when its time has come.

use super::state::{Kind, SageMaker, Status};
use super::takes;
use crate::sandbox::world::World;
use crate::sandbox::{ec2, efs};

/// Lets what is due by now happen: statuses move on, deleted things go, with what goes with them.
pub fn settle(world: &mut World, account: &str, region: &str, now_ms: u64) {
    if !world
        .peek(account, region)
        .is_some_and(|held| held.sagemaker.has_due(now_ms))
    {
        return;
    }
    let remembered = world.behaviour.done_at(0, takes::APP_REMEMBERED);
    let mut leftovers = Leftovers::default();
    let sagemaker = &mut world.region(account, region).sagemaker;
    while let Some((due_ms, kind, key)) = sagemaker.next_due(now_ms) {
        advance(sagemaker, (due_ms, kind, &key), remembered, &mut leftovers);
    }
    for interface in leftovers.interfaces {
        ec2::api::delete_interface(world, account, region, &interface);
    }
    for file_system in leftovers.file_systems {
        efs::api::remove_file_system(world, account, region, &file_system);
    }
}

/// What other services hold of something that is gone.
#[derive(Default)]
struct Leftovers {
    interfaces: Vec<String>,
    file_systems: Vec<String>,
}

fn advance(
    sagemaker: &mut SageMaker,
    (due_ms, kind, key): (u64, Kind, &str),
    remembered: u64,
    leftovers: &mut Leftovers,
) {
    let life = match kind {
        Kind::Domain => sagemaker.domains.get(key).map(|row| &row.life),
        Kind::Profile => sagemaker.profiles.get(key).map(|row| &row.life),
        Kind::Space => sagemaker.spaces.get(key).map(|row| &row.life),
        Kind::App => sagemaker.apps.get(key).map(|row| &row.life),
        Kind::Image => sagemaker.images.get(key).map(|row| &row.life),
        Kind::ImageVersion => sagemaker.image_versions.get(key).map(|row| &row.life),
    };
    let Some(life) = life.filter(|life| life.due_ms == Some(due_ms)) else {
        // Something else happened to it meanwhile.
        return;
    };
    match (life.status, kind) {
        (Status::Deleting, Kind::Domain) => {
            let row = sagemaker.domains.get(key);
            if let Some(row) = row.filter(|row| row.delete_file_system) {
                leftovers.file_systems.extend(row.file_system.clone());
            }
            sagemaker.drop_domain(key);
        }
        (Status::Deleting, Kind::Profile) => {
            sagemaker.profiles.remove(key);
        }
        (Status::Deleting, Kind::Space) => sagemaker.drop_space(key),
        (Status::Deleting, Kind::Image) => sagemaker.drop_image(key),
        (Status::Deleting, Kind::ImageVersion) => {
            sagemaker.image_versions.remove(key);
        }
        (Status::Deleting, Kind::App) => {
            if let Some(mut row) = sagemaker.apps.get(key).cloned() {
                leftovers.interfaces.extend(row.interface.take());
                row.life.enter(
                    Status::Deleted,
                    due_ms,
                    Some(due_ms.saturating_add(remembered)),
                );
                sagemaker.put_app(row);
            }
        }
        (Status::Deleted, _) => {
            sagemaker.apps.remove(key);
        }
        _ => in_service(sagemaker, kind, key, due_ms),
    }
}

fn in_service(sagemaker: &mut SageMaker, kind: Kind, key: &str, due_ms: u64) {
    let life = match kind {
        Kind::Domain => sagemaker.domains.get_mut(key).map(|row| &mut row.life),
        Kind::Profile => sagemaker.profiles.get_mut(key).map(|row| &mut row.life),
        Kind::Space => sagemaker.spaces.get_mut(key).map(|row| &mut row.life),
        Kind::App => sagemaker.apps.get_mut(key).map(|row| &mut row.life),
        Kind::Image => sagemaker.images.get_mut(key).map(|row| &mut row.life),
        Kind::ImageVersion => {
            let row = sagemaker.image_versions.get_mut(key);
            row.map(|row| &mut row.life)
        }
    };
    if let Some(life) = life {
        life.enter(Status::InService, due_ms, None);
    }
}
