//! Kinds for tests: a network, groups with rules, a machine, a pin and a wish.

use crate::aws::{Aws, Failure};
use crate::config::Place;
use crate::kinds::schema::{
    Attribute, ChangeRule, Count, NameRule, Part, PartForm, Placement, Ref, Schema, Text, Type,
    Unset,
};
use crate::kinds::{Actual, BoxFuture, Change, Context, Held, Kind, Ready, Wanted};
use crate::state::Record;
use crate::value::{Map, Value};

const TEXT: Type = Type::String(Text::ANY);
const FIXED: ChangeRule = ChangeRule::Replace("no call changes it");

const fn id_of(kinds: &'static [&'static str]) -> Type {
    Type::Ref(Ref {
        kinds,
        attribute: "id",
    })
}

static GROUP_REF: Type = id_of(&["group"]);
static CIDR: Type = Type::Cidr;

const ID: Attribute = Attribute::computed("id", "Id", TEXT, "Its id.");
const TAGS: Attribute = Attribute::new("tags", "Tags", Type::Tags, "Tags.");
const NET: Attribute = Attribute {
    required: true,
    change: FIXED,
    ..Attribute::new("net", "NetId", id_of(&["net"]), "Its network.")
};

const BASE: Schema = Schema {
    kind: "",
    aws: "AWS::Test::Thing",
    doc: "",
    attributes: &[],
    parts: &[],
    placement: Placement::Account,
    name: None,
    taggable: true,
    delete_first: None,
    data: None,
};

pub static NETWORK: Schema = Schema {
    kind: "net",
    attributes: &[
        ID,
        TAGS,
        Attribute {
            required: true,
            change: FIXED,
            ..Attribute::new("cidr", "Cidr", Type::Cidr, "")
        },
        Attribute {
            unset: Unset::Default("false"),
            ..Attribute::new("hosts", "Hosts", Type::Bool, "")
        },
    ],
    ..BASE
};

pub static RULE: Schema = Schema {
    kind: "group.rule",
    placement: Placement::Parent,
    attributes: &[
        ID,
        Attribute {
            required: true,
            change: FIXED,
            ..Attribute::new("group", "GroupId", id_of(&["group"]), "")
        },
        Attribute {
            change: FIXED,
            ..Attribute::new("protocol", "Protocol", Type::Protocol, "")
        },
        Attribute::new("ports", "Ports", Type::Ports, ""),
        Attribute::new("from", "From", Type::Set(&CIDR, Count::ANY), ""),
        Attribute::new("peer", "Peer", id_of(&["group"]), ""),
    ],
    ..BASE
};

pub static GROUP: Schema = Schema {
    kind: "group",
    name: Some(NameRule {
        attribute: "name",
        max_length: 24,
        allowed: |c| c.is_ascii_alphanumeric() || c == '-',
        unique: true,
    }),
    attributes: &[
        ID,
        TAGS,
        NET,
        Attribute {
            change: FIXED,
            ..Attribute::new("name", "Name", TEXT, "")
        },
        Attribute {
            change: FIXED,
            unset: Unset::Replace,
            ..Attribute::new("description", "Description", TEXT, "")
        },
    ],
    parts: &[Part {
        word: "rule",
        form: PartForm::Block,
        schema: &RULE,
        parent: ("group", "id"),
    }],
    ..BASE
};

pub static MACHINE: Schema = Schema {
    kind: "box",
    data: Some("its home"),
    attributes: &[
        ID,
        TAGS,
        Attribute {
            required: false,
            unset: Unset::Replace,
            ..NET
        },
        Attribute {
            unset: Unset::Empty,
            ..Attribute::new("groups", "Groups", Type::Set(&GROUP_REF, Count::ANY), "")
        },
        Attribute::new("size", "Size", Type::Enum(&["small", "large"]), ""),
        Attribute {
            change: ChangeRule::Own,
            ..Attribute::new("home", "", Type::Enum(&["retain", "delete"]), "")
        },
        Attribute {
            unset: Unset::Empty,
            ..Attribute::new("document", "Document", Type::IamDocument, "")
        },
        Attribute::new(
            "settings",
            "Settings",
            Type::Object(&[
                Attribute {
                    unset: Unset::Default("\"Auto\""),
                    ..Attribute::new("mode", "Mode", Type::Enum(&["Auto", "Off"]), "")
                },
                Attribute {
                    unset: Unset::Empty,
                    ..Attribute::new("note", "Note", TEXT, "")
                },
                Attribute {
                    unset: Unset::Replace,
                    ..Attribute::new("limit", "Limit", Type::Int(0, 100), "")
                },
                Attribute {
                    unset: Unset::Empty,
                    ..Attribute::new("secret", "Secret", TEXT, "")
                },
            ]),
            "",
        ),
    ],
    ..BASE
};

pub static PIN: Schema = Schema {
    kind: "pin",
    delete_first: Some("a network has one pin"),
    attributes: &[
        ID,
        NET,
        Attribute {
            change: FIXED,
            ..Attribute::new("colour", "Colour", TEXT, "")
        },
    ],
    ..BASE
};

/// What AWS's answer decides on.
pub static WISH: Schema = Schema {
    kind: "wish",
    attributes: &[ID],
    ..BASE
};

static SCHEMAS: [&[&Schema]; 5] = [
    &[&NETWORK],
    &[&GROUP, &RULE],
    &[&MACHINE],
    &[&PIN],
    &[&WISH],
];

/// A kind of the tests.
pub struct TestKind(usize);

pub static KINDS: [&'static dyn Kind; 5] = [
    &TestKind(0),
    &TestKind(1),
    &TestKind(2),
    &TestKind(3),
    &TestKind(4),
];

impl Kind for TestKind {
    fn schemas(&self) -> &'static [&'static Schema] {
        SCHEMAS[self.0]
    }

    fn same(&self, kind: &str, path: &str, wanted: &Value, actual: &Value) -> Option<bool> {
        (kind == "box" && path == "settings.note").then(|| {
            let folded = |value: &Value| value.as_str().map(str::to_lowercase);
            folded(wanted) == folded(actual)
        })
    }

    fn broken(&self, _kind: &str, actual: &Map) -> Option<String> {
        (actual.get("status").and_then(Value::as_str) == Some("failed"))
            .then(|| "its create failed".to_owned())
    }

    fn ensures(&self, kind: &str) -> bool {
        kind == "wish"
    }

    fn holds(&self, kind: &str) -> &'static [Held] {
        match kind {
            "box" => &[Held {
                kind: "pin",
                by: "net",
            }],
            _ => &[],
        }
    }

    fn needs_consent(&self, _: &str, record: &Record, _: Option<&Map>) -> Option<String> {
        (record.text("home") == Some("delete")).then(|| "the home file system fs-1".to_owned())
    }

    fn read<'a>(
        &'a self,
        _: &'a Aws,
        _: &'a Place,
        _: &'a [Wanted],
    ) -> BoxFuture<'a, Result<Vec<Option<Actual>>, Failure>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn create<'a>(
        &'a self,
        _: &'a Context<'a>,
        node: &'a Ready,
    ) -> BoxFuture<'a, Result<Actual, Failure>> {
        Box::pin(async move { Ok(actual(node)) })
    }

    fn update<'a>(
        &'a self,
        _: &'a Context<'a>,
        node: &'a Ready,
        _: &'a Record,
        _: &'a [Change],
    ) -> BoxFuture<'a, Result<Actual, Failure>> {
        Box::pin(async move { Ok(actual(node)) })
    }

    fn delete<'a>(
        &'a self,
        _: &'a Context<'a>,
        _: &'a Record,
    ) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async { Ok(()) })
    }
}

fn actual(node: &Ready) -> Actual {
    Actual::new(node.address.to_string(), node.attributes.clone())
}
