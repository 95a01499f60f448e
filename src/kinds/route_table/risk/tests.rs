use std::sync::Arc;

use super::*;
use crate::config::{Access, Place};

fn map(members: &[(&str, &str)]) -> Map {
    members
        .iter()
        .map(|(name, value)| (Arc::from(*name), Value::string(*value)))
        .collect()
}

fn record(kind: &str, members: &[(&str, &str)]) -> Record {
    Record {
        kind: kind.into(),
        parent: None,
        place: Place {
            account: "111122223333".into(),
            region: "eu-west-1".into(),
            access: Access::default(),
        },
        id: route::id_of("rtb-1", "10.1.0.0/16"),
        written: Map::new(),
        digests: std::collections::BTreeMap::new(),
        attributes: map(members),
        depends_on: Vec::new(),
        protect: false,
        generation: 0,
        unfinished: false,
        touched_ms: 0,
    }
}

#[test]
fn a_live_route_that_goes_is_told() {
    let by_nat = record(
        "route_table.route",
        &[("via", "nat-1"), ("state", "active")],
    );
    let stops = "traffic to 10.1.0.0/16 by the NAT gateway nat-1 stops";
    assert_eq!(risks(Removal::Delete, &by_nat, None), [stops]);
    // Another destination is another route.
    let elsewhere = map(&[("to", "10.2.0.0/16")]);
    assert_eq!(risks(Removal::Replace, &by_nat, Some(&elsewhere)), [stops]);
    let same = map(&[("to", "10.1.0.0/16")]);
    assert_eq!(
        risks(Removal::Replace, &by_nat, Some(&same)),
        [format!("{stops} until the new route is there")]
    );
    let of_peering = record(
        "peering.requester_routes",
        &[("peering", "pcx-1"), ("state", "active")],
    );
    assert_eq!(
        risks(Removal::Delete, &of_peering, None),
        ["traffic to 10.1.0.0/16 by the peering pcx-1 stops"]
    );
    // Nothing goes by it any more.
    let blackhole = record(
        "route_table.route",
        &[("via", "nat-1"), ("state", "blackhole")],
    );
    assert!(risks(Removal::Delete, &blackhole, None).is_empty());
}
