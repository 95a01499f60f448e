//! The one integration-test binary: a module for each command or topic, everything through the real
//! `smd`, as people run it.
//!
//! Every run has an environment of its own, in which no real AWS endpoint can be reached
//! (`smd::Project`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

mod apply;
mod aws;
mod bad_input;
mod determinism;
mod discover;
mod drift;
mod encryption;
mod estate;
mod examples;
mod existing;
mod existing_stack;
mod fmt;
mod handover;
mod help;
mod images;
mod interrupt;
mod modules;
mod on_error;
mod orphans;
mod pains;
mod plan;
mod random;
mod rebuild;
mod recovery;
mod reference;
mod rights;
mod sandbox;
mod secrets;
mod share;
mod smd;
mod state;
mod state_care;
mod studio;
mod tags;
mod trouble;
mod wire;
mod words;
