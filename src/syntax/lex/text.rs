//! The scanner inside strings and heredocs.

use crate::diagnostic::codes::syntax as codes;
use crate::diagnostic::{Diagnostic, Span};

use super::{Kind, Lexer, Mode, Token, is_word, is_word_start};

/// The longest number of a character in `\u{…}`, in hexadecimal digits.
const MAX_CODE_POINT_DIGITS: usize = 6;

impl Lexer<'_> {
    /// Inside `"…"`: text up to `${`, the closing quote, or the end of the line.
    pub(super) fn quote_text(&mut self) {
        let start = self.at;
        loop {
            match self.peek(0) {
                None => break,
                Some(b'"') => {
                    self.push_text(Kind::Text, start);
                    self.modes.pop();
                    self.push(Kind::QuoteEnd, self.at, self.at + 1);
                    return;
                }
                Some(b'\n') => {
                    self.push_text(Kind::Text, start);
                    let end = self.at;
                    if let Some(Mode::Quote { token }) = self.modes.pop()
                        && let Some(opener) = self.tokens.get(token)
                    {
                        self.unterminated_string(opener.start as usize, end);
                    }
                    self.push(Kind::QuoteEnd, end, end);
                    return;
                }
                Some(b'$') if self.starts_interpolation(Kind::Text, start) => return,
                Some(b'$') => self.skip_dollar(),
                Some(b'\\') => self.escape(),
                Some(_) => self.at += 1,
            }
        }
        self.push_text(Kind::Text, start);
    }

    fn push_text(&mut self, kind: Kind, start: usize) {
        if start < self.at {
            self.push(kind, start, self.at);
        }
    }

    /// `${` ends the text and starts an expression.
    fn starts_interpolation(&mut self, kind: Kind, start: usize) -> bool {
        if self.peek(1) != Some(b'{') {
            return false;
        }
        self.push_text(kind, start);
        self.modes.push(Mode::Interpolation {
            start: self.at,
            brackets: 0,
        });
        self.push(Kind::Interpolation, self.at, self.at + 2);
        true
    }

    /// `$${` is text, as is a `$` alone.
    fn skip_dollar(&mut self) {
        let literal = self.peek(1) == Some(b'$') && self.peek(2) == Some(b'{');
        self.at += if literal { "$${".len() } else { 1 };
    }

    fn escape(&mut self) {
        let start = self.at;
        match self.peek(1) {
            Some(b'n' | b'r' | b't' | b'"' | b'\\') => self.at += 2,
            Some(b'u') if self.code_point() => {}
            // The end of the line is dealt with where the string is.
            None | Some(b'\n') => self.at += 1,
            Some(_) => {
                let length = self
                    .text
                    .get(start + 1..)
                    .and_then(|rest| rest.chars().next())
                    .map_or(0, char::len_utf8);
                self.at = start + 1 + length;
                let shown = self.text.get(start..self.at).unwrap_or_default();
                let span = self.span(start, self.at);
                self.error(|| {
                    Diagnostic::error(
                        codes::UNKNOWN_ESCAPE,
                        format!(
                            "`{}` is not a known escape",
                            shown.escape_debug_if_control()
                        ),
                    )
                    .at(
                        span,
                        "expected `\\n`, `\\r`, `\\t`, `\\\"`, `\\\\` or `\\u{…}`",
                    )
                    .help("for a backslash itself write `\\\\`")
                });
            }
        }
    }

    /// Reads `\u{…}` if it names a character.
    fn code_point(&mut self) -> bool {
        let Some(rest) = self.text.get(self.at + 2..) else {
            return false;
        };
        let Some(inner) = rest.strip_prefix('{') else {
            return false;
        };
        let Some(close) = inner
            .bytes()
            .take(MAX_CODE_POINT_DIGITS + 1)
            .position(|byte| byte == b'}')
        else {
            return false;
        };
        let named = inner
            .get(..close)
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32)
            .is_some();
        if named {
            self.at += "\\u{".len() + close + 1;
        }
        named
    }

    /// `<<EOF`, `<<-EOF`, `<<'EOF'`, `<<-'EOF'`, alone at the end of its line.
    pub(super) fn heredoc(&mut self) {
        let start = self.at;
        let mut at = start + 2;
        if self.bytes.get(at) == Some(&b'-') {
            at += 1;
        }
        let raw = self.bytes.get(at) == Some(&b'\'');
        if raw {
            at += 1;
        }
        let length = self
            .bytes
            .get(at..)
            .unwrap_or_default()
            .iter()
            .take_while(|byte| is_word(**byte))
            .count();
        let tag = at..at + length;
        let word = self.bytes.get(at).is_some_and(|byte| is_word_start(*byte));
        let mut end = tag.end;
        let closed = !raw || self.bytes.get(end) == Some(&b'\'');
        if raw && closed {
            end += 1;
        }
        let line_end = self.line_end(start);
        let alone = self
            .text
            .get(end..line_end)
            .is_some_and(|rest| rest.trim().is_empty());
        if !word || !closed || !alone {
            let span = self.span(start, end);
            self.error(|| {
                Diagnostic::error(codes::UNEXPECTED, "this heredoc does not start well").at(
                    span,
                    "expected `<<WORD`, `<<-WORD` or `<<'WORD'`, alone at the end of the line",
                )
            });
            self.push(Kind::Bad, start, line_end);
            return;
        }
        let token = self.tokens.len();
        self.push(Kind::Heredoc, start, end);
        // The text begins on the next line, if there is one.
        self.at = (line_end + 1).min(self.bytes.len());
        self.modes.push(Mode::Heredoc { token, tag, raw });
    }

    /// Inside a heredoc: text up to `${` or the line with its word.
    pub(super) fn heredoc_text(&mut self) {
        let Some(Mode::Heredoc { tag, raw, .. }) = self.modes.last() else {
            return;
        };
        let (tag, raw) = (self.bytes.get(tag.clone()).unwrap_or_default(), *raw);
        let start = self.at;
        loop {
            let at_line_start =
                self.at.checked_sub(1).and_then(|at| self.bytes.get(at)) == Some(&b'\n');
            if at_line_start && let Some(end) = self.heredoc_end(tag) {
                let line = self.at;
                self.push_text(Kind::HeredocText, start);
                self.modes.pop();
                self.push(Kind::HeredocEnd, line, end);
                return;
            }
            // To the end of the line, or to what matters in it.
            loop {
                match self.peek(0) {
                    None => {
                        self.push_text(Kind::HeredocText, start);
                        return;
                    }
                    Some(b'\n') => {
                        self.at += 1;
                        break;
                    }
                    Some(b'$') if raw => self.at += 1,
                    Some(b'$') if self.starts_interpolation(Kind::HeredocText, start) => return,
                    Some(b'$') => self.skip_dollar(),
                    Some(_) => self.at += 1,
                }
            }
        }
    }

    /// Where the heredoc's word ends if this line holds it and nothing else.
    fn heredoc_end(&self, tag: &[u8]) -> Option<usize> {
        let rest = self.rest();
        let indent = rest
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        let behind = rest.get(indent..)?.strip_prefix(tag)?;
        let blank = behind
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
            .count();
        matches!(behind.get(blank), None | Some(b'\n')).then(|| self.at + indent + tag.len())
    }

    pub(super) fn unterminated_heredoc(&mut self, opener: Token) {
        let span = self.span(opener.start as usize, opener.end as usize);
        let word: String = self
            .text
            .get(opener.start as usize..opener.end as usize)
            .unwrap_or_default()
            .chars()
            .filter(|c| !matches!(c, '<' | '-' | '\''))
            .collect();
        self.error(|| {
            Diagnostic::error(codes::UNTERMINATED_HEREDOC, "this heredoc has no end")
                .at(span, format!("needs a line with `{word}` alone"))
        });
    }
}

/// Shows control characters by name, leaves all others as they are.
trait EscapeControl {
    fn escape_debug_if_control(&self) -> String;
}

impl EscapeControl for str {
    fn escape_debug_if_control(&self) -> String {
        self.chars()
            .flat_map(|c| {
                let (plain, escaped) = if c.is_control() {
                    (None, Some(c.escape_debug()))
                } else {
                    (Some(c), None)
                };
                plain.into_iter().chain(escaped.into_iter().flatten())
            })
            .collect()
    }
}

/// How many characters of a run are named in a message.
const SHOWN_CHARACTERS: usize = 16;

pub(super) fn unexpected_character(shown: &str, span: Span) -> Diagnostic {
    let mut named: String = shown.chars().take(SHOWN_CHARACTERS).collect();
    if named.len() < shown.len() {
        named.push('…');
    }
    let named = named.escape_debug_if_control();
    let first = shown.chars().next().unwrap_or_default();
    let diagnostic =
        Diagnostic::error(codes::UNEXPECTED_CHARACTER, format!("unexpected `{named}`"))
            .at(span, "");
    match first {
        '\'' => diagnostic.help("strings are written in double quotes: `\"text\"`"),
        '“' | '”' | '„' | '‘' | '’' => {
            diagnostic.help("strings are written in straight double quotes: `\"text\"`")
        }
        ';' => diagnostic.help("a new line or `,` separates attributes"),
        '&' => diagnostic.help("the operator is `&&`"),
        '|' => diagnostic.help("the operator is `||`"),
        '$' => diagnostic
            .help("`${ … }` stands only inside a string; outside write the expression alone"),
        '\u{a0}' => diagnostic.help("this is a no-break space; write a plain one"),
        c if c.is_alphabetic() => {
            diagnostic.help("names are letters a to z, digits and `_`; other text stands in quotes")
        }
        _ => diagnostic,
    }
}

/// `word word {`, or a keyword and a word, at the margin.
pub(super) fn looks_like_statement(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let (Some(first), Some(second), third) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    let is_name = |word: &str| word.bytes().all(is_word);
    line.starts_with(first)
        && is_name(first)
        && is_name(second.trim_end_matches(':'))
        && (third == Some("{")
            || matches!(first, "let" | "output" | "input" | "module" | "existing"))
}
