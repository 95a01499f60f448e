//! What the sandbox's Ec2 holds in one account and region.

use serde::{Deserialize, Serialize};

/// What the sandbox's Ec2 holds.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Ec2 {}
