//! The text pest reads: comments, new lines that mean nothing, and the text of heredocs are blank.

use super::super::lex::{Kind, Token};

/// A heredoc reads `<<`, blanks and `${ … }`, then this over its last bytes. There is always room:
/// a heredoc's word stands on a line of its own, so at least a new line and a letter.
const HEREDOC_END: &[u8] = b">>";

pub(super) fn prepare(text: &str, tokens: &[Token]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    // A byte order mark, and blanks.
    let lead = tokens
        .first()
        .map_or(text.len(), |token| token.start as usize);
    blank(&mut bytes, 0, lead);
    let nexts = tokens.iter().skip(1).map(|token| token.start as usize);
    for (token, next) in tokens.iter().zip(nexts.chain(std::iter::once(text.len()))) {
        let (start, end) = (token.start as usize, token.end as usize);
        // Tabs and carriage returns: pest knows one blank.
        blank(&mut bytes, end, next);
        match token.kind {
            Kind::Break | Kind::LineComment | Kind::BlockComment | Kind::HeredocText => {
                blank(&mut bytes, start, end);
            }
            // What follows on its line is blank or the line's end.
            Kind::Heredoc => blank(&mut bytes, start + "<<".len(), next),
            Kind::HeredocEnd => {
                blank(&mut bytes, start, end);
                let from = end.saturating_sub(HEREDOC_END.len());
                if let Some(place) = bytes.get_mut(from..end) {
                    place.copy_from_slice(HEREDOC_END);
                }
            }
            _ => {}
        }
    }
    // Only whole characters were replaced, so this is still UTF-8.
    String::from_utf8(bytes).unwrap_or_default()
}

fn blank(bytes: &mut [u8], start: usize, end: usize) {
    if let Some(range) = bytes.get_mut(start..end) {
        range.fill(b' ');
    }
}
