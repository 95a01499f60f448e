//! What domains and user profiles share: their settings, generated from AWS's own models, and the
//! way they are sent, read, tagged and waited for.

mod attributes;
mod convert;
#[expect(
    deprecated,
    reason = "a domain may still name its key by the member `HomeEfsFileSystemKmsKeyId`"
)]
mod shapes;

#[cfg(test)]
mod tests;

pub use attributes::{DOMAIN, USER_PROFILE};

/// Whether a character may stand in the name of a domain or a user profile.
#[must_use]
pub fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

/// Longest name of a domain or a user profile, in characters.
pub const MAX_NAME: usize = 63;
