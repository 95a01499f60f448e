//! The sandbox: an AWS on your desk.
//!
//! It speaks the AWS wire protocols for the operations smd uses, behind the SDK's own HTTP client
//! trait ([`http_client`]) and on a loopback port ([`serve`]). Several accounts and regions live
//! in one [`world::World`], kept on disk. It behaves like AWS where it hurts: waits, side effects,
//! delete blockers, limits. It knows nothing of smd's planner.

pub mod call;
pub mod ec2;
pub mod efs;
pub mod iam;
pub mod sagemaker;
pub mod sts;
pub mod table;
pub mod tagging;
pub mod world;
pub mod xml;

/// The account of callers whose keys name none; the one that local AWS emulators use.
pub const DEFAULT_ACCOUNT: &str = "123456789012";
