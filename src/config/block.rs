//! A resource's or part's block, read against its schema.

use crate::diagnostic::{Diagnostic, Diagnostics, Span, codes, did_you_mean};
use crate::kinds::schema::{Attribute, ChangeRule, Part, PartForm, Schema, Type};
use crate::syntax::tree::{Body, BodyItem, Expr, Ident, Label};

/// What every resource block takes beside its kind's attributes.
const RESOURCE_WORDS: &[&str] = &[
    "account",
    "region",
    "for_each",
    "when",
    "depends_on",
    "lifecycle",
];
/// What every labelled part takes.
const PART_WORDS: &[&str] = &["for_each", "when", "depends_on", "lifecycle"];

/// A block.
pub(super) struct Block<'a> {
    /// Its schema.
    pub(super) schema: &'static Schema,
    /// Attributes, in order.
    pub(super) written: Vec<Written<'a>>,
    /// Labelled parts, in order.
    pub(super) parts: Vec<PartBlock<'a>>,
    /// Lists that make parts.
    pub(super) items: Vec<Items<'a>>,
    /// `for_each`.
    pub(super) for_each: Option<&'a Expr>,
    /// `when`.
    pub(super) when: Option<&'a Expr>,
    /// `account`.
    pub(super) account: Option<&'a Expr>,
    /// `region`.
    pub(super) region: Option<&'a Expr>,
    /// `depends_on`.
    pub(super) depends_on: Option<&'a Expr>,
    /// `lifecycle { … }`.
    pub(super) lifecycle: Option<&'a Body>,
    /// `timeouts { … }`.
    pub(super) timeouts: Option<&'a Body>,
    /// Whether something in it was refused: missing attributes are not reported then, as the
    /// refused one may have been meant.
    pub(super) refused: bool,
}

/// A written attribute.
pub(super) struct Written<'a> {
    /// Which.
    pub(super) attribute: &'static Attribute,
    /// Its word in the file.
    pub(super) span: Span,
    /// What is written.
    pub(super) source: Source<'a>,
}

/// How an attribute is written.
pub(super) enum Source<'a> {
    /// `name = expr`.
    Value(&'a Expr),
    /// `name { … }`.
    Block(&'a Body),
    /// `statement SID { … }` blocks of an IAM document.
    Statements(Vec<StatementBlock<'a>>),
}

/// `statement SID { … }`.
#[derive(Clone, Copy)]
pub(super) struct StatementBlock<'a> {
    /// The SID, if written.
    pub(super) label: Option<&'a Label>,
    /// What is in it.
    pub(super) body: &'a Body,
    /// Its word.
    pub(super) span: Span,
}

/// A labelled part.
pub(super) struct PartBlock<'a> {
    /// Its place among the schema's parts.
    pub(super) index: usize,
    /// Which part.
    pub(super) part: &'static Part,
    /// Its label.
    pub(super) label: &'a Label,
    /// What is in it.
    pub(super) block: Block<'a>,
}

/// A list that makes parts.
pub(super) struct Items<'a> {
    /// Its place among the schema's parts.
    pub(super) index: usize,
    /// Which part.
    pub(super) part: &'static Part,
    /// The part's attribute that an item becomes.
    pub(super) attribute: &'static str,
    /// The list.
    pub(super) list: &'a Expr,
    /// Its word in the file.
    pub(super) span: Span,
}

/// How an attribute is written whose form was mistaken.
fn form_of(ty: &Type, word: &str) -> String {
    match ty {
        Type::Object(_) => format!("write `{word} {{ … }}` or `{word} = {{ … }}`"),
        Type::List(Type::Object(_), _) | Type::Set(Type::Object(_), _) => {
            format!("write it as a list: `{word} = [{{ … }}]`")
        }
        Type::Map(_) | Type::Tags => format!("write `{word} = {{ … }}`"),
        _ => format!("write `{word} = …`"),
    }
}

impl<'a> Block<'a> {
    /// Reads a block against a schema; what does not fit is reported and left out.
    pub(super) fn read(
        schema: &'static Schema,
        body: &'a Body,
        is_part: bool,
        out: &mut Diagnostics,
    ) -> Self {
        let mut block = Self {
            schema,
            written: Vec::new(),
            parts: Vec::new(),
            items: Vec::new(),
            for_each: None,
            when: None,
            account: None,
            region: None,
            depends_on: None,
            lifecycle: None,
            timeouts: None,
            refused: false,
        };
        let before = out.len();
        let mut statements: Vec<StatementBlock<'a>> = Vec::new();
        let mut first: Vec<(&str, Span)> = Vec::new();
        for item in &body.items {
            match item {
                BodyItem::Attribute { name, value } => {
                    block.attribute(name, value, is_part, &mut first, out);
                }
                BodyItem::Block {
                    keyword,
                    label,
                    body,
                    ..
                } => {
                    if &*keyword.text == "statement" && block.document().is_some() {
                        statements.push(StatementBlock {
                            label: label.as_ref(),
                            body,
                            span: keyword.span,
                        });
                    } else {
                        block.nested(keyword, label.as_ref(), body, is_part, &mut first, out);
                    }
                }
            }
        }
        if let (Some(start), Some(attribute)) = (statements.first().copied(), block.document()) {
            match block
                .written
                .iter()
                .find(|w| w.attribute.name == attribute.name)
            {
                Some(other) => out.push(
                    Diagnostic::error(
                        codes::config::DUPLICATE_ATTRIBUTE,
                        format!(
                            "`{}` is written both as a value and as `statement` blocks",
                            attribute.name
                        ),
                    )
                    .at(start.span, "a statement here")
                    .at(other.span, "the value here"),
                ),
                None => block.written.push(Written {
                    attribute,
                    span: start.span,
                    source: Source::Statements(statements),
                }),
            }
        }
        block.refused = out.len() > before;
        block
    }

    /// Marks the block and its parts as not all there.
    pub(super) fn refuse(&mut self) {
        self.refused = true;
        for part in &mut self.parts {
            part.block.refuse();
        }
    }

    /// The one IAM document of the schema, which takes `statement` blocks.
    fn document(&self) -> Option<&'static Attribute> {
        let mut documents = self.schema.attributes.iter().filter(|attribute| {
            matches!(attribute.ty, Type::IamDocument) && attribute.change != ChangeRule::Computed
        });
        let first = documents.next()?;
        documents.next().is_none().then_some(first)
    }

    fn words(&self, is_part: bool) -> impl Iterator<Item = &'static str> {
        super::conform::attribute_words(self.schema.attributes)
            .chain(
                self.schema
                    .parts
                    .iter()
                    .filter(|part| part.form != PartForm::Derived)
                    .map(|part| part.word),
            )
            .chain(
                if is_part { PART_WORDS } else { RESOURCE_WORDS }
                    .iter()
                    .copied(),
            )
    }

    fn unknown(&self, word: &Ident, what: &str, is_part: bool) -> Diagnostic {
        let kind = self.schema.kind;
        if let Some(attribute) = self
            .schema
            .attributes
            .iter()
            .find(|a| a.is_called(&word.text))
            && attribute.change == ChangeRule::Computed
        {
            return Diagnostic::error(
                codes::config::COMPUTED_ATTRIBUTE,
                format!("`{}` is given by AWS and cannot be written", word.text),
            )
            .at(word.span, "");
        }
        Diagnostic::error(
            codes::config::UNKNOWN_ATTRIBUTE,
            format!("`{kind}` has no {what} `{}`", word.text),
        )
        .at(word.span, "")
        .help_opt(did_you_mean(&word.text, self.words(is_part)))
    }

    fn once(
        word: &'a str,
        span: Span,
        first: &mut Vec<(&'a str, Span)>,
        out: &mut Diagnostics,
    ) -> bool {
        if let Some((_, earlier)) = first.iter().find(|(name, _)| *name == word) {
            out.push(
                Diagnostic::error(
                    codes::config::DUPLICATE_ATTRIBUTE,
                    format!("`{word}` is written twice"),
                )
                .at(span, "a second time here")
                .at(*earlier, "first written here"),
            );
            return false;
        }
        first.push((word, span));
        true
    }

    fn attribute(
        &mut self,
        name: &'a Ident,
        value: &'a Expr,
        is_part: bool,
        first: &mut Vec<(&'a str, Span)>,
        out: &mut Diagnostics,
    ) {
        let words = if is_part { PART_WORDS } else { RESOURCE_WORDS };
        if words.contains(&&*name.text) {
            if !Self::once(&name.text, name.span, first, out) {
                return;
            }
            match &*name.text {
                "for_each" => self.for_each = Some(value),
                "when" => self.when = Some(value),
                "account" => self.account = Some(value),
                "region" => self.region = Some(value),
                "depends_on" => self.depends_on = Some(value),
                _ => out.push(
                    Diagnostic::error(
                        codes::config::BLOCK_FORM,
                        format!("`{}` is a block", name.text),
                    )
                    .at(name.span, "")
                    .help(format!("write `{} {{ … }}`", name.text)),
                ),
            }
            return;
        }
        let attribute = self
            .schema
            .attributes
            .iter()
            .find(|attribute| attribute.is_called(&name.text));
        let part = self
            .schema
            .parts
            .iter()
            .enumerate()
            .find(|(_, part)| part.word == &*name.text && part.form != PartForm::Derived);
        match (attribute, part) {
            (_, Some((index, part))) => match part.form {
                PartForm::Items(attribute) => {
                    if Self::once(part.word, name.span, first, out) {
                        self.items.push(Items {
                            index,
                            part,
                            attribute,
                            list: value,
                            span: name.span,
                        });
                    }
                }
                PartForm::Block | PartForm::Derived => out.push(
                    Diagnostic::error(
                        codes::config::BLOCK_FORM,
                        format!("`{}` is written as blocks with a label", part.word),
                    )
                    .at(name.span, "")
                    .help(format!("write `{} label {{ … }}`", part.word)),
                ),
            },
            (Some(attribute), None) if attribute.change != ChangeRule::Computed => {
                if Self::once(attribute.name, name.span, first, out) {
                    self.written.push(Written {
                        attribute,
                        span: name.span,
                        source: Source::Value(value),
                    });
                }
            }
            _ => out.push(self.unknown(name, "attribute", is_part)),
        }
    }

    fn nested(
        &mut self,
        keyword: &'a Ident,
        label: Option<&'a Label>,
        body: &'a Body,
        is_part: bool,
        first: &mut Vec<(&'a str, Span)>,
        out: &mut Diagnostics,
    ) {
        let no_label = |label: Option<&Label>, out: &mut Diagnostics| {
            if let Some(label) = label {
                out.push(
                    Diagnostic::error(
                        codes::config::BLOCK_FORM,
                        format!("`{}` takes no label", keyword.text),
                    )
                    .at(label.span, "")
                    .help(format!("write `{} {{ … }}`", keyword.text)),
                );
            }
        };
        if &*keyword.text == "lifecycle" {
            no_label(label, out);
            if Self::once("lifecycle", keyword.span, first, out) {
                self.lifecycle = Some(body);
            }
            return;
        }
        if &*keyword.text == "timeouts" && !is_part {
            no_label(label, out);
            if Self::once("timeouts", keyword.span, first, out) {
                self.timeouts = Some(body);
            }
            return;
        }
        let part = self
            .schema
            .parts
            .iter()
            .enumerate()
            .find(|(_, part)| part.word == &*keyword.text && part.form == PartForm::Block);
        if let Some((index, part)) = part {
            let Some(label) = label else {
                out.push(
                    Diagnostic::error(
                        codes::config::BLOCK_FORM,
                        format!("`{}` needs a label", part.word),
                    )
                    .at(keyword.span, "")
                    .help(format!(
                        "write `{} name {{ … }}`: the label is its address and can be changed without a call",
                        part.word
                    )),
                );
                return;
            };
            if let Some(earlier) = self
                .parts
                .iter()
                .find(|other| other.index == index && other.label.text == label.text)
            {
                out.push(
                    Diagnostic::error(
                        codes::config::DUPLICATE,
                        format!("`{} {}` is declared twice", part.word, label.text),
                    )
                    .at(label.span, "a second time here")
                    .at(earlier.label.span, "first declared here"),
                );
                return;
            }
            let block = Block::read(part.schema, body, true, out);
            self.parts.push(PartBlock {
                index,
                part,
                label,
                block,
            });
            return;
        }
        let attribute = self
            .schema
            .attributes
            .iter()
            .find(|attribute| attribute.is_called(&keyword.text))
            .filter(|attribute| attribute.change != ChangeRule::Computed);
        match attribute {
            Some(attribute) if matches!(attribute.ty, Type::Object(_) | Type::IamDocument) => {
                no_label(label, out);
                if Self::once(attribute.name, keyword.span, first, out) {
                    self.written.push(Written {
                        attribute,
                        span: keyword.span,
                        source: Source::Block(body),
                    });
                }
            }
            Some(attribute) => out.push(
                Diagnostic::error(
                    codes::config::BLOCK_FORM,
                    format!("`{}` is not written as a block", keyword.text),
                )
                .at(keyword.span, "")
                .help(form_of(&attribute.ty, &keyword.text)),
            ),
            None => {
                let list = self.schema.parts.iter().any(|part| {
                    part.word == &*keyword.text && matches!(part.form, PartForm::Items(_))
                });
                if list || RESOURCE_WORDS.contains(&&*keyword.text) {
                    out.push(
                        Diagnostic::error(
                            codes::config::BLOCK_FORM,
                            format!("`{}` is not written as a block", keyword.text),
                        )
                        .at(keyword.span, "")
                        .help(format!("write `{} = …`", keyword.text)),
                    );
                } else {
                    out.push(self.unknown(keyword, "block", is_part));
                }
            }
        }
    }
}
