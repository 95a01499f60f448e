//! What the SageMaker kinds share: their settings, generated from AWS's own models, and the way they
//! are sent, read, tagged and waited for. A kind here is a [`Described`] and its own three calls.

mod attributes;
pub mod check;
mod clear;
mod convert;
mod derived;
mod described;
mod free;
mod inside;
mod pages;
mod payload;
pub mod people;
mod read;
#[expect(
    deprecated,
    reason = "a domain may still name its key by the member `HomeEfsFileSystemKmsKeyId`"
)]
pub mod shapes;
mod tags;
mod wait;

#[cfg(test)]
mod coverage;
#[cfg(test)]
mod tests;

pub use attributes::{
    APP_IMAGE_CONFIG, DOMAIN, IMAGE, IMAGE_VERSION, LIFECYCLE_CONFIG, PIPELINE, SPACE, USER_PROFILE,
};
pub use clear::held;
pub use convert::{Mismatch, member};
pub use derived::{derived_arn, derived_name};
pub use described::{Described, id_in_domain, name_as_written, split_id};
pub use free::{until_free, until_unseen};
pub use inside::{inside, space_id};
pub use pages::domains;
pub use payload::{arranged, changed};
pub use people::{Scope, apps_with};
use read::{AT_ONCE, with_tags};
pub use read::{all_tags, listed_with_tags, times};
use tags::retag;
pub use tags::to_tags;
pub use wait::{broken, is_going, roles_in, with_roles};
use wait::{gone, in_service};

/// Whether a character may stand in the name of a domain and of what is in it.
#[must_use]
pub fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

/// Longest name of a domain and of what is in it, in characters.
pub const MAX_NAME: usize = 63;
/// Things on one page of a list.
pub const PAGE: i32 = 100;

impl From<Mismatch> for crate::aws::Failure {
    fn from(mismatch: Mismatch) -> Self {
        Self::new(
            crate::aws::Cause::Invalid,
            "",
            format!("`{}` must be {}", mismatch.path, mismatch.expected),
        )
    }
}
