//! What would change: pure comparison of desired, recorded and actual. No terminal, network or
//! clock.

mod model;

pub use model::{
    Action, AttributeChange, Half, OutputChange, PLAN_FORMAT_VERSION, Plan, Reason, Step, Summary,
    Task,
};
