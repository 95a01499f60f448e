//! The sandbox's Iam.

pub mod state;
