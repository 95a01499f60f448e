//! Orders and strongly connected sets of any graph given as lists of needs.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

/// An order in which every index comes after what it needs; among equals the smaller index first.
/// `needs` holds, for each index, what it needs; indexes beyond its length are left out of account.
///
/// # Errors
/// The indexes that could not be ordered: those in cycles and those that need them.
pub fn order(needs: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut waiting: Vec<usize> = vec![0; needs.len()];
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    for (index, list) in needs.iter().enumerate() {
        for need in list {
            if let (Some(users), Some(count)) = (needed_by.get_mut(*need), waiting.get_mut(index)) {
                users.push(index);
                *count += 1;
            }
        }
    }
    let mut ready: BinaryHeap<Reverse<usize>> = waiting
        .iter()
        .enumerate()
        .filter(|(_, count)| **count == 0)
        .map(|(index, _)| Reverse(index))
        .collect();
    let mut out = Vec::with_capacity(needs.len());
    while let Some(Reverse(index)) = ready.pop() {
        out.push(index);
        for user in needed_by.get(index).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(*user) {
                *count -= 1;
                if *count == 0 {
                    ready.push(Reverse(*user));
                }
            }
        }
    }
    if out.len() == needs.len() {
        return Ok(out);
    }
    Err(waiting
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(index, _)| index)
        .collect())
}

/// For each index the number of its strongly connected set, and the size of each set. Uses no
/// recursion, so depth is no limit.
#[must_use]
pub fn components(needs: &[Vec<usize>]) -> (Vec<usize>, Vec<usize>) {
    let edges = needs.iter().map(Vec::len).sum();
    let mut graph: DiGraph<(), (), usize> = DiGraph::with_capacity(needs.len(), edges);
    let nodes: Vec<_> = needs.iter().map(|_| graph.add_node(())).collect();
    for (from, list) in nodes.iter().zip(needs) {
        for need in list {
            if let Some(to) = nodes.get(*need) {
                graph.add_edge(*from, *to, ());
            }
        }
    }
    let mut of = vec![0; needs.len()];
    let mut sizes = Vec::new();
    for (number, members) in kosaraju_scc(&graph).into_iter().enumerate() {
        sizes.push(members.len());
        for member in members {
            if let Some(slot) = of.get_mut(member.index()) {
                *slot = number;
            }
        }
    }
    (of, sizes)
}
