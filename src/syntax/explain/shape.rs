//! Mistakes whose shape tells what was meant.

use super::{Explainer, Place};
use crate::diagnostic::codes::syntax as codes;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::syntax::lex::{Kind, Token, is_word};

/// Words that start statements.
const KEYWORDS: &[&str] = &[
    "stack", "account", "input", "let", "output", "module", "existing", "import", "moved",
    "removed", "expect",
];

impl Explainer<'_> {
    /// What to say if the shape of the text tells; comments and new lines are left out of it.
    pub(super) fn by_shape(&self, tokens: &[Token]) -> Option<Diagnostic> {
        let first = tokens.first()?;
        match (self.place, first.kind) {
            (_, Kind::Word) => {}
            (_, Kind::Operator | Kind::Question | Kind::Colon | Kind::Dot | Kind::Minus) => {
                return Some(
                    Diagnostic::error(
                        codes::UNEXPECTED,
                        format!("a line does not start with {}", self.found(first)),
                    )
                    .at(
                        self.span(first),
                        "the expression ended with the line before",
                    )
                    .help("to go on in the next line, end the line before with the operator"),
                );
            }
            (Place::File, _) => {
                return Some(
                    Diagnostic::error(
                        codes::NOT_A_STATEMENT,
                        format!("expected a statement, found {}", self.found(first)),
                    )
                    .at(self.whole_span(first), "no statement starts like this")
                    .help("a resource is written `KIND NAME { … }`"),
                );
            }
            (Place::Body, Kind::Quote) => return self.quoted_attribute(tokens),
            (Place::Body, _) => return None,
        }
        if let Some(diagnostic) = self.hyphen(tokens) {
            return Some(diagnostic);
        }
        match self.place {
            Place::File => self.statement_shape(tokens),
            Place::Body => self.item_shape(tokens),
        }
    }

    /// `a-b` where a name stands: in the head of a block or before `=`.
    fn hyphen(&self, tokens: &[Token]) -> Option<Diagnostic> {
        let place = tokens
            .iter()
            .take_while(|token| matches!(token.kind, Kind::Word | Kind::Minus | Kind::Number))
            .position(|token| token.kind == Kind::Minus)?;
        let before = tokens.get(place.checked_sub(1)?)?;
        let minus = tokens.get(place)?;
        if before.end != minus.start || tokens.get(place + 1)?.start != minus.end {
            return None;
        }
        let mut end = before.end;
        for token in tokens.get(place..)? {
            if token.start != end || !matches!(token.kind, Kind::Word | Kind::Minus | Kind::Number)
            {
                break;
            }
            end = token.end;
        }
        let written = self.source.get(before.start as usize..end as usize)?;
        let mut span = self.span(before);
        span.end = end;
        let next = tokens.iter().find(|token| token.start >= end);
        let diagnostic = Diagnostic::error(codes::BAD_NAME, format!("`{written}` is not a name"))
            .at(span, "a name is letters, digits and `_`")
            .help(format!("write `{}`", written.replace('-', "_")));
        Some(match next.map(|token| token.kind) {
            Some(Kind::Assign | Kind::Colon) if self.place == Place::Body => {
                diagnostic.help(as_object_key(written))
            }
            _ => diagnostic,
        })
    }

    fn quoted_attribute(&self, tokens: &[Token]) -> Option<Diagnostic> {
        let first = tokens.first()?;
        let close = tokens
            .iter()
            .position(|token| token.kind == Kind::QuoteEnd)?;
        if !matches!(
            tokens.get(close + 1)?.kind,
            Kind::Assign | Kind::Colon | Kind::OpenBrace
        ) {
            return None;
        }
        let span = self.whole_span(first);
        let written = self.source.get(span.start as usize..span.end as usize)?;
        let name = written.trim_matches('"');
        let diagnostic =
            Diagnostic::error(codes::BAD_NAME, "a name in a block stands without quotes")
                .at(span, "expected a name");
        Some(if name.bytes().all(is_word) {
            diagnostic.help(format!("write `{name}`"))
        } else {
            diagnostic.help(as_object_key(name))
        })
    }

    fn item_shape(&self, tokens: &[Token]) -> Option<Diagnostic> {
        let (name, next) = (tokens.first()?, tokens.get(1)?);
        let written = self.text(name);
        match next.kind {
            Kind::Colon => Some(
                Diagnostic::error(codes::COLON_FOR_ASSIGN, "an attribute takes `=`, not `:`")
                    .at(self.span(next), "expected `=`")
                    .help(format!("write `{written} = …`")),
            ),
            Kind::Word | Kind::Number | Kind::Quote | Kind::Heredoc | Kind::OpenBracket
                if !tokens
                    .iter()
                    .any(|token| matches!(token.kind, Kind::Assign | Kind::OpenBrace)) =>
            {
                Some(
                    Diagnostic::error(
                        codes::MISSING_ASSIGN,
                        format!("`=` is missing after `{written}`"),
                    )
                    .at(
                        self.whole_span(next),
                        format!("expected `=`, found {}", self.found(next)),
                    ),
                )
            }
            _ => None,
        }
    }

    fn statement_shape(&self, tokens: &[Token]) -> Option<Diagnostic> {
        let first = tokens.first()?;
        let keyword = self.text(first);
        let kind = |at: usize| tokens.get(at).map(|token| token.kind);
        let known = KEYWORDS.contains(&keyword);
        // A name in quotes, as other tools write it.
        if kind(1) == Some(Kind::Quote) && !matches!(keyword, "expect" | "import") {
            if let Some(near) = self.misspelt(first, &["expect"]) {
                return Some(near);
            }
            let quote = tokens.get(1)?;
            let span = self.whole_span(quote);
            let written = self
                .source
                .get(span.start as usize..span.end as usize)?
                .trim_matches('"');
            let is_name = written.bytes().all(is_word);
            return Some(
                Diagnostic::error(codes::BAD_NAME, "a name stands without quotes")
                    .at(span, "expected a name")
                    .help_opt(is_name.then(|| format!("write `{keyword} {written} {{ … }}`"))),
            );
        }
        if known {
            return None;
        }
        match (kind(1), kind(2)) {
            (Some(Kind::Assign | Kind::Colon), _) => Some(
                Diagnostic::error(
                    codes::NOT_A_STATEMENT,
                    format!("the attribute `{keyword}` stands outside of a block"),
                )
                .at(self.span(first), "expected a statement")
                .help(format!("for a value with a name write `let {keyword} = …`")),
            ),
            (Some(Kind::Word), Some(Kind::Colon)) => self.wrong_keyword(first, &["input"]),
            (Some(Kind::Word), Some(Kind::Assign)) => self.wrong_keyword(first, &["let", "output"]),
            (Some(Kind::Word), Some(Kind::Word)) => {
                let third = tokens.get(2).map_or("", |token| self.text(token));
                if third == "from" {
                    self.wrong_keyword(first, &["module", "import"])
                } else if kind(3) == Some(Kind::OpenBrace) {
                    self.wrong_keyword(first, &["existing", "expect"])
                } else {
                    None
                }
            }
            (Some(Kind::Word), Some(Kind::Dot)) => self.misspelt(first, &["import"]),
            (Some(Kind::OpenBrace), _) => self.misspelt(first, &["moved", "removed"]),
            (None, _) => self.misspelt(first, KEYWORDS),
            _ => None,
        }
    }

    /// Only if the word is near one of these.
    fn misspelt(&self, word: &Token, meant: &[&'static str]) -> Option<Diagnostic> {
        let written = self.text(word);
        let help = did_you_mean(written, meant.iter().copied())?;
        Some(
            Diagnostic::error(
                codes::NOT_A_STATEMENT,
                format!("`{written}` does not start a statement"),
            )
            .at(self.span(word), "expected a statement")
            .help(help),
        )
    }

    /// Nothing but these starts a statement of this shape.
    fn wrong_keyword(&self, word: &Token, possible: &[&'static str]) -> Option<Diagnostic> {
        if let Some(diagnostic) = self.misspelt(word, possible) {
            return Some(diagnostic);
        }
        let written = self.text(word);
        let listed = possible
            .iter()
            .map(|keyword| format!("`{keyword}`"))
            .collect::<Vec<_>>()
            .join(" or ");
        Some(
            Diagnostic::error(
                codes::NOT_A_STATEMENT,
                format!("`{written}` does not start a statement of this shape"),
            )
            .at(self.span(word), format!("expected {listed}")),
        )
    }
}

/// How a key of any text is written, as tags have them: only an object takes it.
fn as_object_key(key: &str) -> String {
    format!("any text may be a key of an object, in quotes, as in `tags = {{ \"{key}\" = \"…\" }}`")
}
