//! From trees to nodes: names, types, evaluation by attribute with unknown and sensitive values,
//! inputs, `for_each` expansion, placement. Makes no AWS call.

mod load;
mod node;
mod residual;

pub use load::{EvaluateOptions, Loaded, evaluate, load};
pub use node::{
    Access, Account, Caller, Configuration, Edge, Lifecycle, Node, Output, Place, Stack, StateStore,
};
pub use residual::finish;
