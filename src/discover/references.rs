//! What stands for an id: the reference to the thing that has it. [`each`] finds the fields of a
//! schema that name other things, [`Index`] turns what stands in them into references.

use std::collections::BTreeMap;

use super::{Estate, kind_of};
use crate::config::Place;
use crate::kinds::Kind;
use crate::kinds::import;
use crate::kinds::schema::{Attribute, ChangeRule, Ref, Type};
use crate::value::{Data, Map, Value};

/// A text in a field that takes a resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct Referred<'a> {
    /// What the field takes.
    pub reference: Ref,
    /// What stands there: an id, ARN or name.
    pub text: &'a str,
    /// The account and region of it, where attributes beside it say so (`accepter_account`).
    pub account: Option<&'a str>,
    pub region: Option<&'a str>,
}

/// [`Referred`] for keeps.
#[derive(Debug, Clone)]
pub(super) struct Owned {
    pub reference: Ref,
    pub text: String,
    pub account: Option<String>,
    pub region: Option<String>,
}

impl Referred<'_> {
    pub(super) fn owned(self) -> Owned {
        Owned {
            reference: self.reference,
            text: self.text.to_owned(),
            account: self.account.map(str::to_owned),
            region: self.region.map(str::to_owned),
        }
    }
}

/// What the attribute beside another one says of it: `accepter_account` of `accepter`.
fn beside<'a>(members: &'a Map, name: &str, what: &str) -> Option<&'a str> {
    members.get(format!("{name}_{what}").as_str())?.as_str()
}

/// The attribute that says where the one of this name is, if this name is of that form.
pub(super) fn follows(name: &str) -> Option<&str> {
    name.strip_suffix("_account")
        .or_else(|| name.strip_suffix("_region"))
}

/// Calls `found` with each text in a field that takes a resource.
pub(super) fn each<'a>(
    attributes: &[Attribute],
    members: &'a Map,
    found: &mut dyn FnMut(Referred<'a>),
) {
    for attribute in attributes {
        if attribute.change == ChangeRule::Computed {
            continue;
        }
        let Some(value) = members.get(attribute.name) else {
            continue;
        };
        let account = beside(members, attribute.name, "account");
        let region = beside(members, attribute.name, "region");
        in_value(&attribute.ty, value, (account, region), found);
    }
}

fn in_value<'a>(
    ty: &Type,
    value: &'a Value,
    (account, region): (Option<&'a str>, Option<&'a str>),
    found: &mut dyn FnMut(Referred<'a>),
) {
    match (ty, &value.data) {
        (Type::Ref(reference), Data::String(text)) => found(Referred {
            reference: *reference,
            text,
            account,
            region,
        }),
        (Type::List(item, _) | Type::Set(item, _), Data::List(items)) => {
            for value in items.iter() {
                in_value(item, value, (account, region), found);
            }
        }
        (Type::Map(item), Data::Map(members)) => {
            for value in members.values() {
                in_value(item, value, (account, region), found);
            }
        }
        (Type::Object(attributes), Data::Map(members)) => each(attributes, members, found),
        _ => {}
    }
}

/// What a text stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meant {
    /// The thing's place in the estate; `None`: an account.
    pub thing: Option<usize>,
    /// How it is written: `vpc.main`, `role.team.arn`.
    pub written: String,
}

/// The attributes by which a field may name a thing.
const NAMING: [&str; 3] = ["id", "arn", "name"];

/// What stands for what, over an estate whose things have their names.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// By kind word and attribute (of [`NAMING`]), then by its text.
    typed: BTreeMap<(&'static str, &'static str), BTreeMap<String, Vec<usize>>>,
    /// Ids and ARNs that only one thing or account has.
    texts: BTreeMap<String, Option<Meant>>,
    addresses: Vec<String>,
}

impl Index {
    /// The index of an estate; `addresses` has one for each thing.
    pub(super) fn of(
        estate: &Estate,
        kinds: &[&'static dyn Kind],
        addresses: Vec<String>,
        accounts: &BTreeMap<String, String>,
    ) -> Self {
        let mut index = Self {
            addresses,
            ..Self::default()
        };
        for (at, thing) in estate.things.iter().enumerate() {
            let schema = kind_of(kinds, thing.kind);
            for attribute in schema.into_iter().flat_map(|(_, schema)| schema.attributes) {
                let Some(text) = thing.attributes.get(attribute.name).and_then(Value::as_str)
                else {
                    continue;
                };
                if NAMING.contains(&attribute.name) {
                    let key = (thing.kind, attribute.name);
                    let typed = index.typed.entry(key).or_default();
                    typed.entry(text.to_owned()).or_default().push(at);
                    // A group of another account is named with it.
                    if attribute.name == "id" {
                        let with_account = format!("{}/{text}", thing.place.account);
                        typed.entry(with_account).or_default().push(at);
                    }
                }
                if attribute.change == ChangeRule::Computed && is_id(text) {
                    index.means(text, at, attribute.name);
                }
            }
        }
        for (id, label) in accounts {
            let meant = Meant {
                thing: None,
                written: format!("account.{label}.id"),
            };
            index.texts.insert(id.clone(), Some(meant));
        }
        index
    }

    fn means(&mut self, text: &str, at: usize, attribute: &str) {
        let address = self.addresses.get(at).map_or("", String::as_str);
        let meant = Meant {
            thing: Some(at),
            written: format!("{address}.{attribute}"),
        };
        match self.texts.get_mut(text) {
            // `id` and `arn` of a thing that has only its ARN are the same.
            Some(there) if there.as_ref().is_some_and(|one| one.thing == Some(at)) => {
                if attribute == "arn" {
                    *there = Some(meant);
                }
            }
            // Two have it: neither is meant.
            Some(there) => *there = None,
            None => {
                self.texts.insert(text.to_owned(), Some(meant));
            }
        }
    }

    /// The thing that a field which takes a resource names.
    pub(super) fn typed(
        &self,
        estate: &Estate,
        reference: &Ref,
        text: &str,
        (place, members): (&Place, &Map),
    ) -> Option<Meant> {
        let of_kinds = reference.kinds.iter().flat_map(|word| {
            let typed = self.typed.get(&(*word, reference.attribute))?;
            typed.get(text)
        });
        let of_kinds = of_kinds.flatten();
        let is_near = |at: &usize| {
            let Some(thing) = estate.things.get(*at) else {
                return false;
            };
            // A name is one of many: of the same account, and of the same domain.
            reference.attribute != "name"
                || (thing.place.account == place.account
                    && match (thing.attributes.get("domain"), members.get("domain")) {
                        (Some(theirs), Some(ours)) => theirs == ours,
                        _ => true,
                    })
        };
        let mut near = of_kinds.copied().filter(is_near);
        let at = near.next()?;
        // Of several nobody can say which is meant.
        if near.next().is_some() {
            return None;
        }
        Some(Meant {
            thing: Some(at),
            written: self.addresses.get(at)?.clone(),
        })
    }

    /// What a text that is an id or an ARN stands for.
    pub(super) fn text(&self, text: &str) -> Option<&Meant> {
        self.texts.get(text)?.as_ref()
    }

    /// The ARN that a text begins with, and what follows behind it: `…:domain/d-1`, `/*`.
    pub(super) fn start<'t>(&self, text: &'t str) -> Option<(&Meant, &'t str)> {
        if !text.starts_with("arn:") {
            return None;
        }
        let ends = text.rmatch_indices(['/', ':']).map(|(at, _)| at);
        ends.filter_map(|at| {
            let (start, rest) = (text.get(..at)?, text.get(at..)?);
            let meant = self.text(start).filter(|_| start.starts_with("arn:"))?;
            Some((meant, rest))
        })
        .next()
    }
}

/// Whether a text can only be an id or an ARN: `vpc-0123456789abcdef0`, `d-abc123`.
fn is_id(text: &str) -> bool {
    if import::place_in_arn(text).is_some() {
        return true;
    }
    let Some((start, rest)) = text.split_once('-') else {
        return false;
    };
    /// Fewest characters behind the hyphen of an id.
    const SHORTEST: usize = 8;
    start.bytes().all(|byte| byte.is_ascii_lowercase())
        && !start.is_empty()
        && rest.len() >= SHORTEST
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        && rest.bytes().any(|byte| byte.is_ascii_digit())
}
