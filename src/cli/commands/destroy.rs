//! `smd destroy`.

use crate::cli::args::DestroyArgs;
use crate::cli::carrying_out::{self, Order};
use crate::cli::console::{Console, Outcome};
use crate::cli::environment::Environment;
use crate::cli::planning::Purpose;

/// Shows what would be deleted, asks, and deletes it.
///
/// # Errors
/// As `smd apply`.
pub async fn run(console: &Console, environment: &Environment, args: &DestroyArgs) -> Outcome {
    carrying_out::plan_and_carry_out(
        console,
        environment,
        &Order {
            command: "destroy",
            directory: &args.directory.dir,
            planning: &args.planning,
            auto_approve: args.auto_approve,
            check_rights: args.rights.check,
            purpose: Purpose::Destroy,
            on_error: args.on_error.into(),
        },
    )
    .await
}
