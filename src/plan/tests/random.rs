//! Random configurations, one for each seed.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::world::configuration;
use crate::config::Configuration;

/// How many machines a configuration has at most: most are small, so that many can be tried.
const MOST_BOXES: [usize; 4] = [5, 5, 12, 40];

/// A small generator of numbers, so that one seed gives one configuration.
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % sides as u64).unwrap()
    }

    /// Heads or tails.
    pub fn half(&mut self) -> bool {
        self.roll(2) == 0
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

/// Networks, groups that name each other in their rules, machines and pins; beside what they refer
/// to, machines and rules need others at random, some of it softly and in circles.
pub fn random(seed: u64) -> Configuration {
    let mut dice = Dice(seed);
    let mut nodes: Vec<(String, Json)> = Vec::new();
    let nets: Vec<usize> = (0..3).filter(|_| dice.roll(4) > 0).collect();
    for net in &nets {
        let cidr = format!("10.{}.0.0/16", dice.roll(2));
        let mut attributes = json!({ "cidr": cidr });
        if dice.half() {
            attributes["hosts"] = json!(dice.half());
        }
        if dice.roll(4) == 0 {
            attributes["first"] = json!(true);
        }
        nodes.push((format!("net.n{net}"), attributes));
    }
    let mut groups = Vec::new();
    for group in 0..4 {
        if nets.is_empty() || dice.roll(4) == 0 {
            continue;
        }
        let net = dice.pick(&nets);
        let description = format!("d{}", dice.roll(2));
        groups.push(group);
        nodes.push((
            format!("group.g{group}"),
            json!({ "net": format!("@net.n{net}.id"), "description": description }),
        ));
    }
    let rules: Vec<(usize, usize)> = groups
        .iter()
        .flat_map(|group| (0..dice.roll(3)).map(move |rule| (*group, rule)))
        .collect();
    let rule_address = |(group, rule): (usize, usize)| format!("group.g{group}.rule.r{rule}");
    let most = *dice.pick(&MOST_BOXES);
    let boxes = dice.roll(most);
    for number in 0..boxes {
        let size = ["small", "large"][dice.roll(2)];
        let mut attributes = json!({ "size": size });
        if !nets.is_empty() && dice.half() {
            attributes["net"] = json!(format!("@net.n{}.id", dice.pick(&nets)));
        }
        if !groups.is_empty() {
            let some: BTreeSet<String> = (0..dice.roll(3))
                .map(|_| format!("@group.g{}.id", dice.pick(&groups)))
                .collect();
            attributes["groups"] = json!(some);
        }
        // Hard needs go down, so that they close no circle; soft ones go anywhere.
        let mut needs: BTreeSet<String> = (0..dice.roll(4))
            .filter(|_| number > 0)
            .map(|_| format!("box.b{}", dice.roll(number.max(1))))
            .collect();
        if !rules.is_empty() && dice.roll(4) == 0 {
            needs.insert(format!("~{}", rule_address(*dice.pick(&rules))));
        }
        if dice.roll(8) == 0 {
            needs.insert(format!("~box.b{}", dice.roll(boxes)));
        }
        attributes["needs"] = json!(needs);
        nodes.push((format!("box.b{number}"), attributes));
    }
    for rule in &rules {
        let peer = dice.pick(&groups);
        let protocol = ["tcp", "udp"][dice.roll(2)];
        let mut attributes = json!({ "protocol": protocol, "ports": dice.roll(3),
            "peer": format!("@group.g{peer}.id") });
        if boxes > 0 && dice.roll(4) == 0 {
            attributes["needs"] = json!([format!("box.b{}", dice.roll(boxes))]);
        }
        nodes.push((rule_address(*rule), attributes));
    }
    let nodes: Vec<(&str, Json)> = nodes
        .iter()
        .map(|(address, json)| (address.as_str(), json.clone()))
        .collect();
    configuration(&nodes)
}
