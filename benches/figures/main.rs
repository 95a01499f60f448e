//! The figures of smd, each measured as a whole process of the release binary, the way a person waits
//! for it: `cargo bench --bench figures` for a plan, `cargo bench --bench figures -- apply` for an apply.
//!
//! Prints the machine, then time and peak memory for each size and the growth between sizes. A
//! figure on a shared machine is an order of magnitude; the ratios of one run can be compared.

// A measurement may stop at the first surprise, and printing is what it is for.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs
)]

mod apply;
mod generator;
mod measure;
mod plan;

fn main() {
    measure::print_machine();
    let folder = tempfile::tempdir().expect("a temporary folder");
    // Cargo adds a flag of its own.
    if std::env::args().any(|argument| argument == "apply") {
        apply::print(folder.path());
    } else {
        plan::print(folder.path());
    }
}
