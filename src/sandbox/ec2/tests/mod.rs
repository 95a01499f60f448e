//! EC2 as its clients see it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod describe;
mod groups;
mod network;
mod peering;
mod routes;
mod sdk;
mod service_managed;
