//! The commands, one file each, named as the command.

pub mod apply;
pub mod destroy;
pub mod drift;
pub mod explain;
pub mod fmt;
pub mod graph;
pub mod import;
pub mod lock;
pub mod orphans;
pub mod output;
pub mod plan;
pub mod sandbox;
pub mod share;
pub mod show;
pub mod state;
pub mod tags;
pub mod validate;
pub mod version;
