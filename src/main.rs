//! The `smd` command: everything it does is in the library's `cli` module.

use std::process::ExitCode;

/// A configuration is very many small trees of strings and maps, made by several threads at once:
/// the C library's allocator took a third of a plan's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    smd::cli::main()
}
