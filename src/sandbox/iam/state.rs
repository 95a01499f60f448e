//! What the sandbox's Iam holds in one account.

use serde::{Deserialize, Serialize};

use crate::sandbox::table::{Rows, Tables};

/// What the sandbox's Iam holds.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Iam {}

impl Tables for Iam {
    fn each_table(&mut self, _visit: &mut dyn FnMut(&'static str, &mut dyn Rows)) {}
}
