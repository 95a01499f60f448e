//! The resource kinds: one file each with schema, checks, parts, and how it is read in bulk,
//! created, updated with the smallest payload, deleted and waited for.
//!
//! A new kind is one file (a folder past 300 lines), one line in [`registry`], and its calls in
//! the sandbox. Kinds know neither the command line nor rendering.

mod app_image_config;
pub mod compare;
mod cost_allocation_tag;
pub mod discovery;
mod domain;
mod ec2;
mod edges;
mod elastic_ip;
pub mod home_efs;
mod iam;
pub mod iam_document;
mod image;
mod image_version;
pub mod import;
mod internet_gateway;
mod kind;
mod lifecycle_config;
pub mod marked;
pub mod marks;
mod nat_gateway;
pub mod once;
mod peering;
mod pipeline;
mod policy;
mod portfolio;
mod product;
mod reading;
mod registry;
pub mod resource_share;
pub mod rights;
mod role;
mod route_table;
pub mod rules;
mod sagemaker;
#[cfg(test)]
pub(crate) mod scene;
pub mod schema;
mod secrecy;
mod security_group;
mod service_catalog;
mod space;
mod subnet;
pub mod tag_backfill;
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
mod vpc_endpoint;
pub mod wait;
mod work;

pub use iam::partition;
pub use kind::{
    Actual, BoxFuture, Change, Checks, Context, DUE, Facts, Held, Inside, Kind, Listed, PENDING,
    PartDraft, Ready, Removal, Standing, Wanted, due, pending,
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
    let found = found.into_iter().flatten().collect();
    let mut out = rules::weigh(&configuration.stack.rules, found);
    secrecy::keep(configuration, &mut out);
    diagnostic::sort(&mut out);
    out
}
