//! Data keys: made, wrapped and opened.
//!
//! A wrapped key is the id of its key, a nonce, and the data key sealed with the key's material
//! (AES-256-GCM); the encryption context is authenticated with it. What AWS writes looks otherwise,
//! and callers cannot look into either.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::keys::{self, random};
use super::state::Key;
use super::{Answer, fault};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::world::World;

/// Bytes of a key's id.
const ID_BYTES: usize = 36;
/// Bytes of a nonce.
const NONCE_BYTES: usize = 12;

pub(super) fn generate(world: &World, call: &Call, args: &Args) -> Answer {
    let (id, key) = keys::usable(world, call, args.text("KeyId"))?;
    let bytes = match (args.maybe("KeySpec"), args.number("NumberOfBytes")) {
        (Some("AES_256"), None) => 32,
        (Some("AES_128"), None) => 16,
        (None, Some(bytes)) => usize::try_from(bytes).unwrap_or_default(),
        _ => {
            return Err(fault::invalid(
                "Please specify either number of bytes or key spec.",
            ));
        }
    };
    let mut data_key = vec![0; bytes];
    random(&mut data_key)?;
    let mut nonce = [0; NONCE_BYTES];
    random(&mut nonce)?;
    let bound = context(args);
    let payload = Payload {
        msg: &data_key,
        aad: &bound,
    };
    let sealed = cipher(key)?
        .encrypt(Nonce::from_slice(&nonce), payload)
        .map_err(|_| broken())?;
    let blob = [id.as_bytes(), &nonce, &sealed].concat();
    Ok(json!({
        "CiphertextBlob": STANDARD.encode(blob),
        "Plaintext": STANDARD.encode(data_key),
        "KeyId": keys::key_arn(call, &id),
    }))
}

pub(super) fn decrypt(world: &World, call: &Call, args: &Args) -> Answer {
    let blob = args.maybe("CiphertextBlob").unwrap_or_default();
    let blob = STANDARD
        .decode(blob)
        .map_err(|_| fault::invalid_ciphertext())?;
    let parts = blob.split_at_checked(ID_BYTES).and_then(|(id, rest)| {
        let (nonce, sealed) = rest.split_at_checked(NONCE_BYTES)?;
        Some((std::str::from_utf8(id).ok()?, nonce, sealed))
    });
    let (id, nonce, sealed) = parts.ok_or_else(fault::invalid_ciphertext)?;
    if let Some(name) = args.maybe("KeyId")
        && keys::usable(world, call, name)?.0 != id
    {
        return Err(fault::incorrect_key());
    }
    let (_, key) = keys::usable(world, call, id).map_err(|fault| match fault.code.as_str() {
        "DisabledException" => fault,
        _ => fault::invalid_ciphertext(),
    })?;
    let bound = context(args);
    let payload = Payload {
        msg: sealed,
        aad: &bound,
    };
    let plain = cipher(key)?
        .decrypt(Nonce::from_slice(nonce), payload)
        .map_err(|_| fault::invalid_ciphertext())?;
    Ok(json!({
        "KeyId": keys::key_arn(call, id),
        "Plaintext": STANDARD.encode(plain),
        "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
    }))
}

/// The encryption context, one text for one set of pairs whatever their order.
fn context(args: &Args) -> Vec<u8> {
    let mut pairs: Vec<_> = args
        .get("EncryptionContext")
        .and_then(serde_json::Value::as_object)
        .into_iter()
        .flatten()
        .collect();
    pairs.sort_by_key(|(name, _)| *name);
    serde_json::to_vec(&pairs).unwrap_or_default()
}

fn cipher(key: &Key) -> Result<Aes256Gcm, Fault> {
    let material = STANDARD.decode(&key.material).map_err(|_| broken())?;
    Aes256Gcm::new_from_slice(&material).map_err(|_| broken())
}

/// A row that no call wrote.
fn broken() -> Fault {
    Fault::with_status(
        500,
        "KMSInternalException",
        "The key's material cannot be used",
    )
}
