//! References that would close a circle of resources.

use std::collections::BTreeSet;

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::statement::Statement;

/// References by a text that close a circle of resources: those are written as ids. As few as it
/// takes, one after another.
pub(super) fn circles(statements: &[Statement]) -> BTreeSet<(usize, usize)> {
    let mut found = BTreeSet::new();
    while let Some(edge) = closing(statements, &found) {
        found.insert(edge);
    }
    found
}

/// A reference by a text that is part of a circle, without those that are gone already.
fn closing(statements: &[Statement], gone: &BTreeSet<(usize, usize)>) -> Option<(usize, usize)> {
    let mut graph: DiGraph<usize, ()> = DiGraph::new();
    let nodes: Vec<NodeIndex> = (0..statements.len()).map(|at| graph.add_node(at)).collect();
    for (from, statement) in statements.iter().enumerate() {
        let ends = statement.refers.iter();
        // A thing may be named by a text and as a resource.
        for (to, by_text) in ends {
            let is_gone = *by_text && gone.contains(&(from, *to));
            if let (false, Some(a), Some(b)) = (is_gone, nodes.get(from), nodes.get(*to)) {
                graph.add_edge(*a, *b, ());
            }
        }
    }
    let sets = tarjan_scc(&graph).into_iter().filter(|set| set.len() > 1);
    let mut edges = sets.flat_map(|set| {
        let within: BTreeSet<usize> = set
            .iter()
            .filter_map(|at| graph.node_weight(*at))
            .copied()
            .collect();
        let from = within.clone().into_iter();
        from.flat_map(move |from| {
            let refers = statements.get(from).into_iter().flat_map(|one| &one.refers);
            let within = within.clone();
            refers
                .filter(move |(to, by_text)| *by_text && within.contains(to))
                .map(move |(to, _)| (from, *to))
                .collect::<Vec<_>>()
        })
    });
    edges.find(|edge| !gone.contains(edge))
}
