//! Plans of small worlds, as texts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout
)]

mod cases;
mod expectations;
mod file;
mod handover;
mod kinds;
mod order;
mod property;
mod random;
mod refused;
mod world;
