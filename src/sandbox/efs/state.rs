//! What the sandbox's Efs holds in one account and region.

use serde::{Deserialize, Serialize};

/// What the sandbox's Efs holds.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Efs {}
