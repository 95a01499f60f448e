//! Text that is deep, large or noise: an error, never an overflow, never a hang.

use std::time::{Duration, Instant};

use super::*;

/// Half of what a thread of the pool has.
const SMALL_STACK: usize = 1024 * 1024;

/// How long a megabyte of anything may take, unoptimised and on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Parses on a small stack, pool included, and gives the codes found, each once.
fn check(text: String) -> Vec<&'static str> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .stack_size(SMALL_STACK)
        .build()
        .unwrap();
    let start = Instant::now();
    let mut codes: Vec<&str> = pool.install(|| {
        let (file, diagnostics) = parse(FileId(0), &text);
        assert!(diagnostics.len() <= MAX_ERRORS + 1);
        drop(file.clone());
        let _shown = format!("{file:?}");
        diagnostics.iter().map(|d| d.code.id).collect()
    });
    assert!(start.elapsed() < PATIENCE);
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!(
        "let x = {}{inner}{}\n",
        open.repeat(depth),
        close.repeat(depth)
    )
}

#[test]
fn as_deep_as_allowed_is_read() {
    for (open, inner, close) in [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("f(", "1", ")"),
        ("{ a = ", "1", "}"),
        ("x[", "1", "]"),
        ("\"${", "1", "}\""),
        ("[for a in b : ", "1", "]"),
        ("{ for a in b : a => ", "1", "}"),
        ("a ? b : ", "1", ""),
        ("a ? ", "1", " : b"),
        ("!", "1", ""),
    ] {
        let text = nested(open, inner, close, MAX_NESTING);
        assert_eq!(check(text), Vec::<&str>::new(), "{open}");
        // Deeper than the depth of expressions, too, for what opens no bracket.
        let text = nested(open, inner, close, MAX_DEPTH + 1);
        assert_eq!(check(text), ["E0111"], "{open}");
    }
    let blocks = format!(
        "a b {}\n",
        "{\n x ".repeat(MAX_NESTING - 1) + "{}" + &"\n}".repeat(MAX_NESTING - 1)
    );
    assert_eq!(check(blocks), Vec::<&str>::new());
    let types = format!("input x: {}any{}\n", "list(".repeat(64), ")".repeat(64));
    assert_eq!(check(types), Vec::<&str>::new());
}

#[test]
fn deeper_is_an_error() {
    const DEEP: usize = 10_000;
    for (open, inner, close) in [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("{ a = ", "1", "}"),
        ("\"${", "1", "}\""),
        ("a ? ", "1", " : b"),
        ("a ? b : ", "1", ""),
        ("!", "1", ""),
        ("-", "1", ""),
        ("1 + ", "1", ""),
        ("a.", "b", ""),
        ("", "a", "[0]"),
        ("a ||\n", "b", ""),
    ] {
        assert_eq!(check(nested(open, inner, close, 300)), ["E0111"], "{open}");
        let codes = check(nested(open, inner, close, DEEP));
        // What nests without a bracket is too long before it is too deep.
        assert!(
            codes == ["E0111"] || codes == ["E0120"],
            "{open}: {codes:?}"
        );
    }
    let blocks = format!("a b {}{}\n", "{\n x ".repeat(DEEP), "\n}".repeat(DEEP));
    assert_eq!(check(blocks), ["E0111"]);
    let types = format!("input x: {}any{}\n", "list(".repeat(DEEP), ")".repeat(DEEP));
    assert_eq!(check(types), ["E0111"]);
}

/// A block is read in pieces: each of them must be known to be too deep.
#[test]
fn deeper_is_an_error_more_than_once() {
    for (open, close) in [("(", ")"), ("[", "]"), ("f(", ")"), ("{ a = ", "}")] {
        let deep = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        let codes = check(format!(
            "a b {{\n  c = {deep}\n  d = {deep}\n  e = [{deep}]\n}}\n"
        ));
        assert_eq!(codes, ["E0111"], "{open}");
    }
}

#[test]
fn a_megabyte_of_noise_is_survived() {
    const MEGABYTE: usize = 1_000_000;
    let unit = "a }{ \"${ <<E\n @ = , (";
    assert!(!check(unit.repeat(MEGABYTE / unit.len())).is_empty());
}

#[test]
fn one_thing_over_and_over_is_survived() {
    const LARGE: usize = 100_000;
    for unit in [
        "(",
        "}",
        "\"",
        "\"${",
        "\"${f(\n",
        "<<A\n",
        "x = <<A\n",
        "/*\n",
        "vpc a { b: 1 }\n",
        "a b {\n",
        "a b {\n x = f(\n",
        "}])\n",
        "= ",
        "1 +\n",
        "@",
        ",",
        "é ",
        "\\",
        "{ for x ",
        "a\nb\n",
    ] {
        assert!(!check(unit.repeat(LARGE / unit.len())).is_empty(), "{unit}");
    }
}

#[test]
fn errors_of_a_file_are_limited() {
    let text = "vpc a { b: 1 }\n".repeat(1_000);
    let (_, diagnostics) = parse(FileId(0), &text);
    assert_eq!(diagnostics.len(), MAX_ERRORS + 1);
    let note = diagnostics.last().unwrap();
    assert_eq!(
        note.to_string(),
        "note[E0118]: only the first 100 errors of this file are shown"
    );
}

#[test]
fn broken_bytes_are_placed() {
    let error = decode("main.smd", b"vpc a {}\n# \xc3\xa4 \xff").unwrap_err();
    assert_eq!(
        error.to_string(),
        "error[E0101]: `main.smd` is not UTF-8: byte 0xff at line 2, column 5"
    );
    assert_eq!(decode("main.smd", "ä".as_bytes()).unwrap(), "ä");
}

/// Long lists, objects, calls and blocks are read some tokens at a time: as they would be in one
/// piece, errors included.
#[test]
fn what_is_long_is_read_in_pieces() {
    const MANY: usize = 3_000;
    for (before, unit, behind) in [
        ("let a = [", "1, ", "]\n"),
        ("let a = [", "[1, f(2)], ", "3]\n"),
        ("let a = f(", "x.y[0], ", "z...)\n"),
        ("let a = f(", "x.y[0], ", "z..., )\n"),
        ("let a = {\n", "  b = [1, 2]\n", "}\n"),
        ("let a = {\n", "  (b): 1, \"c\" = 2 # d\n", "}\n"),
        ("let a = [for x in [", "1,\n", "2] : x]\n"),
        ("let a = -g([", "{ b = 1 }, ", "])[0].c ? 1 : 2\n"),
        ("a b {\n", "  c = 1\n", "}\n"),
        ("a b {\n", "  c d { e = [1], f = 2 }\n", "}\n"),
        ("let a = [[[[", "{ b = [1, 2] }, ", "]]]]\n"),
    ] {
        let text = format!("{before}{}{behind}let z = 1\n", unit.repeat(MANY));
        let (mut whole, found) = parse_in_pieces(&[(FileId(0), &text)], u32::MAX);
        assert!(found.is_empty(), "{found:?}");
        let (pieces, found) = parse(FileId(0), &text);
        assert!(found.is_empty(), "{found:?}");
        assert!(whole.pop().unwrap() == pieces, "{before}{unit}");
    }
    for (before, unit, behind) in [
        ("let a = [", "1, ", "1 2]\n"),
        ("let a = [", "1, ", ", 2]\n"),
        ("let a = {\n", "  b = 1\n", "  c 2\n}\n"),
        ("a b {\n", "  c = 1\n", "  d = [1 2]\n}\n"),
    ] {
        let text = format!("{before}{}{behind}let z = 1\n", unit.repeat(MANY));
        let (_, whole) = parse_in_pieces(&[(FileId(0), &text)], u32::MAX);
        let (file, pieces) = parse(FileId(0), &text);
        assert!(!whole.is_empty());
        assert_eq!(whole, pieces, "{before}{unit}{behind}");
        assert!(!file.statements.is_empty());
    }
}

/// What cannot be cut into pieces has a limit.
#[test]
fn what_is_too_long_is_an_error() {
    for text in [
        format!("let a = \"{}\"\n", "${b}".repeat(5_000)),
        format!("let a = [for x in y : \"{}\"]\n", "${x}".repeat(5_000)),
        format!("input a: object({{ {} }})\n", "b: string, ".repeat(5_000)),
        format!(
            "input a: object({{ {} }}) {{\n}}\n",
            "b: string, ".repeat(5_000)
        ),
        format!("a b {{\n  c = 1 {}\n}}\n", "|| 1 ".repeat(5_000)),
    ] {
        assert_eq!(check(text), ["E0120"]);
    }
    assert_eq!(
        check("input a: object({ b: string })\n".repeat(5_000)),
        Vec::<&str>::new()
    );
}

/// Many comments on one line, and one long name among many short ones.
#[test]
fn formatting_grows_with_the_text_only() {
    let text = "let a = 1 ".to_owned() + &"/**/".repeat(100_000) + "\n";
    assert!(format(FileId(0), &text).unwrap().len() < text.len() * 2);
    let text =
        "a b {\n".to_owned() + &"c = 1 # d\n".repeat(5_000) + &"e".repeat(50_000) + " = 1 # f\n}\n";
    assert!(format(FileId(0), &text).unwrap().len() < text.len() * 3);
}
