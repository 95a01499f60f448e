//! The graph as DOT, for `smd graph`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Graph;
use crate::config::{Configuration, Node};

/// The graph in Graphviz's language: nodes clustered by account and region, an edge from each node
/// to each thing it needs. Same configuration, same bytes.
#[must_use]
pub fn dot(configuration: &Configuration, graph: &Graph) -> String {
    let mut clusters: BTreeMap<(&str, &str), Vec<&Node>> = BTreeMap::new();
    for node in configuration.nodes.values() {
        clusters
            .entry((&node.place.account, &node.place.region))
            .or_default()
            .push(node);
    }
    let labels: BTreeMap<&str, &str> = configuration
        .accounts
        .values()
        .filter_map(|account| Some((account.id.as_deref()?, &*account.label)))
        .collect();
    let mut out = String::from("digraph smd {\n  rankdir = \"LR\";\n  node [shape = \"box\"];\n");
    for ((account, region), nodes) in clusters {
        let title = match labels.get(account) {
            Some(label) => format!("{label} ({account}) {region}"),
            None if account.is_empty() => "the caller's account".to_owned(),
            None => format!("{account} {region}"),
        };
        let id = format!("cluster_{account}_{region}");
        // Writing to a String cannot fail.
        let _ = writeln!(out, "  subgraph {} {{", quoted(&id));
        let _ = writeln!(out, "    label = {};", quoted(&title));
        for node in nodes {
            let _ = writeln!(out, "    {};", quoted(node.address.as_str()));
        }
        out.push_str("  }\n");
    }
    for (index, from) in configuration.nodes.keys().enumerate() {
        for need in graph.needs(index) {
            if let Some((to, _)) = configuration.nodes.get_index(*need) {
                let _ = writeln!(
                    out,
                    "  {} -> {};",
                    quoted(from.as_str()),
                    quoted(to.as_str())
                );
            }
        }
    }
    out.push_str("}\n");
    out
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
