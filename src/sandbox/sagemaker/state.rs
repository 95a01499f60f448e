//! What the sandbox's SageMaker holds in one account and region.

use serde::{Deserialize, Serialize};

use crate::sandbox::table::{Rows, Tables};

/// What the sandbox's SageMaker holds.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SageMaker {}

impl Tables for SageMaker {
    fn each_table(&mut self, _visit: &mut dyn FnMut(&'static str, &mut dyn Rows)) {}
}
