//! AWS as smd uses it: clients per account and region, credentials, and errors by cause. Knows
//! nothing of what kinds mean.

mod call;
mod call_log;
mod classify;
mod clients;
mod failure;
mod gate;
mod kms_key;
mod operation;
mod rate;
pub mod rights;

pub use call::{Repeat, call};
pub use call_log::{CallLog, logged};
pub use classify::ASSUME_ROLE;
pub use clients::{Aws, AwsOptions, Identity, ProfileLoader};
pub use failure::{Cause, Failure};
pub(crate) use gate::whole;
pub use kms_key::KmsKey;
pub use operation::Operation;
pub use rights::{Right, Rights};
