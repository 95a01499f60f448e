//! The graph of a configuration.

use std::collections::BTreeMap;

use super::cycle;
use super::order::{components, order};
use crate::address::Address;
use crate::config::Configuration;
use crate::diagnostic::{Diagnostic, Diagnostics, Sources, Span, codes, did_you_mean};

/// What needs what among the nodes of a configuration: acyclic, soft edges inside a strongly
/// connected set dropped. Nodes are numbered as they stand in [`Configuration::nodes`].
#[derive(Debug, Default)]
pub struct Graph {
    needs: Vec<Vec<usize>>,
    needed_by: Vec<Vec<usize>>,
    order: Vec<usize>,
}

/// Where an edge comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    /// The reference that makes it; `None`: a part needs its resource.
    pub span: Option<Span>,
    /// Whether it may be dropped.
    pub soft: bool,
}

/// The edges of each node, by what is needed.
pub(super) type Edges = Vec<BTreeMap<usize, Origin>>;

impl Graph {
    /// Builds it. A part needs its resource even where no reference says so.
    ///
    /// # Errors
    /// One diagnostic for each true cycle (the shortest of its strongly connected set, one line an
    /// edge), and one for each edge to something that is not there.
    pub fn build(configuration: &Configuration, sources: &Sources) -> Result<Self, Diagnostics> {
        let mut edges = edges(configuration)?;
        if edges.iter().flat_map(BTreeMap::values).any(|e| e.soft) {
            let (component, _) = components(&plain(&edges));
            for (from, list) in edges.iter_mut().enumerate() {
                list.retain(|to, origin| {
                    !(origin.soft && component.get(from) == component.get(*to))
                });
            }
        }
        let needs = plain(&edges);
        let order =
            order(&needs).map_err(|_| cycle::report(configuration, sources, &edges, &needs))?;
        let mut needed_by = vec![Vec::new(); needs.len()];
        for (index, list) in needs.iter().enumerate() {
            for need in list {
                if let Some(users) = needed_by.get_mut(*need) {
                    users.push(index);
                }
            }
        }
        Ok(Self {
            needs,
            needed_by,
            order,
        })
    }

    /// What node `index` needs, in order of addresses.
    #[must_use]
    pub fn needs(&self, index: usize) -> &[usize] {
        self.needs.get(index).map_or(&[], Vec::as_slice)
    }

    /// What needs node `index`, in order of addresses.
    #[must_use]
    pub fn needed_by(&self, index: usize) -> &[usize] {
        self.needed_by.get(index).map_or(&[], Vec::as_slice)
    }

    /// Every node after what it needs; among equals in order of addresses.
    #[must_use]
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// Every node before what it needs: the order in which things are deleted.
    pub fn reverse_order(&self) -> impl Iterator<Item = usize> + '_ {
        self.order.iter().rev().copied()
    }
}

fn plain(edges: &Edges) -> Vec<Vec<usize>> {
    edges
        .iter()
        .map(|list| list.keys().copied().collect())
        .collect()
}

fn edges(configuration: &Configuration) -> Result<Edges, Diagnostics> {
    let nodes = &configuration.nodes;
    let mut errors = Vec::new();
    let mut edges: Edges = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.values().enumerate() {
        let mut list: BTreeMap<usize, Origin> = BTreeMap::new();
        for edge in &node.edges {
            let Some(to) = nodes.get_index_of(&edge.to) else {
                errors.push(missing(configuration, &node.address, &edge.to, edge.span));
                continue;
            };
            // A resource's edges to its own parts order nothing: the parts need it.
            if edge.soft && to == index {
                continue;
            }
            let origin = Origin {
                span: edge.span,
                soft: edge.soft,
            };
            list.entry(to)
                .and_modify(|known| {
                    if known.soft && !origin.soft {
                        *known = origin;
                    }
                })
                .or_insert(origin);
        }
        if let Some(parent) = node.parent.as_ref().and_then(|p| nodes.get_index_of(p)) {
            let origin = Origin {
                span: None,
                soft: false,
            };
            list.entry(parent)
                .and_modify(|known| known.soft = false)
                .or_insert(origin);
        }
        edges.push(list);
    }
    if errors.is_empty() {
        Ok(edges)
    } else {
        Err(errors)
    }
}

fn missing(
    configuration: &Configuration,
    from: &Address,
    to: &Address,
    span: Option<Span>,
) -> Diagnostic {
    let known = configuration.nodes.keys().map(Address::as_str);
    Diagnostic::error(
        codes::graph::MISSING,
        format!("`{from}` needs `{to}`, which is not declared"),
    )
    .at_opt(span, "needed here")
    .about(from.as_str())
    .help_opt(did_you_mean(to.as_str(), known))
}
