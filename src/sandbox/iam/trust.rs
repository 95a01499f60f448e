//! Trust policies: who may take a role, and the unique ids that roles stand as in them.

use serde_json::{Map, Value};

use super::condition::{self, Context};
use super::document::items;
use super::fault;
use crate::sandbox::call::Fault;
use crate::sandbox::world::World;

/// What unique ids of roles begin with.
pub const ROLE_ID_PREFIX: &str = "AROA";

/// The user that callers with dummy keys are in every account.
const SANDBOX_USER: &str = "user/sandbox";

/// An ARN of IAM or STS, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityArn<'a> {
    /// `iam` or `sts`.
    pub service: &'a str,
    /// Its account.
    pub account: &'a str,
    /// `role/path/name`, `assumed-role/name/session`, `root`.
    pub resource: &'a str,
}

impl<'a> IdentityArn<'a> {
    /// Takes `arn:aws:iam::111122223333:role/name` apart.
    #[must_use]
    pub fn parse(arn: &'a str) -> Option<Self> {
        let mut parts = arn.strip_prefix("arn:")?.splitn(5, ':');
        let (_partition, service) = (parts.next()?, parts.next()?);
        let (_region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        matches!(service, "iam" | "sts").then_some(Self {
            service,
            account,
            resource,
        })
    }

    /// The name of the role it is, or the role a session of it is in.
    #[must_use]
    pub fn role_name(&self) -> Option<&'a str> {
        if let Some(path) = self.resource.strip_prefix("role/") {
            return path.rsplit('/').next();
        }
        self.resource
            .strip_prefix("assumed-role/")?
            .split('/')
            .next()
    }
}

/// The trust policy as it is kept: principals checked, accounts written as their root ARN, roles
/// as their unique ids, lists of one as the one.
///
/// # Errors
/// `MalformedPolicyDocument` where a principal is none, or is of an account of the sandbox and
/// is not there. Accounts the sandbox does not have are taken at their word.
pub fn stored(world: &World, policy: Value) -> Result<Value, Fault> {
    each_principal(policy, &mut |kind, principal| keep(world, kind, principal))
}

/// The trust policy as IAM shows it: unique ids written as ARNs again, as long as the role lives.
#[must_use]
pub fn shown(world: &World, policy: &Value) -> Value {
    let arn_of = |id: &str| {
        world
            .accounts()
            .iter()
            .find_map(|(account, held)| Some(held.iam.role_by_id(id)?.arn(account)))
    };
    let mut show = |kind: &str, principal: &str| {
        let arn = (kind == "AWS" && principal.starts_with(ROLE_ID_PREFIX))
            .then(|| arn_of(principal))
            .flatten();
        Ok(arn.unwrap_or_else(|| principal.to_owned()))
    };
    each_principal(policy.clone(), &mut show).unwrap_or_else(|_| policy.clone())
}

type Rewrite<'f> = dyn FnMut(&str, &str) -> Result<String, Fault> + 'f;

fn each_principal(mut policy: Value, rewrite: &mut Rewrite<'_>) -> Result<Value, Fault> {
    let statements = match policy.get_mut("Statement") {
        Some(Value::Array(items)) => items.iter_mut().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    for statement in statements {
        for name in ["Principal", "NotPrincipal"] {
            let Some(principal) = statement.get_mut(name) else {
                continue;
            };
            match principal {
                Value::String(text) if text == "*" => {}
                Value::Object(kinds) => *kinds = rewritten(kinds, rewrite)?,
                _ => return Err(fault::malformed("Invalid principal in policy.")),
            }
        }
    }
    Ok(policy)
}

fn rewritten(
    kinds: &Map<String, Value>,
    rewrite: &mut Rewrite<'_>,
) -> Result<Map<String, Value>, Fault> {
    let mut all = Map::new();
    for (kind, principals) in kinds {
        let mut list = Vec::new();
        for principal in items(principals) {
            let text = principal.as_str();
            let text = text.ok_or_else(|| fault::malformed("Syntax errors in policy."))?;
            list.push(Value::from(rewrite(kind, text)?));
        }
        let value = match <[Value; 1]>::try_from(list) {
            Ok([one]) => one,
            Err(list) => Value::Array(list),
        };
        all.insert(kind.clone(), value);
    }
    Ok(all)
}

fn keep(world: &World, kind: &str, principal: &str) -> Result<String, Fault> {
    let invalid = || {
        fault::malformed(format!(
            "Invalid principal in policy: \"{kind}\":\"{principal}\""
        ))
    };
    match kind {
        "AWS" => {
            if principal == "*" || principal.starts_with(ROLE_ID_PREFIX) {
                return Ok(principal.to_owned());
            }
            if is_account(principal) {
                return Ok(format!("arn:aws:iam::{principal}:root"));
            }
            let arn = IdentityArn::parse(principal).ok_or_else(invalid)?;
            if !is_account(arn.account) {
                return Err(invalid());
            }
            let kept = principal.to_owned();
            let Some(held) = world.peek_account(arn.account) else {
                return Ok(kept);
            };
            match (arn.service, arn.resource, arn.role_name()) {
                ("iam", "root" | SANDBOX_USER, _) => Ok(kept),
                ("iam", _, Some(name)) => held
                    .iam
                    .role(name)
                    .filter(|role| role.arn(arn.account) == principal)
                    .map(|role| role.id.clone())
                    .ok_or_else(invalid),
                ("sts", _, Some(name)) if held.iam.role(name).is_some() => Ok(kept),
                _ => Err(invalid()),
            }
        }
        "Service" => {
            let dotted =
                principal.ends_with(".amazonaws.com") || principal.ends_with(".amazon.com");
            dotted.then(|| principal.to_owned()).ok_or_else(invalid)
        }
        "Federated" | "CanonicalUser" => Ok(principal.to_owned()),
        _ => Err(invalid()),
    }
}

/// Whether the text is an account id.
#[must_use]
pub fn is_account(text: &str) -> bool {
    /// Digits of an account id.
    const DIGITS: usize = 12;
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Who asks to take a role.
#[derive(Debug, Clone)]
pub enum Caller<'a> {
    /// A root, user or session, by its ARN as STS tells it, with the unique id of the role the
    /// session is in.
    Identity {
        /// `arn:aws:sts::111122223333:assumed-role/name/session`.
        arn: &'a str,
        /// `AROA…`.
        role_id: Option<&'a str>,
    },
    /// An AWS service, `sagemaker.amazonaws.com`.
    Service(&'a str),
}

/// Whether the stored trust policy lets the caller do `action`: some statement allows it and none
/// denies it.
#[must_use]
pub fn allows(policy: &Value, action: &str, caller: &Caller<'_>, context: &Context) -> bool {
    let mut allowed = false;
    for statement in policy.get("Statement").into_iter().flat_map(items) {
        if !names_action(statement, action)
            || !names_caller(statement, caller)
            || !condition::holds(statement.get("Condition"), context)
        {
            continue;
        }
        match statement.get("Effect").and_then(Value::as_str) {
            Some("Allow") => allowed = true,
            _ => return false,
        }
    }
    allowed
}

fn names_action(statement: &Value, action: &str) -> bool {
    let among = |name: &str| {
        statement.get(name).map(|actions| {
            items(actions)
                .filter_map(Value::as_str)
                .any(|pattern| condition::like(&pattern.to_lowercase(), &action.to_lowercase()))
        })
    };
    among("Action").unwrap_or_else(|| among("NotAction").is_some_and(|named| !named))
}

fn names_caller(statement: &Value, caller: &Caller<'_>) -> bool {
    let among = |name: &str| {
        let principal = statement.get(name)?;
        Some(match principal {
            Value::String(text) => text == "*",
            principal => is_among(principal, caller),
        })
    };
    among("Principal").unwrap_or_else(|| among("NotPrincipal").is_some_and(|named| !named))
}

fn is_among(principal: &Value, caller: &Caller<'_>) -> bool {
    let named = |kind: &str| {
        principal
            .get(kind)
            .into_iter()
            .flat_map(items)
            .filter_map(Value::as_str)
    };
    match caller {
        Caller::Service(service) => named("Service").any(|name| name == *service),
        Caller::Identity { arn, role_id } => named("AWS").any(|name| {
            name == "*"
                || name == *arn
                || Some(name) == *role_id
                || root_of(name).is_some_and(|account| {
                    IdentityArn::parse(arn).is_some_and(|own| own.account == account)
                })
        }),
    }
}

fn root_of(principal: &str) -> Option<&str> {
    let arn = IdentityArn::parse(principal)?;
    (arn.service == "iam" && arn.resource == "root").then_some(arn.account)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn statements_decide() {
        let root = "arn:aws:iam::111122223333:root";
        let session = "arn:aws:sts::111122223333:assumed-role/deploy/me";
        let check = |statements: Value, arn: &str, external: Option<&str>| {
            let mut context = Context::default();
            if let Some(id) = external {
                context.set("sts:ExternalId", id);
            }
            let caller = Caller::Identity {
                arn,
                role_id: Some("AROA1"),
            };
            allows(
                &json!({"Statement": statements}),
                "sts:AssumeRole",
                &caller,
                &context,
            )
        };
        let allow = |principal: Value| json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal});
        assert!(check(allow(json!("*")), session, None));
        assert!(check(allow(json!({"AWS": root})), session, None));
        assert!(check(allow(json!({"AWS": ["x", "AROA1"]})), session, None));
        assert!(check(
            json!([allow(json!({"AWS": session}))]),
            session,
            None
        ));
        assert!(!check(
            allow(json!({"AWS": "arn:aws:iam::999988887777:root"})),
            session,
            None
        ));
        assert!(!check(
            allow(json!({"Service": "sagemaker.amazonaws.com"})),
            root,
            None
        ));
        let mut external = allow(json!({"AWS": root}));
        external["Condition"] = json!({"StringEquals": {"sts:ExternalId": ["one", "two"]}});
        assert!(check(external.clone(), root, Some("two")));
        assert!(!check(external.clone(), root, Some("three")));
        assert!(!check(external, root, None));
        let mut deny = allow(json!({"AWS": "AROA1"}));
        deny["Effect"] = json!("Deny");
        assert!(!check(json!([allow(json!("*")), deny]), session, None));
    }

    #[test]
    fn arns_name_their_role() {
        let name = |arn| IdentityArn::parse(arn).and_then(|arn| arn.role_name());
        assert_eq!(name("arn:aws:iam::111122223333:role/a/b/c"), Some("c"));
        assert_eq!(
            name("arn:aws:sts::111122223333:assumed-role/c/s"),
            Some("c")
        );
        assert_eq!(name("arn:aws:iam::111122223333:root"), None);
        assert_eq!(name("arn:aws:s3:::bucket"), None);
    }
}
