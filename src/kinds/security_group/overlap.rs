//! Rules that lie within other rules of their group.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use ipnet::IpNet;

use super::implied::peer_attribute;
use super::rule::ALL;
use crate::config::Node;
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::refer;
use crate::value::Data;

/// How many wider networks of a rule are looked at: more than networks lie within each other.
const WIDER: usize = 64;

/// A rule for a network that is known.
struct Rule<'a> {
    node: &'a Node,
    network: IpNet,
    protocol: &'a str,
    ports: Option<(u16, u16)>,
}

impl Rule<'_> {
    /// Whether all protocols and ports of the other are this one's too.
    fn covers(&self, other: &Rule<'_>) -> bool {
        if self.protocol == ALL {
            return true;
        }
        match (self.ports, other.ports) {
            (Some((from, to)), Some((first, last))) => {
                self.protocol == other.protocol && from <= first && last <= to
            }
            _ => false,
        }
    }

    /// How much it lets through of its network.
    fn width(&self) -> u32 {
        match self.ports {
            _ if self.protocol == ALL => u32::MAX,
            Some((from, to)) => u32::from(to.saturating_sub(from)) + 1,
            None => 0,
        }
    }

    fn is_same(&self, other: &Rule<'_>) -> bool {
        (self.network, self.protocol, self.ports) == (other.network, other.protocol, other.ports)
    }
}

pub fn check(checks: &mut Checks<'_>) {
    let mut groups: BTreeMap<(&str, &str), Vec<Rule<'_>>> = BTreeMap::new();
    for node in checks.configuration.nodes.values() {
        let Some(attribute) = peer_attribute(node.kind) else {
            continue;
        };
        let (Some(group), Some(protocol), Some(network)) = (
            node.parent.as_ref(),
            refer::text(node, "protocol"),
            refer::network(node, attribute),
        ) else {
            continue;
        };
        let ports = match node.attributes.get("ports").map(|value| &value.data) {
            Some(Data::Ports(from, to)) => Some((*from, *to)),
            _ => None,
        };
        let rule = Rule {
            node,
            network,
            protocol,
            ports,
        };
        let key = (group.as_str(), node.kind);
        groups.entry(key).or_default().push(rule);
    }
    for rules in groups.values_mut() {
        // Of rules for the same network the first counts as the one around the others.
        rules.sort_by_key(|rule| Reverse(rule.width()));
        of_group(rules, checks);
    }
}

fn of_group(rules: &[Rule<'_>], checks: &mut Checks<'_>) {
    let networks = rules
        .iter()
        .enumerate()
        .map(|(at, rule)| (rule.network, at));
    let wider: BTreeMap<usize, usize> = refer::overlaps(networks.collect())
        .into_iter()
        .map(|(outer, inner)| (inner, outer))
        .collect();
    for (at, inner) in rules.iter().enumerate() {
        let ancestors = std::iter::successors(wider.get(&at), |outer| wider.get(outer));
        let outer = ancestors
            .take(WIDER)
            .filter_map(|outer| rules.get(*outer))
            // The same rule again is an error of its own.
            .find(|outer| outer.covers(inner) && !outer.is_same(inner));
        if let Some(outer) = outer {
            report(outer.node, inner.node, checks);
        }
    }
}

fn report(outer: &Node, inner: &Node, checks: &mut Checks<'_>) {
    checks.out.push(
        Diagnostic::warning(
            codes::kinds::RULES_OVERLAP,
            format!("`{}` lies within `{}`", inner.address, outer.address),
        )
        .at(inner.span, "allows nothing more")
        .at(outer.span, "allows all of it")
        .help("leave it out, or make the other one narrower")
        .about(inner.address.to_string()),
    );
}
