//! A call to EC2 with its arguments at hand.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use super::ids::Kind;
use super::state::{Ec2, Tags};
use super::tags;
use crate::sandbox::call::{Call, Fault, Query};
use crate::sandbox::world::World;
use crate::sandbox::xml::Element;

/// What an operation answers: the children of its response element.
pub(super) type Answer = Result<Vec<Element>, Fault>;

/// A call with its arguments.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub world: &'a mut World,
    pub call: &'a Call,
    pub query: Query,
}

impl<'a> Request<'a> {
    pub fn new(world: &'a mut World, call: &'a Call) -> Self {
        Self {
            query: call.query(),
            world,
            call,
        }
    }

    pub fn account(&self) -> &'a str {
        &self.call.account
    }

    pub fn region(&self) -> &'a str {
        &self.call.region
    }

    pub fn now(&self) -> u64 {
        self.call.now_ms
    }

    /// What the caller's account has in the region, to be read.
    pub fn ec2(&self) -> Option<&Ec2> {
        Some(&self.world.peek(self.account(), self.region())?.ec2)
    }

    /// What the caller's account has in the region, to be changed.
    pub fn ec2_mut(&mut self) -> &mut Ec2 {
        let call = self.call;
        &mut self.world.region(&call.account, &call.region).ec2
    }

    /// A new id of this kind.
    pub fn new_id(&mut self, kind: Kind) -> String {
        self.world.new_id(kind.prefix())
    }

    /// When something that takes this long on AWS is done.
    pub fn done_at(&self, millis: u64) -> u64 {
        self.world.behaviour.done_at(self.now(), millis)
    }

    /// An argument that is there and not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.query.get(name).filter(|text| !text.is_empty())
    }

    /// An argument that must be there.
    pub fn required(&self, name: &str) -> Result<&str, Fault> {
        self.text(name).ok_or_else(|| missing(name))
    }

    /// A truth value.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Fault> {
        match self.text(name) {
            None => Ok(None),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(text) => Err(invalid(name, text, "It must be true or false.")),
        }
    }

    /// A whole number.
    pub fn integer<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Fault> {
        self.text(name)
            .map(|text| {
                text.parse()
                    .map_err(|_| invalid(name, text, "It must be a number."))
            })
            .transpose()
    }

    /// The id of a thing that must be there.
    pub fn id(&self, name: &str, kind: Kind) -> Result<String, Fault> {
        let id = self.required(name)?;
        self.must_exist(kind, id)?;
        Ok(id.to_owned())
    }

    /// Refuses an id that is malformed or names nothing.
    pub fn must_exist(&self, kind: Kind, id: &str) -> Result<(), Fault> {
        kind.check(id)?;
        if self.ec2().is_some_and(|ec2| kind.is_in(ec2, id)) {
            Ok(())
        } else {
            Err(kind.not_found(id))
        }
    }

    /// Ends a call that was only to see whether it would succeed. To be called when everything
    /// was checked and nothing was changed yet.
    pub fn dry_run(&self) -> Result<(), Fault> {
        if self.boolean("DryRun")? == Some(true) {
            return Err(Fault::with_status(
                412,
                "DryRunOperation",
                "Request would have succeeded, but DryRun flag is set.",
            ));
        }
        Ok(())
    }

    /// Refuses arguments that ask for what the sandbox does not have, rather than not hearing
    /// them. `false` asks for nothing.
    pub fn refuse(&self, names: &[&str]) -> Result<(), Fault> {
        let asked = |name: &&&str| {
            self.text(name)
                .is_some_and(|text| !text.eq_ignore_ascii_case("false"))
                || !self.query.below(name).0.is_empty()
        };
        match names.iter().find(asked) {
            None => Ok(()),
            Some(name) => Err(Fault::client(
                "UnsupportedOperation",
                format!("The sandbox does not have what {name} asks for."),
            )),
        }
    }

    /// The tags to put on a new thing.
    pub fn new_tags(&self, kind: Kind) -> Result<Tags, Fault> {
        let mut all = Tags::new();
        for specification in self.query.structures("TagSpecification") {
            let wanted = specification.get("ResourceType").unwrap_or_default();
            if wanted != kind.resource_type() {
                return Err(Fault::client(
                    "InvalidParameterValue",
                    format!("'{wanted}' is not a valid taggable resource type for this operation."),
                ));
            }
            for tag in specification.structures("Tag") {
                let key = tag.get("Key").unwrap_or_default().to_owned();
                let value = tag.get("Value").unwrap_or_default().to_owned();
                if all.insert(key.clone(), value).is_some() {
                    return Err(Fault::client(
                        "InvalidParameterValue",
                        format!("Duplicate tag key '{key}' specified."),
                    ));
                }
            }
        }
        tags::check(&all)?;
        Ok(all)
    }

    /// Puts a new thing's tags on it.
    pub fn tag_new(&mut self, id: &str, tags: Tags) {
        if !tags.is_empty() {
            self.ec2_mut().tags.insert(id, tags);
        }
    }

    /// The element with a thing's tags.
    pub fn tag_set(&self, id: &str) -> Element {
        let tags = self.ec2().and_then(|ec2| ec2.tags_of(id));
        Element::list(
            "tagSet",
            "item",
            tags.into_iter()
                .flatten()
                .map(|(key, value)| vec![Element::text("key", key), Element::text("value", value)])
                .collect(),
        )
    }
}

/// The answer of operations that have nothing to tell.
pub(super) fn done() -> Answer {
    Ok(vec![Element::text("return", true)])
}

/// The fault of an argument that is not there.
pub(super) fn missing(name: &str) -> Fault {
    Fault::client(
        "MissingParameter",
        format!("The request must contain the parameter {}", member(name)),
    )
}

/// The fault of an argument that has no meaning.
pub(super) fn invalid(name: &str, value: &str, why: &str) -> Fault {
    Fault::client(
        "InvalidParameterValue",
        format!(
            "Value ({value}) for parameter {} is invalid. {why}",
            member(name)
        ),
    )
}

/// The fault of a delete that something stands in the way of.
pub(super) fn in_use(what: &str, id: &str) -> Fault {
    Fault::client(
        "DependencyViolation",
        format!("The {what} '{id}' has dependencies and cannot be deleted."),
    )
}

/// EC2 names arguments with a small first letter in its messages.
fn member(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_ascii_lowercase())
        .into_iter()
        .chain(letters)
        .collect()
}

/// A time as EC2 writes it.
pub(super) fn time(millis: u64) -> String {
    /// Milliseconds in a second.
    const SECOND: u64 = 1000;
    // Beyond the year 9999 there is no such form; no sandbox gets there.
    i64::try_from(millis / SECOND)
        .ok()
        .and_then(|seconds| DateTime::from_secs(seconds).fmt(Format::DateTime).ok())
        .unwrap_or_default()
}
