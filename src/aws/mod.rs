//! AWS as smd uses it: clients per account and region, credentials, and errors by cause. Knows
//! nothing of what kinds mean.

mod call;
mod classify;
mod clients;
mod failure;

pub use call::{Repeat, call};
pub use clients::{Aws, AwsOptions, Identity, ProfileLoader};
pub use failure::{Cause, Failure};
