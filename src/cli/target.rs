//! What a command works on: AWS as the environment says, or the sandbox.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use futures::StreamExt;
use futures::stream;

use super::args::{SANDBOX_SPEED, SandboxArgs};
use super::aws_environment;
use super::environment::{self, Environment};
use super::keys::NamedKeys;
use crate::aws::{Aws, AwsOptions};
use crate::clock::Clock;
use crate::config::{Access, Caller, Configuration, Place};
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::sandbox::{self, Behaviour, Sandbox};
use crate::state::State;

/// Where the sandbox is unless told otherwise, below the configuration's folder.
const SANDBOX_FOLDER: &str = ".smd/sandbox";
/// How many accounts are asked for their identity at once.
const IDENTITIES_AT_ONCE: usize = 8;

/// The sandbox's folder, if the sandbox is meant.
#[must_use]
pub fn sandbox_directory(
    args: &SandboxArgs,
    environment: &Environment,
    directory: &Path,
) -> Option<PathBuf> {
    let named = args.sandbox.as_ref().or(environment.sandbox.as_ref())?;
    Some(if named.as_os_str().is_empty() {
        usual_sandbox(directory)
    } else {
        named.clone()
    })
}

/// The sandbox's usual folder.
#[must_use]
pub fn usual_sandbox(directory: &Path) -> PathBuf {
    directory.join(SANDBOX_FOLDER)
}

/// AWS for a command: the sandbox in that folder, with the accounts and keys that configuration and
/// environment name, or what the environment says.
///
/// # Errors
/// A sandbox that cannot be opened, or an AWS configuration that cannot be used.
pub async fn connect(
    sandbox: Option<&Path>,
    configuration: Option<&Configuration>,
    keys: &NamedKeys,
) -> Result<Aws, Diagnostic> {
    let options = match sandbox {
        Some(folder) => {
            let clock = Clock::scaled(SANDBOX_SPEED);
            let sandbox = Sandbox::open(folder, clock.clone(), behaviour())?;
            if let Some(configuration) = configuration {
                ensure_accounts(&sandbox, configuration)?;
            }
            ensure_keys(&sandbox, keys)?;
            let region = aws_environment::region();
            AwsOptions::sandbox(SharedHttpClient::new(sandbox), clock)
                .with_region(region.as_deref().unwrap_or(sandbox::DEFAULT_REGION))
        }
        None => aws_environment::options(Clock::wall()).await?,
    };
    Ok(Aws::new(options))
}

/// How the sandbox behaves, embedded or served, as the environment says.
#[must_use]
pub fn behaviour() -> Behaviour {
    Behaviour {
        waits: environment::sandbox_waits(),
        ..Behaviour::default()
    }
}

/// Makes sure that the accounts which the configuration names are there, with the roles it goes in
/// by.
///
/// # Errors
/// The sandbox cannot be written to disk.
pub fn ensure_accounts(sandbox: &Sandbox, configuration: &Configuration) -> Result<(), Diagnostic> {
    for account in configuration.accounts.values() {
        if let Some(id) = &account.id {
            sandbox.ensure_account(id, &[])?;
        }
        if let Some((id, role)) = account.access.assume_role.as_deref().and_then(role_of_arn) {
            sandbox.ensure_account(id, &[role])?;
        }
    }
    Ok(())
}

/// Makes sure that the KMS keys which the environment names are there.
///
/// # Errors
/// The sandbox cannot be written to disk.
pub fn ensure_keys(sandbox: &Sandbox, keys: &NamedKeys) -> Result<(), Diagnostic> {
    let region = aws_environment::region();
    let region = region.as_deref().unwrap_or(sandbox::DEFAULT_REGION);
    for key in keys.kms_keys() {
        sandbox.arrange(|world| {
            let (account, now_ms) = (sandbox::DEFAULT_ACCOUNT, sandbox.clock().now_ms());
            sandbox::kms::api::ensure_key(world, account, region, key, now_ms);
        })?;
    }
    Ok(())
}

/// Account and role, with its path, in a role's ARN.
fn role_of_arn(arn: &str) -> Option<(&str, &str)> {
    let (_, rest) = arn.split_once(":iam::")?;
    rest.split_once(":role/")
}

/// Who the caller is, for configurations that do not say.
///
/// # Errors
/// No credentials, no region, or an endpoint that cannot be reached.
pub async fn caller(aws: &Aws) -> Result<Caller, Diagnostic> {
    let place = Place {
        account: Arc::from(sandbox::DEFAULT_ACCOUNT),
        region: Arc::from(aws.default_region().unwrap_or_default()),
        access: Access::default(),
    };
    let identity = aws
        .identity(&place)
        .await
        .map_err(|failure| failure.to_diagnostic())?;
    Ok(Caller {
        account: Arc::from(identity.account),
        region: aws.default_region().map(Arc::from),
    })
}

/// Checks, for every way in that configuration or record use, that it leads to the account they
/// say.
///
/// # Errors
/// Every way in that does not work, and every one that leads elsewhere.
pub async fn check_identities(
    aws: &Aws,
    configuration: &Configuration,
    state: Option<&State>,
) -> Result<(), Diagnostics> {
    let wanted = configuration.nodes.values().map(|node| &node.place);
    let recorded = state
        .into_iter()
        .flat_map(|state| state.records.values())
        .map(|record| &record.place);
    check_places(aws, wanted.chain(recorded)).await
}

/// Checks, for every way into one of these places, that it leads to the account they say.
///
/// # Errors
/// Every way in that does not work, and every one that leads elsewhere.
pub async fn check_places(
    aws: &Aws,
    places: impl Iterator<Item = &Place>,
) -> Result<(), Diagnostics> {
    let mut ways: BTreeMap<(&Access, &str), &Place> = BTreeMap::new();
    for place in places {
        ways.entry((&place.access, &place.account)).or_insert(place);
    }
    let mut answers: Vec<(usize, Option<Diagnostic>)> = stream::iter(ways.values().enumerate())
        .map(|(index, place)| async move { (index, check_identity(aws, place).await) })
        .buffer_unordered(IDENTITIES_AT_ONCE)
        .collect()
        .await;
    answers.sort_by_key(|(index, _)| *index);
    let mut wrong: Diagnostics = Vec::new();
    for diagnostic in answers.into_iter().filter_map(|(_, answer)| answer) {
        // The same trouble with credentials or endpoint is one trouble.
        if !wrong.iter().any(|told| told.message == diagnostic.message) {
            wrong.push(diagnostic);
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

async fn check_identity(aws: &Aws, place: &Place) -> Option<Diagnostic> {
    match aws.identity(place).await {
        Err(failure) => Some(failure.to_diagnostic()),
        Ok(identity) if *identity.account == *place.account => None,
        Ok(identity) => Some(
            Diagnostic::error(
                codes::cli::WRONG_ACCOUNT,
                format!(
                    "the credentials are of account {}, but the configuration names account {}",
                    identity.account, place.account
                ),
            )
            .note(format!("the caller is {}", identity.arn))
            .help("use the profile of that account, or give it an `assume_role`"),
        ),
    }
}
