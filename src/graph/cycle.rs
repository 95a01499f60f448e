//! True cycles, told edge by edge.

use std::collections::{BTreeMap, VecDeque};

use super::build::Edges;
use super::order::components;
use crate::address::Address;
use crate::config::Configuration;
use crate::diagnostic::{Diagnostic, Diagnostics, Sources, codes};

/// From how many nodes of a strongly connected set the shortest cycle is looked for: bounds the
/// time of a report on a huge one.
const STARTS: usize = 256;

/// One diagnostic for each strongly connected set.
pub(super) fn report(
    configuration: &Configuration,
    sources: &Sources,
    edges: &Edges,
    needs: &[Vec<usize>],
) -> Diagnostics {
    let (component, sizes) = components(needs);
    let mut sets: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, number) in component.iter().enumerate() {
        let circular = sizes.get(*number).is_some_and(|size| *size > 1)
            || needs.get(index).is_some_and(|list| list.contains(&index));
        if circular {
            sets.entry(*number).or_default().push(index);
        }
    }
    let mut sets: Vec<Vec<usize>> = sets.into_values().collect();
    sets.sort();
    sets.iter()
        .map(|members| {
            let cycle = shortest(needs, &component, members);
            tell(configuration, sources, edges, &cycle)
        })
        .collect()
}

/// The shortest cycle through the first members of a set, starting at the smallest index.
fn shortest(needs: &[Vec<usize>], component: &[usize], members: &[usize]) -> Vec<usize> {
    let mut best: Vec<usize> = Vec::new();
    for start in members.iter().take(STARTS) {
        if let Some(cycle) = through(needs, component, *start)
            && (best.is_empty() || cycle.len() < best.len())
        {
            best = cycle;
        }
        if best.len() == 1 {
            break;
        }
    }
    if let Some(first) = best
        .iter()
        .enumerate()
        .min_by_key(|(_, index)| **index)
        .map(|(at, _)| at)
    {
        best.rotate_left(first);
    }
    best
}

/// The shortest way from `start` back to it, inside its set, by breadth.
fn through(needs: &[Vec<usize>], component: &[usize], start: usize) -> Option<Vec<usize>> {
    let mut came_from: BTreeMap<usize, usize> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for next in needs.get(at)? {
            if *next == start {
                let mut way = vec![at];
                let mut back = at;
                while back != start {
                    back = *came_from.get(&back)?;
                    way.push(back);
                }
                way.reverse();
                return Some(way);
            }
            if component.get(*next) == component.get(start) && !came_from.contains_key(next) {
                came_from.insert(*next, at);
                queue.push_back(*next);
            }
        }
    }
    None
}

fn tell(
    configuration: &Configuration,
    sources: &Sources,
    edges: &Edges,
    cycle: &[usize],
) -> Diagnostic {
    let name = |index: usize| {
        configuration
            .nodes
            .get_index(index)
            .map_or("", |(address, _): (&Address, _)| address.as_str())
    };
    let message = match cycle {
        [one] => format!("`{}` needs itself", name(*one)),
        [first, ..] => format!(
            "`{}` needs itself by way of {} other{}",
            name(*first),
            cycle.len() - 1,
            if cycle.len() == 2 { "" } else { "s" }
        ),
        [] => "a cycle that could not be walked".to_owned(),
    };
    let mut diagnostic = Diagnostic::error(codes::graph::CYCLE, message);
    if let Some(first) = cycle.first() {
        diagnostic = diagnostic.about(name(*first));
    }
    let next = cycle.iter().cycle().skip(1);
    for (from, to) in cycle.iter().zip(next) {
        let words = format!("`{}` needs `{}`", name(*from), name(*to));
        let span = edges
            .get(*from)
            .and_then(|list| list.get(to))
            .and_then(|origin| origin.span);
        diagnostic = match span {
            Some(span) => diagnostic
                .note(format!("{}: {words}", sources.position(span)))
                .at(span, words),
            None => diagnostic.note(format!("{words}: a part needs its resource")),
        };
    }
    diagnostic.help("take one of these references out, or write what it gives as a literal")
}
