//! A state for people.

use super::style::{QUIET, STRONG, TextOptions};
use super::value_text::{key, value_text};
use crate::address::Address;
use crate::state::{Record, State};

/// A whole state, or the records with the given addresses (and their parts) only.
#[must_use]
pub fn state_text(state: &State, only: &[Address], options: TextOptions) -> String {
    let mut out = format!(
        "stack {}, serial {}, lineage {}\n",
        state.stack, state.serial, state.lineage
    );
    let wanted =
        |address: &Address| only.is_empty() || only.iter().any(|only| address.is_or_is_in(only));
    for (address, record) in state.records.iter().filter(|(address, _)| wanted(address)) {
        out.push('\n');
        record_text(&mut out, address, record, options);
    }
    out
}

fn record_text(out: &mut String, address: &Address, record: &Record, options: TextOptions) {
    let place = format!("{} {}", record.place.account, record.place.region);
    out.push_str(&format!(
        "{} ({})  {}\n",
        options.paint(STRONG, address.as_str()),
        record.id,
        options.paint(QUIET, &place)
    ));
    for (set, text) in [
        (record.protect, "protected: neither deleted nor replaced"),
        (
            record.unfinished,
            "unfinished: the last create or update of it broke off",
        ),
    ] {
        if set {
            out.push_str(&format!("    ! {text}\n"));
        }
    }
    let names = || {
        record
            .attributes
            .iter()
            .filter(|(_, value)| !value.is_null())
    };
    let width = names().map(|(name, _)| key(name).len()).max().unwrap_or(0);
    for (name, value) in names() {
        out.push_str(&format!(
            "    {:width$} = {}\n",
            key(name),
            value_text(value, "    ")
        ));
    }
}
