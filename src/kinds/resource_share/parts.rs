//! The parts of a share: one for each resource and each principal, and the acceptance of each account
//! that smd has the way into.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::schema;
use crate::config::Place;
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::kinds::ec2::refer;
use crate::kinds::{Facts, PartDraft};
use crate::value::{Map, Value};

/// A list of the share and the parts that come of it.
struct Side {
    /// The attribute, and the parts' word.
    list: &'static str,
    kind: &'static str,
    /// The part's attribute.
    attribute: &'static str,
}

const RESOURCES: Side = Side {
    list: "resources",
    kind: "resource_share.resources",
    attribute: "resource",
};

const PRINCIPALS: Side = Side {
    list: "principals",
    kind: "resource_share.principals",
    attribute: "principal",
};

pub fn derived(facts: &dyn Facts, out: &mut Diagnostics) -> Vec<PartDraft> {
    let mut parts = items(facts, &RESOURCES, out);
    let principals = items(facts, &PRINCIPALS, out);
    let acceptances: Vec<PartDraft> = principals
        .iter()
        .filter_map(|principal| acceptance(facts, principal))
        .collect();
    parts.extend(principals);
    parts.extend(acceptances);
    parts
}

fn items(facts: &dyn Facts, side: &Side, out: &mut Diagnostics) -> Vec<PartDraft> {
    let Some(list) = facts.attribute(side.list).filter(|list| !list.is_null()) else {
        return Vec::new();
    };
    let Some(all) = list.as_list() else {
        out.push(unknown(facts, side, &list));
        return Vec::new();
    };
    let mut seen = BTreeSet::new();
    let mut parts = Vec::new();
    for item in all {
        let Some(key) = refer::key(item) else {
            out.push(unknown(facts, side, item));
            continue;
        };
        if !seen.insert(key.clone()) {
            continue;
        }
        let mut value = item.clone();
        value.span = item.span.or(list.span);
        parts.push(PartDraft {
            kind: side.kind,
            address: facts.address().item(side.list, &key),
            span: value.span,
            attributes: Map::from([(Arc::from(side.attribute), value)]),
            place: None,
            needs: Vec::new(),
        });
    }
    parts
}

/// The acceptance by the account that a principal is, if it is another one that is declared: only
/// accounts are invited, and only with their own credentials can they accept.
fn acceptance(facts: &dyn Facts, principal: &PartDraft) -> Option<PartDraft> {
    let own = facts.place()?;
    let account = principal.attributes.get(PRINCIPALS.attribute)?.as_str()?;
    if *account == *own.account || account.starts_with("arn:") {
        return None;
    }
    let place: Place = facts.declared(account, &own.region)?;
    Some(PartDraft {
        kind: schema::ACCEPTANCE.kind,
        address: facts.address().item("acceptance", account),
        attributes: Map::new(),
        place: Some(place),
        needs: vec![principal.address.clone()],
        span: principal.span,
    })
}

fn unknown(facts: &dyn Facts, side: &Side, value: &Value) -> Diagnostic {
    Diagnostic::error(
        codes::kinds::SHARE_ITEMS_UNKNOWN,
        format!(
            "`{}` of `{}` holds what is known only after apply",
            side.list,
            facts.address()
        ),
    )
    .at_opt(value.span, "")
    .help("name a resource itself, or write its ARN or the account's id")
    .about(facts.address().to_string())
}
