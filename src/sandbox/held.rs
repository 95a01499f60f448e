//! The sandbox as its callers hold it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::call::Fault;
use super::dispatch::Service;
use super::persist::Store;
use super::world::{Behaviour, World};
use super::{answer, erase, iam, protocol};
use crate::clock::Clock;
use crate::diagnostic::Diagnostic;

/// An AWS of several accounts and regions. Cloning gives the same one.
#[derive(Debug, Clone)]
pub struct Sandbox(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    held: Mutex<Held>,
    requests: AtomicU64,
}

#[derive(Debug)]
struct Held {
    world: World,
    /// The accounts that are always there, with their deploy roles.
    ensured: BTreeMap<String, BTreeSet<String>>,
    /// `None`: nothing is kept on disk.
    store: Option<Store>,
}

/// What is in a sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Info {
    /// Accounts that hold something, with the regions where they do.
    pub accounts: BTreeMap<String, Vec<String>>,
    /// How many things there are, by kind.
    pub counts: BTreeMap<&'static str, usize>,
}

impl Sandbox {
    /// Opens the sandbox kept in a directory, which is made when it is not there. The clock is
    /// moved on to where the sandbox's time was.
    ///
    /// # Errors
    /// If the directory cannot be used, is in use by another process, or holds damaged files.
    pub fn open(dir: &Path, clock: Clock, behaviour: Behaviour) -> Result<Self, Diagnostic> {
        let (store, world) = Store::open(dir, behaviour)?;
        clock.advance_to(world.progress().now_ms);
        Ok(Self::holding(clock, world, Some(store)))
    }

    /// An empty sandbox that leaves nothing behind.
    #[must_use]
    pub fn in_memory(clock: Clock, behaviour: Behaviour) -> Self {
        Self::holding(clock, World::new(behaviour), None)
    }

    /// One that goes on from a world as it was, and leaves nothing behind.
    #[cfg(test)]
    pub(crate) fn of_world(world: World, clock: Clock) -> Self {
        Self::holding(clock, world, None)
    }

    fn holding(clock: Clock, world: World, store: Option<Store>) -> Self {
        Self(Arc::new(Inner {
            clock,
            held: Mutex::new(Held {
                world,
                ensured: BTreeMap::new(),
                store,
            }),
            requests: AtomicU64::new(0),
        }))
    }

    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Answers a request of any AWS client. What it changed is on disk before it answers.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let request_id = self.request_id();
        let mut held = self.held();
        let now_ms = self.0.clock.now_ms();
        held.world.note_time(now_ms);
        let read = protocol::read(&held.world, &request, now_ms);
        let finish = |response| answer::finish(response, read.service, request.method(), now_ms);
        let call = match read.call {
            Ok(call) => call,
            Err(fault) => return finish(answer::fault(read.service, &fault, &request_id)),
        };
        let output = read.service.call(&mut held.world, &call);
        if let Err(diagnostic) = held.save() {
            tracing::error!(%diagnostic, "the sandbox could not write to disk");
            let fault = internal(read.service, &diagnostic);
            return finish(answer::fault(read.service, &fault, &request_id));
        }
        finish(match output {
            Ok(output) => answer::good(
                read.service,
                &call.operation,
                output,
                read.status,
                &request_id,
            ),
            Err(fault) => answer::fault(read.service, &fault, &request_id),
        })
    }

    /// Makes sure that the account is there and has these deploy roles, also after a reset: names,
    /// with their path if they have one (`smd-deploy`, `teams/ml/smd-deploy`).
    ///
    /// # Errors
    /// If the change cannot be written to disk.
    pub fn ensure_account(&self, account: &str, roles: &[&str]) -> Result<(), Diagnostic> {
        let mut held = self.held();
        let Held { world, ensured, .. } = &mut *held;
        make_account(world, account, roles.iter().copied());
        ensured
            .entry(account.to_owned())
            .or_default()
            .extend(roles.iter().map(|role| (*role).to_owned()));
        held.save()
    }

    /// Empties the sandbox kept in a directory without reading it, so that damage is no hindrance;
    /// whether there was anything in it.
    ///
    /// # Errors
    /// If the directory is not a sandbox's, cannot be used or is in use by another process.
    pub fn erase(dir: &Path) -> Result<bool, Diagnostic> {
        erase::erase(dir)
    }

    /// Empties it, but for the accounts that are always there ([`Sandbox::ensure_account`]).
    ///
    /// # Errors
    /// If that cannot be written to disk.
    pub fn reset(&self) -> Result<(), Diagnostic> {
        let mut held = self.held();
        let Held { world, ensured, .. } = &mut *held;
        *world = World::new(world.behaviour.clone());
        for (account, roles) in ensured {
            make_account(world, account, roles.iter().map(String::as_str));
        }
        held.compact()
    }

    /// What is in it.
    #[must_use]
    pub fn info(&self) -> Info {
        let mut held = self.held();
        Info {
            accounts: held.world.inhabited(),
            counts: held.world.counts(),
        }
    }

    /// Writes everything to disk as one snapshot.
    ///
    /// # Errors
    /// If that cannot be written to disk.
    pub fn flush(&self) -> Result<(), Diagnostic> {
        self.held().compact()
    }

    /// Folds a long log on disk into the snapshot. What was answered is on disk without it.
    ///
    /// # Errors
    /// If that cannot be written to disk.
    pub fn close(&self) -> Result<(), Diagnostic> {
        let mut held = self.held();
        let Held { world, store, .. } = &mut *held;
        match store {
            Some(store) => store.fold_long_log(world),
            None => Ok(()),
        }
    }

    /// Runs `work` on the world and writes what it changed to disk: for tests and tools that
    /// arrange what no API call can.
    ///
    /// # Errors
    /// If the change cannot be written to disk.
    pub fn arrange<T>(&self, work: impl FnOnce(&mut World) -> T) -> Result<T, Diagnostic> {
        let mut held = self.held();
        let done = work(&mut held.world);
        held.save()?;
        Ok(done)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // A panic of one call leaves the world as that call left it; the others go on.
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Like AWS's: a UUID, different for every request of a process.
    fn request_id(&self) -> String {
        let number = self.0.requests.fetch_add(1, Ordering::Relaxed);
        let digest = hex::encode(Sha256::digest(format!("request/{number}")));
        let mut id = String::new();
        for (at, digit) in digest.chars().take(32).enumerate() {
            if matches!(at, 8 | 12 | 16 | 20) {
                id.push('-');
            }
            id.push(digit);
        }
        id
    }
}

impl Held {
    fn save(&mut self) -> Result<(), Diagnostic> {
        match &mut self.store {
            Some(store) => store.save(&mut self.world),
            None => {
                self.world.forget_changes();
                Ok(())
            }
        }
    }

    fn compact(&mut self) -> Result<(), Diagnostic> {
        match &mut self.store {
            Some(store) => store.compact(&mut self.world),
            None => {
                self.world.forget_changes();
                Ok(())
            }
        }
    }
}

fn make_account<'a>(world: &mut World, account: &str, roles: impl Iterator<Item = &'a str>) {
    world.account(account);
    for role in roles {
        iam::api::ensure_deploy_role(world, account, role);
    }
}

/// The fault of a call whose work is done but not on disk.
fn internal(service: Service, diagnostic: &Diagnostic) -> Fault {
    use super::dispatch::Protocol;
    let code = match service.protocol() {
        Protocol::Ec2 => "InternalError",
        Protocol::Query => "ServiceFailure",
        Protocol::Json => "InternalFailure",
        Protocol::RestXml => "InternalError",
        Protocol::RestJson => "InternalServerError",
    };
    Fault::with_status(500, code, diagnostic.message.clone())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs::File;

    use super::{Behaviour, Sandbox};
    use crate::sandbox::scene::{Scene, clock, elements};

    #[tokio::test]
    async fn a_write_that_fails_is_told_and_done_later() {
        let dir = tempfile::tempdir().unwrap();
        let scene = Scene::of(Sandbox::open(dir.path(), clock(), Behaviour::default()).unwrap());
        let swap = |log: File| {
            let mut held = scene.sandbox.held();
            held.store.as_mut().unwrap().swap_log(log)
        };
        // A handle that cannot write stands for a full disk.
        let good = swap(File::open(dir.path().join("world.log")).unwrap());
        let create = "CreateVpc CidrBlock=10.0.0.0/16";
        scene
            .refused(&[(create, "InternalError"), ("DescribeVpcs", "InternalError")])
            .await;
        swap(good);
        scene.ok("DescribeVpcs").await;
        drop(scene);
        let scene = Scene::of(Sandbox::open(dir.path(), clock(), Behaviour::default()).unwrap());
        let shown = scene.ok("DescribeVpcs").await;
        assert_eq!(elements(&shown, "vpcId").len(), 1);
    }
}
