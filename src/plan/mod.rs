//! What would change: pure comparison of desired, recorded and actual. No terminal, network or
//! clock.

mod applied;
mod asked_anew;
mod catalog;
mod create_first;
mod decide;
mod diff;
mod document;
mod drift;
mod excluded;
pub(crate) mod exclusive;
mod expectations;
mod facts;
mod file;
mod foreign;
mod input;
mod make;
mod model;
mod moved;
mod names;
mod outputs;
pub(crate) mod paths;
mod protect;
mod renamed;
mod secret;
mod targets;
mod tasks;
mod verify;

#[cfg(test)]
mod tests;

pub use applied::not_applied;
pub use diff::{Difference, Note, diff};
pub use document::Document;
pub use drift::{Drift, Drifted, DriftedAttribute, drift};
pub use expectations::{no_bool, unmet, unmet_by_files};
pub use file::{MAX_PLAN_BYTES, RECOGNIZED_BYTES, Stored, file_digests, is_plan_file, read, write};
pub use input::{PlanInput, PlanOptions};
pub use make::{going, make};
pub use model::{
    Action, AttributeChange, Expected, Half, OutputChange, PLAN_FORMAT_VERSION, Plan, Reason, Step,
    Summary, Task, is_set_aside, set_aside,
};
pub use protect::{agree, missing_consents};
pub use verify::{Current, verify};
