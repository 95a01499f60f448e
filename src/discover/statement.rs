//! One statement for each thing, with its parts in it.

use std::collections::BTreeSet;

use super::names;
use super::references::Index;
use super::spell::{key, list, object, quoted};
use super::text::{Aside, Printer};
use super::write::{Accounts, Settings};
use super::{Estate, Piece, Thing, kind_of};
use crate::config::Place;
use crate::kinds::Kind;
use crate::kinds::schema::{Part, PartForm, Placement, Schema, Type};
use crate::value::{Map, Value};

/// A thing as text.
pub(super) struct Statement {
    /// The statement, not formatted yet.
    pub text: String,
    /// What it refers to outside of its parts, and whether by a text.
    pub refers: BTreeSet<(usize, bool)>,
    /// Long texts that stand in files of their own.
    pub asides: Vec<Aside>,
}

/// Writes the statements of an estate.
pub(super) struct Writer<'a> {
    pub estate: &'a Estate,
    pub settings: &'a Settings<'a>,
    pub labels: &'a [String],
    pub accounts: &'a Accounts,
    pub index: &'a Index,
    pub default_tags: &'a Map,
    pub circles: BTreeSet<(usize, usize)>,
}

impl Writer<'_> {
    /// The stack and the accounts.
    pub(super) fn main(&self) -> String {
        let mut out = format!("stack {} {{\n", self.settings.stack);
        if !self.default_tags.is_empty() {
            let tags: Vec<(String, String)> = self
                .default_tags
                .iter()
                .filter_map(|(name, value)| Some((key(name), quoted(value.as_str()?))))
                .collect();
            out.push_str(&format!("default_tags = {}\n", object(&tags)));
        }
        out.push_str("}\n");
        let home = &self.settings.home.account;
        let mut accounts: Vec<_> = self.accounts.iter().collect();
        accounts.sort_by_key(|(id, _)| *id != home);
        for (id, (label, place)) in &accounts {
            out.push_str(&format!("\naccount {label} {{\n"));
            out.push_str(&format!("id = {}\n", quoted(id)));
            out.push_str(&format!("region = {}\n", quoted(&place.region)));
            let access = &place.access;
            for (name, way) in [
                ("profile", &access.profile),
                ("assume_role", &access.assume_role),
            ] {
                if let Some(way) = way {
                    out.push_str(&format!("{name} = {}\n", quoted(way)));
                }
            }
            if *id == home && accounts.len() > 1 {
                out.push_str("default = true\n");
            }
            out.push_str("}\n");
        }
        out
    }

    /// One statement for each thing, in their order.
    pub(super) fn statements(&self) -> Vec<Statement> {
        let things = self.estate.things.iter().zip(self.labels).enumerate();
        things
            .map(|(at, (thing, label))| self.statement(at, thing, label))
            .collect()
    }

    fn printer(&self, own: usize, stem: String, is_part: bool) -> Printer<'_> {
        let thing = self.estate.things.get(own);
        let place = thing.map_or(self.settings.home, |one| &one.place);
        Printer {
            index: self.index,
            estate: self.estate,
            own,
            place,
            circles: &self.circles,
            is_part,
            refers: BTreeSet::new(),
            references: 0,
            stem,
            asides: Vec::new(),
            named: BTreeSet::new(),
            default_tags: self.default_tags,
        }
    }

    fn statement(&self, at: usize, thing: &Thing, label: &str) -> Statement {
        let Some((kind, schema)) = kind_of(self.settings.kinds, thing.kind) else {
            return Statement {
                text: String::new(),
                refers: BTreeSet::new(),
                asides: Vec::new(),
            };
        };
        let stem = format!("{}_{label}", thing.kind);
        let mut printer = self.printer(at, stem.clone(), false);
        let (mut lines, mut own) = printer.attributes(schema.attributes, &thing.attributes, &[]);
        let mut inside = self.printer(at, stem, true);
        for part in schema.parts {
            let pieces = thing.parts.iter();
            let pieces: Vec<&Piece> = pieces
                .filter(|piece| piece.kind == part.schema.kind)
                .collect();
            if pieces.is_empty() {
                continue;
            }
            match part.form {
                PartForm::Items(attribute) => {
                    lines.push_str(&items(&mut inside, part, attribute, &pieces));
                }
                PartForm::Block => own.push_str(&blocks(&mut inside, kind, part, &pieces)),
                PartForm::Derived => {}
            }
        }
        let place = self.placed(thing, schema);
        let mut asides = printer.asides;
        asides.extend(inside.asides);
        Statement {
            text: format!("{} {label} {{\n{place}{lines}{own}}}\n", thing.kind),
            refers: printer.refers,
            asides,
        }
    }

    /// `account` and `region`, where nothing else says them.
    fn placed(&self, thing: &Thing, schema: &Schema) -> String {
        let around = match schema.placement {
            Placement::From(names) => names
                .iter()
                .find_map(|name| self.parent(thing, schema, name)),
            Placement::Account | Placement::Parent => None,
        };
        let usual = around.unwrap_or(self.settings.home);
        let account = &thing.place.account;
        let Some((label, of_account)) = self.accounts.get(account) else {
            return String::new();
        };
        let mut out = String::new();
        let region = if usual.account == *account {
            &usual.region
        } else {
            out.push_str(&format!("account = account.{label}\n"));
            &of_account.region
        };
        if *region != thing.place.region {
            out.push_str(&format!("region = {}\n", quoted(&thing.place.region)));
        }
        out
    }

    /// Where the thing is that an attribute names, if that is one of the estate.
    fn parent(&self, thing: &Thing, schema: &Schema, name: &str) -> Option<&Place> {
        let attribute = schema.attributes.iter().find(|one| one.name == name)?;
        let value = thing.attributes.get(name)?;
        let (reference, text) = match (&attribute.ty, value.as_list()) {
            (Type::Ref(reference), _) => (reference, value.as_str()?),
            (
                Type::List(Type::Ref(reference), _) | Type::Set(Type::Ref(reference), _),
                Some(all),
            ) => (reference, all.first()?.as_str()?),
            _ => return None,
        };
        let members = (&thing.place, &thing.attributes);
        let meant = self.index.typed(self.estate, reference, text, members)?;
        Some(&self.estate.things.get(meant.thing?)?.place)
    }
}

/// Parts of a list: one item each.
fn items(printer: &mut Printer<'_>, part: &Part, attribute: &str, own: &[&Piece]) -> String {
    let Some(schema) = part
        .schema
        .attributes
        .iter()
        .find(|one| one.name == attribute)
    else {
        return String::new();
    };
    let mut items: Vec<String> = own
        .iter()
        .filter_map(|piece| {
            let value = piece.attributes.get(attribute)?;
            Some(printer.value(&schema.ty, value, &piece.attributes))
        })
        .collect();
    // Each is a part of its own: their order means nothing.
    items.sort();
    if items.is_empty() {
        return String::new();
    }
    format!("{} = {}\n", part.word, list(&items))
}

/// Parts of which each is a block with a label.
fn blocks(printer: &mut Printer<'_>, kind: &dyn Kind, part: &Part, own: &[&Piece]) -> String {
    let mut taken = BTreeSet::new();
    let mut out = String::new();
    for piece in own {
        let named = piece.attributes.get("name").and_then(Value::as_str);
        let label = match named {
            // A part with a name is called by it: then the name need not be written.
            Some(name) => key(name),
            None => names::free(&names::wanted_part(piece, part.word, kind), &mut taken),
        };
        let without: &[&str] = match named {
            Some(_) => &[part.parent.0, "name"],
            None => &[part.parent.0],
        };
        printer.named.clear();
        let (lines, deeper) =
            printer.attributes(part.schema.attributes, &piece.attributes, without);
        let body = lines + &deeper;
        let body = match body.lines().count() {
            // Short ones on one line, as people write rules and routes.
            lines if lines <= MOST_ON_A_LINE && !body.contains('{') && !body.contains("[\n") => {
                let body: Vec<&str> = body.lines().collect();
                format!(" {} ", body.join(", "))
            }
            _ => format!("\n{body}"),
        };
        out.push_str(&format!("{} {label} {{{body}}}\n", part.word));
    }
    out
}

/// How many attributes of a part stand on one line at most.
const MOST_ON_A_LINE: usize = 4;
