//! The sandbox's Ec2.

pub mod state;
