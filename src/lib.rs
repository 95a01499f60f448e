//! smd plans and applies the AWS estate around Amazon SageMaker from its own language.
//!
//! This library never prints, reads no environment variable and owns no clock: the binary's
//! command layer ([`cli`]) hands those in. `docs/architecture.md` is the map.
//!
//! The way of the data: [`syntax`] turns `.smd` text into trees, [`config`] evaluates them into
//! [`config::Node`]s, [`graph`] orders them, [`state`] and [`aws`] say what was recorded and what
//! is there, [`plan`] compares, [`render`] shows, [`apply`] walks what the plan wrote.

// Tests may stop at the first surprise; the library may not.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::string_slice
    )
)]

pub mod address;
pub mod apply;
pub mod aws;
pub mod cli;
pub mod clock;
pub mod config;
pub mod diagnostic;
pub mod discover;
pub mod graph;
pub mod kinds;
pub mod plan;
pub mod render;
pub mod sandbox;
pub mod state;
pub mod syntax;
#[cfg(test)]
mod testing;
pub mod value;
mod weight;
