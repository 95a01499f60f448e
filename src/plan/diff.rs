//! Wanted against actual, attribute by attribute.

use std::sync::Arc;

use super::paths::join;
use crate::kinds::Kind;
use crate::kinds::compare::{is_empty, same};
use crate::kinds::schema::{Attribute, ChangeRule, Schema, Type, Unset};
use crate::kinds::tags::owned_prefix;
use crate::value::{Map, Value};

/// Why no call is made about a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// The attribute has gone from the files, and no call clears it.
    Stays,
    /// It is a setting of smd's own.
    Own,
}

impl Note {
    /// The stable word in a step's reasons.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Stays => "cannot_be_cleared",
            Self::Own => "own_setting",
        }
    }

    /// What is said of it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Stays => "cannot be cleared: stays as it is",
            Self::Own => "a setting of smd, recorded without a call",
        }
    }
}

/// One path at which wanted and actual differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// `default_user_settings.security_groups`, `tags.owner`.
    pub path: String,
    /// What is there; `null`: nothing.
    pub before: Value,
    /// What is wanted, which may be or hold unknown values; `null`: cleared.
    pub after: Value,
    /// Why it forces a replacement, if it does.
    pub replaces: Option<String>,
    /// Why no call is made about it, if none is.
    pub note: Option<Note>,
}

/// Every path at which what the files own, or owned when they were last applied (`written`), differs
/// from what is there, in order of paths. What they never named is left alone. Sensitive values must
/// have been taken out.
#[must_use]
pub fn diff(
    kind: &dyn Kind,
    schema: &Schema,
    wanted: &Map,
    actual: &Map,
    written: &Map,
) -> Vec<Difference> {
    let mut walk = Walk {
        kind,
        word: schema.kind,
        out: Vec::new(),
    };
    walk.members(
        schema.attributes,
        "",
        ChangeRule::InPlace,
        Sides {
            wanted: Some(wanted),
            actual: Some(actual),
            written: Some(written),
        },
    );
    walk.out.sort_by(|a, b| a.path.cmp(&b.path));
    walk.out
}

/// The three maps of one level.
#[derive(Clone, Copy)]
struct Sides<'a> {
    wanted: Option<&'a Map>,
    actual: Option<&'a Map>,
    written: Option<&'a Map>,
}

/// The three values of one attribute; `None` and `null` are the same.
#[derive(Clone, Copy)]
struct Values<'a> {
    wanted: Option<&'a Value>,
    actual: Option<&'a Value>,
    written: Option<&'a Value>,
}

impl<'a> Values<'a> {
    fn members(self) -> Sides<'a> {
        Sides {
            wanted: self.wanted.and_then(Value::as_map),
            actual: self.actual.and_then(Value::as_map),
            written: self.written.and_then(Value::as_map),
        }
    }
}

struct Walk<'a> {
    kind: &'a dyn Kind,
    word: &'a str,
    out: Vec<Difference>,
}

impl Walk<'_> {
    fn members(
        &mut self,
        attributes: &'static [Attribute],
        path: &str,
        above: ChangeRule,
        sides: Sides<'_>,
    ) {
        let take = |map: Option<&'_ Map>, name: &str| -> Option<Value> {
            map.and_then(|map| map.get(name))
                .filter(|value| !value.is_null())
                .cloned()
        };
        for attribute in attributes {
            let wanted = take(sides.wanted, attribute.name);
            let written = take(sides.written, attribute.name);
            let rule = stricter(above, attribute.change);
            if rule == ChangeRule::Computed || (wanted.is_none() && written.is_none()) {
                continue;
            }
            // smd's own settings are nowhere but in the record.
            let actual = if rule == ChangeRule::Own {
                written.clone()
            } else {
                take(sides.actual, attribute.name)
            };
            let values = Values {
                wanted: wanted.as_ref(),
                actual: actual.as_ref(),
                written: written.as_ref(),
            };
            self.attribute(attribute, &join(path, attribute.name), rule, values);
        }
    }

    fn attribute(
        &mut self,
        attribute: &'static Attribute,
        path: &str,
        rule: ChangeRule,
        values: Values<'_>,
    ) {
        match (&attribute.ty, values.wanted) {
            (Type::Tags, wanted) if !wanted.is_some_and(Value::is_unknown) => {
                self.tags(path, rule, values.members());
            }
            (Type::Object(members), Some(wanted)) if wanted.as_map().is_some() => {
                self.members(members, path, rule, values.members());
            }
            (Type::Object(members), None) if attribute.unset == Unset::Cannot => {
                self.members(members, path, rule, values.members());
            }
            (ty, Some(wanted)) => self.leaf(ty, path, rule, wanted, values.actual),
            (_, None) => self.cleared(attribute, path, rule, values.actual),
        }
    }

    fn leaf(
        &mut self,
        ty: &Type,
        path: &str,
        rule: ChangeRule,
        wanted: &Value,
        actual: Option<&Value>,
    ) {
        let null = Value::null();
        let actual = actual.unwrap_or(&null);
        let equal = self
            .kind
            .same(self.word, path, wanted, actual)
            .unwrap_or_else(|| same(ty, wanted, actual));
        if !equal {
            self.found(path, rule, actual, wanted.clone(), None);
        }
    }

    /// What was written and is gone.
    fn cleared(
        &mut self,
        attribute: &Attribute,
        path: &str,
        rule: ChangeRule,
        actual: Option<&Value>,
    ) {
        let null = Value::null();
        let actual = actual.unwrap_or(&null);
        if is_empty(actual) {
            return;
        }
        match attribute.unset {
            Unset::Cannot if matches!(rule, ChangeRule::Own) => {
                self.found(path, rule, actual, Value::null(), None);
            }
            Unset::Cannot => self.found(
                path,
                ChangeRule::InPlace,
                actual,
                Value::null(),
                Some(Note::Stays),
            ),
            Unset::Empty => self.found(path, rule, actual, Value::null(), None),
            Unset::Default(json) => {
                let default = serde_json::from_str(json)
                    .map_or_else(|_| Value::null(), |json| Value::from_json(&json));
                if !same(&attribute.ty, &default, actual) {
                    self.found(path, rule, actual, default, None);
                }
            }
            Unset::Replace => {
                let why = "taking it out of the file means a new one";
                self.found(path, ChangeRule::Replace(why), actual, Value::null(), None);
            }
        }
    }

    /// Only the keys that are or were written.
    fn tags(&mut self, path: &str, rule: ChangeRule, sides: Sides<'_>) {
        let keys = |map: Option<&Map>| -> Vec<Arc<str>> {
            map.into_iter()
                .flat_map(|map| map.keys())
                .filter(|key| owned_prefix(key).is_none())
                .cloned()
                .collect()
        };
        let mut all = keys(sides.wanted);
        all.extend(keys(sides.written));
        all.sort();
        all.dedup();
        let null = Value::null();
        for key in all {
            let at = |map: Option<&Map>| map.and_then(|map| map.get(&key)).cloned();
            let wanted = at(sides.wanted).unwrap_or_else(Value::null);
            let actual = at(sides.actual);
            // An empty tag is a tag: only absence is absence.
            if wanted != *actual.as_ref().unwrap_or(&null) {
                let before = actual.unwrap_or_else(Value::null);
                self.found(&join(path, &key), rule, &before, wanted, None);
            }
        }
    }

    fn found(
        &mut self,
        path: &str,
        rule: ChangeRule,
        before: &Value,
        after: Value,
        note: Option<Note>,
    ) {
        let rule = if rule == ChangeRule::Depends {
            self.kind.change_rule(self.word, path, before, &after)
        } else {
            rule
        };
        let (replaces, note) = match rule {
            ChangeRule::Replace(why) => (Some(why.to_owned()), note),
            ChangeRule::Own => (None, Some(Note::Own)),
            _ => (None, note),
        };
        self.out.push(Difference {
            path: path.to_owned(),
            before: before.clone(),
            after,
            replaces,
            note,
        });
    }
}

/// A member of an object that means a replacement means one too.
fn stricter(above: ChangeRule, own: ChangeRule) -> ChangeRule {
    match (above, own) {
        (_, ChangeRule::Computed) => ChangeRule::Computed,
        (ChangeRule::Replace(_) | ChangeRule::Own, _) => above,
        (ChangeRule::Depends, ChangeRule::InPlace) => ChangeRule::Depends,
        _ => own,
    }
}

/// What of `actual` the files own or owned: the part of it that `wanted` or `written` names.
pub(super) fn owned(schema: &Schema, actual: &Map, wanted: &Map, written: &Map) -> Map {
    project(schema.attributes, actual, Some(wanted), Some(written))
}

fn project(
    attributes: &[Attribute],
    actual: &Map,
    wanted: Option<&Map>,
    written: Option<&Map>,
) -> Map {
    let mut out = Map::new();
    for attribute in attributes {
        let at = |map: Option<&'_ Map>| {
            map.and_then(|map| map.get(attribute.name))
                .filter(|value| !value.is_null())
                .cloned()
        };
        let (wanted, written) = (at(wanted), at(written));
        if wanted.is_none() && written.is_none() {
            continue;
        }
        // smd's own settings are nothing that is there.
        if attribute.change == ChangeRule::Own {
            continue;
        }
        let Some(value) = actual.get(attribute.name).filter(|value| !value.is_null()) else {
            continue;
        };
        let wanted = wanted.as_ref().and_then(Value::as_map);
        let written = written.as_ref().and_then(Value::as_map);
        let kept = match (&attribute.ty, value.as_map()) {
            (Type::Object(members), Some(map)) => {
                Value::map(project(members, map, wanted, written))
            }
            (Type::Tags, Some(map)) => Value::map(
                map.iter()
                    .filter(|(key, _)| {
                        wanted.is_some_and(|map| map.contains_key(*key))
                            || written.is_some_and(|map| map.contains_key(*key))
                    })
                    .map(|(key, value)| (Arc::clone(key), value.clone()))
                    .collect(),
            ),
            _ => value.clone(),
        };
        out.insert(Arc::from(attribute.name), kept);
    }
    out
}
