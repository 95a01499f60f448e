//! What text means: precedence, strings, heredocs, positions, and what recovery keeps.

use super::*;
use crate::diagnostic::json;
use crate::syntax::tree::{BodyItem, Expr, ExprKind, StatementKind, TemplatePart};

fn value(text: &str) -> Expr {
    let file = sound(&format!("let x = {text}\n"));
    match file.statements.into_iter().next().unwrap().kind {
        StatementKind::Let { value, .. } => value,
        other => panic!("{other:?}"),
    }
}

/// The expression with every operation in parentheses.
fn grouped(e: &Expr) -> String {
    match &e.kind {
        ExprKind::Binary(op, a, b) => {
            format!("({} {} {})", grouped(a), print::operator(*op), grouped(b))
        }
        ExprKind::Range(a, b) => format!("({}..{})", grouped(a), grouped(b)),
        ExprKind::Unary(_, of) => format!("({}{})", &print::expr(e)[..1], grouped(of)),
        ExprKind::Conditional(parts) => {
            let [a, b, c] = &**parts;
            format!("({} ? {} : {})", grouped(a), grouped(b), grouped(c))
        }
        _ => print::expr(e),
    }
}

/// What a string or template says, its expressions in `<>`.
fn said(text: &str) -> String {
    match value(text).kind {
        ExprKind::String(text) => text.to_string(),
        ExprKind::Template(parts) => parts
            .iter()
            .map(|part| match part {
                TemplatePart::Text(text) => text.to_string(),
                TemplatePart::Expr(e) => format!("<{}>", print::expr(e)),
            })
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn operators_bind_as_in_hcl() {
    for (text, meant) in [
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("a || b && c", "(a || (b && c))"),
        ("a == b && c != d", "((a == b) && (c != d))"),
        ("a < b == c >= d", "((a < b) == (c >= d))"),
        ("-a.b[0] * !c", "((-a.b[0]) * (!c))"),
        ("a + 1..b * 2", "((a + 1)..(b * 2))"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("a && b ? c || d : e", "((a && b) ? (c || d) : e)"),
        ("a % b / c", "((a % b) / c)"),
        ("a ||\n b", "(a || b)"),
    ] {
        assert_eq!(grouped(&value(text)), meant, "{text}");
    }
}

#[test]
fn strings_say_what_they_say() {
    for (text, meant) in [
        (r#""""#, ""),
        (r#""  a  ""#, "  a  "),
        (r#""a\n\t\r\"\\ \u{e4}\u{1F600}""#, "a\n\t\r\"\\ ä😀"),
        (r#""$${x} $ $$ $x""#, "${x} $ $$ $x"),
        (r#""a ${b.c} d""#, "a <b.c> d"),
        (r#""${"${x}"}""#, r#"<"${x}">"#),
        ("\"${f(\n1, # one\n2)}\"", "<f(1, 2)>"),
        ("<<EOF\nEOF", ""),
        ("<<E\na\nE", "a\n"),
        ("<<EOF\n  a \\n\n b ${x} c\nEOF", "  a \\n\n b <x> c\n"),
        (
            "<<-EOF\n    a\n\n      b ${x}\n    ${y}\n  EOF",
            "a\n\n  b <x>\n<y>\n",
        ),
        ("<<'EOF'\n${x} $${y} \\\nEOF", "${x} $${y} \\\n"),
        ("<<-'EOF'\n\ta\n\t\tb\nEOF", "a\n\tb\n"),
        ("<<EOF\r\na $${x}\r\nEOF\r", "a ${x}\n"),
        (
            "<<EOF\n# no comment /* \"\nEOFX\n EOF",
            "# no comment /* \"\nEOFX\n",
        ),
    ] {
        assert_eq!(said(text), meant, "{text}");
    }
}

#[test]
fn numbers_are_whole_or_not() {
    assert_eq!(value("9223372036854775807").kind, ExprKind::Int(i64::MAX));
    assert_eq!(
        value("9223372036854775808").kind,
        ExprKind::Float(9_223_372_036_854_775_808.0)
    );
    assert_eq!(value("1.5e-3").kind, ExprKind::Float(0.0015));
    assert_eq!(print::expr(&value("8192..65535")), "8192..65535");
}

#[test]
fn separators_and_comments_mean_the_same() {
    let one = sound("vpc a { b = 1, c { d = [1, 2] } }");
    let other = sound(
        "\u{feff}// head\nvpc a /* name */ { # open\r\n\tb = # value\n 1\n\n c {\n d = [\n1,\n2,\n]\n}, # end\n}",
    );
    assert_eq!(print::file(&one), print::file(&other));
}

#[test]
fn spans_are_those_of_the_file() {
    let text = "# ä\nvpc a {\n  b = f(x.y[0] , \"${ z }\")  # end\n}\n";
    let mut sources = Sources::default();
    let id = sources.add("main.smd", text);
    let (file, _) = parse(id, text);
    let statement = &file.statements[0];
    assert!(sources.text(statement.span).unwrap().starts_with("vpc a {"));
    assert!(sources.text(statement.span).unwrap().ends_with('}'));
    let StatementKind::Block { body, .. } = &statement.kind else {
        panic!()
    };
    let BodyItem::Attribute { name, value } = &body.items[0] else {
        panic!()
    };
    assert_eq!(sources.text(name.span), Some("b"));
    assert_eq!(sources.text(value.span), Some("f(x.y[0] , \"${ z }\")"));
    let ExprKind::Call(call) = &value.kind else {
        panic!()
    };
    let args = &call.args;
    assert_eq!(sources.text(args[0].span), Some("x.y[0]"));
    assert_eq!(sources.position(args[0].span), "main.smd:3:9");
}

#[test]
fn what_is_sound_in_a_broken_file_is_kept() {
    let text = r#"
vpc a {
  cidr: "10.0.0.0/16"
  dns  = true
  tags {
    x = = 1
    y = 2
  }
}
vpc b {
  cidr = "10.1.0.0/16"
  lifecycle {
    protect = true

vpc c { cidr = "10.2.0.0/16" }
"#;
    let (file, diagnostics) = parse(FileId(0), text);
    assert_eq!(diagnostics.len(), 4);
    insta::assert_snapshot!(print::file(&file), @r#"
vpc a {
dns = true
tags {
y = 2
}
}
vpc b {
cidr = "10.1.0.0/16"
lifecycle {
protect = true
}
}
vpc c {
cidr = "10.2.0.0/16"
}
"#);
}

#[test]
fn files_keep_their_order() {
    let texts = ["let a = 1\nlet b = ", "let c = 3", ""];
    let files: Vec<(FileId, &str)> = (0..).map(FileId).zip(texts).collect();
    let (files, diagnostics) = parse_files(&files);
    let counts: Vec<_> = files
        .iter()
        .map(|f| (f.file.0, f.statements.len()))
        .collect();
    assert_eq!(counts, [(0, 1), (1, 1), (2, 0)]);
    assert_eq!(diagnostics.len(), 1);
}

#[test]
fn errors_as_json() {
    let text = "let ä = 1\nlt x {\n a: 1 }";
    let mut sources = Sources::default();
    let id = sources.add("main.smd", text);
    let (_, diagnostics) = parse(id, text);
    insta::assert_snapshot!(
        serde_json::to_string_pretty(&json(&diagnostics, &sources)).unwrap(),
        @r#"
[
  {
    "code": "E0103",
    "severity": "error",
    "message": "unexpected `ä`",
    "address": null,
    "labels": [
      {
        "file": "main.smd",
        "line": 1,
        "column": 5,
        "end_line": 1,
        "end_column": 6,
        "message": "",
        "primary": true
      }
    ],
    "notes": [],
    "help": [
      "names are letters a to z, digits and `_`; other text stands in quotes"
    ]
  },
  {
    "code": "E0115",
    "severity": "error",
    "message": "an attribute takes `=`, not `:`",
    "address": null,
    "labels": [
      {
        "file": "main.smd",
        "line": 3,
        "column": 3,
        "end_line": 3,
        "end_column": 4,
        "message": "expected `=`",
        "primary": true
      }
    ],
    "notes": [],
    "help": [
      "write `a = …`"
    ]
  }
]
"#
    );
}
