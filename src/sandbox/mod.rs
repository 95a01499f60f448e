//! The sandbox: an AWS on your desk.
//!
//! It speaks the AWS wire protocols for the operations smd uses, behind the SDK's own HTTP client
//! trait ([`http_client`]) and on a loopback port ([`serve`]). Several accounts and regions live
//! in one [`world::World`], kept on disk ([`persist`]). It behaves like AWS where it hurts: waits,
//! side effects, delete blockers, limits. It knows nothing of smd's planner.
//!
//! The way of a request: [`protocol`] reads it into a [`call::Call`], [`dispatch`] hands that to
//! its service, the changed rows are written to disk, [`answer`] writes the answer.

pub mod answer;
pub mod call;
pub mod cost_explorer;
pub mod dispatch;
pub mod ec2;
pub mod efs;
mod erase;
pub mod http_client;
pub mod iam;
pub mod kms;
pub mod model;
pub mod page;
pub mod persist;
pub mod protocol;
pub mod ram;
pub mod s3;
pub mod sagemaker;
pub mod seed;
pub mod serve;
pub mod service_catalog;
pub mod sts;
pub mod table;
pub mod tagging;
pub mod tags;
pub mod time;
pub mod world;
pub mod xml;

mod held;
#[cfg(test)]
pub(crate) mod scene;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use held::{Info, Sandbox};
pub use world::{Behaviour, DEFAULT_ACCOUNT, DEFAULT_REGION};
