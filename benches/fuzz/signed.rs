//! Puts checks over damaged text as whoever means harm would: what is checked only by a digest must
//! not be trusted for it.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::dice::Dice;

/// The data key of all sealed inputs.
pub const KEY: [u8; 32] = [7; 32];
/// A nonce may be the same here: nothing is secret.
const NONCE: [u8; 12] = [1; 12];

/// The first line of a plan file with the digest of what follows it.
pub fn plan(bytes: &[u8]) -> Vec<u8> {
    let Some((first, body)) = cut(bytes) else {
        return bytes.to_vec();
    };
    let Ok(mut header) = serde_json::from_slice::<serde_json::Value>(first) else {
        return bytes.to_vec();
    };
    if let Some(digest) = header.get_mut("sha256") {
        *digest = hex::encode(Sha256::digest(body.trim_ascii())).into();
    }
    [header.to_string().as_bytes(), b"\n", body].concat()
}

/// A journal whose lines are numbered in their order (mostly) and have their checks.
pub fn journal(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let renumbered = !dice.one_in(4);
    let mut out = Vec::new();
    let mut salt = String::new();
    for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let mut parts = line.splitn(4, |byte| *byte == b' ');
        let (number, batch, json) = (parts.next(), parts.next(), parts.nth(1));
        let (Some(number), Some(batch), Some(json)) = (number, batch, json) else {
            out.extend([line, b"\n"].concat());
            continue;
        };
        let number = if renumbered {
            at.to_string()
        } else {
            String::from_utf8_lossy(number).into_owned()
        };
        let batch = String::from_utf8_lossy(batch).into_owned();
        let mut hasher = Sha256::new();
        hasher.update(format!("smd journal 1\n{salt}\n{number}\n{batch}\n"));
        hasher.update(json);
        let check = hex::encode(&hasher.finalize()[..8]);
        out.extend(format!("{number} {batch} {check} ").into_bytes());
        out.extend(json);
        out.push(b'\n');
        if at == 0 {
            let head: serde_json::Value = serde_json::from_slice(json).unwrap_or_default();
            head["head"]["run"]
                .as_str()
                .unwrap_or_default()
                .clone_into(&mut salt);
        }
    }
    if !bytes.ends_with(b"\n") {
        out.pop();
    }
    out
}

/// The frames of a first line and of texts in clear, one a line.
pub fn sealed(bytes: &[u8]) -> Vec<u8> {
    let Some((first, texts)) = cut(bytes) else {
        return bytes.to_vec();
    };
    let cipher = Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(&KEY));
    let mut out = [first, b"\n"].concat();
    for (number, text) in (0_u64..).zip(texts.split(|byte| *byte == SEPARATOR)) {
        let mut bound = b"smd sealed frame\n".to_vec();
        bound.extend(Sha256::digest(first));
        bound.extend(number.to_be_bytes());
        let payload = Payload {
            msg: text,
            aad: &bound,
        };
        let sealed = cipher
            .encrypt(Nonce::from_slice(&NONCE), payload)
            .expect("it is small");
        out.extend(
            STANDARD
                .encode([NONCE.as_slice(), &sealed].concat())
                .into_bytes(),
        );
        out.push(b'\n');
    }
    out
}

/// What stands between the texts of the frames of an input that is to be sealed.
pub const SEPARATOR: u8 = 0x1e;

fn cut(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((&bytes[..end], &bytes[end + 1..]))
}
