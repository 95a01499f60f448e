//! What smd recorded of what it made: records, lineage and serial, the journal of a run, and where
//! they are kept.

mod backend;
mod change;
mod codec;
pub mod digest;
pub mod journal;
mod load;
mod local;
pub mod locks;
mod open;
mod record;
pub mod runs;
pub mod s3;
pub mod sealed;

pub use backend::{Backend, Holder, Stored, VERSIONS_KEPT, Version, Writer};
pub use change::Change;
pub use codec::{decode, encode};
pub use journal::Journal;
pub use load::{Loaded, load, open_backend, open_locks};
pub use local::{Local, rescue};
pub use open::{Intent, Open, OpenCall, Outcome, Work};
pub use record::{FORMAT_VERSION, Record, Saved, State};
pub use sealed::Sealed;
