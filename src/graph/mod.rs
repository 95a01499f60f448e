//! What needs what: the graph of a configuration, its order, its cycles and its picture. Makes no
//! AWS call.

mod build;
mod cycle;
mod dot;
mod order;

#[cfg(test)]
mod tests;

pub use build::Graph;
pub use dot::dot;
pub use order::{components, order};
