//! What may stand at a place, told by what stands before it.

use super::{Explainer, Place};
use crate::syntax::lex::{Kind, Token};

/// What surrounds a place: the innermost open bracket, and the tokens directly in it since the
/// last separator.
struct Around<'a> {
    opener: Option<&'a Token>,
    /// Directly inside the bracket, since the last `,` or new line; brackets as their closing one.
    direct: Vec<&'a Token>,
    /// Whether a `,` or new line came before those.
    separated: bool,
}

impl<'l> Explainer<'l> {
    /// The tokens of `first..stop` on the level of its end and on those around it, last one first:
    /// of what was closed again only the closing bracket, so that nothing is walked through for
    /// more than one of the blocks it is nested in.
    fn outwards(&self, first: usize, stop: usize) -> impl Iterator<Item = &'l Token> {
        let tokens = self.tokens;
        let mut next = stop;
        std::iter::from_fn(move || {
            let at = next.checked_sub(1).filter(|at| *at >= first)?;
            let token = tokens.get(at)?;
            next = match token.kind {
                Kind::CloseBrace
                | Kind::CloseBracket
                | Kind::CloseParen
                | Kind::QuoteEnd
                | Kind::HeredocEnd
                | Kind::InterpolationEnd => {
                    let mate = token.mate as usize;
                    if (first..at).contains(&mate) {
                        mate
                    } else {
                        at
                    }
                }
                _ => at,
            };
            Some(token)
        })
    }

    fn around(&self, first: usize, stop: usize) -> Around<'l> {
        let mut around = Around {
            opener: None,
            direct: Vec::new(),
            separated: false,
        };
        for token in self.outwards(first, stop) {
            match token.kind {
                kind if kind.is_opener() => {
                    around.opener = Some(token);
                    break;
                }
                Kind::Comma | Kind::Newline => around.separated = true,
                Kind::Break | Kind::LineComment | Kind::BlockComment | Kind::InterpolationEnd => {}
                _ if around.separated => {}
                _ => around.direct.push(token),
            }
        }
        around.direct.reverse();
        around
    }

    /// What may stand behind the tokens `first..stop`.
    pub(super) fn expected(&self, first: usize, stop: usize) -> String {
        let around = self.around(first, stop);
        let opener = around.opener.map(|token| token.kind);
        let in_type = self.in_type(first, stop);
        let Some(previous) = around.direct.last() else {
            if in_type && opener == Some(Kind::OpenParen) && !around.separated {
                return "a type".to_owned();
            }
            return self.expected_first(&around, opener).to_owned();
        };
        let words = |word: &str| {
            around
                .direct
                .iter()
                .any(|token| token.kind == Kind::Word && self.text(token) == word)
        };
        let has = |kind: Kind| {
            around
                .direct
                .iter()
                .filter(|token| token.kind == kind)
                .count()
        };
        if previous.kind == Kind::Dot {
            return "a name".to_owned();
        }
        if in_type && matches!(previous.kind, Kind::Colon | Kind::Assign) {
            return "a type".to_owned();
        }
        let is_for = self.is_for(&around);
        if is_for && previous.kind == Kind::Word && self.text(previous) == "for" {
            return "a name".to_owned();
        }
        if previous.kind.continues() || (is_for && matches!(self.text(previous), "in" | "if")) {
            return "an expression".to_owned();
        }
        if is_for {
            let in_braces = opener == Some(Kind::OpenBrace);
            return if !words("in") {
                "`in`"
            } else if has(Kind::Colon) <= has(Kind::Question) {
                "`:` or an operator"
            } else if in_braces && has(Kind::Arrow) == 0 {
                "`=>` or an operator"
            } else if in_braces {
                "`if`, `}` or an operator"
            } else {
                "`if`, `]` or an operator"
            }
            .to_owned();
        }
        if has(Kind::Question) > has(Kind::Colon) {
            return "`:` or an operator".to_owned();
        }
        match opener {
            Some(Kind::OpenParen) if in_type => "`,` or `)`",
            Some(Kind::OpenParen) => "`,`, `)` or an operator",
            Some(Kind::OpenBracket) => "`,`, `]` or an operator",
            Some(Kind::Interpolation) => "`}` or an operator",
            Some(Kind::OpenBrace) if in_type && has(Kind::Colon) + has(Kind::Assign) == 0 => "`:`",
            Some(Kind::OpenBrace) if in_type => "`,`, a new line or `}`",
            Some(Kind::OpenBrace) if has(Kind::Assign) + has(Kind::Colon) == 0 => "`=`",
            Some(Kind::OpenBrace) => "`,`, a new line, `}` or an operator",
            _ => return self.expected_in_head(&around.direct),
        }
        .to_owned()
    }

    /// Inside `input x: …`, before its block, and not in a value on any level.
    fn in_type(&self, first: usize, stop: usize) -> bool {
        let before = self.tokens.get(first..stop).unwrap_or_default();
        let mut words = before.iter().filter(|token| !token.kind.is_trivia());
        self.place == Place::File
            && words
                .next()
                .is_some_and(|token| self.text(token) == "input")
            && words.nth(1).is_some_and(|token| token.kind == Kind::Colon)
            && !self
                .outwards(first, stop)
                .any(|token| token.kind == Kind::Assign)
    }

    fn is_for(&self, around: &Around<'_>) -> bool {
        matches!(
            around.opener.map(|token| token.kind),
            Some(Kind::OpenBrace | Kind::OpenBracket)
        ) && around.opener.is_some_and(|opener| {
            self.tokens
                .iter()
                .skip(
                    self.tokens
                        .partition_point(|token| token.start < opener.end),
                )
                .find(|token| !token.kind.is_trivia())
                .is_some_and(|token| self.text(token) == "for")
        }) && (around.separated || around.direct.len() > 1 || !around.direct.is_empty())
    }

    fn expected_first(&self, around: &Around<'_>, opener: Option<Kind>) -> &'static str {
        match opener {
            Some(Kind::OpenParen) if around.separated => "an expression or `)`",
            Some(Kind::OpenBracket) if around.separated => "an expression or `]`",
            Some(Kind::OpenBrace) => "a key or `}`",
            Some(_) => "an expression",
            None if self.place == Place::File => "a statement",
            None => "an attribute or a block",
        }
    }

    /// Outside of brackets: the head of a block, or the end of a value.
    fn expected_in_head(&self, direct: &[&Token]) -> String {
        let is = |kind: Kind| direct.iter().any(|token| token.kind == kind);
        if is(Kind::CloseBrace) && !is(Kind::Assign) {
            return self.end_of_item().to_owned();
        }
        if is(Kind::Assign) {
            return match self.place {
                Place::File => "an operator or a new line",
                Place::Body => "an operator, a new line, `,` or `}`",
            }
            .to_owned();
        }
        let keyword = direct.first().map_or("", |token| self.text(token));
        let count = direct.len();
        match (self.place, keyword, count) {
            (Place::Body, _, 1) => "`=`, a label or `{`",
            (Place::Body, ..) => "`{`",
            (Place::File, "moved" | "removed", _) => "`{`",
            (Place::File, "expect", 1) => "a property such as `reaches`, or a sentence in quotes",
            (Place::File, "import", 1) => "an address such as `vpc.main`",
            (Place::File, "import", _) => "`from` and the id",
            (Place::File, "existing", 1) => "a kind such as `vpc`",
            (Place::File, "existing", 2) => "a name",
            (Place::File, _, 1) => "a name",
            (Place::File, "let", _) => "`=`",
            (Place::File, "output", _) => "`=` or `{`",
            (Place::File, "input", 2) => "`:` and a type, `{` or a new line",
            (Place::File, "input", _) => "`{` or a new line",
            (Place::File, "module", 2) => "`from` and a path",
            (Place::File, "module", _) => "`{` or a new line",
            (Place::File, "expect", 2) => "a name or `{`",
            (Place::File, ..) => "`{`",
        }
        .to_owned()
    }

    fn end_of_item(&self) -> &'static str {
        match self.place {
            Place::File => "a new line",
            Place::Body => "a new line, `,` or `}`",
        }
    }
}
