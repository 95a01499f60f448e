//! What the EC2 kinds share.

pub mod attributes;
pub mod blockers;
pub mod describe;
pub mod fields;
pub mod listed;
pub mod made;
pub mod names;
pub mod near;
pub mod quotas;
pub mod refer;
pub mod tags;

/// Every IPv4 address.
pub const ANYWHERE: &str = "0.0.0.0/0";
/// Every IPv6 address.
pub const ANYWHERE_IPV6: &str = "::/0";
