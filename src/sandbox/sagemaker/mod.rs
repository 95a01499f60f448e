//! The sandbox's SageMaker.

pub mod state;
