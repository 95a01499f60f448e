//! The resource kinds: one file each with schema, checks, parts, and how it is read in bulk,
//! created, updated with the smallest payload, deleted and waited for.
//!
//! A new kind is one file (a folder past 300 lines), one line in [`registry`], and its calls in
//! the sandbox. Kinds know neither the command line nor rendering.

pub mod compare;
mod domain;
mod ec2;
pub mod home_efs;
mod iam;
pub mod iam_document;
pub mod import;
mod internet_gateway;
mod kind;
pub mod marked;
pub mod marks;
pub mod once;
mod peering;
mod policy;
mod reading;
mod registry;
mod role;
mod route_table;
mod sagemaker;
#[cfg(test)]
pub(crate) mod scene;
pub mod schema;
mod secrecy;
mod security_group;
mod subnet;
mod tagging;
pub(crate) mod tags;
#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests say what breaks by panicking"
)]
mod testbed;
mod user_profile;
mod vpc;
pub mod wait;
mod work;

pub use kind::{
    Actual, BoxFuture, Change, Checks, Context, Facts, Held, Inside, Kind, PartDraft, Ready,
    Removal, Standing, Wanted,
};
pub use registry::{find, kind_words, registry, schema_of};
pub use work::Work;

use rayon::prelude::*;

use crate::config::Configuration;
use crate::diagnostic::{self, Diagnostics};

/// Checks every rule of every kind that needs no call, in order of positions.
#[must_use]
pub fn check(configuration: &Configuration) -> Diagnostics {
    let found: Vec<Diagnostics> = registry()
        .par_iter()
        .map(|kind| {
            let mut out = Diagnostics::new();
            kind.check(&mut Checks {
                configuration,
                out: &mut out,
            });
            out
        })
        .collect();
    let mut out: Diagnostics = found.into_iter().flatten().collect();
    secrecy::keep(configuration, &mut out);
    diagnostic::sort(&mut out);
    out
}
