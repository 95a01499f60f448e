//! Over the wire, against what others wrote: smd against moto, boto3 against the sandbox.
//!
//! Everything is on the loopback. The first run installs pinned moto and boto3 into a virtual
//! environment below the target folder.

mod moto;
mod python;
mod sandbox;
mod server;
