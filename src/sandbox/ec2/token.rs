//! Client tokens: a create that is sent twice with one makes one thing.

use sha2::{Digest, Sha256};

use super::request::Request;
use super::state;
use crate::sandbox::call::Fault;

/// The client token of a create.
#[derive(Debug)]
pub(super) struct Token {
    /// As it stands in the answer.
    text: String,
    /// Operation and token.
    key: String,
    /// A digest of all arguments.
    arguments: String,
}

impl Token {
    /// The token of the call, if it has one.
    pub fn of(request: &Request<'_>) -> Option<Self> {
        let text = request.text("ClientToken")?.to_owned();
        Some(Self {
            key: format!("{}/{text}", request.call.operation),
            arguments: arguments(request),
            text,
        })
    }

    /// What the token made before, if it was used.
    ///
    /// # Errors
    /// If it was used with other arguments.
    pub fn made(&self, request: &Request<'_>) -> Result<Option<String>, Fault> {
        let Some(used) = request.ec2().and_then(|ec2| ec2.tokens.get(&self.key)) else {
            return Ok(None);
        };
        if used.arguments != self.arguments {
            return Err(Fault::client(
                "IdempotentParameterMismatch",
                "The client token was used with other parameters.",
            ));
        }
        Ok(Some(used.id.clone()))
    }

    /// Keeps what the token made.
    pub fn keep(&self, request: &mut Request<'_>, id: &str) {
        let used = state::Token {
            arguments: self.arguments.clone(),
            id: id.to_owned(),
        };
        request.ec2_mut().tokens.insert(self.key.clone(), used);
    }

    /// The token as the caller wrote it.
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn arguments(request: &Request<'_>) -> String {
    let mut digest = Sha256::new();
    for (name, value) in &request.query.0 {
        digest.update(name);
        digest.update([0]);
        digest.update(value);
        digest.update([0]);
    }
    hex::encode(digest.finalize())
}
