//! EC2 as its clients see it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod describe;
mod endpoints;
mod groups;
mod nat;
mod network;
mod peering;
mod routes;
mod sdk;
mod service_managed;
