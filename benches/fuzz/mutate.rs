//! Damage to bytes, with the tokens of the language and of JSON at hand.

use crate::dice::Dice;

/// The largest input that is made, in bytes.
pub const MOST_BYTES: usize = 64 * 1024;
/// One input in so many may become that large: the others stay near the size of what they are
/// made from, so that many can be tried.
const LARGE_IN: usize = 32;
/// How much may be added to a small one at a time.
const SMALL_BYTES: usize = 512;
/// How often one input is damaged at most.
const ROUNDS: usize = 8;

/// Tokens of the language.
pub const LANGUAGE: &[&str] = &[
    "vpc a {",
    "stack s {",
    "account a {",
    "input x: ",
    "let a = ",
    "output o = ",
    "module m from ",
    "existing ",
    "import a.b from ",
    "moved {",
    "removed {",
    "expect ",
    "for x in y : ",
    "for k, v in ",
    " if ",
    " => ",
    "=",
    "==",
    "!=",
    "<=",
    ">=",
    "<",
    ">",
    "&&",
    "||",
    "+",
    "-",
    "*",
    "/",
    "%",
    "!",
    "?",
    ":",
    ",",
    ".",
    "..",
    "...",
    "[*]",
    "[0]",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "{\n",
    "}\n",
    "\"",
    "\"${",
    "${",
    "}\"",
    "$${",
    "\\",
    "\\n",
    "\\u{1F600}",
    "\\u{",
    "<<EOF\n",
    "<<-EOF\n",
    "<<'EOF'\n",
    "EOF\n",
    "#",
    "//",
    "/*",
    "*/",
    "# c\n",
    "/* c */",
    "\n",
    "\r\n",
    "\t",
    " ",
    "\n\n\n",
    "null",
    "true",
    "false",
    "0",
    "9223372036854775807",
    "9223372036854775808",
    "1e308",
    "1e309",
    "0.1",
    "1e",
    "\u{feff}",
    "é",
    "\u{2028}",
    "\u{0}",
    "each.key",
    "self",
    "list(",
    "map(",
    "object({",
    "optional(",
    "format(\"%s\", ",
    "range(1000000000)",
    "join(",
    "regex(\"(a*)*b\", ",
    "file(",
    "cidr_subnet(",
    "lifecycle {",
    "for_each = ",
    "1+",
    "a.",
    "!!",
    "--",
    "x = ",
    "x {",
    "a=1\n",
    "[1,",
    "{a=1},",
];

/// Tokens of JSON as plans, states and journals have them.
pub const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1e308",
    "1e999",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "0.0000001",
    "\"\":0,",
    "{\"\":0},",
    "[0],",
    "0,",
    "\"\",",
    "{},",
    "[],",
    "{\"$unknown\":",
    "{\"$map\":",
    "{\"$ports\":[0,65536]}",
    "{\"$resource\":",
    "\"after\":",
    "\"before\":",
    "\"written\":",
    "\"attributes\":",
    "\"format_version\":3,",
    "\"call\":[\"range\",[",
    "{\"value\":",
    "{\"variable\":\"x\"}",
    "{\"list\":[",
    "{\"template\":[",
    " ",
    "\n",
    "\n\n",
    "\u{0}",
    "é",
    "{\"head\":",
    "{\"settled\":{\"intent\":0}}",
    "\"do\":\"create\",",
];

/// Damages `bytes` once or more; `others` are what pieces may be taken from.
pub fn damage(bytes: &mut Vec<u8>, tokens: &[&str], others: &[Vec<u8>], dice: &mut Dice) {
    let large = dice.one_in(LARGE_IN);
    let grows = if large { MOST_BYTES } else { SMALL_BYTES };
    for _ in 0..dice.size(ROUNDS) {
        once(bytes, tokens, others, grows, dice);
    }
    bytes.truncate(MOST_BYTES);
}

fn once(bytes: &mut Vec<u8>, tokens: &[&str], others: &[Vec<u8>], grows: usize, dice: &mut Dice) {
    let at = dice.roll(bytes.len() + 1);
    let end = at + dice.size(SMALL_BYTES).min(bytes.len() - at);
    match dice.roll(14) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << dice.roll(8);
            }
        }
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = dice.byte();
            }
        }
        2 => bytes.truncate(at),
        3 => drop(bytes.drain(at..end)),
        4 => {
            let piece = bytes[at..end].to_vec();
            put(bytes, at, &piece);
        }
        5 | 6 => put(bytes, at, dice.pick(tokens).as_bytes()),
        7 => {
            let token = dice.pick(tokens);
            let times = dice.size(grows / token.len());
            put(bytes, at, token.repeat(times).as_bytes());
        }
        8 => {
            // Two kinds of token in turns: what nests is left open, or closed behind.
            let pair = format!("{}{}", dice.pick(tokens), dice.pick(tokens));
            let times = dice.size(grows / pair.len());
            put(bytes, at, pair.repeat(times).as_bytes());
        }
        9 => {
            let (open, close) = *dice.pick(&[
                ("[", "]"),
                ("{", "}"),
                ("(", ")"),
                ("\"${", "}\""),
                ("{\"a\":", "}"),
                ("f(", ")"),
            ]);
            let times = dice.size(grows / 4);
            put(
                bytes,
                at,
                format!("{}{}", open.repeat(times), close.repeat(times)).as_bytes(),
            );
        }
        10 => {
            let other = dice.pick(others);
            let from = dice.roll(other.len() + 1);
            let length = dice.size(SMALL_BYTES).min(other.len() - from);
            put(bytes, at, &other[from..from + length]);
        }
        11 => {
            let piece = bytes[at..end].to_vec();
            let times = dice.size(grows / piece.len().max(1) + 1);
            put(bytes, at, &piece.repeat(times));
        }
        12 => {
            let digits = dice.size(grows.min(2_000));
            put(bytes, at, "9".repeat(digits).as_bytes());
        }
        _ => lines(bytes, dice),
    }
}

fn put(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    drop(bytes.splice(at..at, piece.iter().copied()));
}

/// Leaves out a line, doubles it, or puts it elsewhere.
fn lines(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let mut lines: Vec<Vec<u8>> = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    if lines.is_empty() {
        return;
    }
    let line = lines.remove(dice.roll(lines.len()));
    for _ in 0..dice.roll(3) {
        lines.insert(dice.roll(lines.len() + 1), line.clone());
    }
    *bytes = lines.concat();
}
