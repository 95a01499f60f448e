//! The syntax tree. Every node has its byte span.

use std::sync::Arc;

use crate::diagnostic::{FileId, Span};

/// One file.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Which file.
    pub file: FileId,
    /// Its statements, in order.
    pub statements: Vec<Statement>,
}

/// A word with its span: a name, a keyword, an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ident {
    /// The word.
    pub text: Arc<str>,
    /// Where it stands.
    pub span: Span,
}

/// A statement of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// All of it.
    pub span: Span,
    /// What it is.
    pub kind: StatementKind,
}

/// What a statement is.
#[derive(Debug, Clone, PartialEq)]
pub enum StatementKind {
    /// `KIND NAME { … }`; also `stack NAME { … }` and `account NAME { … }`.
    Block {
        /// `vpc`, `stack`, `account` …
        keyword: Ident,
        /// The name.
        name: Ident,
        /// What is between the braces.
        body: Body,
    },
    /// `input NAME: TYPE { … }`; type and body may be left out.
    Input {
        /// The name.
        name: Ident,
        /// The type, if written.
        ty: Option<TypeExpr>,
        /// Default, description, validate …, if written.
        body: Option<Body>,
    },
    /// `let NAME = expr`.
    Let {
        /// The name.
        name: Ident,
        /// The value.
        value: Expr,
    },
    /// `output NAME = expr`.
    OutputValue {
        /// The name.
        name: Ident,
        /// The value.
        value: Expr,
    },
    /// `output NAME { value, description, sensitive }`.
    OutputBlock {
        /// The name.
        name: Ident,
        /// What is between the braces.
        body: Body,
    },
    /// `module NAME from "./path" { … }`.
    Module {
        /// The name.
        name: Ident,
        /// Where it is.
        source: Expr,
        /// Its inputs, if written.
        body: Option<Body>,
    },
    /// `existing KIND NAME { … }`.
    Existing {
        /// The kind.
        keyword: Ident,
        /// The name.
        name: Ident,
        /// How to find it.
        body: Body,
    },
    /// `import ADDRESS from "id"`.
    Import {
        /// The address, as an expression of names and indexes.
        to: Expr,
        /// The id.
        id: Expr,
    },
    /// `moved { from = a, to = b }`.
    Moved(Body),
    /// `removed { from = a, … }`.
    Removed(Body),
    /// `expect WORD [NAME] { … }` or `expect "sentence" { … }`.
    Expect {
        /// `reaches`, `isolated` …; `None` for a sentence.
        property: Option<Ident>,
        /// The name or the sentence.
        label: Option<Label>,
        /// What is between the braces.
        body: Body,
    },
}

/// The label of a nested block: an identifier or a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The label.
    pub text: Arc<str>,
    /// Whether it was written in quotes.
    pub quoted: bool,
    /// Where it stands.
    pub span: Span,
}

/// What is between the braces of a block: attributes and blocks, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Body {
    /// The items, in order.
    pub items: Vec<BodyItem>,
    /// The braces and what is between, where there is a source.
    pub span: Option<Span>,
}

/// An item of a body.
#[derive(Debug, Clone, PartialEq)]
pub enum BodyItem {
    /// `name = expression`.
    Attribute {
        /// The name.
        name: Ident,
        /// The value.
        value: Expr,
    },
    /// `word [label] { … }`.
    Block {
        /// The word.
        keyword: Ident,
        /// The label, if written.
        label: Option<Label>,
        /// What is between the braces.
        body: Body,
        /// All of it.
        span: Span,
    },
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// All of it.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// What an expression is. Kept small, and its lists at just their length: a text with an expression
/// in every other byte must not become a tree many times as large.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number without fraction or exponent that fits.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A quoted string or heredoc without `${`.
    String(Arc<str>),
    /// A quoted string or heredoc with `${ … }`.
    Template(Box<[TemplatePart]>),
    /// `[a, b]`.
    List(Box<[Expr]>),
    /// `{ a = 1, "b" = 2, (c) = 3 }`; `:` is taken for `=`.
    Object(Box<[(ObjectKey, Expr)]>),
    /// A single word: a `for` variable, a `let`, a kind, `input`, `each`, `self`, `item` …
    Name(Arc<str>),
    /// `expr.name`.
    Attribute(Box<AttributeExpr>),
    /// `expr[index]`.
    Index(Box<Expr>, Box<Expr>),
    /// `expr[*]` followed by attributes and indexes, applied to each item.
    Splat(Box<SplatExpr>),
    /// `name(args)`; the last argument may be spread with `...`.
    Call(Box<CallExpr>),
    /// `-a`, `!a`.
    Unary(UnaryOp, Box<Expr>),
    /// `a + b` …
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `a ? b : c`.
    Conditional(Box<[Expr; 3]>),
    /// `[for k, v in list : value if cond]`.
    ForList(Box<ForExpr>),
    /// `{ for k, v in map : key => value if cond }`.
    ForObject(Box<ForExpr>),
    /// `a..b`, a port range.
    Range(Box<Expr>, Box<Expr>),
    /// `( expr )`.
    Paren(Box<Expr>),
}

/// `expr.name`.
#[derive(Debug, Clone, PartialEq)]
pub struct AttributeExpr {
    /// Of what.
    pub of: Expr,
    /// Its name.
    pub name: Ident,
}

/// `expr[*]` and what follows it.
#[derive(Debug, Clone, PartialEq)]
pub struct SplatExpr {
    /// Of what.
    pub of: Expr,
    /// What is applied to each item.
    pub steps: Box<[SplatStep]>,
}

/// `name(args)`.
#[derive(Debug, Clone, PartialEq)]
pub struct CallExpr {
    /// The function.
    pub name: Ident,
    /// Its arguments.
    pub args: Box<[Expr]>,
    /// Whether the last argument is spread.
    pub spread: bool,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum TemplatePart {
    /// Text as it will be, escapes resolved.
    Text(Arc<str>),
    /// `${ expr }`.
    Expr(Expr),
}

/// The key of an object.
#[derive(Debug, Clone, PartialEq)]
pub enum ObjectKey {
    /// `name` or `"name"`.
    Name(Ident),
    /// `(expr)`, or a string with `${`.
    Expr(Expr),
}

/// A step after `[*]`.
#[derive(Debug, Clone, PartialEq)]
pub enum SplatStep {
    /// `.name`.
    Attribute(Ident),
    /// `[index]`.
    Index(Expr),
}

/// `for a, b in collection : key => value if condition`.
#[derive(Debug, Clone, PartialEq)]
pub struct ForExpr {
    /// Key or index, where two names are written.
    pub key_name: Option<Ident>,
    /// The value's name.
    pub value_name: Ident,
    /// What is gone through.
    pub collection: Expr,
    /// The key, for maps.
    pub key: Option<Expr>,
    /// The value.
    pub value: Expr,
    /// The condition, if written.
    pub condition: Option<Expr>,
}

/// A prefix operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnaryOp {
    /// `-`
    Negate,
    /// `!`
    Not,
}

/// An infix operator, HCL's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BinaryOp {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

/// A type as written.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeExpr {
    /// All of it.
    pub span: Span,
    /// What it is.
    pub kind: TypeExprKind,
}

/// What a written type is.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeExprKind {
    /// `string`, `number`, `bool`, `any`, `account`, a kind, a field type such as `cidr`.
    Name(Arc<str>),
    /// `list(T)`.
    List(Box<TypeExpr>),
    /// `set(T)`.
    Set(Box<TypeExpr>),
    /// `map(T)`.
    Map(Box<TypeExpr>),
    /// `object({ a: T, b: optional(T, default) })`.
    Object(Box<[ObjectTypeField]>),
}

/// A field of an object type.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectTypeField {
    /// The field.
    pub name: Ident,
    /// Its type.
    pub ty: TypeExpr,
    /// Whether it may be left out.
    pub optional: bool,
    /// What it is when left out, if written.
    pub default: Option<Expr>,
}
