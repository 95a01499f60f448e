//! What the sandbox's Iam holds in one account.

use serde::{Deserialize, Serialize};

/// What the sandbox's Iam holds.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Iam {}
