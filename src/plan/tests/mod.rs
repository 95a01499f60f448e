//! Plans of small worlds, as texts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod cases;
mod file;
mod kinds;
mod property;
mod refused;
mod world;
