//! Entries, one a line: statements, attributes, blocks, members of objects; and their alignment.

use super::{Context, Formatter, INDENT, MAX_WIDTH};
use crate::syntax::lex::Kind;

/// Columns up to which something moves what is behind it in the lines beside it. Else one long name
/// would make every line long.
const MAX_CELL: usize = 60;

/// Lines of one shape that stand together are aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// `name = value`
    Attribute,
    /// `word label { … }` on one line, with so many words.
    Block(u32),
    /// Anything else on one line.
    Plain,
}

/// A line not yet written, because the ones behind it may move its columns. There may be very many.
struct Line {
    shape: Shape,
    /// What is aligned, one behind the other, then the rest.
    text: Box<str>,
    /// Where in the text each of what is aligned ends.
    ends: Box<[u32]>,
    comment: String,
    empty_before: bool,
}

impl Line {
    fn new(shape: Shape, cells: &[String], rest: &str) -> Self {
        let mut text =
            String::with_capacity(cells.iter().map(String::len).sum::<usize>() + rest.len());
        let ends = cells
            .iter()
            .map(|cell| {
                text.push_str(cell);
                u32::try_from(text.len()).unwrap_or(u32::MAX)
            })
            .collect();
        text.push_str(rest);
        Self {
            shape,
            text: text.into(),
            ends,
            comment: String::new(),
            empty_before: false,
        }
    }

    fn cells(&self) -> impl Iterator<Item = &str> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins.zip(&self.ends).map(|(begin, end)| {
            let cell = self.text.get(begin as usize..*end as usize);
            cell.unwrap_or_default()
        })
    }

    fn rest(&self) -> &str {
        let begin = self.ends.last().map_or(0, |end| *end as usize);
        self.text.get(begin..).unwrap_or_default()
    }
}

/// How an entry is built.
enum Parts {
    /// The index of its `=` or `:`.
    Attribute(usize),
    /// The index of its `{`.
    Block(usize),
    Plain,
}

/// Entries of one pair of braces (or of the file) while they are written.
struct Run {
    indent: usize,
    context: Context,
    lines: Vec<Line>,
    /// New lines since the last entry or comment.
    line_ends: usize,
    /// Whether a comma came since the last entry or comment.
    comma: bool,
    /// Whether anything was written.
    any: bool,
    /// The end of the comments that were looked through last, and whether they stand before
    /// something: each of them asks for it.
    comments: Option<(usize, bool)>,
}

impl Formatter<'_> {
    /// Writes the entries `first..last`, each on a line of its own. Says whether there were any.
    pub(super) fn entries(
        &mut self,
        first: usize,
        last: usize,
        indent: usize,
        context: Context,
    ) -> bool {
        let mut run = Run {
            indent,
            context,
            lines: Vec::new(),
            line_ends: 0,
            comma: false,
            any: context == Context::File,
            comments: None,
        };
        let mut begun = false;
        let mut at = first;
        while at < last {
            let Some(token) = self.token(at) else { break };
            match token.kind {
                Kind::Newline | Kind::Break => {
                    run.line_ends += 1;
                    at += 1;
                    continue;
                }
                Kind::Comma => {
                    run.comma = true;
                    at += 1;
                    continue;
                }
                // What comes first in a file stands alone, with empty lines before it or without.
                Kind::LineComment | Kind::BlockComment
                    if (!begun && context == Context::File)
                        || !self.leads_entry(at, last, &mut run) =>
                {
                    let comment = self.text(&token).to_owned();
                    if run.line_ends == 0 && (begun || context != Context::File) {
                        self.trailing(&mut run, &comment);
                    } else {
                        self.flush(&mut run);
                        self.begin_line(indent, begun && run.line_ends > 1);
                        self.out.push_str(&comment);
                    }
                    at += 1;
                }
                _ => {
                    let end = self.entry_end(at, last);
                    let empty_before = begun && run.line_ends > 1;
                    self.entry(&mut run, at, end, empty_before);
                    at = end;
                }
            }
            begun = true;
            run.any = true;
            run.line_ends = 0;
            run.comma = false;
        }
        self.flush(&mut run);
        begun
    }

    /// `/* … */` before an entry on its line belongs to the entry.
    fn leads_entry(&self, at: usize, last: usize, run: &mut Run) -> bool {
        let stands_before = match run.comments {
            Some((end, stands_before)) if at < end => stands_before,
            _ => {
                let mut next = at;
                while next < last && self.kind(next) == Some(Kind::BlockComment) {
                    next += 1;
                }
                let stands_before = next < last
                    && self
                        .kind(next)
                        .is_some_and(|kind| !kind.is_trivia() && kind != Kind::Comma);
                run.comments = Some((next, stands_before));
                stands_before
            }
        };
        stands_before && (run.comma || run.line_ends > 0 || !run.any)
    }

    /// One past the last token of the entry at `at` that is no comment or new line.
    fn entry_end(&self, at: usize, last: usize) -> usize {
        let mut end = at;
        let mut next = at;
        while next < last {
            match self.kind(next) {
                Some(Kind::Newline | Kind::Comma) | None => break,
                Some(kind) if kind.is_trivia() => next += 1,
                Some(_) => {
                    next = self.mate(next) + 1;
                    end = next;
                }
            }
        }
        end.max(at + 1)
    }

    /// A comment behind something on its line.
    fn trailing(&mut self, run: &mut Run, comment: &str) {
        if let Some(line) = run.lines.last_mut() {
            if !line.comment.is_empty() {
                line.comment.push(' ');
            }
            line.comment.push_str(comment);
        } else {
            self.out.push(' ');
            self.out.push_str(comment);
        }
    }

    fn parts(&self, first: usize, last: usize, context: Context) -> Parts {
        let is_input = context == Context::File && self.word(first) == "input";
        let mut at = first;
        while at < last {
            match self.kind(at) {
                Some(Kind::Assign) => return Parts::Attribute(at),
                Some(Kind::Colon) if !is_input => return Parts::Attribute(at),
                Some(Kind::OpenBrace) => return Parts::Block(at),
                _ => at = self.mate(at) + 1,
            }
        }
        Parts::Plain
    }

    fn entry(&mut self, run: &mut Run, first: usize, last: usize, empty_before: bool) {
        let one_line = !self.spans_lines(first, last);
        let parts = self.parts(first, last, run.context);
        let in_type = run.context == Context::File && self.word(first) == "input";
        if one_line {
            let line = self.line(first, last, &parts, run.context, in_type);
            let width = run.indent
                + line.cells().map(|cell| width(cell) + 1).sum::<usize>()
                + width(line.rest());
            let opens = matches!(line.shape, Shape::Block(_)) && line.rest() != "{}";
            if width <= MAX_WIDTH || !opens {
                if empty_before || run.lines.last().is_some_and(|l| l.shape != line.shape) {
                    self.flush(run);
                }
                if run.lines.len() == run.lines.capacity() {
                    // Not to twice its size.
                    run.lines.reserve_exact(run.lines.len() / 4 + 4);
                }
                run.lines.push(Line {
                    empty_before,
                    ..line
                });
                return;
            }
        }
        self.flush(run);
        self.begin_line(run.indent, empty_before);
        match parts {
            Parts::Attribute(sign) => {
                self.inline(first, sign, run.indent, None, false);
                let in_type = run.context == Context::Type;
                self.out.push_str(if in_type { ":" } else { " =" });
                self.inline(sign + 1, last, run.indent, Some(Kind::Assign), in_type);
            }
            Parts::Block(open) => {
                let head_end = self.entry_end_before(first, open);
                self.inline(first, head_end, run.indent, None, in_type);
                self.out.push(' ');
                self.braces(open, run.indent, Context::Braces, head_end);
            }
            Parts::Plain => self.inline(first, last, run.indent, None, in_type),
        }
    }

    /// Where the head of a block ends: before comments that stand between it and its brace.
    fn entry_end_before(&self, first: usize, open: usize) -> usize {
        (first..open)
            .rev()
            .find(|at| self.kind(*at).is_some_and(|kind| !kind.is_trivia()))
            .map_or(open, |at| at + 1)
    }

    /// Writes `{`, entries on lines of their own, `}`. Comments from `comments` on up to the brace
    /// move behind it.
    pub(super) fn braces(&mut self, open: usize, indent: usize, context: Context, comments: usize) {
        let close = self.mate(open);
        self.out.push('{');
        let mut any = false;
        for at in comments..open {
            if let Some(token) = self.token(at)
                && matches!(token.kind, Kind::LineComment | Kind::BlockComment)
            {
                // A line comment ends its line, so only one of them can stand here.
                if any {
                    self.begin_line(indent + INDENT, false);
                } else {
                    self.out.push(' ');
                }
                self.out.push_str(self.text(&token));
                any = true;
            }
        }
        let first = if any {
            // What follows the brace on its line begins a line now.
            self.significant_or_comment(open + 1, close)
        } else {
            open + 1
        };
        any |= if any {
            self.entries_on_new_line(first, close, indent + INDENT, context)
        } else {
            self.entries(first, close, indent + INDENT, context)
        };
        if any {
            self.begin_line(indent, false);
        }
        self.out.push('}');
    }

    fn significant_or_comment(&self, at: usize, last: usize) -> usize {
        (at..last)
            .find(|at| self.kind(*at).is_some_and(|kind| !kind.is_line_end()))
            .unwrap_or(last)
    }

    /// As [`Self::entries`], where a comment that comes first may not join the line before.
    fn entries_on_new_line(
        &mut self,
        first: usize,
        last: usize,
        indent: usize,
        context: Context,
    ) -> bool {
        let mut at = first;
        while at < last
            && let Some(token) = self.token(at)
            && token.kind.is_trivia()
        {
            if !token.kind.is_line_end() {
                self.begin_line(indent, false);
                self.out.push_str(self.text(&token));
            }
            at += 1;
        }
        self.entries(at, last, indent, context) || at > first
    }

    fn line(
        &mut self,
        first: usize,
        last: usize,
        parts: &Parts,
        context: Context,
        in_type: bool,
    ) -> Line {
        match *parts {
            Parts::Attribute(sign) if context == Context::Type => {
                let name = self.flat(first, sign, None, false);
                let ty = self.flat(sign + 1, last, Some(Kind::Assign), true);
                Line::new(Shape::Plain, &[], &format!("{name}:{ty}"))
            }
            Parts::Attribute(sign) => {
                let name = self.flat(first, sign, None, false);
                let value = self.flat(sign + 1, last, Some(Kind::Assign), false);
                Line::new(Shape::Attribute, &[name], &format!("={value}"))
            }
            Parts::Block(open) => {
                let cells = self.head_cells(first, open, in_type);
                let body = self.flat(open, last, None, false);
                let count = u32::try_from(cells.len()).unwrap_or(u32::MAX);
                Line::new(Shape::Block(count), &cells, &body)
            }
            Parts::Plain => {
                let text = self.flat(first, last, None, in_type);
                Line::new(Shape::Plain, &[], &text)
            }
        }
    }

    /// The words before a block's brace, each a cell; a head of anything else is one cell.
    fn head_cells(&mut self, first: usize, open: usize, in_type: bool) -> Vec<String> {
        let mut cells = Vec::new();
        let mut at = first;
        while at < open {
            let end = self.mate(at) + 1;
            match self.kind(at) {
                Some(Kind::Word | Kind::Quote) => cells.push(self.flat(at, end, None, false)),
                _ => return vec![self.flat(first, open, None, in_type)],
            }
            at = end;
        }
        cells
    }

    /// Writes the lines kept back, aligned.
    fn flush(&mut self, run: &mut Run) {
        let lines = std::mem::take(&mut run.lines);
        let mut widths: Vec<usize> = Vec::new();
        for line in &lines {
            for (column, cell) in line.cells().enumerate() {
                let width = Some(width(cell))
                    .filter(|width| *width <= MAX_CELL)
                    .unwrap_or(0);
                match widths.get_mut(column) {
                    Some(widest) => *widest = width.max(*widest),
                    None => widths.push(width),
                }
            }
        }
        let cells_width = widths.iter().map(|width| width + 1).sum::<usize>();
        let comments_at = lines
            .iter()
            .filter(|line| !line.comment.is_empty())
            .map(|line| cells_width + width(line.rest()))
            .filter(|width| *width <= MAX_WIDTH)
            .max()
            .unwrap_or(0);
        for line in &lines {
            self.begin_line(run.indent, line.empty_before);
            for (cell, column) in line.cells().zip(&widths) {
                self.out.push_str(cell);
                self.blanks(column + 1 - width(cell).min(*column));
            }
            self.out.push_str(line.rest());
            if !line.comment.is_empty() {
                self.blanks(comments_at + 1 - (cells_width + width(line.rest())).min(comments_at));
                self.out.push_str(&line.comment);
            }
        }
    }
}

/// Columns of a text.
fn width(text: &str) -> usize {
    text.chars().count()
}
