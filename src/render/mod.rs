//! What people see: plans, diffs, states, progress. Knows neither AWS nor how state is kept.

mod diff;
mod drift_text;
mod folded;
mod orphans_text;
mod outputs;
mod plan_text;
pub mod progress;
mod spelled;
mod state_text;
mod style;
mod value_text;

#[cfg(test)]
mod tests;

pub use diff::unified;
pub use drift_text::drift_text;
pub use orphans_text::orphans_text;
pub use outputs::{output_value, outputs_text};
pub use plan_text::plan_text;
pub use state_text::state_text;
pub use style::TextOptions;
pub use value_text::value_text;
