//! Where discovery begins, and the ways into other accounts.

use std::sync::Arc;

use crate::aws::Aws;
use crate::cli::args::ImportArgs;
use crate::cli::target;
use crate::config::{Access, Place};
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::discovery::Ways;
use crate::kinds::import;

/// The account and region to begin in, and every way that was given.
///
/// # Errors
/// No region, no credentials, credentials of another account, or an ARN that is no role's.
pub(super) async fn of(aws: &Aws, args: &ImportArgs) -> Result<(Place, Ways), Diagnostic> {
    let region = args.region.as_deref().or(aws.default_region());
    let Some(region) = region else {
        return Err(
            Diagnostic::error(codes::discover::NO_REGION, "no region is named to look in")
                .help("give `--region`, or set AWS_REGION"),
        );
    };
    let mut roles: Vec<(Arc<str>, Arc<str>)> = Vec::new();
    for arn in &args.assume_role {
        let account = account_of(arn)?;
        if roles.iter().any(|(there, _)| *there == account) {
            return Err(wrong_role(arn, "a second role of one account"));
        }
        roles.push((account, Arc::from(arn.as_str())));
    }
    let place = |account: &str, role: Option<&Arc<str>>| Place {
        account: Arc::from(account),
        region: Arc::from(region),
        access: Access {
            profile: args.profile.as_deref().map(Arc::from),
            assume_role: role.cloned(),
        },
    };
    let role_of = |account: &str| {
        let mut roles = roles.iter();
        roles
            .find(|(there, _)| **there == *account)
            .map(|(_, role)| role)
    };
    let home = match &args.account {
        Some(account) => place(account, role_of(account)),
        None => {
            let caller = match args.profile {
                None => target::caller(aws).await?.account,
                Some(_) => identity(aws, &place("", None)).await?,
            };
            place(&caller, role_of(&caller))
        }
    };
    let found = identity(aws, &home).await?;
    if found != home.account {
        return Err(Diagnostic::error(
            codes::cli::WRONG_ACCOUNT,
            format!(
                "the credentials are of account {found}, and not of account {}",
                home.account
            ),
        )
        .help("use the profile of that account, or give a role of it by `--assume-role`"));
    }
    let mut ways = Ways::default();
    for (account, role) in &roles {
        ways.add(place(account, Some(role)));
    }
    ways.add(home.clone());
    Ok((home, ways))
}

async fn identity(aws: &Aws, place: &Place) -> Result<Arc<str>, Diagnostic> {
    let identity = aws.identity(place).await;
    let identity = identity.map_err(|failure| failure.to_diagnostic())?;
    Ok(Arc::from(identity.account))
}

/// The account that a role's ARN leads into.
fn account_of(arn: &str) -> Result<Arc<str>, Diagnostic> {
    let account = import::place_in_arn(arn).and_then(|(account, _)| account);
    match (account, import::role(arn)) {
        (Some(account), Some(_)) => Ok(Arc::from(account)),
        _ => Err(wrong_role(arn, "not the ARN of a role")),
    }
}

fn wrong_role(arn: &str, what: &str) -> Diagnostic {
    Diagnostic::error(codes::discover::WRONG_ROLE, format!("`{arn}` is {what}"))
        .help("write `--assume-role arn:aws:iam::111122223333:role/NAME`")
}
