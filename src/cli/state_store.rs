//! The store of a state that is not in files: reached as the environment says, like AWS.

use std::sync::{Arc, Mutex, PoisonError};

use futures::future::{BoxFuture, join_all};

use super::console::Console;
use super::environment::Environment;
use super::{aws_environment, random};
use crate::clock::Clock;
use crate::diagnostic::Diagnostic;
use crate::state::s3::Access;

/// What gives the locks back of commands that ended early.
static FAREWELLS: Mutex<Vec<BoxFuture<'static, ()>>> = Mutex::new(Vec::new());

/// Gives back what a command that ended early still holds. To be waited for before the process
/// ends.
pub async fn leave() {
    let farewells = {
        let mut farewells = FAREWELLS.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *farewells)
    };
    join_all(farewells).await;
}

/// Credentials, endpoint and clock of this process.
///
/// # Errors
/// A certificate bundle that cannot be read.
pub async fn access(console: &Console, environment: &Environment) -> Result<Access, Diagnostic> {
    let clock = Clock::wall();
    let silent = console.is_json();
    Ok(Access {
        config: aws_environment::options(clock.clone()).await?.base,
        clock,
        spawn: Arc::new(|renewal| drop(tokio::spawn(renewal))),
        leave: Arc::new(|farewell| {
            let mut farewells = FAREWELLS.lock().unwrap_or_else(PoisonError::into_inner);
            farewells.push(farewell);
        }),
        name: Arc::new(random::name),
        waiting: Arc::new(move |text| {
            if !silent {
                Console::write_stderr(&format!("{text}\n"));
            }
        }),
        ci: environment.ci.clone(),
    })
}
