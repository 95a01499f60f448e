//! The sandbox's STS: who am I, and assume-role into another account.

mod assume_role;

use serde_json::json;

use super::call::{Call, Fault};
use super::iam::trust::IdentityArn;
use super::model::{self, Args};
use super::world::World;
use super::xml::Element;

/// Answers a call with the children of its `…Result` element.
///
/// # Errors
/// AWS's refusals.
pub fn call(world: &mut World, call: &Call) -> Result<Vec<Element>, Fault> {
    let operation = call.operation.as_str();
    let input = model::input(&model::STS, operation, &call.query());
    let args = Args(model::check(&model::STS, operation, &input)?);
    let answer = match operation {
        "GetCallerIdentity" => json!({
            "UserId": user_id(world, call),
            "Account": call.account,
            "Arn": call.caller_arn,
        }),
        "AssumeRole" => assume_role::assume(world, call, &args)?,
        _ => return Err(Fault::invalid_action(operation)),
    };
    Ok(model::elements(&answer))
}

/// The account for its root, `AROA…:session` for a session, `AIDA…` for a user.
fn user_id(world: &World, call: &Call) -> String {
    let Some(arn) = IdentityArn::parse(&call.caller_arn) else {
        return call.account.clone();
    };
    if arn.resource == "root" {
        return call.account.clone();
    }
    match caller_role(world, &arn) {
        Some(id) => {
            let session = arn.resource.rsplit('/').next().unwrap_or_default();
            format!("{id}:{session}")
        }
        None => {
            use sha2::{Digest, Sha256};
            /// Letters of a unique id after its prefix.
            const LENGTH: usize = 17;
            let digest = hex::encode_upper(Sha256::digest(&call.caller_arn));
            format!("AIDA{}", digest.get(..LENGTH).unwrap_or_default())
        }
    }
}

/// The unique id of the role that a session is in.
fn caller_role<'w>(world: &'w World, arn: &IdentityArn<'_>) -> Option<&'w str> {
    let role = world
        .peek_account(arn.account)?
        .iam
        .role(arn.role_name()?)?;
    Some(&role.id)
}

#[cfg(test)]
mod tests;
