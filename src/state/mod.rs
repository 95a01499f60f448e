//! What smd recorded of what it made: records, lineage and serial, and where they are kept.

mod record;

pub use record::{FORMAT_VERSION, Record, State};
