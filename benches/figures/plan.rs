//! The figures of a plan and of what needs no record.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::generator;
use crate::measure::{Figure, SIZES, Table, once};

/// Runs of each, after one that is not counted.
const RUNS: usize = 7;

/// A command that is measured: its name and its arguments before the directory.
const COMMANDS: [(&str, &[&str]); 4] = [
    ("plan, all to create", &["plan"]),
    ("plan as JSON", &["plan", "--format", "json"]),
    ("validate", &["validate"]),
    ("fmt --check", &["fmt", "--check"]),
];

/// Prints a table for each command.
pub fn print(folder: &Path) {
    println!("{RUNS} runs of each after one not counted; whole process, release build");
    for (name, arguments) in COMMANDS {
        let mut table = Table::begin(&format!("{name}: smd {}", arguments.join(" ")));
        for size in SIZES {
            let directory = folder.join(size.to_string());
            fs::create_dir_all(&directory).expect("a folder of the size");
            fs::write(directory.join("main.smd"), generator::generate(size)).expect("the text");
            let run = || {
                let mut command = Command::new(env!("CARGO_BIN_EXE_smd"));
                command.args(arguments).arg(&directory);
                if arguments.first() == Some(&"plan") {
                    command.arg("--sandbox");
                }
                once(&mut command)
            };
            run();
            table.row(size, Figure::of(RUNS, run));
        }
    }
}
