//! The figures of a durable apply: `cargo bench --bench figures -- apply`.
//!
//! Whole processes, as in the figures of a plan: parse, plan, journal every call before it is sent, call the
//! embedded sandbox through the SDK, record, save. The sandbox answers at once (`SMD_SANDBOX_WAITS=no`),
//! so what is measured is smd, the SDK and the sandbox's own work. Beside it, where there is one on the
//! path, `terraform` with local state and resources that need no API.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::generator;
use crate::measure::{Figure, SIZES, Table, once};

/// Runs of each size.
const RUNS: usize = 3;
/// What the comparison is made with.
const TERRAFORM: &str = "terraform";
/// Resources of the comparison.
const COMPARED: usize = 1_000;

/// Prints the table and the comparison.
pub fn print(folder: &Path) {
    println!("{RUNS} runs of each, all from nothing; whole process, release build");
    let mut table = Table::begin("apply -y --sandbox, all to create, SMD_SANDBOX_WAITS=no");
    for size in SIZES {
        let directory = folder.join(format!("apply-{size}"));
        fs::create_dir_all(&directory).expect("a folder of the size");
        fs::write(directory.join("main.smd"), generator::generate(size)).expect("the text");
        let figure = Figure::of(RUNS, || {
            let old = directory.join(".smd");
            if old.exists() {
                fs::remove_dir_all(&old).expect("the old sandbox goes");
            }
            once(
                Command::new(env!("CARGO_BIN_EXE_smd"))
                    .args(["apply", "-y", "--sandbox"])
                    .arg(&directory)
                    .env("SMD_SANDBOX_WAITS", "no"),
            )
        });
        table.row(size, figure);
    }
    compare(&folder.join(TERRAFORM));
}

/// `terraform apply` of as many resources as the middle size has.
fn compare(directory: &Path) {
    let is_there = Command::new(TERRAFORM)
        .arg("version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !is_there {
        println!("\nno {TERRAFORM} on the path: nothing to compare with");
        return;
    }
    fs::create_dir_all(directory).expect("a folder");
    let mut text = String::new();
    for number in 0..COMPARED {
        let _ = writeln!(
            text,
            "resource \"terraform_data\" \"r{number}\" {{\n  input = \"{number}\"\n}}"
        );
    }
    fs::write(directory.join("main.tf"), text).expect("the text");
    let terraform = || {
        let mut command = Command::new(TERRAFORM);
        command.current_dir(directory);
        command
    };
    once(terraform().args(["init", "-input=false"]));
    let mut table = Table::begin("terraform apply -auto-approve, terraform_data, local state");
    let figure = Figure::of(1, || {
        once(terraform().args(["apply", "-auto-approve", "-input=false"]))
    });
    table.row(COMPARED, figure);
}
