//! What smd recorded of what it made: records, lineage and serial, and where they are kept.

mod codec;
pub mod digest;
mod lock;
mod record;
mod store;

pub use codec::{decode, encode};
pub use lock::{Guard, Holder};
pub use record::{FORMAT_VERSION, Record, State};
pub use store::Store;
