//! What the sandbox's Efs holds in one account and region.

use serde::{Deserialize, Serialize};

use crate::sandbox::table::{Rows, Tables};

/// What the sandbox's Efs holds.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Efs {}

impl Tables for Efs {
    fn each_table(&mut self, _visit: &mut dyn FnMut(&'static str, &mut dyn Rows)) {}
}
