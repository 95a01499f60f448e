//! Values to the canonical form of an attribute's type, with every way in which they do not fit.

mod document;
mod network;
mod order;
mod text;

pub(super) use document::document_text;
pub(super) use network::parse_network;
pub(super) use order::{Ordered, order};
pub(super) use text::is_account_id;
#[cfg(test)]
pub(super) use text::matches;

use std::sync::Arc;

use super::fail::Fail;
use super::operator;
use super::world::World;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, codes, did_you_mean};
use crate::kinds::schema::{Attribute, ChangeRule, Count, Ref, Type};
use crate::kinds::tags::owned_prefix;
use crate::value::{Data, Map, Residual, ResourceRef, Value};

/// Most tags of one thing (EC2 guide, tag restrictions; SageMaker's and IAM's are the same).
const MAX_TAGS: usize = 50;
/// Longest key of a tag.
const MAX_TAG_KEY: usize = 128;
/// Longest value of a tag.
const MAX_TAG_VALUE: usize = 256;

/// A conversion under way.
pub(super) struct Conform<'a> {
    /// Where it runs.
    pub(super) world: &'a dyn World,
    /// What does not fit.
    pub(super) out: Diagnostics,
    /// The resources that stood where the type takes one, in order.
    pub(super) named: Vec<Arc<ResourceRef>>,
    /// Whether something failed that was reported elsewhere.
    pub(super) told: bool,
}

/// What is being converted, for messages.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    /// The attribute's path.
    pub(super) path: &'a str,
    /// Where it stands, if the value itself does not say.
    pub(super) span: Option<Span>,
}

impl<'a> Conform<'a> {
    /// A conversion with nothing found yet.
    pub(super) fn new(world: &'a dyn World) -> Self {
        Self {
            world,
            out: Vec::new(),
            named: Vec::new(),
            told: false,
        }
    }

    /// Whether everything fitted so far.
    pub(super) fn is_fine(&self) -> bool {
        self.out.is_empty() && !self.told
    }

    /// Notes a failure.
    pub(super) fn fail(&mut self, fail: Fail) {
        match fail {
            Fail::Told => self.told = true,
            Fail::Diagnostic(diagnostic) => self.out.push(*diagnostic),
        }
    }

    fn refuse(
        &mut self,
        code: Code,
        message: String,
        value: &Value,
        site: Site<'_>,
    ) -> Option<Value> {
        self.out
            .push(Diagnostic::error(code, message).at_opt(value.span.or(site.span), ""));
        None
    }

    fn wrong(&mut self, takes: &str, value: &Value, site: Site<'_>) -> Option<Value> {
        self.refuse(
            codes::config::WRONG_TYPE,
            format!("`{}` takes {takes}, not a {}", site.path, value.type_name()),
            value,
            site,
        )
    }

    /// The value in the canonical form of the type; `None` if it does not fit, with the reason in
    /// `out`. `null` stays `null`.
    pub(super) fn conform(&mut self, value: &Value, ty: &Type, site: Site<'_>) -> Option<Value> {
        match &value.data {
            Data::Null => return Some(value.clone()),
            Data::Unknown(residual) => return self.unknown(value, residual, ty, site),
            Data::Resource(resource) if !matches!(ty, Type::Ref(_) | Type::Any) => {
                let address = resource.address.clone();
                let mut diagnostic = Diagnostic::error(
                    codes::config::WRONG_TYPE,
                    format!("`{}` does not take the resource `{address}`", site.path),
                )
                .at_opt(value.span.or(site.span), "");
                diagnostic = diagnostic.help(match ty {
                    Type::List(..) | Type::Set(..) => format!("write it as a list: `[{address}]`"),
                    _ => format!("write one of its attributes, such as `{address}.id`"),
                });
                self.out.push(diagnostic);
                return None;
            }
            _ => {}
        }
        let canonical = match ty {
            Type::String(limits) | Type::LongText(limits) => self.text(value, limits, site)?,
            Type::Enum(words) => self.word(value, words, site)?,
            Type::Bool => match operator::to_bool(value) {
                Some(bool) => Data::Bool(bool),
                None => return self.wrong("a bool", value, site),
            },
            Type::Int(least, most) => self.int(value, *least, *most, site)?,
            Type::Number => match operator::to_number(value).map(|n| operator::number(n, None)) {
                Some(Ok(number)) => number.data,
                _ => return self.wrong("a number", value, site),
            },
            Type::Cidr => self.cidr(value, true, site)?,
            Type::AnyCidr => self.cidr(value, false, site)?,
            Type::Ports => self.ports(value, site)?,
            Type::Protocol => self.protocol(value, site)?,
            Type::Arn => self.arn(value, site)?,
            Type::AccountId => self.account_id(value, site)?,
            Type::AvailabilityZone => self.zone(value, site)?,
            Type::IamDocument => return self.document(value, site),
            Type::Ref(reference) => return self.reference(value, reference, site),
            Type::List(item, count) => return self.list(value, item, *count, false, site),
            Type::Set(item, count) => return self.list(value, item, *count, true, site),
            Type::Map(item) => return self.map(value, item, site),
            Type::Tags => return self.tags(value, site),
            Type::Object(members) => return self.object(value, members, site),
            Type::Any => return Some(value.clone()),
        };
        Some(Value {
            data: canonical,
            span: value.span.or(site.span),
            sensitive: value.sensitive,
        })
    }

    fn unknown(
        &mut self,
        value: &Value,
        residual: &Residual,
        ty: &Type,
        site: Site<'_>,
    ) -> Option<Value> {
        let call = match ty {
            Type::IamDocument if !matches!(residual, Residual::Call(name, _) if &**name == "iam_document") => {
                Residual::Call("iam_document".into(), vec![residual.clone()])
            }
            Type::Ref(reference) if may_be_resource(residual) => Residual::Call(
                "reference".into(),
                vec![
                    residual.clone(),
                    Residual::Value(Value::string(reference.attribute)),
                ],
            ),
            _ => return Some(value.clone()),
        };
        match operator::unknown(self.world, call, value.sensitive, value.span.or(site.span)) {
            Ok(value) => Some(value),
            Err(fail) => {
                self.fail(fail);
                None
            }
        }
    }

    fn reference(&mut self, value: &Value, reference: &Ref, site: Site<'_>) -> Option<Value> {
        match &value.data {
            Data::Resource(resource) => {
                if !reference.kinds.contains(&&*resource.kind) {
                    let takes = reference.kinds.join("` or a `");
                    return self.refuse(
                        codes::config::WRONG_TYPE,
                        format!(
                            "`{}` takes a `{takes}`, not `{}`",
                            site.path, resource.address
                        ),
                        value,
                        site,
                    );
                }
                self.named.push(Arc::clone(resource));
                match self
                    .world
                    .attribute(resource, reference.attribute, value.span.or(site.span))
                {
                    Ok(attribute) => Some(
                        operator::spanned(attribute, value.span.or(site.span))
                            .sensitive(value.sensitive),
                    ),
                    Err(fail) => {
                        self.fail(fail);
                        None
                    }
                }
            }
            Data::String(_) => Some(value.clone()),
            _ => {
                let takes = format!("a `{}`", reference.kinds.join("` or a `"));
                self.wrong(&takes, value, site)
            }
        }
    }

    fn list(
        &mut self,
        value: &Value,
        item: &Type,
        count: Count,
        is_set: bool,
        site: Site<'_>,
    ) -> Option<Value> {
        let items = match &value.data {
            Data::List(items) => items,
            Data::Map(members)
                if members
                    .values()
                    .all(|v| matches!(v.data, Data::Resource(_))) =>
            {
                self.wrong("a list", value, site);
                if let Some(last) = self.out.pop() {
                    self.out
                        .push(last.help("for the values of a map, write `values(...)`"));
                }
                return None;
            }
            _ => {
                self.wrong("a list", value, site);
                if let Some(last) = self.out.pop() {
                    self.out.push(last.help("write `[ … ]` around it"));
                }
                return None;
            }
        };
        let mut fine = true;
        let mut out: Vec<Value> = Vec::with_capacity(items.len());
        for one in items.iter() {
            if one.is_null() {
                fine = false;
                self.refuse(
                    codes::config::WRONG_TYPE,
                    format!("`{}` has a `null` in its list", site.path),
                    one,
                    Site {
                        span: value.span.or(site.span),
                        ..site
                    },
                );
                continue;
            }
            let inner = Site {
                span: one.span.or(value.span).or(site.span),
                ..site
            };
            match self.conform(&one.clone().sensitive(value.sensitive), item, inner) {
                Some(one) => out.push(one),
                None => fine = false,
            }
        }
        if items.len() < count.min || items.len() > count.max {
            fine = false;
            let takes = if count.min == count.max {
                format!("exactly {}", count.min)
            } else if items.len() < count.min {
                format!("at least {}", count.min)
            } else {
                format!("at most {}", count.max)
            };
            self.refuse(
                codes::config::BAD_VALUE,
                format!(
                    "`{}` takes {takes} items, and {} are written",
                    site.path,
                    items.len()
                ),
                value,
                site,
            );
        }
        if is_set {
            out.sort_by(order);
            let double = out.windows(2).find_map(|pair| match pair {
                [a, b] if a == b => Some(b.clone()),
                _ => None,
            });
            if let Some(double) = double {
                fine = false;
                let what = shown(&double);
                self.refuse(
                    codes::config::BAD_VALUE,
                    format!("`{}` has {what} twice", site.path),
                    &double,
                    site,
                );
            }
        }
        fine.then(|| Value {
            data: Data::List(Arc::new(out)),
            span: value.span.or(site.span),
            sensitive: value.sensitive,
        })
    }

    fn map(&mut self, value: &Value, item: &Type, site: Site<'_>) -> Option<Value> {
        let Data::Map(members) = &value.data else {
            return self.wrong("a map", value, site);
        };
        let mut fine = true;
        let mut out = Map::new();
        for (key, one) in members.iter() {
            let inner = Site {
                span: one.span.or(value.span).or(site.span),
                ..site
            };
            match self.conform(&one.clone().sensitive(value.sensitive), item, inner) {
                Some(one) if one.is_null() => {}
                Some(one) => {
                    out.insert(Arc::clone(key), one);
                }
                None => fine = false,
            }
        }
        fine.then(|| Value {
            data: Data::Map(Arc::new(out)),
            span: value.span.or(site.span),
            sensitive: value.sensitive,
        })
    }

    fn tags(&mut self, value: &Value, site: Site<'_>) -> Option<Value> {
        let tags = self.map(value, &Type::String(crate::kinds::schema::Text::ANY), site)?;
        if tags.has_sensitive() {
            return self.refuse(
                codes::config::SENSITIVE,
                format!("`{}` may not hold sensitive values", site.path),
                value,
                site,
            );
        }
        let members = tags.as_map()?;
        let before = self.out.len();
        if members.len() > MAX_TAGS {
            self.refuse(
                codes::config::BAD_VALUE,
                format!(
                    "AWS takes at most {MAX_TAGS} tags, and there are {}",
                    members.len()
                ),
                value,
                site,
            );
        }
        for (key, text) in members {
            let length = key.chars().count();
            let problem = if length == 0 || length > MAX_TAG_KEY {
                Some(format!(
                    "the key of a tag has 1 to {MAX_TAG_KEY} characters, this one {length}"
                ))
            } else if let Some(reserved) = owned_prefix(key) {
                Some(format!(
                    "the tag key `{key}` is reserved: it starts with `{reserved}`"
                ))
            } else {
                text.as_str()
                    .map(|text| text.chars().count())
                    .filter(|length| *length > MAX_TAG_VALUE)
                    .map(|length| {
                        format!("the value of the tag `{key}` has {length} characters, and AWS takes {MAX_TAG_VALUE}")
                    })
            };
            if let Some(problem) = problem {
                let at = text.clone();
                self.refuse(
                    codes::config::BAD_VALUE,
                    problem,
                    &at,
                    Site {
                        span: value.span.or(site.span),
                        ..site
                    },
                );
            }
        }
        (self.out.len() == before).then_some(tags)
    }

    fn object(
        &mut self,
        value: &Value,
        members: &'static [Attribute],
        site: Site<'_>,
    ) -> Option<Value> {
        let Data::Map(written) = &value.data else {
            return self.wrong("an object", value, site);
        };
        let mut object = ObjectBuilder::new(members);
        let mut fine = true;
        let mut refused = false;
        for (word, one) in written.iter() {
            let span = one.span.or(value.span).or(site.span);
            let attribute = match object.admit(word, span, site.path) {
                Ok(attribute) => attribute,
                Err(diagnostic) => {
                    self.out.push(if value.sensitive {
                        // Its keys are part of the secret.
                        Diagnostic::error(
                            diagnostic.code,
                            format!("`{}` does not take {}", site.path, shown(value)),
                        )
                        .at_opt(span, "")
                    } else {
                        *diagnostic
                    });
                    fine = false;
                    refused = true;
                    continue;
                }
            };
            let path = format!("{}.{}", site.path, attribute.name);
            let one = one.clone().sensitive(value.sensitive);
            match self.conform(&one, &attribute.ty, Site { path: &path, span }) {
                Some(one) => object.set(attribute, one),
                None => fine = false,
            }
        }
        // What was refused may be what is missing, misspelt.
        if !refused {
            let missing = object.missing(site.path, value.span.or(site.span));
            fine &= missing.is_empty();
            self.out.extend(missing);
        }
        fine.then(|| Value {
            data: Data::Map(Arc::new(object.done())),
            span: value.span.or(site.span),
            sensitive: value.sensitive,
        })
    }
}

/// An object being put together by its type.
pub(super) struct ObjectBuilder {
    members: &'static [Attribute],
    seen: Vec<(&'static str, Option<Span>)>,
    out: Map,
}

impl ObjectBuilder {
    /// An object with nothing in it.
    pub(super) fn new(members: &'static [Attribute]) -> Self {
        Self {
            members,
            seen: Vec::new(),
            out: Map::new(),
        }
    }

    /// The member that this word stands for, if it may be written here.
    pub(super) fn admit(
        &mut self,
        word: &str,
        span: Option<Span>,
        path: &str,
    ) -> Result<&'static Attribute, Box<Diagnostic>> {
        let Some(attribute) = self.members.iter().find(|member| member.is_called(word)) else {
            return Err(Box::new(
                Diagnostic::error(
                    codes::config::UNKNOWN_ATTRIBUTE,
                    format!("`{path}` has no attribute `{word}`"),
                )
                .at_opt(span, "")
                .help_opt(did_you_mean(word, attribute_words(self.members))),
            ));
        };
        if attribute.change == ChangeRule::Computed {
            return Err(Box::new(
                Diagnostic::error(
                    codes::config::COMPUTED_ATTRIBUTE,
                    format!("`{path}.{word}` is given by AWS and cannot be written"),
                )
                .at_opt(span, ""),
            ));
        }
        if let Some((_, first)) = self.seen.iter().find(|(name, _)| *name == attribute.name) {
            return Err(Box::new(
                Diagnostic::error(
                    codes::config::DUPLICATE_ATTRIBUTE,
                    format!("`{}` is written twice", attribute.name),
                )
                .at_opt(span, "a second time here")
                .at_opt(*first, "first written here"),
            ));
        }
        self.seen.push((attribute.name, span));
        Ok(attribute)
    }

    /// Sets a member; `null` leaves it out.
    pub(super) fn set(&mut self, attribute: &'static Attribute, value: Value) {
        if !value.is_null() {
            self.out.insert(attribute.name.into(), value);
        }
    }

    /// Required members that were not written.
    pub(super) fn missing(&self, path: &str, span: Option<Span>) -> Diagnostics {
        self.members
            .iter()
            .filter(|member| member.required && !self.seen.iter().any(|(n, _)| *n == member.name))
            .map(|member| {
                Diagnostic::error(
                    codes::config::MISSING_ATTRIBUTE,
                    format!("`{path}` needs `{}`", member.name),
                )
                .at_opt(span, "")
            })
            .collect()
    }

    /// The object.
    pub(super) fn done(self) -> Map {
        self.out
    }
}

/// Names and aliases of attributes that can be written.
pub(super) fn attribute_words(
    attributes: &'static [Attribute],
) -> impl Iterator<Item = &'static str> {
    attributes
        .iter()
        .filter(|attribute| attribute.change != ChangeRule::Computed)
        .flat_map(|attribute| {
            std::iter::once(attribute.name).chain(attribute.aliases.iter().copied())
        })
}

/// A value in a message: never a sensitive one.
pub(super) fn shown(value: &Value) -> String {
    /// Longest text shown, in characters.
    const MOST: usize = 80;
    if value.has_sensitive() {
        return "the sensitive value".to_owned();
    }
    let text = match &value.data {
        Data::Resource(resource) => resource.address.to_string(),
        Data::Unknown(_) => return "a value known after apply".to_owned(),
        _ => match operator::to_text(value) {
            Some(text) => text.to_string(),
            None => return format!("a {}", value.type_name()),
        },
    };
    if text.chars().count() > MOST {
        let start: String = text.chars().take(MOST).collect();
        format!("`{start}…`")
    } else {
        format!("`{text}`")
    }
}

fn may_be_resource(residual: &Residual) -> bool {
    fn in_value(value: &Value) -> bool {
        match &value.data {
            Data::Resource(_) => true,
            Data::List(items) => items.iter().any(in_value),
            Data::Map(members) => members.values().any(in_value),
            Data::Unknown(residual) => may_be_resource(residual),
            _ => false,
        }
    }
    if let Residual::Value(value) = residual {
        return in_value(value);
    }
    let mut found = false;
    super::budget::children(residual, &mut |child| {
        found = found || may_be_resource(child)
    });
    found
}
