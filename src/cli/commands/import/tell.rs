//! What is told of a discovery: what was found, what was left out and why, which files there are.

use std::path::Path;

use serde_json::{Map, json};

use crate::cli::console::Console;
use crate::discover::{Estate, Written};

/// What was found and written.
pub(super) fn found(
    console: &Console,
    estate: &Estate,
    written: &Written,
    (stack, directory): (&str, &Path),
) {
    let mut out = String::new();
    for (thing, address) in estate.things.iter().zip(&written.addresses) {
        out.push_str(&format!("found {address} {}", thing.id));
        match thing.parts.len() {
            0 => {}
            1 => out.push_str(" with 1 part"),
            count => out.push_str(&format!(" with {count} parts")),
        }
        out.push('\n');
    }
    for one in &estate.left_out {
        let id = match one.id.is_empty() {
            true => String::new(),
            false => format!(" {}", one.id),
        };
        out.push_str(&format!("left out: {}{id}: {}\n", one.kind, one.why));
    }
    let names: Vec<String> = written
        .files
        .iter()
        .map(|file| directory.join(&file.name).display().to_string())
        .collect();
    out.push_str(&format!(
        "\n{} found, {} left out; wrote {}\n",
        estate.things.len(),
        estate.left_out.len(),
        names.join(", ")
    ));
    console.data(&out);
    let mut document = Map::new();
    document.insert("stack".to_owned(), json!(stack));
    document.insert("files".to_owned(), json!(names));
    let found: Map<_, _> = estate
        .things
        .iter()
        .zip(&written.addresses)
        .map(|(thing, address)| (address.clone(), json!(thing.id)))
        .collect();
    document.insert("found".to_owned(), found.into());
    let left_out: Vec<_> = estate
        .left_out
        .iter()
        .map(|one| {
            json!({
                "kind": one.kind,
                "id": one.id,
                "account": one.account,
                "region": one.region,
                "why": one.why,
            })
        })
        .collect();
    document.insert("left_out".to_owned(), json!(left_out));
    console.add_to_document(document);
}
