//! What must hold after whatever happened: nothing lost, nothing twice, nothing left.

use std::collections::BTreeMap;

use super::Sim;
use super::disk::QUIET;
use super::estate::{Form, Size, directory};
use super::process::Command;
use crate::cli::exit::Exit;

/// What AWS keeps of the past: tokens, sessions, deleted peerings, shares and NAT gateways with their tags, keys
/// that billing knows; and S3, where the state itself may be.
const PAST: [&str; 13] = [
    "billing_tag_keys",
    "ec2_client_tokens",
    "ec2_tags",
    "gone_nat_gateways",
    "sessions",
    "vpc_peering_connections",
    "iam_roles",
    "ram_associations",
    "ram_client_tokens",
    "ram_invitations",
    "ram_resource_shares",
    "s3_buckets",
    "s3_objects",
];

/// How many things there are of what matters, by table.
pub type Counts = BTreeMap<String, usize>;

impl Sim {
    /// Counts what there is.
    pub fn counts(&self) -> Counts {
        let (mut counts, roles) = self
            .sandbox
            .arrange(|world| {
                let counts: Counts = world
                    .counts()
                    .into_iter()
                    .filter(|(table, _)| !PAST.contains(table))
                    .map(|(table, count)| (table.to_owned(), count))
                    .collect();
                // The role that SageMaker makes for itself stays (behaviour: service-linked roles).
                let accounts = world.accounts().values();
                let roles: usize = accounts.map(|account| account.iam.own_roles()).sum();
                (counts, roles)
            })
            .unwrap();
        counts.insert("roles".to_owned(), roles);
        let now_ms = self.clock.now_ms();
        let peerings = self.sandbox.arrange(|world| {
            let all = world.shared.peerings.iter();
            all.filter(|(_, peering)| peering.is_live(now_ms)).count()
        });
        counts.insert("peerings".to_owned(), peerings.unwrap());
        let shares = self.sandbox.arrange(|world| world.shared.ram.living());
        counts.insert("shares".to_owned(), shares.unwrap());
        counts
    }

    /// Lets what is under way arrive.
    pub fn settle(&self) {
        let clock = self.clock.clone();
        self.driver.run(async move { clock.sleep(QUIET).await });
    }
}

/// What one world should look like in the end.
#[derive(Debug, Clone)]
pub struct Expected {
    pub size: Size,
    pub form: Form,
    /// After an apply that nothing disturbed.
    pub applied: Counts,
    /// Before everything.
    pub empty: Counts,
}

/// Runs `command` after a run that ended as `first` says, unless that was the same command and came
/// to its end, and looks at everything; then destroys and looks again. What does not hold, in words.
pub fn check(
    sim: &Sim,
    expected: &Expected,
    command: Command,
    first: &super::process::Ended,
    recovery_ms: &mut u64,
) -> Result<(), String> {
    let directory = directory(expected.size, expected.form);
    if first.exit != Some(Exit::Done) || first.command != command {
        let again = sim.run(command, &directory);
        *recovery_ms = (*recovery_ms).max(again.took_ms);
        if again.exit != Some(Exit::Done) {
            return Err(format!("the next run did not end well: {}", again.words()));
        }
    }
    if command == Command::Apply {
        let held = holds(sim, &expected.applied);
        let plan = sim.run(Command::Plan, &directory);
        // What is there and not owned is told in the plan.
        held.map_err(|why| format!("{why}\nplan: {}", plan.words()))?;
        if !plan.empty {
            return Err(format!("there is something to do again: {}", plan.words()));
        }
        let destroyed = sim.run(Command::Destroy, &directory);
        if destroyed.exit != Some(Exit::Done) {
            return Err(format!("destroy did not end well: {}", destroyed.words()));
        }
    }
    let records = sim.recorded();
    let left = records.state.map_or(0, |state| state.records.len());
    if left > 0 {
        return Err(format!("{left} records are left after destroy"));
    }
    holds(sim, &expected.empty)
}

/// The world is as it should be, the record is readable and closed, and nobody holds the lock.
fn holds(sim: &Sim, counts: &Counts) -> Result<(), String> {
    let now = sim.counts();
    if now != *counts {
        let differs = |(table, count): &(&String, &usize)| now.get(*table) != Some(count);
        let missing: Vec<_> = counts.iter().filter(differs).collect();
        let other: Vec<_> = now
            .iter()
            .filter(|(table, count)| counts.get(*table) != Some(count))
            .collect();
        return Err(format!(
            "there should be {missing:?}, and there is {other:?}"
        ));
    }
    let recorded = sim.recorded();
    if recorded.has_journal || recorded.broken_off.is_some() {
        return Err("the journal is still there".to_owned());
    }
    if let Some(state) = recorded.state {
        if !state.open.is_empty() {
            return Err(format!("still open: {:?}", state.open));
        }
        let mut ids: Vec<_> = state
            .records
            .values()
            .map(|record| (&record.kind, &record.id))
            .collect();
        let count = ids.len();
        ids.sort();
        ids.dedup();
        if ids.len() != count {
            return Err("one thing is recorded twice".to_owned());
        }
    }
    if sim.is_locked() {
        return Err("the lock is still held".to_owned());
    }
    Ok(())
}
