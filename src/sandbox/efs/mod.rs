//! The sandbox's Efs.

pub mod state;
