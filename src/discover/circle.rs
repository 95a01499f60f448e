//! References that would close a circle of resources.

use std::collections::BTreeSet;

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::statement::Statement;

/// References by a text that close a circle of resources: those are written as ids. In each round the
/// first of every set of things that lead to each other goes, until no set has one: few, though not
/// always as few as it would take.
pub(super) fn circles(statements: &[Statement]) -> BTreeSet<(usize, usize)> {
    let mut found = BTreeSet::new();
    loop {
        let closing = closing(statements, &found);
        if closing.is_empty() {
            return found;
        }
        found.extend(closing);
    }
}

/// Of every set of things that lead to each other its first reference by a text, without those that
/// are gone already.
fn closing(statements: &[Statement], gone: &BTreeSet<(usize, usize)>) -> Vec<(usize, usize)> {
    let mut graph: DiGraph<usize, ()> = DiGraph::new();
    let nodes: Vec<NodeIndex> = (0..statements.len()).map(|at| graph.add_node(at)).collect();
    for (from, statement) in statements.iter().enumerate() {
        for (to, by_text) in &statement.refers {
            let is_gone = *by_text && gone.contains(&(from, *to));
            if let (false, Some(a), Some(b)) = (is_gone, nodes.get(from), nodes.get(*to)) {
                graph.add_edge(*a, *b, ());
            }
        }
    }
    let mut found = Vec::new();
    for set in tarjan_scc(&graph).into_iter().filter(|set| set.len() > 1) {
        let set: BTreeSet<usize> = set
            .iter()
            .filter_map(|at| graph.node_weight(*at))
            .copied()
            .collect();
        found.extend(set.iter().find_map(|from| {
            let refers = &statements.get(*from)?.refers;
            let mut closing = refers.iter().filter(|(to, by_text)| {
                *by_text
                    && set.contains(to)
                    && !gone.contains(&(*from, *to))
                    // Where a thing is named as a resource too, an id by the text opens nothing.
                    && !refers.contains(&(*to, false))
            });
            closing.next().map(|(to, _)| (*from, *to))
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_of_each_circle_goes() {
        let check = |refers: &[&[(usize, bool)]], wanted: &[(usize, usize)]| {
            let statements: Vec<Statement> = refers
                .iter()
                .map(|refers| Statement {
                    text: String::new(),
                    refers: refers.iter().copied().collect(),
                    asides: Vec::new(),
                })
                .collect();
            let found: Vec<_> = circles(&statements).into_iter().collect();
            assert_eq!(found, wanted, "{refers:?}");
        };
        check(&[&[(1, true)], &[]], &[]);
        check(&[&[(1, true)], &[(0, true)]], &[(0, 1)]);
        // One of each of two circles.
        check(
            &[&[(1, true)], &[(0, true)], &[(3, false)], &[(2, true)]],
            &[(0, 1), (3, 2)],
        );
        // The first is named as a resource too: an id in the text's place would open nothing.
        check(&[&[(1, false), (1, true)], &[(0, true)]], &[(1, 0)]);
        // Nothing can be written otherwise.
        check(&[&[(1, false)], &[(0, false)]], &[]);
    }
}
