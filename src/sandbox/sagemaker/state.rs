//! What the sandbox's SageMaker holds in one account and region.

use serde::{Deserialize, Serialize};

/// What the sandbox's SageMaker holds.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct SageMaker {}
