//! Values as the language writes them, by the type of their attribute.

use std::collections::BTreeSet;

use super::references::{Index, Meant, follows};
use super::spell::{key, list, object, quoted};
use super::{Estate, document};
use crate::config::Place;
use crate::kinds::compare;
use crate::kinds::schema::{Attribute, ChangeRule, Type, Unset};
use crate::value::{Data, Map, Value};

/// The attribute that holds a name.
const NAME: &str = "name";
/// AWS's word for all protocols.
const ANY_PROTOCOL: &str = "-1";
/// The ending of a file with this text.
fn ending(text: &str) -> &'static str {
    if text.starts_with("#!") {
        "sh"
    } else if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
        "json"
    } else {
        "txt"
    }
}

/// A long text that stands in a file of its own.
#[derive(Debug, Clone)]
pub(super) struct Aside {
    /// What the file is called.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// Prints the values of one thing.
pub(super) struct Printer<'a> {
    pub index: &'a Index,
    pub estate: &'a Estate,
    /// The thing's place in the estate, and where it is.
    pub own: usize,
    pub place: &'a Place,
    /// References that would close a circle, as (from, to): an id is written in their stead.
    pub circles: &'a BTreeSet<(usize, usize)>,
    /// Whether what is printed is a node of its own, which closes no circle.
    pub is_part: bool,
    /// What was referred to: which thing, and whether by a text that could be an id as well.
    pub refers: BTreeSet<(usize, bool)>,
    /// How many references were written.
    pub references: usize,
    /// How files of long texts are called.
    pub stem: String,
    /// Long texts.
    pub asides: Vec<Aside>,
    /// Names of attributes that were written as references.
    pub named: BTreeSet<&'static str>,
    /// Tags that every thing has from the stack.
    pub default_tags: &'a Map,
}

impl Printer<'_> {
    /// A text: the reference that stands for it, or the text in quotes.
    pub(super) fn text(&mut self, text: &str) -> String {
        let index = self.index;
        if let Some(meant) = index.text(text)
            && self.may(meant, true)
        {
            return meant.written.clone();
        }
        if let Some((meant, rest)) = index.start(text)
            && self.may(meant, true)
        {
            let rest = quoted(rest);
            let rest = rest.strip_prefix('"').unwrap_or_default();
            return format!("\"${{{}}}{rest}", meant.written);
        }
        quoted(text)
    }

    /// Whether a reference may be written, and if so, that it is.
    fn may(&mut self, meant: &Meant, by_text: bool) -> bool {
        let Some(at) = meant.thing else {
            return true;
        };
        // A part may name its own resource, by which it is made.
        let is_own = at == self.own && !self.is_part;
        let closes = !self.is_part && by_text && self.circles.contains(&(self.own, at));
        if is_own || closes {
            return false;
        }
        self.refers.insert((at, by_text));
        self.references += 1;
        true
    }

    /// A value of a type, as an expression.
    pub(super) fn value(&mut self, ty: &Type, value: &Value, members: &Map) -> String {
        match (ty, &value.data) {
            (Type::Ref(reference), Data::String(text)) => {
                let found = self
                    .index
                    .typed(self.estate, reference, text, (self.place, members));
                match found {
                    Some(meant) if meant.thing == Some(self.own) && self.is_part => {
                        "self".to_owned()
                    }
                    Some(meant) if self.may(&meant, false) => meant.written,
                    _ => self.text(text),
                }
            }
            // What people call things stands for nothing else.
            (Type::Tags, Data::Map(tags)) => {
                let tags: Vec<(String, String)> = tags
                    .iter()
                    .filter_map(|(name, value)| Some((key(name), quoted(value.as_str()?))))
                    .collect();
                object(&tags)
            }
            (Type::Protocol, Data::String(text)) if &**text == ANY_PROTOCOL => "\"all\"".to_owned(),
            (Type::List(item, _) | Type::Set(item, _), Data::List(items)) => {
                let mut items: Vec<String> = items
                    .iter()
                    .map(|value| self.value(item, value, members))
                    .collect();
                if matches!(ty, Type::Set(..)) {
                    items.sort();
                }
                list(&items)
            }
            (Type::Map(item), Data::Map(entries)) => {
                let entries: Vec<(String, String)> = entries
                    .iter()
                    .map(|(name, value)| (key(name), self.value(item, value, members)))
                    .collect();
                object(&entries)
            }
            (Type::Object(attributes), Data::Map(inner)) => {
                let inner: Vec<(String, String)> = attributes
                    .iter()
                    .filter_map(|attribute| {
                        let value = written(attribute, inner)?;
                        let text = self.value(&attribute.ty, value, members);
                        Some((attribute.name.to_owned(), text))
                    })
                    .collect();
                object(&inner)
            }
            _ => self.plain(value),
        }
    }

    /// A value whatever its type.
    fn plain(&mut self, value: &Value) -> String {
        match &value.data {
            Data::Null | Data::Unknown(_) | Data::Resource(_) => "null".to_owned(),
            Data::Bool(value) => value.to_string(),
            Data::Int(value) => value.to_string(),
            Data::Float(value) => value.to_string(),
            Data::String(text) => self.text(text),
            Data::Ports(from, to) if from == to => from.to_string(),
            Data::Ports(from, to) => format!("{from}..{to}"),
            Data::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.plain(item)).collect();
                list(&items)
            }
            Data::Map(members) => {
                let members: Vec<(String, String)> = members
                    .iter()
                    .map(|(name, value)| (key(name), self.plain(value)))
                    .collect();
                object(&members)
            }
        }
    }

    /// Attributes as lines, and those that are blocks: settings objects and documents.
    pub(super) fn attributes(
        &mut self,
        attributes: &'static [Attribute],
        members: &Map,
        without: &[&str],
    ) -> (String, String) {
        let (mut lines, mut blocks) = (String::new(), String::new());
        for attribute in attributes {
            // What says where a thing is goes without saying where the thing itself is named.
            let is_told = follows(attribute.name).is_some_and(|of| self.named.contains(of));
            if without.contains(&attribute.name) || is_told {
                continue;
            }
            let tags;
            let value = match (&attribute.ty, written(attribute, members)) {
                (_, None) => continue,
                (Type::Tags, Some(value)) => {
                    tags = self.own_tags(value);
                    &tags
                }
                (_, Some(value)) => value,
            };
            if matches!(attribute.ty, Type::Tags) && value.as_map().is_none_or(Map::is_empty) {
                continue;
            }
            let name = attribute.name;
            match (&attribute.ty, &value.data) {
                (Type::String(_), Data::String(text)) if name == NAME => {
                    lines.push_str(&format!("{name} = {}\n", quoted(text)));
                }
                (Type::IamDocument, Data::String(text)) => {
                    blocks.push_str(&document::attribute(self, name, text));
                }
                (Type::LongText(_), Data::String(text)) => {
                    let file = format!("{}.{}", self.stem, ending(text));
                    lines.push_str(&format!("{name} = file({})\n", quoted(&file)));
                    self.asides.push(Aside {
                        file,
                        text: text.to_string(),
                    });
                }
                (Type::Object(inner), Data::Map(values)) => {
                    let (inner, deeper) = self.attributes(inner, values, &[]);
                    let body = inner + &deeper;
                    if !body.is_empty() {
                        blocks.push_str(&format!("{name} {{\n{body}}}\n"));
                    } else if attribute.required {
                        lines.push_str(&format!("{name} = {{}}\n"));
                    }
                }
                _ => {
                    let before = self.references;
                    let text = self.value(&attribute.ty, value, members);
                    if self.references > before {
                        self.named.insert(name);
                    }
                    lines.push_str(&format!("{name} = {text}\n"));
                }
            }
        }
        (lines, blocks)
    }

    /// Tags without those that the stack gives to all.
    fn own_tags(&self, tags: &Value) -> Value {
        let own = tags.as_map().into_iter().flatten();
        let own = own.filter(|(name, value)| self.default_tags.get(*name) != Some(*value));
        Value::map(
            own.map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        )
    }
}

/// The value of an attribute, if it has to be written: not what AWS gives, not what is so anyway.
pub(super) fn written<'a>(attribute: &Attribute, members: &'a Map) -> Option<&'a Value> {
    if attribute.change == ChangeRule::Computed {
        return None;
    }
    let value = members
        .get(attribute.name)
        .filter(|value| !value.is_null())?;
    if attribute.required {
        return Some(value);
    }
    let is_empty = match &value.data {
        Data::List(items) => items.is_empty(),
        Data::Map(members) => members.is_empty(),
        Data::String(text) => text.is_empty(),
        _ => false,
    };
    if is_empty {
        return None;
    }
    let usual = match attribute.unset {
        Unset::Default(json) => from_json(json),
        _ => None,
    };
    let is_usual = usual.is_some_and(|usual| compare::same(&attribute.ty, &usual, value));
    (!is_usual).then_some(value)
}

/// A default, as schemas write them.
fn from_json(text: &str) -> Option<Value> {
    Some(
        match serde_json::from_str::<serde_json::Value>(text).ok()? {
            serde_json::Value::Bool(value) => Value::bool(value),
            serde_json::Value::Number(number) => Value::int(number.as_i64()?),
            serde_json::Value::String(text) => Value::string(text),
            _ => return None,
        },
    )
}
