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
    /// Whether an `=` opened the value this is in, on any level.
    in_value: bool,
}

impl Explainer<'_> {
    fn around<'a>(&self, before: &'a [Token]) -> Around<'a> {
        let mut levels: Vec<Around<'a>> = vec![Around {
            opener: None,
            direct: Vec::new(),
            separated: false,
            in_value: false,
        }];
        for token in before {
            if token.kind.is_opener() {
                let in_value = levels.last().is_some_and(|level| level.in_value);
                levels.push(Around {
                    opener: Some(token),
                    direct: Vec::new(),
                    separated: false,
                    in_value,
                });
                continue;
            }
            if token.kind.is_closer() && levels.len() > 1 {
                levels.pop();
            }
            let Some(level) = levels.last_mut() else {
                continue;
            };
            match token.kind {
                Kind::Comma | Kind::Newline => {
                    level.direct.clear();
                    level.separated = true;
                }
                Kind::Break | Kind::LineComment | Kind::BlockComment | Kind::InterpolationEnd => {}
                kind => {
                    level.in_value |= kind == Kind::Assign;
                    level.direct.push(token);
                }
            }
        }
        levels.pop().unwrap_or(Around {
            opener: None,
            direct: Vec::new(),
            separated: false,
            in_value: false,
        })
    }

    /// What may stand behind these tokens.
    pub(super) fn expected(&self, before: &[Token]) -> String {
        let around = self.around(before);
        let opener = around.opener.map(|token| token.kind);
        let in_type = self.in_type(before) && !around.in_value;
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

    /// Inside `input x: …`, before its block.
    fn in_type(&self, before: &[Token]) -> bool {
        let mut words = before.iter().filter(|token| !token.kind.is_trivia());
        self.place == Place::File
            && words
                .next()
                .is_some_and(|token| self.text(token) == "input")
            && words.nth(1).is_some_and(|token| token.kind == Kind::Colon)
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
