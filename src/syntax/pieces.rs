//! Reads statements and items so that what pest holds does not grow with them.
//!
//! pest remembers hundreds of bytes for each token until a whole text is read. So of a long piece the
//! long lists, objects and arguments are cut out, their elements are read some hundred tokens at a
//! time, and the builder puts them back where the brackets stand empty.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::diagnostic::codes::syntax as codes;
use crate::diagnostic::{Diagnostic, FileId, Span};

use super::build::{Builder, Built, Words};
use super::grammar::{self, Nodes, Rule};
use super::layout::{Layout, Stretch, stretch};
use super::lex::{Kind, NO_MATE, Token};
use super::tree::{BodyItem, Expr, ObjectKey, Statement};

/// Tokens that pest reads at a time: it then holds half a megabyte at most.
pub(super) const PIECE_TOKENS: u32 = 1024;
/// Brackets with less between them are never cut out.
const SHORT: u32 = 16;
/// Longer pieces than so many times [`PIECE_TOKENS`] are refused, when all that can be is cut out.
const MOST_PIECES: u32 = 2;

/// What was read apart from the brackets around it.
pub(super) enum Apart {
    /// Items of a list, or arguments.
    Exprs {
        items: Box<[Expr]>,
        /// Whether the last one is spread.
        spread: bool,
        /// The depth of the deepest.
        depth: usize,
    },
    /// Members of an object.
    Members {
        members: Box<[(ObjectKey, Expr)]>,
        /// The depth of the deepest.
        depth: usize,
    },
}

/// Where the bytes of a piece stand in the file.
pub(super) struct Places {
    base: u32,
    /// From this byte of the piece on so many more bytes were left out before it; sorted.
    cuts: Vec<(u32, u32)>,
}

impl Places {
    /// Of a piece that nothing was cut out of.
    pub(super) fn whole(base: u32) -> Self {
        Self {
            base,
            cuts: Vec::new(),
        }
    }

    /// The byte of the file.
    pub(super) fn in_file(&self, at: u32) -> u32 {
        let cuts = self.cuts.partition_point(|(from, _)| *from <= at);
        let left_out = cuts
            .checked_sub(1)
            .and_then(|last| self.cuts.get(last))
            .map_or(0, |(_, left_out)| *left_out);
        self.base.saturating_add(at).saturating_add(left_out)
    }
}

/// Why a piece was not read.
pub(super) enum Refused {
    /// The grammar gave up at this byte of the file.
    At(u32),
    /// The tree could not be built.
    For(Box<Diagnostic>),
}

/// What stands between brackets that can be cut out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Items,
    Arguments,
    Members,
}

/// Reads the pieces of a file.
#[derive(Clone, Copy)]
pub(super) struct Pieces<'l> {
    pub(super) file: FileId,
    pub(super) source: &'l str,
    pub(super) layout: &'l Layout,
    /// [`PIECE_TOKENS`], but for tests.
    pub(super) at_a_time: u32,
}

impl Pieces<'_> {
    /// Whether a statement or item is so long that it is not read as a whole.
    pub(super) fn is_long(&self, piece: &Stretch) -> bool {
        piece.last - piece.first > self.at_a_time
    }

    /// A statement.
    pub(super) fn statement(
        &self,
        piece: &Stretch,
        words: &mut Words,
    ) -> Result<Statement, Refused> {
        self.read(
            Rule::whole_statement,
            piece,
            words,
            |builder, mut nodes| match nodes.next() {
                Some(node) => builder.statement(node),
                None => builder.nothing(),
            },
        )
    }

    /// An item of a body.
    pub(super) fn item(&self, piece: &Stretch, words: &mut Words) -> Result<BodyItem, Refused> {
        self.read(
            Rule::whole_item,
            piece,
            words,
            |builder, mut nodes| match nodes.next() {
                Some(node) => builder.item(node),
                None => builder.nothing(),
            },
        )
    }

    fn token(&self, at: u32) -> Option<Token> {
        self.layout.token(at)
    }

    fn read<T>(
        &self,
        rule: Rule,
        piece: &Stretch,
        words: &mut Words,
        build: impl for<'w, 't> FnOnce(&mut Builder<'w, 't>, Nodes<'t>) -> Built<T>,
    ) -> Result<T, Refused> {
        let mut hollow = Hollow {
            text: Cow::Borrowed(self.prepared(piece.start, piece.end)),
            places: Places::whole(piece.start),
            apart: HashMap::new(),
        };
        if self.is_long(piece) {
            self.cut_out(rule, piece, words, &mut hollow)?;
        }
        let Hollow {
            text,
            places,
            apart,
        } = hollow;
        let nodes = grammar::read(rule, &text)
            .map_err(|at| Refused::At(places.in_file(u32::try_from(at).unwrap_or(u32::MAX))))?;
        let mut builder = Builder {
            file: self.file,
            source: self.source,
            places,
            words,
            apart,
        };
        build(&mut builder, nodes).map_err(Refused::For)
    }

    fn prepared(&self, start: u32, end: u32) -> &str {
        let range = start as usize..end as usize;
        self.layout.prepared.get(range).unwrap_or_default()
    }

    /// Cuts what can be out of a long piece.
    fn cut_out(
        &self,
        rule: Rule,
        piece: &Stretch,
        words: &mut Words,
        hollow: &mut Hollow<'_>,
    ) -> Result<(), Refused> {
        // Types look like objects.
        let has_type = rule == Rule::whole_statement && self.is_word(piece.first, &["input"]);
        let mut text = String::new();
        let mut from = piece.start;
        let mut left_out = 0;
        let mut seen = 0;
        let mut at = piece.first;
        while at < piece.last {
            let Some(token) = self.token(at) else { break };
            seen += u32::from(!token.kind.is_trivia());
            let Some((inside, close)) = self.inside(at, &token).filter(|_| !has_type) else {
                at += 1;
                continue;
            };
            let apart = self.elements(inside, at + 1, token.mate, words)?;
            hollow.apart.insert(close.start, apart);
            text.push_str(self.prepared(from, token.end));
            left_out += close.start - token.end;
            let place = u32::try_from(text.len()).unwrap_or(u32::MAX);
            hollow.places.cuts.push((place, left_out));
            from = close.start;
            at = token.mate;
        }
        if seen > self.at_a_time.saturating_mul(MOST_PIECES) {
            return Err(Refused::For(Box::new(self.too_long(piece))));
        }
        text.push_str(self.prepared(from, piece.end));
        hollow.text = Cow::Owned(text);
        Ok(())
    }

    /// The error for a piece that is too long.
    pub(super) fn too_long(&self, piece: &Stretch) -> Diagnostic {
        Diagnostic::error(codes::TOO_LONG, "this is too long to be read in one piece")
            .at(
                Span::new(self.file, piece.start, piece.start),
                "it begins here",
            )
            .help("give inner parts a name with `let`; lists, objects and arguments may have any length")
    }

    /// What the bracket opens that can be cut out, and the token that closes it.
    fn inside(&self, at: u32, open: &Token) -> Option<(Inside, Token)> {
        if !open.kind.is_opener() || open.mate == NO_MATE || open.mate.saturating_sub(at) < SHORT {
            return None;
        }
        let inside = match open.kind {
            Kind::OpenBracket if !self.is_index(at) => Inside::Items,
            Kind::OpenBrace => Inside::Members,
            Kind::OpenParen if self.is_call(at) => Inside::Arguments,
            _ => return None,
        };
        let is_for = inside != Inside::Arguments && self.opens_for(at);
        let close = self.token(open.mate).filter(|_| !is_for)?;
        Some((inside, close))
    }

    fn before(&self, at: u32) -> Option<(u32, Token)> {
        // A new line that separates ends what stands before it.
        (0..at).rev().find_map(|at| {
            let token = self.token(at)?;
            let is_blank = token.kind.is_trivia() && token.kind != Kind::Newline;
            (!is_blank).then_some((at, token))
        })
    }

    /// Whether a `[` stands behind an operand.
    fn is_index(&self, at: u32) -> bool {
        self.before(at).is_some_and(|(before, token)| {
            token.kind.ends_operand() && !self.is_word(before, &["in", "if"])
        })
    }

    /// Whether a `(` stands behind a function's name.
    fn is_call(&self, at: u32) -> bool {
        self.before(at).is_some_and(|(before, token)| {
            token.kind == Kind::Word && !self.is_word(before, &["in", "if"])
        })
    }

    fn is_word(&self, at: u32, words: &[&str]) -> bool {
        self.token(at)
            .filter(|token| token.kind == Kind::Word)
            .and_then(|token| self.source.get(token.start as usize..token.end as usize))
            .is_some_and(|text| words.contains(&text))
    }

    /// `[for x in`, `{ for k, v in`.
    fn opens_for(&self, at: u32) -> bool {
        let behind = |at: u32| {
            (at + 1..)
                .map_while(|at| Some((at, self.token(at)?)))
                .find(|(_, token)| !token.kind.is_trivia())
        };
        let Some((word, _)) = behind(at).filter(|(at, _)| self.is_word(*at, &["for"])) else {
            return false;
        };
        let name = behind(word).filter(|(_, token)| token.kind == Kind::Word);
        name.and_then(|(at, _)| behind(at))
            .is_some_and(|(at, token)| token.kind == Kind::Comma || self.is_word(at, &["in"]))
    }

    /// The elements between two brackets, some at a time.
    fn elements(
        &self,
        inside: Inside,
        first: u32,
        close: u32,
        words: &mut Words,
    ) -> Result<Apart, Refused> {
        let mut gathered = Gathered::new(inside, self.count(inside, first, close));
        let mut begin = first;
        let mut weight = 0;
        let mut at = first;
        while at < close {
            let Some(token) = self.token(at) else { break };
            if inside.is_separator(token.kind) {
                if weight >= self.at_a_time {
                    let some = stretch(&self.layout.tokens, begin, at);
                    // Two separators, or one too early: the grammar would stop here, too.
                    let some = some.ok_or(Refused::At(token.start))?;
                    let is_last = stretch(&self.layout.tokens, at + 1, close).is_none();
                    self.some(inside, &some, is_last, words, &mut gathered)?;
                    (begin, weight) = (at + 1, 0);
                }
            } else if token.kind.is_opener() && token.mate > at && token.mate != NO_MATE {
                weight += match self.inside(at, &token) {
                    Some(_) => 1,
                    None => token.mate - at,
                };
                at = token.mate;
            }
            weight += u32::from(!token.kind.is_trivia());
            at += 1;
        }
        if let Some(some) = stretch(&self.layout.tokens, begin, close) {
            self.some(inside, &some, true, words, &mut gathered)?;
        }
        Ok(gathered.apart())
    }

    /// How many elements there are, so that no list has to grow.
    fn count(&self, inside: Inside, first: u32, close: u32) -> usize {
        let mut count = 0;
        let mut begin = first;
        let mut at = first;
        while at < close {
            let Some(token) = self.token(at) else { break };
            if inside.is_separator(token.kind) {
                count += 1;
                begin = at + 1;
            } else if token.kind.is_opener() && token.mate > at && token.mate != NO_MATE {
                at = token.mate;
            }
            at += 1;
        }
        count + usize::from(stretch(&self.layout.tokens, begin, close).is_some())
    }

    /// Some of the elements, which stand one after the other.
    fn some(
        &self,
        inside: Inside,
        some: &Stretch,
        is_last: bool,
        words: &mut Words,
        gathered: &mut Gathered,
    ) -> Result<(), Refused> {
        let rule = match inside {
            Inside::Arguments if is_last => Rule::whole_arguments,
            Inside::Arguments | Inside::Items => Rule::whole_exprs,
            Inside::Members => Rule::whole_pairs,
        };
        self.read(rule, some, words, |builder, nodes| {
            for node in nodes {
                match node.as_rule() {
                    Rule::expr => gathered.expr(builder.expr_with_depth(node)?),
                    Rule::pair => gathered.member(builder.member(node)?),
                    Rule::spread => gathered.spread = true,
                    _ => {}
                }
            }
            Ok(())
        })
    }
}

/// A piece without what was cut out of it.
struct Hollow<'l> {
    text: Cow<'l, str>,
    places: Places,
    apart: HashMap<u32, Apart>,
}

impl Inside {
    fn is_separator(self, kind: Kind) -> bool {
        kind == Kind::Comma || (self == Self::Members && kind == Kind::Newline)
    }
}

/// Elements that were read.
struct Gathered {
    inside: Inside,
    items: Vec<Expr>,
    members: Vec<(ObjectKey, Expr)>,
    spread: bool,
    depth: usize,
}

impl Gathered {
    fn new(inside: Inside, count: usize) -> Self {
        let (items, members) = match inside {
            Inside::Members => (0, count),
            Inside::Items | Inside::Arguments => (count, 0),
        };
        Self {
            inside,
            items: Vec::with_capacity(items),
            members: Vec::with_capacity(members),
            spread: false,
            depth: 0,
        }
    }

    fn expr(&mut self, (item, depth): (Expr, usize)) {
        self.items.push(item);
        self.depth = self.depth.max(depth);
    }

    fn member(&mut self, (member, depth): ((ObjectKey, Expr), usize)) {
        self.members.push(member);
        self.depth = self.depth.max(depth);
    }

    fn apart(self) -> Apart {
        match self.inside {
            Inside::Members => Apart::Members {
                members: self.members.into(),
                depth: self.depth,
            },
            Inside::Items | Inside::Arguments => Apart::Exprs {
                items: self.items.into(),
                spread: self.spread,
                depth: self.depth,
            },
        }
    }
}
