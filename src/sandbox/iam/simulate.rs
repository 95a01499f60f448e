//! SimulatePrincipalPolicy: what a role may do, by its inline and attached policies and its
//! permissions boundary (IAM user guide, "Policy evaluation logic"). No call of the sandbox is held
//! against it; a caller that asks is told what AWS would answer.

use serde_json::{Value, json};

use super::condition::{self, Context};
use super::document::items;
use super::state::{Iam, Role};
use super::trust::IdentityArn;
use super::{Answer, fault, managed, paged, role_policies};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::world::World;

/// What is simulated where the call names no resource (API reference).
const EVERYTHING: &str = "*";

/// A policy that counts, and what AWS calls it in matched statements.
struct Source {
    id: String,
    kind: &'static str,
    document: Value,
}

/// What the statements of some policies say of an action on a resource.
#[derive(Default)]
struct Verdict {
    allows: Vec<Value>,
    denies: Vec<Value>,
    /// Condition keys that a statement asks for and the call does not carry.
    missing: Vec<String>,
}

pub(super) fn principal(world: &mut World, call: &Call, args: &Args) -> Answer {
    let source = args.text("PolicySourceArn");
    let (role, iam) = role(world, call, source)?;
    let own = policies(iam, role);
    let boundary = match &role.boundary {
        Some(arn) => Some([managed_policy(iam, arn)?]),
        None => None,
    };
    let mut context = Context::default();
    context.set("aws:PrincipalArn", role.arn(&call.account));
    context.set("aws:PrincipalAccount", &call.account);
    let entries = args.get("ContextEntries").and_then(Value::as_array);
    for entry in entries.into_iter().flatten() {
        let values = entry.get("ContextKeyValues").and_then(Value::as_array);
        let value = values.and_then(|values| values.first());
        let key = entry.get("ContextKeyName").and_then(Value::as_str);
        if let (Some(key), Some(value)) = (key, value.and_then(Value::as_str)) {
            context.set(key, value);
        }
    }
    let mut resources = args.texts("ResourceArns");
    if resources.is_empty() {
        resources.push(EVERYTHING);
    }
    let mut rows: Vec<(String, Value)> = Vec::new();
    for (at, action) in args.texts("ActionNames").into_iter().enumerate() {
        if !action.contains(':') {
            return Err(fault::input(format!("Invalid Action: {action}")));
        }
        for (number, resource) in resources.iter().enumerate() {
            let told = decide((action, resource), &own, boundary.as_ref(), &context);
            // Pages keep the order of the call.
            rows.push((format!("{at:05}/{number:05}"), told));
        }
    }
    let rows = rows.iter().map(|(key, row)| (key.as_str(), row));
    paged(args, "EvaluationResults", rows, Value::clone)
}

/// The role that the call names, in the caller's account.
fn role<'w>(world: &'w World, call: &Call, arn: &str) -> Result<(&'w Role, &'w Iam), Fault> {
    let invalid = || {
        fault::input(format!(
            "Invalid Entity Arn: {arn} does not clearly define entity type and name."
        ))
    };
    let parsed = IdentityArn::parse(arn).ok_or_else(invalid)?;
    if parsed.service != "iam" || !parsed.resource.starts_with("role/") {
        return Err(invalid());
    }
    let name = parsed.role_name().unwrap_or_default();
    let held = world.peek_account(&call.account);
    held.and_then(|held| Some((held.iam.role(name)?, &held.iam)))
        .filter(|(role, _)| role.arn(&call.account) == arn)
        .ok_or_else(|| fault::no_role(name))
}

/// Everything attached to a role.
fn policies(iam: &Iam, role: &Role) -> Vec<Source> {
    let inline = role.inline.iter().map(|(name, text)| Source {
        id: format!("role_{}_{name}", role.name),
        kind: "IAM Policy",
        document: serde_json::from_str(text).unwrap_or_default(),
    });
    let attached = role.attached.iter();
    let attached = attached.filter_map(|arn| managed_policy(iam, arn).ok());
    inline.chain(attached).collect()
}

/// A managed policy, AWS's or the account's own, in its version in force.
fn managed_policy(iam: &Iam, arn: &str) -> Result<Source, Fault> {
    let name = role_policies::policy_name(arn);
    let document = managed::document(arn).or_else(|| {
        let policy = iam.policy(name)?;
        let version = policy.versions.get(&policy.default_version)?;
        serde_json::from_str(&version.document).ok()
    });
    Ok(Source {
        id: name.to_owned(),
        kind: "IAM Policy",
        document: document.ok_or_else(|| fault::no_policy(arn))?,
    })
}

/// The result of one action on one resource.
fn decide(
    (action, resource): (&str, &str),
    own: &[Source],
    boundary: Option<&[Source; 1]>,
    context: &Context,
) -> Value {
    let mut verdict = verdict(own, action, resource, context);
    let bounded = boundary.map(|boundary| {
        let mut within = self::verdict(boundary, action, resource, context);
        verdict.denies.append(&mut within.denies);
        verdict.missing.append(&mut within.missing);
        !within.allows.is_empty()
    });
    verdict.missing.sort_unstable();
    verdict.missing.dedup();
    let (decision, matched) = if !verdict.denies.is_empty() {
        ("explicitDeny", verdict.denies)
    } else if !verdict.allows.is_empty() && bounded != Some(false) {
        ("allowed", verdict.allows)
    } else {
        ("implicitDeny", Vec::new())
    };
    json!({
        "EvalActionName": action,
        "EvalResourceName": resource,
        "EvalDecision": decision,
        "MatchedStatements": matched,
        "MissingContextValues": verdict.missing,
        "PermissionsBoundaryDecisionDetail":
            bounded.map(|allows| json!({ "AllowedByPermissionsBoundary": allows })),
    })
}

fn verdict(sources: &[Source], action: &str, resource: &str, context: &Context) -> Verdict {
    let mut verdict = Verdict::default();
    for source in sources {
        let statements = source.document.get("Statement");
        for statement in statements.into_iter().flat_map(items) {
            if !names_action(statement, action) || !names_resource(statement, resource) {
                continue;
            }
            let block = statement.get("Condition");
            verdict.missing.extend(condition::missing(block, context));
            if !condition::holds(block, context) {
                continue;
            }
            let told = json!({"SourcePolicyId": source.id, "SourcePolicyType": source.kind});
            match statement.get("Effect").and_then(Value::as_str) {
                Some("Allow") => verdict.allows.push(told),
                _ => verdict.denies.push(told),
            }
        }
    }
    verdict
}

/// Whether a statement is about the action; letter case does not count.
fn names_action(statement: &Value, action: &str) -> bool {
    let action = action.to_lowercase();
    among(statement, "Action", "NotAction", |pattern| {
        condition::like(&pattern.to_lowercase(), &action)
    })
}

/// Whether a statement is about the resource. What is asked for everything is covered by a statement
/// about everything only.
fn names_resource(statement: &Value, resource: &str) -> bool {
    among(statement, "Resource", "NotResource", |pattern| {
        condition::like(pattern, resource)
    })
}

fn among(statement: &Value, name: &str, not: &str, fits: impl Fn(&str) -> bool) -> bool {
    let any = |list: &Value| items(list).filter_map(Value::as_str).any(&fits);
    match (statement.get(name), statement.get(not)) {
        (Some(named), _) => any(named),
        (None, Some(excluded)) => !any(excluded),
        (None, None) => false,
    }
}
