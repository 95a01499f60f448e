//! One order of all values: sets are kept in it, `sort` and `distinct` use it.

use std::cmp::Ordering;

use crate::config::operator;
use crate::value::{Data, Value};

fn rank(data: &Data) -> u8 {
    match data {
        Data::Null => 0,
        Data::Bool(_) => 1,
        Data::Int(_) | Data::Float(_) => 2,
        Data::String(_) => 3,
        Data::Ports(..) => 4,
        Data::Resource(_) => 5,
        Data::List(_) => 6,
        Data::Map(_) => 7,
        Data::Unknown(_) => 8,
    }
}

/// Orders two values: numbers by size, texts by their characters, unknown ones last.
pub(in crate::config) fn order(a: &Value, b: &Value) -> Ordering {
    match (&a.data, &b.data) {
        (Data::Bool(a), Data::Bool(b)) => a.cmp(b),
        (Data::Int(a), Data::Int(b)) => a.cmp(b),
        (Data::String(a), Data::String(b)) => a.cmp(b),
        (Data::Ports(a, b), Data::Ports(c, d)) => (a, b).cmp(&(c, d)),
        (Data::Resource(a), Data::Resource(b)) => a.cmp(b),
        (Data::List(a), Data::List(b)) => {
            for (a, b) in a.iter().zip(b.iter()) {
                match order(a, b) {
                    Ordering::Equal => {}
                    other => return other,
                }
            }
            a.len().cmp(&b.len())
        }
        (Data::Map(a), Data::Map(b)) => {
            for ((ka, va), (kb, vb)) in a.iter().zip(b.iter()) {
                match ka.cmp(kb).then_with(|| order(va, vb)) {
                    Ordering::Equal => {}
                    other => return other,
                }
            }
            a.len().cmp(&b.len())
        }
        (Data::Unknown(ra), Data::Unknown(rb)) => {
            if ra == rb {
                return Ordering::Equal;
            }
            let text = |value: &Value| {
                if value.has_sensitive() {
                    String::new()
                } else {
                    serde_json::to_string(value).unwrap_or_default()
                }
            };
            text(a).cmp(&text(b))
        }
        (x, y) if rank(x) == 2 && rank(y) == 2 => {
            let number = |value| operator::to_number(value).unwrap_or_default();
            number(a).total_cmp(&number(b))
        }
        (x, y) => rank(x).cmp(&rank(y)),
    }
}

/// A value in that order, for sets of values.
#[derive(Debug)]
pub(in crate::config) struct Ordered(pub(in crate::config) Value);

impl PartialEq for Ordered {
    fn eq(&self, other: &Self) -> bool {
        order(&self.0, &other.0) == Ordering::Equal
    }
}

impl Eq for Ordered {}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> Ordering {
        order(&self.0, &other.0)
    }
}
