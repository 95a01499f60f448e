//! Matches brackets, decides which new lines separate, and finds where statements begin.

use crate::diagnostic::codes::syntax as codes;
use crate::diagnostic::{Diagnostic, Diagnostics, FileId, Span};

use super::super::lex::{Kind, NO_MATE, Token};
use super::super::{MAX_ERRORS, MAX_NESTING};
use super::starts_statement;

/// Brackets that are kept open at a time: far more than may nest.
const MOST_OPEN: usize = 8 * MAX_NESTING;

/// What the matcher found.
pub(super) struct Matched {
    pub(super) tokens: Vec<Token>,
    pub(super) errors: Diagnostics,
    /// Where text cannot be read.
    pub(super) poison: Vec<u32>,
    /// Where a closing bracket was added.
    pub(super) repaired: Vec<u32>,
    /// Index of the first token of each statement.
    pub(super) starts: Vec<u32>,
    /// Whether a bracket was left open or closed nothing.
    pub(super) mismatch: bool,
}

/// An open bracket.
struct Open {
    /// Its token.
    token: usize,
    kind: Kind,
    /// Unanswered `?` directly in it.
    questions: usize,
    /// `{ for …`: new lines mean nothing in it.
    is_for: bool,
    /// Blanks before the first token of its line.
    indent: u32,
    /// How many of `{`, `[`, `(` were open outside, up to the enclosing `${`.
    outside: Counts,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    braces: usize,
    brackets: usize,
    parens: usize,
}

impl Counts {
    fn of(&mut self, kind: Kind) -> Option<&mut usize> {
        match kind {
            Kind::OpenBrace | Kind::CloseBrace => Some(&mut self.braces),
            Kind::OpenBracket | Kind::CloseBracket => Some(&mut self.brackets),
            Kind::OpenParen | Kind::CloseParen => Some(&mut self.parens),
            _ => None,
        }
    }
}

pub(super) struct Matcher<'t> {
    file: FileId,
    text: &'t str,
    source: &'t [Token],
    /// Where the scanner found something wrong; sorted.
    scanned: &'t [u32],
    /// Whether lines that look like statements end what is open.
    repair: bool,
    out: Vec<Token>,
    stack: Vec<Open>,
    /// How many brackets were opened past [`MOST_OPEN`] and not closed.
    past: usize,
    counts: Counts,
    /// Brackets open now, strings left out.
    depth: usize,
    /// Unanswered `?` in all open brackets.
    questions: usize,
    /// `?` of the statement itself.
    top_questions: usize,
    /// The last token that is not trivia, as an index of `out`.
    last: Option<usize>,
    /// Whether the statement was already found too deep.
    too_deep: bool,
    /// Byte where the line of the current token begins.
    line_start: u32,
    /// Blanks before the first token of the line.
    indent: u32,
    errors: Diagnostics,
    poison: Vec<u32>,
    repaired: Vec<u32>,
    starts: Vec<u32>,
    mismatch: bool,
}

impl<'t> Matcher<'t> {
    pub(super) fn new(
        file: FileId,
        text: &'t str,
        source: &'t [Token],
        scanned: &'t [u32],
        repair: bool,
    ) -> Self {
        Self {
            file,
            text,
            source,
            scanned,
            mismatch: false,
            repair,
            out: Vec::with_capacity(source.len() + MOST_OPEN),
            stack: Vec::new(),
            past: 0,
            counts: Counts::default(),
            depth: 0,
            questions: 0,
            top_questions: 0,
            last: None,
            too_deep: false,
            line_start: 0,
            indent: 0,
            errors: Vec::new(),
            poison: Vec::new(),
            repaired: Vec::new(),
            starts: Vec::new(),
        }
    }

    pub(super) fn run(mut self) -> Matched {
        let mut first_in_line = true;
        for (at, token) in self.source.iter().enumerate() {
            match token.kind {
                Kind::Break | Kind::Newline => {
                    self.line_start = token.end;
                    first_in_line = true;
                    self.out.push(*token);
                }
                Kind::LineComment | Kind::BlockComment => self.out.push(*token),
                _ => {
                    if first_in_line {
                        self.indent = token.start - self.line_start;
                        self.line_begins(at, token);
                    }
                    first_in_line = false;
                    self.token(at, token);
                }
            }
        }
        self.close_unclosed("the file ends here", |open, _| open.is_some());
        Matched {
            tokens: self.out,
            errors: self.errors,
            poison: self.poison,
            repaired: self.repaired,
            starts: self.starts,
            mismatch: self.mismatch,
        }
    }

    fn next_kind(&self, at: usize) -> Option<Kind> {
        self.source.get(at + 1).map(|token| token.kind)
    }

    fn error(&mut self, make: impl FnOnce() -> Diagnostic) {
        if self.errors.len() <= MAX_ERRORS {
            self.errors.push(make());
        }
    }

    /// Before the first token of a line: what must have ended by now, and whether the new line
    /// before it separates.
    fn line_begins(&mut self, at: usize, token: &Token) {
        let begins_attribute = token.kind == Kind::Word && self.next_kind(at) == Some(Kind::Assign);
        if begins_attribute {
            // `name =` stands directly in `(` or `[` only if those were meant to end before.
            self.close_unclosed("closed here, before the next attribute", |open, matcher| {
                open.is_some_and(|open| matches!(open.kind, Kind::OpenParen | Kind::OpenBracket))
                    && matcher.counts.braces > 0
            });
        }
        let at_margin = self.indent == 0;
        let statement = (self.repair || self.stack.is_empty())
            && at_margin
            && starts_statement(self.text, self.source, at);
        if statement && self.repair {
            self.close_unclosed("a statement starts behind this", |open, _| open.is_some());
        }
        let Some(last) = self.last else {
            self.begin_statement();
            return;
        };
        let before = self.out.get(last).map(|token| token.kind);
        let goes_on = before.is_some_and(Kind::continues);
        match self.stack.last() {
            None => {
                let heads_block = token.kind == Kind::OpenBrace && before != Some(Kind::CloseBrace);
                let goes_on = goes_on && before != Some(Kind::Comma);
                if statement || begins_attribute || !(goes_on || heads_block) {
                    self.begin_statement();
                }
            }
            Some(open) if open.kind == Kind::OpenBrace && !open.is_for => {
                let opens = before == Some(Kind::OpenBrace) && last == open.token;
                let heads_block = token.kind == Kind::OpenBrace;
                let ends = matches!(token.kind, Kind::CloseBrace | Kind::Comma);
                let after_comma = before == Some(Kind::Comma);
                if !opens && !ends && !after_comma && !heads_block && (begins_attribute || !goes_on)
                {
                    self.separate(last);
                }
            }
            Some(_) => {}
        }
    }

    /// Makes the first new line behind token `last` one that separates.
    fn separate(&mut self, last: usize) {
        if let Some(line) = self
            .out
            .get_mut(last + 1..)
            .and_then(|behind| behind.iter_mut().find(|token| token.kind == Kind::Break))
        {
            line.kind = Kind::Newline;
        }
        self.forget_questions();
    }

    fn forget_questions(&mut self) {
        match self.stack.last_mut() {
            Some(open) => {
                self.questions -= open.questions;
                open.questions = 0;
            }
            None => {
                self.questions -= self.top_questions;
                self.top_questions = 0;
            }
        }
    }

    fn begin_statement(&mut self) {
        if let Some(last) = self.last {
            self.separate(last);
        }
        self.forget_questions();
        self.too_deep = false;
        self.starts
            .push(u32::try_from(self.out.len()).unwrap_or(u32::MAX));
    }

    fn push(&mut self, token: Token) {
        if self.out.len() == self.out.capacity() {
            // Brackets were closed that nothing closes: not to twice the size for them.
            self.out.reserve_exact(self.out.len() / 4 + MOST_OPEN);
        }
        self.last = Some(self.out.len());
        self.out.push(token);
    }

    fn token(&mut self, at: usize, token: &Token) {
        if self.is_past(token.kind, token.start) {
            // What is too deep was told; what closes it closes nothing else.
            self.push(Token {
                kind: Kind::Bad,
                ..*token
            });
            return;
        }
        match token.kind {
            kind if kind.is_opener() => self.open(at, token),
            Kind::CloseBrace | Kind::CloseBracket | Kind::CloseParen => self.close(at, token),
            Kind::QuoteEnd | Kind::HeredocEnd | Kind::InterpolationEnd => {
                // The scanner pairs these; what is open inside was never closed.
                self.close_down_to(token.kind);
                self.pop(*token);
            }
            Kind::Question => {
                match self.stack.last_mut() {
                    Some(open) => open.questions += 1,
                    None => self.top_questions += 1,
                }
                self.questions += 1;
                self.check_depth(token);
                self.push(*token);
            }
            Kind::Comma => {
                self.forget_questions();
                self.push(*token);
            }
            _ => self.push(*token),
        }
    }

    /// Whether something opens or closes a bracket that is far too deep to be kept.
    fn is_past(&mut self, kind: Kind, start: u32) -> bool {
        if kind.is_opener() {
            let is_past = self.stack.len() >= MOST_OPEN;
            if is_past {
                self.past += 1;
                self.poison.push(start);
            }
            return is_past;
        }
        let is_past = kind.is_closer() && self.past > 0;
        self.past -= usize::from(is_past);
        is_past
    }

    fn open(&mut self, at: usize, token: &Token) {
        let is_for = self.opens_for(at);
        self.stack.push(Open {
            token: self.out.len(),
            kind: token.kind,
            questions: 0,
            is_for: is_for && token.kind == Kind::OpenBrace,
            indent: self.indent,
            outside: self.counts,
        });
        match token.kind {
            Kind::Interpolation => {
                self.counts = Counts::default();
                self.depth += 1;
            }
            Kind::Quote | Kind::Heredoc => {}
            kind => {
                self.depth += 1;
                if let Some(count) = self.counts.of(kind) {
                    *count += 1;
                }
            }
        }
        self.check_depth(token);
        self.push(*token);
    }

    /// `{ for x in` or `{ for x,`: nothing else begins like that.
    fn opens_for(&self, at: usize) -> bool {
        let word = |at: Option<usize>| {
            at.and_then(|at| self.source.get(at))
                .and_then(|token| self.text.get(token.start as usize..token.end as usize))
        };
        let first = self.next_significant(at);
        if word(first) != Some("for") {
            return false;
        }
        let name = first.and_then(|at| self.next_significant(at));
        let behind = name.and_then(|at| self.next_significant(at));
        name.and_then(|at| self.source.get(at))
            .is_some_and(|token| token.kind == Kind::Word)
            && matches!(word(behind), Some("in" | ","))
    }

    fn next_significant(&self, at: usize) -> Option<usize> {
        // Only new lines and comments are passed over, and only behind a bracket.
        self.source
            .get(at + 1..)?
            .iter()
            .position(|token| !token.kind.is_trivia())
            .map(|ahead| at + 1 + ahead)
    }

    fn check_depth(&mut self, token: &Token) {
        if self.depth + self.questions <= MAX_NESTING {
            return;
        }
        // Wherever it is: a statement may be too deep in more than one place, and is read in pieces.
        self.poison.push(token.start);
        if self.too_deep {
            return;
        }
        self.too_deep = true;
        let span = Span::new(self.file, token.start, token.end);
        self.error(|| {
            Diagnostic::error(
                codes::NESTED_TOO_DEEPLY,
                format!("nested more than {MAX_NESTING} deep"),
            )
            .at(span, "one level too many")
            .help("give an inner part a name with `let` and use that")
        });
    }

    fn close(&mut self, at: usize, token: &Token) {
        let open_ones = self.counts.of(token.kind).map_or(0, |count| *count);
        if open_ones == 0 {
            match self.stack.last() {
                Some(open)
                    if matches!(open.kind, Kind::OpenParen | Kind::OpenBracket)
                        && self.next_kind(at) != open.kind.closer()
                        && token.kind != Kind::CloseBrace =>
                {
                    self.wrong_closer(token);
                }
                _ => self.unmatched(token),
            }
            return;
        }
        if self.repair && token.kind == Kind::CloseBrace {
            self.close_by_indent(token);
        }
        self.close_down_to(token.kind);
        self.pop(*token);
    }

    /// A `}` that starts its line belongs to the line that is indented like it. If that is not the
    /// innermost open brace, the inner ones were forgotten.
    fn close_by_indent(&mut self, token: &Token) {
        let first_in_line = token.start.checked_sub(self.line_start) == Some(self.indent);
        if !first_in_line {
            return;
        }
        let indent = self.indent;
        let fits = self
            .stack
            .iter()
            .rev()
            .take(MAX_NESTING)
            .take_while(|open| open.kind != Kind::Interpolation)
            .position(|open| open.kind == Kind::OpenBrace && open.indent <= indent);
        let Some(above) = fits else { return };
        let same = self
            .stack
            .iter()
            .rev()
            .nth(above)
            .is_some_and(|open| open.indent == indent);
        if same {
            let left = self.stack.len() - above;
            self.close_unclosed("closed here, by the indentation", |_, matcher| {
                matcher.stack.len() > left
            });
        }
    }

    /// `(a]`: the one is taken for the other.
    fn wrong_closer(&mut self, token: &Token) {
        self.mismatch = true;
        self.poison.push(token.start);
        let opened = self.stack.last().and_then(|open| self.out.get(open.token));
        let opened = opened.map(|open| Span::new(self.file, open.start, open.end));
        let needed = match self.stack.last().map(|open| open.kind) {
            Some(Kind::OpenParen) => ")",
            _ => "]",
        };
        let span = Span::new(self.file, token.start, token.end);
        self.error(|| {
            Diagnostic::error(codes::UNMATCHED_BRACKET, "the wrong bracket closes here")
                .at(span, format!("expected `{needed}`"))
                .at_opt(opened, "opened here")
        });
        self.pop(*token);
    }

    fn unmatched(&mut self, token: &Token) {
        self.mismatch = true;
        self.poison.push(token.start);
        let span = Span::new(self.file, token.start, token.end);
        let shown = self
            .text
            .get(token.start as usize..token.end as usize)
            .unwrap_or_default();
        self.error(|| {
            Diagnostic::error(
                codes::UNMATCHED_BRACKET,
                format!("this `{shown}` closes nothing"),
            )
            .at(span, "no bracket of its kind is open here")
        });
        self.push(Token {
            kind: Kind::Bad,
            ..*token
        });
    }

    /// Closes the innermost bracket with a token of the source.
    fn pop(&mut self, mut token: Token) {
        let Some(open) = self.stack.pop() else {
            self.push(Token {
                kind: Kind::Bad,
                ..token
            });
            return;
        };
        self.leave(&open);
        token.mate = u32::try_from(open.token).unwrap_or(NO_MATE);
        let index = u32::try_from(self.out.len()).unwrap_or(NO_MATE);
        if let Some(opener) = self.out.get_mut(open.token) {
            opener.mate = index;
        }
        self.push(token);
    }

    fn leave(&mut self, open: &Open) {
        self.questions -= open.questions;
        self.counts = open.outside;
        if !matches!(open.kind, Kind::Quote | Kind::Heredoc) {
            self.depth -= 1;
        }
    }

    /// Closes what is open inside the bracket that `closer` closes.
    fn close_down_to(&mut self, closer: Kind) {
        self.close_unclosed("closed here", |open, _| {
            open.is_some_and(|open| open.kind.closer() != Some(closer))
        });
    }

    /// Closes brackets that nothing closes, innermost first, right behind the last token.
    fn close_unclosed(&mut self, where_closed: &str, more: impl Fn(Option<&Open>, &Self) -> bool) {
        if !more(self.stack.last(), self) {
            return;
        }
        // Comments and new lines behind the last token stay behind the closing ones; they have no
        // mates, so nothing else moves.
        let behind = self.last.map_or(0, |last| last + 1);
        let trivia = self.out.split_off(behind.min(self.out.len()));
        self.past = 0;
        while more(self.stack.last(), self)
            && let Some(open) = self.stack.pop()
        {
            self.close_one(&open, where_closed);
        }
        self.out.extend(trivia);
    }

    fn close_one(&mut self, open: &Open, where_closed: &str) {
        self.leave(open);
        let end = self.out.last().map_or(0, |token| token.end);
        let index = u32::try_from(self.out.len()).unwrap_or(NO_MATE);
        let Some(opener) = self.out.get_mut(open.token) else {
            return;
        };
        let opened = *opener;
        opener.mate = index;
        self.push(Token {
            kind: open.kind.closer().unwrap_or(Kind::Bad),
            start: end,
            end,
            mate: u32::try_from(open.token).unwrap_or(NO_MATE),
        });
        self.mismatch = true;
        self.repaired.push(opened.start);
        if open.kind != Kind::OpenBrace {
            self.poison.push(opened.start);
        }
        // A statement too deep was reported for that.
        if self.too_deep || matches!(open.kind, Kind::Quote | Kind::Heredoc | Kind::Interpolation) {
            return;
        }
        // A string without an end swallowed the closing bracket of its line.
        if self.errors.len() <= MAX_ERRORS && self.swallowed(opened) {
            return;
        }
        let (shown, needed) = match open.kind {
            Kind::OpenBrace => ("{", "}"),
            Kind::OpenBracket => ("[", "]"),
            _ => ("(", ")"),
        };
        let file = self.file;
        self.error(|| {
            Diagnostic::error(
                codes::UNCLOSED_BRACKET,
                format!("this `{shown}` is never closed"),
            )
            .at(
                Span::new(file, opened.start, opened.end),
                format!("needs a `{needed}`"),
            )
            .at(Span::new(file, end, end), where_closed)
        });
    }
    /// Whether the scanner found something wrong behind a bracket, on its line.
    fn swallowed(&self, opened: Token) -> bool {
        self.scanned
            .get(self.scanned.partition_point(|at| *at < opened.start))
            .and_then(|at| self.text.get(opened.start as usize..*at as usize))
            .is_some_and(|between| !between.contains('\n'))
    }
}
