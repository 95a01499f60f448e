//! `docs/reference` is made from the schemas and functions in the code, with an example for each that
//! is run here: `SMD_UPDATE_DOCS=1 cargo test reference` writes the pages anew, and the tests fail when
//! one is stale.

mod functions;
mod kinds;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use smd::config::function::functions;
use smd::kinds::registry;

const FOLDER: &str = "docs/reference";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER)
}

/// Compares these pages with what is stored, or stores them; there may be no others in their folder.
#[track_caller]
fn check(within: &str, pages: &BTreeMap<String, String>) {
    let folder = folder().join(within);
    let updating = std::env::var_os("SMD_UPDATE_DOCS").is_some();
    let mut stale = Vec::new();
    for (name, made) in pages {
        let path = folder.join(name);
        if updating {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, made).unwrap();
        }
        if std::fs::read_to_string(&path).unwrap_or_default() != *made {
            stale.push(format!("{name} is stale"));
        }
    }
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.ends_with(".md") && !pages.contains_key(&name) {
            if updating {
                std::fs::remove_file(&path).unwrap();
            } else {
                stale.push(format!("{name} is of nothing"));
            }
        }
    }
    assert!(
        stale.is_empty(),
        "{FOLDER}/{within}: {}: SMD_UPDATE_DOCS=1 cargo test reference",
        stale.join(", ")
    );
}

#[test]
fn the_index_names_every_page() {
    let mut out = String::from(
        "# Reference\n\nMade from the code; do not edit. [The language](../language.md) says how it all is written.\n\n## Kinds\n\n",
    );
    for kind in registry() {
        if let [resource, ..] = kind.schemas() {
            let name = resource.kind;
            let _ = writeln!(out, "- [`{name}`](kinds/{name}.md): {}", resource.doc);
        }
    }
    out.push_str("\n## Functions\n\n");
    for function in functions() {
        let (name, signature) = (function.name, function.signature());
        let _ = writeln!(
            out,
            "- [`{signature}`](functions/{name}.md): {}",
            function.doc
        );
    }
    check("", &BTreeMap::from([("README.md".to_owned(), out)]));
}
