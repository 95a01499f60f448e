//! AssumeRole: temporary keys of a role, in this account or another.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::caller_role;
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::iam::api::role_by_arn;
use crate::sandbox::iam::trust::{self, Caller, IdentityArn};
use crate::sandbox::iam::{Context, api};
use crate::sandbox::model::Args;
use crate::sandbox::time::{SECOND_MS, iso};
use crate::sandbox::world::{Session, World};

/// Seconds a session lasts unless the call says otherwise, and the longest of a session taken
/// from another session (IAM user guide, "Role chaining").
const DEFAULT_SECONDS: u64 = 3_600;

/// How long an ended session is remembered, so that its keys are refused as expired and not as
/// unknown.
const REMEMBERED_MS: u64 = 24 * 3_600 * SECOND_MS;

pub(super) fn assume(world: &mut World, call: &Call, args: &Args) -> Result<Value, Fault> {
    let arn = args.text("RoleArn");
    let parsed = IdentityArn::parse(arn).filter(|arn| arn.resource.starts_with("role/"));
    let parsed = parsed.ok_or_else(|| invalid(format!("{arn} is invalid")))?;
    let denied = |action: &str| {
        Fault::with_status(
            403,
            "AccessDenied",
            format!(
                "User: {} is not authorized to perform: {action} on resource: {arn}",
                call.caller_arn
            ),
        )
    };
    let role = role_by_arn(world, arn).ok_or_else(|| denied("sts:AssumeRole"))?;
    let session_name = args.text("RoleSessionName").to_owned();
    check_trust(world, call, args, &role.trust).map_err(denied)?;
    if let Some(policy) = args.maybe("Policy") {
        api::check_policy(policy)?;
    }
    let seconds = seconds(call, args, role.max_session)?;
    let user_id = format!("{}:{session_name}", role.id);
    let session_arn = format!(
        "arn:aws:sts::{}:assumed-role/{}/{session_name}",
        parsed.account, role.name
    );
    let expires_ms = call.now_ms + seconds * SECOND_MS;
    let keys = Keys::new(world);
    forget_old_sessions(world, call.now_ms);
    world.shared.sessions.insert(
        keys.id.clone(),
        Session {
            account: parsed.account.to_owned(),
            arn: session_arn.clone(),
            expires_ms,
        },
    );
    Ok(json!({
        "Credentials": {
            "AccessKeyId": keys.id,
            "SecretAccessKey": keys.secret,
            "SessionToken": keys.token,
            "Expiration": iso(expires_ms),
        },
        "AssumedRoleUser": {"AssumedRoleId": user_id, "Arn": session_arn},
        "SourceIdentity": args.maybe("SourceIdentity"),
    }))
}

/// Whether the role's trust lets the caller do all that the call asks; else what it does not.
fn check_trust(
    world: &World,
    call: &Call,
    args: &Args,
    policy: &Value,
) -> Result<(), &'static str> {
    let caller_arn = IdentityArn::parse(&call.caller_arn);
    let caller = Caller::Identity {
        arn: &call.caller_arn,
        role_id: caller_arn.as_ref().and_then(|arn| caller_role(world, arn)),
    };
    let mut context = Context::default();
    context.set("aws:PrincipalArn", principal_arn(world, call));
    context.set("aws:PrincipalAccount", &call.account);
    context.set("sts:RoleSessionName", args.text("RoleSessionName"));
    if let Some(id) = args.maybe("ExternalId") {
        context.set("sts:ExternalId", id);
    }
    if let Some(identity) = args.maybe("SourceIdentity") {
        context.set("sts:SourceIdentity", identity);
        context.set("aws:SourceIdentity", identity);
    }
    let mut actions = vec!["sts:AssumeRole"];
    if args.maybe("SourceIdentity").is_some() {
        actions.push("sts:SetSourceIdentity");
    }
    if args.get("Tags").is_some() {
        actions.push("sts:TagSession");
    }
    match actions
        .into_iter()
        .find(|action| !trust::allows(policy, action, &caller, &context))
    {
        None => Ok(()),
        Some(action) => Err(action),
    }
}

/// `aws:PrincipalArn` of a session is the ARN of its role.
fn principal_arn(world: &World, call: &Call) -> String {
    let role = IdentityArn::parse(&call.caller_arn).and_then(|arn| {
        let role = world
            .peek_account(arn.account)?
            .iam
            .role(arn.role_name()?)?;
        Some(role.arn(arn.account))
    });
    role.unwrap_or_else(|| call.caller_arn.clone())
}

fn seconds(call: &Call, args: &Args, longest: i64) -> Result<u64, Fault> {
    let asked = args.number("DurationSeconds");
    let asked = asked.and_then(|seconds| u64::try_from(seconds).ok());
    let seconds = asked.unwrap_or(DEFAULT_SECONDS);
    if call.caller_arn.contains(":assumed-role/") && seconds > DEFAULT_SECONDS {
        return Err(invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        ));
    }
    if i64::try_from(seconds).is_ok_and(|seconds| seconds > longest) {
        return Err(invalid(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    Ok(seconds)
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::client("ValidationError", message)
}

/// Dummy keys: the sandbox looks at the id alone, so neither secret nor token is kept.
struct Keys {
    id: String,
    secret: String,
    token: String,
}

impl Keys {
    fn new(world: &mut World) -> Self {
        /// Letters of an access key id after `ASIA`.
        const ID_LETTERS: usize = 16;
        /// Letters of a secret key.
        const SECRET_LETTERS: usize = 40;
        let seed = world.new_id("session");
        let hash = |what: &str| Sha256::digest(format!("{what}/{seed}"));
        let id = hex::encode_upper(hash("id"));
        let secret = STANDARD.encode(hash("secret"));
        Self {
            id: format!("ASIA{}", id.get(..ID_LETTERS).unwrap_or_default()),
            secret: secret.get(..SECRET_LETTERS).unwrap_or_default().to_owned(),
            token: STANDARD.encode([hash("token"), hash("tail")].concat()),
        }
    }
}

fn forget_old_sessions(world: &mut World, now_ms: u64) {
    let sessions = &mut world.shared.sessions;
    let old: Vec<String> = sessions
        .iter()
        .filter(|(_, session)| session.expires_ms.saturating_add(REMEMBERED_MS) < now_ms)
        .map(|(id, _)| id.clone())
        .collect();
    for id in old {
        sessions.remove(&id);
    }
}
