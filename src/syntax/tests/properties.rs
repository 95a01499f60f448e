//! What holds for every text and every tree.

use std::sync::Arc;

use proptest::prelude::*;

use super::{PAGE, print};
use crate::diagnostic::{Diagnostic, FileId, Span};
use crate::syntax::tree::*;
use crate::syntax::{codes, format, parse, parse_in_pieces};

const NOWHERE: Span = Span {
    file: FileId(0),
    start: 0,
    end: 0,
};

/// The tree as text, without its positions.
fn erased(file: &File) -> String {
    let shown = format!("{file:?}");
    let mut parts = shown.split("Span {");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        out.push('@');
        out.push_str(part.split_once('}').unwrap().1);
    }
    // A body made without a source has no span.
    out.replace("Some(@)", "@").replace("span: None", "span: @")
}

fn word() -> impl Strategy<Value = Arc<str>> {
    prop_oneof![
        "[a-z_][a-z0-9_]{0,6}",
        Just("for".to_owned()),
        Just("in".to_owned()),
        Just("if".to_owned()),
    ]
    .prop_map(Arc::from)
}

/// A word that may stand where a value does.
fn name() -> impl Strategy<Value = Arc<str>> {
    word().prop_filter("means something else", |word| {
        !matches!(&**word, "null" | "true" | "false" | "for" | "in" | "if")
    })
}

fn ident() -> impl Strategy<Value = Ident> {
    word().prop_map(|text| Ident {
        text,
        span: NOWHERE,
    })
}

fn text() -> impl Strategy<Value = Arc<str>> {
    prop_oneof![
        "[ -~äé\\n\\r\\t]{0,8}",
        Just("$${".to_owned()),
        Just("a$b$$c".to_owned()),
    ]
    .prop_map(Arc::from)
}

fn at(kind: ExprKind) -> Expr {
    Expr {
        span: NOWHERE,
        kind,
    }
}

/// An operand that needs no parentheses anywhere.
fn closed(e: Expr) -> Box<Expr> {
    Box::new(match e.kind {
        ExprKind::Unary(..)
        | ExprKind::Binary(..)
        | ExprKind::Conditional(..)
        | ExprKind::Splat(..)
        | ExprKind::Range(..) => at(ExprKind::Paren(Box::new(e))),
        _ => e,
    })
}

fn operators() -> impl Strategy<Value = BinaryOp> {
    use BinaryOp::*;
    proptest::sample::select(vec![
        Or,
        And,
        Equal,
        NotEqual,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        Add,
        Subtract,
        Multiply,
        Divide,
        Remainder,
    ])
}

fn template_parts(parts: Vec<(Arc<str>, Expr)>) -> ExprKind {
    let mut out = Vec::new();
    for (text, e) in parts {
        // `$` before `${` would be read as a literal one.
        if !text.is_empty() && !text.ends_with('$') {
            out.push(TemplatePart::Text(text));
        }
        out.push(TemplatePart::Expr(e));
    }
    ExprKind::Template(out.into())
}

fn attribute_of(of: Expr, name: Ident) -> ExprKind {
    ExprKind::Attribute(Box::new(AttributeExpr { of, name }))
}

fn expr() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        Just(ExprKind::Null),
        any::<bool>().prop_map(ExprKind::Bool),
        (0..=i64::MAX).prop_map(ExprKind::Int),
        (0.0..1e300_f64).prop_map(ExprKind::Float),
        text().prop_map(ExprKind::String),
        name().prop_map(ExprKind::Name),
    ]
    .prop_map(at);
    leaf.prop_recursive(4, 24, 4, |inner| {
        let each = (
            proptest::option::of(ident()),
            ident(),
            inner.clone(),
            inner.clone(),
            inner.clone(),
            proptest::option::of(inner.clone()),
        );
        let key = prop_oneof![
            text().prop_map(|text| ObjectKey::Name(Ident {
                text,
                span: NOWHERE
            })),
            inner.clone().prop_map(ObjectKey::Expr),
        ];
        let step = prop_oneof![
            ident().prop_map(SplatStep::Attribute),
            inner.clone().prop_map(SplatStep::Index),
        ];
        prop_oneof![
            prop::collection::vec((text(), inner.clone()), 1..3).prop_map(template_parts),
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| ExprKind::List(items.into())),
            prop::collection::vec((key, inner.clone()), 0..4)
                .prop_map(|members| ExprKind::Object(members.into())),
            (inner.clone(), ident()).prop_map(|(of, name)| attribute_of(*closed(of), name)),
            (inner.clone(), inner.clone())
                .prop_map(|(of, index)| ExprKind::Index(closed(of), Box::new(index))),
            (name(), prop::collection::vec(step, 0..3)).prop_map(|(of, steps)| {
                let (of, steps) = (at(ExprKind::Name(of)), steps.into());
                ExprKind::Splat(Box::new(SplatExpr { of, steps }))
            }),
            (
                name(),
                prop::collection::vec(inner.clone(), 0..4),
                any::<bool>()
            )
                .prop_map(|(text, args, spread)| {
                    let span = NOWHERE;
                    ExprKind::Call(Box::new(CallExpr {
                        name: Ident { text, span },
                        spread: spread && !args.is_empty(),
                        args: args.into(),
                    }))
                }),
            (any::<bool>(), inner.clone()).prop_map(|(not, of)| {
                let op = if not { UnaryOp::Not } else { UnaryOp::Negate };
                ExprKind::Unary(op, closed(of))
            }),
            (operators(), inner.clone(), inner.clone()).prop_map(|(op, a, b)| ExprKind::Binary(
                op,
                closed(a),
                closed(b)
            )),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| { ExprKind::Conditional(Box::new([*closed(a), b, c])) }),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| ExprKind::Range(closed(a), closed(b))),
            inner.clone().prop_map(|of| ExprKind::Paren(Box::new(of))),
            (any::<bool>(), each).prop_map(|(object, each)| {
                let (key_name, value_name, collection, key, value, condition) = each;
                let each = Box::new(ForExpr {
                    key_name,
                    value_name,
                    collection,
                    key: object.then_some(key),
                    value,
                    condition,
                });
                if object {
                    ExprKind::ForObject(each)
                } else {
                    ExprKind::ForList(each)
                }
            }),
        ]
        .prop_map(at)
    })
}

fn label() -> impl Strategy<Value = Label> {
    prop_oneof![
        word().prop_map(|text| (text, false)),
        text().prop_map(|text| (text, true))
    ]
    .prop_map(|(text, quoted)| Label {
        text,
        quoted,
        span: NOWHERE,
    })
}

fn attribute() -> impl Strategy<Value = BodyItem> {
    (ident(), expr()).prop_map(|(name, value)| BodyItem::Attribute { name, value })
}

fn body() -> impl Strategy<Value = Body> {
    let leaf =
        prop::collection::vec(attribute(), 0..3).prop_map(|items| Body { items, span: None });
    leaf.prop_recursive(2, 6, 3, |inner| {
        let block =
            (ident(), proptest::option::of(label()), inner).prop_map(|(keyword, label, body)| {
                BodyItem::Block {
                    keyword,
                    label,
                    body,
                    span: NOWHERE,
                }
            });
        prop::collection::vec(prop_oneof![attribute(), block], 0..3)
            .prop_map(|items| Body { items, span: None })
    })
}

fn type_expr() -> impl Strategy<Value = TypeExpr> {
    let leaf = name()
        .prop_filter("needs the type of its items", |word| {
            !matches!(&**word, "list" | "set" | "map" | "object" | "optional")
        })
        .prop_map(TypeExprKind::Name)
        .prop_map(|kind| TypeExpr {
            span: NOWHERE,
            kind,
        });
    leaf.prop_recursive(3, 8, 3, |inner| {
        let field = (
            ident(),
            inner.clone(),
            any::<bool>(),
            proptest::option::of(expr()),
        )
            .prop_map(|(name, ty, optional, default)| ObjectTypeField {
                name,
                ty,
                optional,
                default: default.filter(|_| optional),
            });
        prop_oneof![
            inner.clone().prop_map(|t| TypeExprKind::List(Box::new(t))),
            inner.clone().prop_map(|t| TypeExprKind::Set(Box::new(t))),
            inner.prop_map(|t| TypeExprKind::Map(Box::new(t))),
            prop::collection::vec(field, 0..3)
                .prop_map(|fields| TypeExprKind::Object(fields.into())),
        ]
        .prop_map(|kind| TypeExpr {
            span: NOWHERE,
            kind,
        })
    })
}

fn statement() -> impl Strategy<Value = Statement> {
    let keyword = ident().prop_filter("starts another statement", |word| {
        !matches!(
            &*word.text,
            "let"
                | "output"
                | "input"
                | "module"
                | "existing"
                | "import"
                | "moved"
                | "removed"
                | "expect"
        )
    });
    let expect = prop_oneof![
        (ident().prop_map(Some), proptest::option::of(label())),
        (
            Just(None),
            text().prop_map(|text| Some(Label {
                text,
                quoted: true,
                span: NOWHERE
            }))
        ),
    ];
    prop_oneof![
        (keyword, ident(), body()).prop_map(|(keyword, name, body)| StatementKind::Block {
            keyword,
            name,
            body
        }),
        (
            ident(),
            proptest::option::of(type_expr()),
            proptest::option::of(body())
        )
            .prop_map(|(name, ty, body)| StatementKind::Input { name, ty, body }),
        (ident(), expr()).prop_map(|(name, value)| StatementKind::Let { name, value }),
        (ident(), expr()).prop_map(|(name, value)| StatementKind::OutputValue { name, value }),
        (ident(), body()).prop_map(|(name, body)| StatementKind::OutputBlock { name, body }),
        (ident(), text(), proptest::option::of(body())).prop_map(|(name, source, body)| {
            StatementKind::Module {
                name,
                source: at(ExprKind::String(source)),
                body,
            }
        }),
        (ident(), ident(), body()).prop_map(|(keyword, name, body)| StatementKind::Existing {
            keyword,
            name,
            body
        }),
        (name(), ident(), text()).prop_map(|(of, name, id)| StatementKind::Import {
            to: at(attribute_of(at(ExprKind::Name(of)), name)),
            id: at(ExprKind::String(id)),
        }),
        body().prop_map(StatementKind::Moved),
        body().prop_map(StatementKind::Removed),
        (expect, body()).prop_map(|((property, label), body)| StatementKind::Expect {
            property,
            label,
            body
        }),
    ]
    .prop_map(|kind| Statement {
        span: NOWHERE,
        kind,
    })
}

/// Pieces of text that mean something, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "vpc",
        " ",
        " ",
        "\n",
        "\n",
        "{",
        "}",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "=",
        "=",
        ",",
        "\"",
        "\"",
        "${",
        "}",
        "$${",
        "\\",
        "<<EOF\n",
        "EOF\n",
        "<<-'A'\n",
        "A\n",
        "#",
        "//",
        "/*",
        "*/",
        "a",
        "b.c",
        "1",
        "2.5",
        "..",
        "...",
        "?",
        ":",
        "=>",
        "for x in y :",
        "if",
        "let a = ",
        "input x: ",
        "list(",
        "object({",
        "existing ",
        "moved {",
        "-",
        "!",
        "&&",
        "|",
        "\t",
        "\r\n",
        "é",
        "'",
        "@",
        "output ",
        "module m from ",
        "expect ",
        "import a.b from ",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// However few tokens are read at a time, the tree is the same, and so is whether it is sound.
fn in_pieces(text: &str, whole: &File, found: &[Diagnostic]) {
    for at_a_time in [20, 50] {
        let (mut files, told) = parse_in_pieces(&[(FileId(0), text)], at_a_time);
        if told.iter().any(|told| told.code == codes::TOO_LONG) {
            continue;
        }
        assert_eq!(
            found.is_empty(),
            told.is_empty(),
            "{found:?}\n{told:?}\n{text}"
        );
        let file = files.pop().unwrap();
        if found.is_empty() {
            assert_eq!(*whole, file, "{text}");
        }
    }
}

/// Nothing is lost, invented or moved out of the text.
fn survives(text: &str) {
    let (file, diagnostics) = parse(FileId(0), text);
    for diagnostic in &diagnostics {
        for label in &diagnostic.labels {
            assert!(
                text.get(label.span.start as usize..label.span.end as usize)
                    .is_some(),
                "{diagnostic:?} lies outside of the text"
            );
        }
    }
    in_pieces(text, &file, &diagnostics);
    if diagnostics.is_empty() {
        let formatted = format(FileId(0), text).unwrap();
        let (again, diagnostics) = parse(FileId(0), &formatted);
        assert!(diagnostics.is_empty(), "{diagnostics:?}\n{formatted}");
        assert_eq!(erased(&file), erased(&again), "{formatted}");
        assert_eq!(format(FileId(0), &formatted).unwrap(), formatted);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_printed_tree_is_read_as_itself(statements in prop::collection::vec(statement(), 0..4)) {
        let file = File { file: FileId(0), statements };
        let text = print::file(&file);
        let (read, diagnostics) = parse(FileId(0), &text);
        prop_assert!(diagnostics.is_empty(), "{diagnostics:?}\n{text}");
        prop_assert_eq!(erased(&file), erased(&read), "{}", text);
    }

    #[test]
    fn formatting_keeps_the_tree(statements in prop::collection::vec(statement(), 0..4)) {
        let text = print::file(&File { file: FileId(0), statements });
        survives(&text);
    }

    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        survives(&text);
    }

    #[test]
    fn any_pieces_are_survived(text in pieces()) {
        survives(&text);
    }

    #[test]
    fn a_damaged_page_is_survived(
        cut in 0..PAGE.len(),
        length in 0..40_usize,
        put in pieces(),
    ) {
        let end = (cut + length).min(PAGE.len());
        let (Some(before), Some(behind)) = (PAGE.get(..cut), PAGE.get(end..)) else {
            return Ok(());
        };
        survives(&format!("{before}{put}{behind}"));
    }
}
