#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::collections::BTreeMap;

use insta::assert_snapshot;
use proptest::prelude::*;

use super::{Graph, components, dot, order};
use crate::address::Address;
use crate::config::{Access, Configuration, Edge, Lifecycle, Node, Place};
use crate::diagnostic::{FileId, Sources, Span};
use crate::value::Map;

/// One line a node: `address: need ~soft_need`, `address < parent: …` for parts. Spans are of that
/// very text.
fn configuration(text: &str) -> (Configuration, Sources) {
    let mut sources = Sources::default();
    let file = sources.add("main.smd", text);
    let mut nodes = BTreeMap::new();
    let mut at = 0;
    for line in text.lines() {
        let (head, needs) = line.split_once(':').unwrap();
        let (name, parent) = match head.split_once('<') {
            Some((name, parent)) => (name.trim(), Some(Address::from_text(parent.trim()))),
            None => (head.trim(), None),
        };
        let span = |word: &str| {
            let start = u32::try_from(at + line.rfind(word).unwrap()).unwrap();
            Span::new(file, start, start + u32::try_from(word.len()).unwrap())
        };
        let edges = needs
            .split_whitespace()
            .map(|word| Edge {
                to: Address::from_text(word.trim_start_matches('~')),
                span: Some(span(word)),
                soft: word.starts_with('~'),
            })
            .collect();
        let address = Address::from_text(name);
        nodes.insert(
            address.clone(),
            Node {
                address,
                kind: "vpc",
                parent,
                place: Place {
                    account: "111122223333".into(),
                    region: if name.contains("far") {
                        "us-east-1"
                    } else {
                        "eu-west-1"
                    }
                    .into(),
                    access: Access::default(),
                },
                attributes: Map::new(),
                edges,
                lifecycle: Lifecycle::default(),
                span: Span::new(FileId(0), 0, 1),
                attribute_spans: BTreeMap::new(),
            },
        );
        at += line.len() + 1;
    }
    let configuration = Configuration {
        nodes: nodes.into_iter().collect(),
        ..Configuration::default()
    };
    (configuration, sources)
}

fn check(text: &str) -> String {
    let (configuration, sources) = configuration(text);
    let name = |index: usize| configuration.nodes.get_index(index).unwrap().0.to_string();
    match Graph::build(&configuration, &sources) {
        Ok(graph) => {
            let order: Vec<String> = graph.order().iter().map(|i| name(*i)).collect();
            let back: Vec<String> = graph.reverse_order().map(name).collect();
            let mut reversed = back.clone();
            reversed.reverse();
            assert_eq!(order, reversed);
            order.join(" ")
        }
        Err(errors) => errors
            .iter()
            .map(|error| {
                let mut text = format!("{error}\n");
                for note in &error.notes {
                    text.push_str(&format!("  {note}\n"));
                }
                for help in &error.help {
                    text.push_str(&format!("  help: {help}\n"));
                }
                text
            })
            .collect(),
    }
}

#[test]
fn among_equals_the_first_address_comes_first() {
    assert_snapshot!(check("c:\nb: a\na:\nd: b c"), @"a b c d");
}

#[test]
fn groups_that_name_each_other_are_no_cycle() {
    assert_snapshot!(check(
        "group.a: \ngroup.b: \ngroup.a.rule < group.a: group.b ~group.b.rule\ngroup.b.rule < group.b: group.a ~group.a.rule"
    ), @"group.a group.b group.a.rule group.b.rule");
}

#[test]
fn a_role_whose_policy_names_the_domain_that_uses_it_is_no_cycle() {
    assert_snapshot!(check(
        "role.r: \nrole.r.policy < role.r: domain.d\nrole.r.other < role.r:\ndomain.d: role.r ~role.r.policy ~role.r.other\nprofile.p: domain.d role.r ~role.r.policy"
    ), @"role.r role.r.other domain.d role.r.policy profile.p");
}

#[test]
fn a_true_cycle_is_told_edge_by_edge() {
    assert_snapshot!(check("a: b\nb: c x\nc: a\nx: y\ny: b\nz: a"), @"
error[E0401]: `a` needs itself by way of 2 others
  main.smd:1:4: `a` needs `b`
  main.smd:2:4: `b` needs `c`
  main.smd:3:4: `c` needs `a`
  help: take one of these references out, or write what it gives as a literal
");
    assert_snapshot!(check("a: a"), @"
error[E0401]: `a` needs itself
  main.smd:1:4: `a` needs `a`
  help: take one of these references out, or write what it gives as a literal
");
    assert_snapshot!(check("r: r.part\nr.part < r:"), @"
error[E0401]: `r` needs itself by way of 1 other
  main.smd:1:4: `r` needs `r.part`
  `r.part` needs `r`: a part needs its resource
  help: take one of these references out, or write what it gives as a literal
");
}

#[test]
fn the_shortest_cycle_is_told() {
    assert_snapshot!(check("a: b\nb: c\nc: d\nd: a\ne: c d\nc2: e\nd2: c2\ne2: d2"), @"
error[E0401]: `a` needs itself by way of 3 others
  main.smd:1:4: `a` needs `b`
  main.smd:2:4: `b` needs `c`
  main.smd:3:4: `c` needs `d`
  main.smd:4:4: `d` needs `a`
  help: take one of these references out, or write what it gives as a literal
");
    assert_snapshot!(check("a: b\nb: c d\nc: a\nd: b"), @"
error[E0401]: `b` needs itself by way of 1 other
  main.smd:2:6: `b` needs `d`
  main.smd:4:4: `d` needs `b`
  help: take one of these references out, or write what it gives as a literal
");
}

#[test]
fn what_is_not_there_is_named() {
    assert_snapshot!(check("vpc.studio:\nsubnet.a: vpc.studo"), @"
error[E0402]: `subnet.a` needs `vpc.studo`, which is not declared
  help: did you mean `vpc.studio`?
");
}

#[test]
fn the_picture_is_clustered_and_stable() {
    let (configuration, sources) =
        configuration("a.far: b\nb:\nc[\"x\\\"y\"]: b ~c2\nc2: c[\"x\\\"y\"]");
    let graph = Graph::build(&configuration, &sources).unwrap();
    assert_snapshot!(dot(&configuration, &graph), @r#"
digraph smd {
  rankdir = "LR";
  node [shape = "box"];
  subgraph "cluster_111122223333_eu-west-1" {
    label = "111122223333 eu-west-1";
    "b";
    "c2";
    "c[\"x\\\"y\"]";
  }
  subgraph "cluster_111122223333_us-east-1" {
    label = "111122223333 us-east-1";
    "a.far";
  }
  "a.far" -> "b";
  "c2" -> "c[\"x\\\"y\"]";
  "c[\"x\\\"y\"]" -> "b";
}
"#);
}

#[test]
fn a_long_chain_uses_no_stack() {
    let needs: Vec<Vec<usize>> = (0..200_000_usize)
        .map(|index| index.checked_sub(1).into_iter().collect())
        .collect();
    assert_eq!(order(&needs).unwrap().len(), needs.len());
    assert_eq!(components(&needs).1.len(), needs.len());
}

proptest! {
    #![proptest_config(crate::testing::cases(500))]

    /// Whatever the edges: either an order in which everything comes after its needs, or cycles
    /// that are ones.
    #[test]
    fn an_order_or_a_cycle(edges in prop::collection::vec((0_usize..12, 0_usize..12, any::<bool>()), 0..24)) {
        let mut lines = vec![String::new(); 12];
        for (from, to, soft) in &edges {
            lines[*from].push_str(&format!(" {}n{to:02}", if *soft { "~" } else { "" }));
        }
        let text: String = lines.iter().enumerate().map(|(i, needs)| format!("n{i:02}:{needs}\n")).collect();
        let (configuration, sources) = configuration(text.trim_end());
        match Graph::build(&configuration, &sources) {
            Ok(graph) => {
                let mut done = [false; 12];
                for index in graph.order() {
                    prop_assert!(graph.needs(*index).iter().all(|need| done[*need]));
                    for (from, to, soft) in &edges {
                        prop_assert!(from != index || *soft || graph.needs(*index).contains(to));
                    }
                    done[*index] = true;
                }
                prop_assert!(done.iter().all(|done| *done));
            }
            Err(errors) => for error in errors {
                prop_assert!(!error.notes.is_empty());
                for note in &error.notes {
                    let words: Vec<&str> = note.split('`').collect();
                    let index = |name: &str| name.trim_start_matches('n').parse::<usize>().unwrap();
                    let (from, to) = (index(words[1]), index(words[3]));
                    prop_assert!(edges.contains(&(from, to, false)));
                }
            },
        }
    }
}
