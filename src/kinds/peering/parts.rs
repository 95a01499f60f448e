//! The parts of a peering: acceptance, options of each side, routes of each side.

use std::collections::BTreeSet;
use std::sync::Arc;

use ipnet::IpNet;

use crate::address::Address;
use crate::config::Place;
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::kinds::ec2::refer;
use crate::kinds::{Facts, PartDraft};
use crate::value::{Map, Value};

/// One side of a peering.
struct Side {
    options: &'static str,
    options_kind: &'static str,
    own_flag: &'static str,
    routes: &'static str,
    routes_kind: &'static str,
}

const REQUESTER: Side = Side {
    options: "requester_options",
    options_kind: "peering.requester_options",
    own_flag: "requester_dns_resolution",
    routes: "requester_routes",
    routes_kind: "peering.requester_routes",
};

const ACCEPTER: Side = Side {
    options: "accepter_options",
    options_kind: "peering.accepter_options",
    own_flag: "accepter_dns_resolution",
    routes: "accepter_routes",
    routes_kind: "peering.accepter_routes",
};

pub fn derived(facts: &dyn Facts, out: &mut Diagnostics) -> Vec<PartDraft> {
    let own = facts.place();
    let accepter = accepter_place(facts, own.as_ref());
    let acceptance = accepter
        .as_ref()
        .map(|_| facts.address().single("acceptance"));
    let mut parts = Vec::new();
    match (&accepter, &acceptance) {
        (Some(place), Some(address)) => {
            parts.push(accepted(facts, own.as_ref(), place, address));
            options(facts, &REQUESTER, None, address, &mut parts);
            options(facts, &ACCEPTER, Some(place), address, &mut parts);
        }
        _ => pending(facts, out),
    }
    routes(
        facts,
        &REQUESTER,
        own.as_ref(),
        acceptance.as_ref(),
        out,
        &mut parts,
    );
    if accepter.is_some() {
        routes(
            facts,
            &ACCEPTER,
            accepter.as_ref(),
            acceptance.as_ref(),
            out,
            &mut parts,
        );
    }
    parts
}

fn written(facts: &dyn Facts, name: &str) -> Option<Value> {
    facts.attribute(name).filter(|value| !value.is_null())
}

/// Where the accepter is, if smd has the way in: a resource's own place, a declared account, or the
/// requester's own.
fn accepter_place(facts: &dyn Facts, own: Option<&Place>) -> Option<Place> {
    let accepter = written(facts, "accepter")?;
    if let Some(address) = refer::target(&accepter) {
        return facts.place_of(address).or_else(|| own.cloned());
    }
    let own = own?;
    let text =
        |name: &str| written(facts, name).and_then(|value| value.as_str().map(Arc::<str>::from));
    let region = text("accepter_region").unwrap_or_else(|| Arc::clone(&own.region));
    match text("accepter_account") {
        Some(account) if account != own.account => facts.declared(&account, &region),
        _ => Some(Place {
            region,
            ..own.clone()
        }),
    }
}

fn accepted(facts: &dyn Facts, own: Option<&Place>, place: &Place, address: &Address) -> PartDraft {
    let mut attributes = Map::new();
    let is_same = own.is_none_or(|own| own.account == place.account && own.region == place.region);
    // In one account and region there is one set of tags, and the peering carries it.
    if !is_same {
        for name in ["name", "tags"] {
            if let Some(value) = written(facts, name) {
                attributes.insert(Arc::from(name), value);
            }
        }
    }
    PartDraft {
        kind: "peering.acceptance",
        address: address.clone(),
        attributes,
        place: Some(place.clone()),
        needs: Vec::new(),
        span: written(facts, "accepter").and_then(|value| value.span),
    }
}

fn options(
    facts: &dyn Facts,
    side: &Side,
    place: Option<&Place>,
    acceptance: &Address,
    parts: &mut Vec<PartDraft>,
) {
    let flag = written(facts, side.own_flag).or_else(|| written(facts, "dns_resolution"));
    let Some(flag) = flag else {
        return;
    };
    let span = flag.span;
    parts.push(PartDraft {
        kind: side.options_kind,
        address: facts.address().single(side.options),
        attributes: Map::from([(Arc::from("dns_resolution"), flag)]),
        place: place.cloned(),
        needs: vec![acceptance.clone()],
        span,
    });
}

/// What cannot be set while somebody else has to accept.
fn pending(facts: &dyn Facts, out: &mut Diagnostics) {
    for name in [
        "dns_resolution",
        REQUESTER.own_flag,
        ACCEPTER.own_flag,
        ACCEPTER.routes,
    ] {
        if let Some(value) = written(facts, name) {
            out.push(
                Diagnostic::warning(
                    codes::kinds::PEERING_OPTIONS_PENDING,
                    format!(
                        "`{name}` of `{}` is not set: its accepter is in no declared account",
                        facts.address()
                    ),
                )
                .at_opt(value.span, "")
                .help("declare the account with `assume_role` or `profile`, and the accepter's VPC in it")
                .about(facts.address().to_string()),
            );
        }
    }
}

fn routes(
    facts: &dyn Facts,
    side: &Side,
    place: Option<&Place>,
    acceptance: Option<&Address>,
    out: &mut Diagnostics,
    parts: &mut Vec<PartDraft>,
) {
    let Some(block) = written(facts, side.routes) else {
        return;
    };
    let (Some(tables), Some(networks)) = (block.get("tables"), block.get("to")) else {
        return;
    };
    let mut seen = BTreeSet::new();
    let items = |value: &Value| value.as_list().map(<[Value]>::to_vec);
    let (Some(tables), Some(networks)) = (items(tables), items(networks)) else {
        out.push(unknown(facts, side, &block));
        return;
    };
    for table in &tables {
        let Some(table_key) = refer::key(table) else {
            out.push(unknown(facts, side, table));
            continue;
        };
        for network in &networks {
            let Some(text) = network.as_str() else {
                out.push(unknown(facts, side, network));
                continue;
            };
            // What is no network is told by the type of the part's attribute.
            let text = text
                .parse::<IpNet>()
                .map_or_else(|_| text.to_owned(), |network| network.to_string());
            let key = format!("{table_key} {text}");
            if !seen.insert(key.clone()) {
                continue;
            }
            let mut to = Value::string(text);
            to.span = network.span.or(block.span);
            let mut table = table.clone();
            table.span = table.span.or(block.span);
            let own_place = refer::target(&table).and_then(|address| facts.place_of(address));
            parts.push(PartDraft {
                kind: side.routes_kind,
                address: facts.address().item(side.routes, &key),
                span: to.span,
                attributes: Map::from([(Arc::from("table"), table), (Arc::from("to"), to)]),
                place: own_place.or_else(|| place.cloned()),
                needs: acceptance.cloned().into_iter().collect(),
            });
        }
    }
}

fn unknown(facts: &dyn Facts, side: &Side, value: &Value) -> Diagnostic {
    Diagnostic::error(
        codes::kinds::PEERING_DESTINATIONS_UNKNOWN,
        format!(
            "`{}` of `{}` holds what is known only after apply",
            side.routes,
            facts.address()
        ),
    )
    .at_opt(value.span, "")
    .help("name route tables by reference or id, and networks by text or a written `cidr`")
    .about(facts.address().to_string())
}
