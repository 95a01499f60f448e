//! What a kind's attributes are: types, limits, what a change of each means.
//!
//! Everything is `const` data, so that a table can be generated from the vendor's models.

/// A kind of resource, or a part of one that has a life of its own in AWS.
#[derive(Debug)]
pub struct Schema {
    /// `security_group`; of a part `security_group.ingress`.
    pub kind: &'static str,
    /// AWS's word, `AWS::EC2::SecurityGroup`.
    pub aws: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Its attributes.
    pub attributes: &'static [Attribute],
    /// Its parts (resources only; a part has none).
    pub parts: &'static [Part],
    /// Where its account and region come from.
    pub placement: Placement,
    /// How a name is made when none is written; `None` for things without a name.
    pub name: Option<NameRule>,
    /// Whether it takes tags in its create call.
    pub taggable: bool,
    /// Why a second one cannot stand beside the first during a replacement, so that the old one
    /// always goes first; `None` where the new one may be made first.
    pub delete_first: Option<&'static str>,
    /// What is lost with it beyond its own settings, if anything: needs `--consent`.
    pub data: Option<&'static str>,
}

/// Where a resource's account and region come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// From the resource that one of these attributes names (first one written), else the default
    /// account.
    From(&'static [&'static str]),
    /// The default account unless placed.
    Account,
    /// A part: where its resource is, unless its kind says otherwise.
    Parent,
}

/// How a name is made when none is written: `STACK-LABEL[-KEY]`, fitted.
#[derive(Debug, Clone, Copy)]
pub struct NameRule {
    /// The attribute, `name`.
    pub attribute: &'static str,
    /// Longest name, in characters.
    pub max_length: usize,
    /// Whether a character may stand in it.
    pub allowed: fn(char) -> bool,
    /// Whether AWS refuses a second one of the name in its scope.
    pub unique: bool,
}

/// An attribute.
#[derive(Debug)]
pub struct Attribute {
    /// smd's word: AWS's in snake_case, the kind's own prefix and `_id(s)`, `_arn(s)` gone.
    pub name: &'static str,
    /// AWS's word, `AppNetworkAccessType`; empty where AWS has none.
    pub aws: &'static str,
    /// Other words that are taken: AWS's in snake_case, daily ones such as `cidr`.
    pub aliases: &'static [&'static str],
    /// Its type.
    pub ty: Type,
    /// Whether it must be written.
    pub required: bool,
    /// What a change means.
    pub change: ChangeRule,
    /// What removing it from the file means.
    pub unset: Unset,
    /// One sentence.
    pub doc: &'static str,
}

impl Attribute {
    /// An optional attribute that is updated in place and left alone when it goes; the start for
    /// `Attribute { required: true, ..Attribute::new(…) }`.
    #[must_use]
    pub const fn new(name: &'static str, aws: &'static str, ty: Type, doc: &'static str) -> Self {
        Self {
            name,
            aws,
            aliases: &[],
            ty,
            required: false,
            change: ChangeRule::InPlace,
            unset: Unset::Cannot,
            doc,
        }
    }

    /// A read-only attribute that AWS gives.
    #[must_use]
    pub const fn computed(
        name: &'static str,
        aws: &'static str,
        ty: Type,
        doc: &'static str,
    ) -> Self {
        let mut attribute = Self::new(name, aws, ty, doc);
        attribute.change = ChangeRule::Computed;
        attribute
    }

    /// Whether it has this name or alias.
    #[must_use]
    pub fn is_called(&self, word: &str) -> bool {
        self.name == word || self.aliases.contains(&word)
    }
}

/// What a change of an attribute means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeRule {
    /// An update call takes it.
    InPlace,
    /// The thing must be replaced; says why, as in "no call changes the name of a domain".
    Replace(&'static str),
    /// The kind decides by looking at before and after (`Kind::change_rule`).
    Depends,
    /// AWS gives it; it cannot be written.
    Computed,
    /// smd's own setting; no call carries it (`home_efs`).
    Own,
}

/// What removing an attribute from the file means for AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unset {
    /// The API cannot clear it: it stays as it is, and the plan says so.
    Cannot,
    /// It goes back to AWS's default, written as a JSON text.
    Default(&'static str),
    /// It is cleared by sending an empty list, text or object.
    Empty,
    /// A removal is a replacement.
    Replace,
}

/// The type of an attribute.
#[derive(Debug, Clone, Copy)]
pub enum Type {
    /// Any text, with limits.
    String(Text),
    /// One of these words.
    Enum(&'static [&'static str]),
    /// `true`, `false`.
    Bool,
    /// A whole number within these bounds, both included.
    Int(i64, i64),
    /// Any number.
    Number,
    /// An IPv4 network without host bits.
    Cidr,
    /// An IPv4 or IPv6 network without host bits.
    AnyCidr,
    /// A port or a range of ports.
    Ports,
    /// An IP protocol: `tcp`, `udp`, `icmp`, `icmpv6`, `all`, or a number; kept as AWS's word.
    Protocol,
    /// An ARN.
    Arn,
    /// Twelve digits.
    AccountId,
    /// A zone such as `eu-west-1a`.
    AvailabilityZone,
    /// An IAM policy document in any of its written forms; kept as canonical JSON text.
    IamDocument,
    /// Text of several lines, shown as a line diff (a script, a JSON definition).
    LongText(Text),
    /// Another resource: its id, ARN or name, or a text that is one.
    Ref(Ref),
    /// A list: order counts.
    List(&'static Type, Count),
    /// A set: order does not count, doubles are refused.
    Set(&'static Type, Count),
    /// A map from text.
    Map(&'static Type),
    /// Tags: a map of text with AWS's limits.
    Tags,
    /// A block or object with these members.
    Object(&'static [Attribute]),
    /// Any value (never sent as it is).
    Any,
}

/// Limits of a text.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// A regular expression that all of it must match; empty for any.
    pub pattern: &'static str,
    /// Fewest characters.
    pub min: usize,
    /// Most characters.
    pub max: usize,
}

impl Text {
    /// Any text.
    pub const ANY: Self = Self {
        pattern: "",
        min: 0,
        max: usize::MAX,
    };

    /// A text with these limits.
    #[must_use]
    pub const fn new(pattern: &'static str, min: usize, max: usize) -> Self {
        Self { pattern, min, max }
    }
}

/// How many items a list or set may have.
#[derive(Debug, Clone, Copy)]
pub struct Count {
    /// Fewest.
    pub min: usize,
    /// Most.
    pub max: usize,
}

impl Count {
    /// Any number.
    pub const ANY: Self = Self {
        min: 0,
        max: usize::MAX,
    };
}

/// A field that takes a resource.
#[derive(Debug, Clone, Copy)]
pub struct Ref {
    /// The kinds it takes.
    pub kinds: &'static [&'static str],
    /// Which attribute of the resource is sent: `id`, `arn` or `name`.
    pub attribute: &'static str,
}

/// A part of a resource: what has a life of its own in AWS below it.
#[derive(Debug)]
pub struct Part {
    /// The word in the file and in addresses: `ingress`, `route`, `managed_policies`.
    pub word: &'static str,
    /// How it is written.
    pub form: PartForm,
    /// Its schema.
    pub schema: &'static Schema,
    /// The attribute of the part that names its resource, and which attribute of the resource it
    /// takes (`("group", "id")`); filled in by expansion, never written.
    pub parent: (&'static str, &'static str),
}

/// How a part is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartForm {
    /// A labelled block, `ingress apps { … }`: one part each, `for_each` and `when` inside.
    Block,
    /// A list attribute: one part for each item, keyed by what it names; the item becomes the
    /// part's attribute of this name.
    Items(&'static str),
    /// Made by the kind from the resource's attributes and blocks ([`super::Kind::derived_parts`]).
    /// What is written for it stays an attribute of the resource.
    Derived,
}
