//! What a caller may do, by IAM's own evaluation of its policies (`iam:SimulatePrincipalPolicy`):
//! nothing of it is done. The evaluation counts identity policies, permissions boundaries and the
//! organisation's policies, not the policies of resources and sessions (API reference).

use std::collections::BTreeMap;

use aws_sdk_iam::types::{EvaluationResult, PolicyEvaluationDecisionType};

use super::{Aws, Cause, Failure, Repeat, call};
use crate::config::Place;

/// Actions that one call asks for.
const ACTIONS_AT_ONCE: usize = 100;
/// Results on one page: the most that IAM takes (API reference).
const PAGE: i32 = 1000;
/// What IAM calls all resources.
const EVERYTHING: &str = "*";
const SIMULATE: &str = "iam:SimulatePrincipalPolicy";

/// What IAM says of an action on a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Right {
    /// A policy allows it, and none denies it.
    Allowed,
    /// A policy denies it.
    Denied,
    /// No policy allows it.
    NotAllowed,
    /// It hangs on these condition keys, which only a real call carries.
    Conditional(Vec<String>),
}

/// What IAM says, by action and resource (`*`: no resource was named).
pub type Rights = BTreeMap<(String, String), Right>;

/// Why IAM cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAsked {
    /// The caller is no role or user with policies of its own: its ARN.
    NoPrincipal(String),
    /// The question was refused, or is not known to this endpoint.
    Refused(Failure),
}

impl std::fmt::Display for NotAsked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoPrincipal(arn) => {
                write!(f, "{arn} is no role or user whose policies IAM tells")
            }
            Self::Refused(failure) => write!(f, "{failure}"),
        }
    }
}

/// The principal whose policies a caller of this ARN has: a session's role.
///
/// The path of a role is no part of a session's ARN: `assumed` is the role's ARN where it is known.
#[must_use]
pub fn principal_of(caller: &str, assumed: Option<&str>) -> Option<String> {
    let mut fields = caller.splitn(6, ':');
    let (arn, partition, service) = (fields.next()?, fields.next()?, fields.next()?);
    let account = fields.nth(1)?;
    let resource = fields.next()?;
    if arn != "arn" {
        return None;
    }
    match (service, resource.split_once('/')) {
        ("iam", Some(("user" | "role", _))) => Some(caller.to_owned()),
        ("sts", Some(("assumed-role", rest))) => {
            let (name, _) = rest.split_once('/')?;
            let named = |role: &&str| {
                let is_of_account = role.split(':').nth(4) == Some(account);
                is_of_account && role.rsplit('/').next() == Some(name)
            };
            let known = assumed.filter(named).map(str::to_owned);
            Some(known.unwrap_or_else(|| format!("arn:{partition}:iam::{account}:role/{name}")))
        }
        _ => None,
    }
}

/// Asks IAM what the caller of this place may do on each of `resources` (none: on everything).
///
/// # Errors
/// Why it cannot be asked.
pub async fn ask(
    aws: &Aws,
    place: &Place,
    actions: &[String],
    resources: &[String],
) -> Result<Rights, NotAsked> {
    let identity = aws.identity(place).await.map_err(NotAsked::Refused)?;
    let assumed = place.access.assume_role.as_deref();
    let mut principal = principal_of(&identity.arn, assumed)
        .ok_or_else(|| NotAsked::NoPrincipal(identity.arn.clone()))?;
    let mut rights = Rights::new();
    for chunk in actions.chunks(ACTIONS_AT_ONCE) {
        let mut answer = simulate(aws, place, &principal, (chunk, resources)).await;
        if let Err(failure) = &answer
            && failure.cause == Cause::NotFound
            && let Some(full) = with_path(aws, place, &principal).await
        {
            principal = full;
            answer = simulate(aws, place, &principal, (chunk, resources)).await;
        }
        rights.extend(answer.map_err(NotAsked::Refused)?);
    }
    Ok(rights)
}

/// The ARN of a role as IAM tells it: with its path.
async fn with_path(aws: &Aws, place: &Place, principal: &str) -> Option<String> {
    let (_, name) = principal.split_once(":role/")?;
    let client = aws.iam(place).await.ok()?;
    let answer = call(aws, "iam:GetRole", Repeat::Safe, || {
        client.get_role().role_name(name).send()
    })
    .await
    .ok()?;
    let arn = answer.role?.arn;
    (arn != principal).then_some(arn)
}

async fn simulate(
    aws: &Aws,
    place: &Place,
    principal: &str,
    (actions, resources): (&[String], &[String]),
) -> Result<Rights, Failure> {
    let client = aws.iam(place).await?;
    let mut rights = Rights::new();
    let mut marker: Option<String> = None;
    loop {
        // Once: an endpoint that does not know the question shall hold nobody up.
        let answer = call(aws, SIMULATE, Repeat::Once, || {
            client
                .simulate_principal_policy()
                .policy_source_arn(principal)
                .set_action_names(Some(actions.to_vec()))
                .set_resource_arns((!resources.is_empty()).then(|| resources.to_vec()))
                .max_items(PAGE)
                .set_marker(marker.clone())
                .send()
        })
        .await?;
        for result in answer.evaluation_results.unwrap_or_default() {
            note(&mut rights, result);
        }
        marker = answer.marker.filter(|_| answer.is_truncated);
        if marker.is_none() {
            return Ok(rights);
        }
    }
}

/// Takes down a result. Of an action that was asked for on several resources IAM may tell each inside
/// of one result.
fn note(rights: &mut Rights, result: EvaluationResult) {
    let action = result.eval_action_name;
    for one in result.resource_specific_results.unwrap_or_default() {
        let told = right(&one.eval_resource_decision, one.missing_context_values);
        rights.insert((action.clone(), one.eval_resource_name), told);
    }
    let resource = result.eval_resource_name;
    let key = (action, resource.unwrap_or_else(|| EVERYTHING.to_owned()));
    let told = right(&result.eval_decision, result.missing_context_values);
    rights.entry(key).or_insert(told);
}

fn right(decision: &PolicyEvaluationDecisionType, missing: Option<Vec<String>>) -> Right {
    match decision {
        PolicyEvaluationDecisionType::Allowed => Right::Allowed,
        PolicyEvaluationDecisionType::ExplicitDeny => Right::Denied,
        _ => match missing {
            Some(keys) if !keys.is_empty() => Right::Conditional(keys),
            _ => Right::NotAllowed,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::principal_of;

    #[test]
    fn a_session_has_the_policies_of_its_role() {
        let of = |caller, assumed| principal_of(caller, assumed);
        let session = "arn:aws:sts::111122223333:assumed-role/deploy/smd";
        assert_eq!(
            of(session, None).as_deref(),
            Some("arn:aws:iam::111122223333:role/deploy")
        );
        let with_path = "arn:aws:iam::111122223333:role/teams/ml/deploy";
        assert_eq!(of(session, Some(with_path)).as_deref(), Some(with_path));
        // Of another name or account: not this one.
        for other in [
            "arn:aws:iam::111122223333:role/other",
            "arn:aws:iam::444455556666:role/deploy",
        ] {
            assert_eq!(
                of(session, Some(other)).as_deref(),
                Some("arn:aws:iam::111122223333:role/deploy")
            );
        }
        let user = "arn:aws-cn:iam::111122223333:user/ada";
        assert_eq!(of(user, None).as_deref(), Some(user));
        for none in [
            "arn:aws:iam::111122223333:root",
            "arn:aws:sts::111122223333:federated-user/ada",
            "nobody",
        ] {
            assert_eq!(of(none, None), None, "{none}");
        }
    }
}
