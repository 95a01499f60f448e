//! Over the wire, against what others wrote: smd against moto, boto3 against the sandbox.
//!
//! Everything is on the loopback. The first run installs pinned moto, boto3 and microburst into a virtual
//! environment below the target folder.

pub mod estate;
mod kills;
mod lost_answers;
mod moto;
mod python;
mod sandbox;
pub mod server;
mod state_s3;
