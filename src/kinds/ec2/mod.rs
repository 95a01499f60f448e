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
