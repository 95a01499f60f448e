//! Everything IAM holds in one paged answer.

use serde_json::{Map, Value, json};

use super::document::encoded;
use super::shown::{self, Detail};
use super::state::{Iam, Policy, Role};
use super::{Answer, managed, mark, page_of, role_policies, versions};
use crate::sandbox::call::Call;
use crate::sandbox::model::Args;
use crate::sandbox::time::iso;
use crate::sandbox::world::World;

enum Row<'w> {
    Role(&'w Role),
    Policy(&'w Policy),
    AwsPolicy(String),
}

pub(super) fn get(world: &mut World, call: &Call, args: &Args) -> Answer {
    // Makes the account known before it is only read.
    world.account(&call.account);
    let world: &World = world;
    let kinds = args.texts("Filter");
    let wanted = |kind: &str| kinds.is_empty() || kinds.contains(&kind);
    let mut keyed: Vec<(String, Row<'_>)> = Vec::new();
    let Some(account) = world.peek_account(&call.account) else {
        return super::nothing();
    };
    let iam = &account.iam;
    if wanted("Role") {
        let rows = iam.roles.iter();
        keyed.extend(rows.map(|(key, role)| (format!("1/{key}"), Row::Role(role))));
    }
    if wanted("LocalManagedPolicy") {
        let rows = iam.policies.iter();
        keyed.extend(rows.map(|(key, policy)| (format!("2/{key}"), Row::Policy(policy))));
    }
    if wanted("AWSManagedPolicy") {
        let rows = managed::all(iam).into_iter();
        keyed.extend(rows.map(|arn| (format!("3/{arn}"), Row::AwsPolicy(arn))));
    }
    let (rows, next) = page_of(args, keyed.iter().map(|(key, row)| (key.as_str(), row)))?;
    let mut roles = Vec::new();
    let mut policies = Vec::new();
    for row in rows {
        match row {
            Row::Role(role) => roles.push(role_detail(world, &call.account, role)),
            Row::Policy(policy) => policies.push(policy_detail(iam, &call.account, policy)),
            Row::AwsPolicy(arn) => policies.extend(managed::detail(iam, arn)),
        }
    }
    let mut answer = Map::new();
    answer.insert("UserDetailList".to_owned(), json!([]));
    answer.insert("GroupDetailList".to_owned(), json!([]));
    answer.insert("RoleDetailList".to_owned(), roles.into());
    answer.insert("Policies".to_owned(), policies.into());
    mark(&mut answer, next);
    Ok(Value::Object(answer))
}

fn role_detail(world: &World, account: &str, role: &Role) -> Value {
    let inline: Value = role
        .inline
        .iter()
        .map(|(name, document)| json!({"PolicyName": name, "PolicyDocument": encoded(document)}))
        .collect();
    let attached: Value = role
        .attached
        .iter()
        .map(|arn| role_policies::attached(arn))
        .collect();
    let mut detail = json!({
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn(account),
        "CreateDate": iso(role.created_ms),
        "AssumeRolePolicyDocument": shown::trust_document(world, role),
        "InstanceProfileList": [],
        "RolePolicyList": inline,
        "AttachedManagedPolicies": attached,
    });
    shown::set(&mut detail, shown::whole(role));
    detail
}

fn policy_detail(iam: &Iam, account: &str, policy: &Policy) -> Value {
    let mut detail = shown::policy(iam, account, policy, Detail::Listed);
    let all: Value = policy
        .versions
        .iter()
        .rev()
        .map(|(number, version)| versions::shown(policy, *number, version))
        .collect();
    shown::set(
        &mut detail,
        json!({"Description": policy.description, "PolicyVersionList": all}),
    );
    detail
}
