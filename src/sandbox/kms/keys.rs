//! Keys and aliases.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::state::{Alias, Key};
use super::{Answer, fault};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::time;
use crate::sandbox::world::World;

/// Bytes of a key's material: AES-256.
pub(super) const MATERIAL_BYTES: usize = 32;
/// How an alias's name begins.
const ALIAS: &str = "alias/";
/// What only AWS may name so.
const RESERVED: &str = "alias/aws/";

/// What a key's name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource<'a> {
    /// A key's id.
    Key(&'a str),
    /// `alias/…`.
    Alias(&'a str),
}

/// A key's name, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named<'a> {
    /// In an ARN.
    pub(super) region: Option<&'a str>,
    /// In an ARN.
    pub(super) account: Option<&'a str>,
    pub(super) resource: Resource<'a>,
}

impl<'a> Named<'a> {
    /// An id, `alias/…`, or the ARN of either.
    pub(super) fn parse(name: &'a str) -> Option<Self> {
        let (region, account, rest) = match name.strip_prefix("arn:aws:kms:") {
            Some(rest) => {
                let mut parts = rest.splitn(3, ':');
                let (region, account) = (parts.next()?, parts.next()?);
                let resource = parts.next()?;
                (
                    Some(region),
                    Some(account),
                    resource.strip_prefix("key/").unwrap_or(resource),
                )
            }
            None => (None, None, name),
        };
        let resource = if rest.starts_with(ALIAS) {
            Resource::Alias(rest)
        } else if !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            Resource::Key(rest)
        } else {
            return None;
        };
        Some(Self {
            region,
            account,
            resource,
        })
    }
}

/// A new key's id: a UUID, the same in every run of the same calls.
pub(super) fn new_id(world: &mut World) -> String {
    /// Digits of a UUID.
    const DIGITS: usize = 32;
    let digest = hex::encode(Sha256::digest(world.new_id("kms")));
    let mut id = String::new();
    for (at, digit) in digest.chars().take(DIGITS).enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            id.push('-');
        }
        id.push(digit);
    }
    id
}

/// A key with new material.
pub(super) fn new_key(description: &str, now_ms: u64) -> Result<Key, Fault> {
    let mut material = [0; MATERIAL_BYTES];
    random(&mut material)?;
    Ok(Key {
        material: STANDARD.encode(material),
        description: description.to_owned(),
        created_ms: now_ms,
        enabled: true,
    })
}

/// Fills with random bytes.
pub(super) fn random(bytes: &mut [u8]) -> Result<(), Fault> {
    getrandom::fill(bytes)
        .map_err(|error| Fault::with_status(500, "KMSInternalException", error.to_string()))
}

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    for (name, only) in [
        ("KeyUsage", "ENCRYPT_DECRYPT"),
        ("KeySpec", "SYMMETRIC_DEFAULT"),
        ("CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"),
        ("Origin", "AWS_KMS"),
    ] {
        if let Some(other) = args.maybe(name)
            && other != only
        {
            return Err(Fault::client(
                "UnsupportedOperationException",
                format!("The sandbox has only keys with {name} {only}, not {other}"),
            ));
        }
    }
    let id = new_id(world);
    let key = new_key(args.maybe("Description").unwrap_or_default(), call.now_ms)?;
    let shown = metadata(call, &id, &key);
    let held = world.region(&call.account, &call.region);
    held.kms.keys.insert(id, key);
    Ok(json!({"KeyMetadata": shown}))
}

pub(super) fn describe(world: &World, call: &Call, args: &Args) -> Answer {
    let (id, key) = find(world, call, args.text("KeyId"))?;
    Ok(json!({"KeyMetadata": metadata(call, &id, key)}))
}

pub(super) fn set_enabled(world: &mut World, call: &Call, args: &Args, enabled: bool) -> Answer {
    let name = args.text("KeyId");
    if matches!(Named::parse(name), Some(named) if matches!(named.resource, Resource::Alias(_))) {
        return Err(fault::no_key(name));
    }
    let (id, _) = find(world, call, name)?;
    let held = world.region(&call.account, &call.region);
    if let Some(key) = held.kms.keys.get_mut(&id) {
        key.enabled = enabled;
    }
    Ok(json!({}))
}

pub(super) fn create_alias(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text("AliasName");
    if !name.starts_with(ALIAS) || name.len() == ALIAS.len() {
        return Err(fault::invalid("Invalid identifier"));
    }
    if name.starts_with(RESERVED) {
        return Err(Fault::client("NotAuthorizedException", ""));
    }
    let (key, _) = find(world, call, args.text("TargetKeyId"))?;
    let held = world.region(&call.account, &call.region);
    if held.kms.aliases.contains(name) {
        return Err(Fault::client(
            "AlreadyExistsException",
            format!("An alias with the name {} already exists", arn(call, name)),
        ));
    }
    held.kms.aliases.insert(name, Alias { key });
    Ok(json!({}))
}

/// The key of this name, of the caller's account and region.
pub(super) fn find<'w>(
    world: &'w World,
    call: &Call,
    name: &str,
) -> Result<(String, &'w Key), Fault> {
    let named =
        Named::parse(name).ok_or_else(|| fault::invalid(format!("Invalid keyId '{name}'")))?;
    if named.region.is_some_and(|region| region != call.region) {
        return Err(Fault::client(
            "NotFoundException",
            format!("Invalid arn {}", call.region),
        ));
    }
    if named.account.is_some_and(|account| account != call.account) {
        // Keys that nobody gave a policy serve their own account only.
        return Err(Fault::client(
            "AccessDeniedException",
            format!(
                "User: {} is not authorized to perform: kms:{} on resource: {name}",
                call.caller_arn, call.operation
            ),
        ));
    }
    let kms = world
        .peek(&call.account, &call.region)
        .map(|held| &held.kms);
    let id = match named.resource {
        Resource::Key(id) => id,
        Resource::Alias(alias) => kms
            .and_then(|kms| kms.aliases.get(alias))
            .map(|alias| alias.key.as_str())
            .ok_or_else(|| fault::no_alias(&arn(call, alias)))?,
    };
    let key = kms.and_then(|kms| kms.keys.get(id));
    let key = key.ok_or_else(|| fault::no_key(&key_arn(call, id)))?;
    Ok((id.to_owned(), key))
}

/// As [`find`], of a key that can be used.
pub(super) fn usable<'w>(
    world: &'w World,
    call: &Call,
    name: &str,
) -> Result<(String, &'w Key), Fault> {
    let (id, key) = find(world, call, name)?;
    if key.enabled {
        Ok((id, key))
    } else {
        Err(fault::disabled(&key_arn(call, &id)))
    }
}

pub(super) fn key_arn(call: &Call, id: &str) -> String {
    arn(call, &format!("key/{id}"))
}

fn arn(call: &Call, resource: &str) -> String {
    format!("arn:aws:kms:{}:{}:{resource}", call.region, call.account)
}

fn metadata(call: &Call, id: &str, key: &Key) -> Value {
    json!({
        "AWSAccountId": call.account,
        "KeyId": id,
        "Arn": key_arn(call, id),
        "CreationDate": time::epoch(key.created_ms),
        "Enabled": key.enabled,
        "Description": key.description,
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": if key.enabled { "Enabled" } else { "Disabled" },
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "MultiRegion": false,
    })
}
