//! Diagnostics as people read them: rustc's picture, drawn by annotate-snippets.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{
    AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str,
};

use super::{Diagnostic, FileId, Label, Severity, SourceFile, Sources};

/// Lines between two labels of one file above which they are cut into two pictures, so that the
/// text handed to the drawer stays small.
const FAR_APART: u32 = 200;

/// Bytes between two labels with the same purpose: lines may be long.
const FAR_APART_BYTES: u32 = 20_000;

/// Bytes of text above which the drawer gets only what is around the labels: it goes through all of
/// a line, and there may be a hundred errors in one of a megabyte.
const LONG: usize = 2_000;

/// Bytes before the first label and behind the last one that the drawer then gets: more than it
/// shows, so that it marks the line as cut.
const AROUND: usize = 500;

/// Draws diagnostics one after another, an empty line between them, each ended by a new line.
///
/// With `color` the text carries ANSI colours; they never carry meaning alone.
#[must_use]
pub fn terminal(diagnostics: &[Diagnostic], sources: &Sources, color: bool) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut out = String::new();
    for diagnostic in diagnostics {
        if !out.is_empty() {
            out.push('\n');
        }
        let group = group(diagnostic, sources);
        let drawn = renderer.render(&[group]);
        // The drawer pads empty gutter lines; trailing blanks help no one.
        for line in drawn.lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    out
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Note => Level::NOTE,
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    }
}

fn group<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Group<'a> {
    let mut group = Group::with_title(
        level(diagnostic.severity)
            .primary_title(diagnostic.message.as_str())
            .id(diagnostic.code.id),
    );
    for picture in pictures(&diagnostic.labels, sources) {
        let (origin, snippet) = draw(picture);
        group = match origin {
            Some(origin) => group.element(origin).element(snippet),
            None => group.element(snippet),
        };
    }
    if let Some(address) = &diagnostic.address
        && !diagnostic.message.contains(address.as_str())
    {
        group = group.element(Level::NOTE.message(clean(format!("about `{address}`"))));
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(clean(note.as_str())));
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(clean(help.as_str())));
    }
    group
}

/// Notes and help reach the terminal as they are, so control characters of user text go here.
fn clean<'a>(text: impl Into<Cow<'a, str>>) -> String {
    normalize_untrusted_str(&text.into())
}

/// Labels of one file that are near each other share a picture; the primary one comes first.
struct Picture<'a> {
    file: &'a SourceFile,
    id: FileId,
    lines: Range<u32>,
    bytes: Range<u32>,
    labels: Vec<(&'a Label, bool)>,
}

fn pictures<'a>(labels: &'a [Label], sources: &'a Sources) -> Vec<Picture<'a>> {
    let mut pictures: Vec<Picture<'a>> = Vec::new();
    for (label, primary) in labels
        .iter()
        .zip(std::iter::once(true).chain(std::iter::repeat(false)))
    {
        let Some(file) = sources.get(label.span.file) else {
            continue;
        };
        let bytes = label.span.start..label.span.end;
        let first = file.line_column(label.span.start).line;
        let last = file.line_column(label.span.end).line;
        let near = pictures.iter_mut().find(|picture| {
            picture.id == label.span.file
                && first.saturating_sub(picture.lines.end) <= FAR_APART
                && picture.lines.start.saturating_sub(last) <= FAR_APART
                && bytes.start.saturating_sub(picture.bytes.end) <= FAR_APART_BYTES
                && picture.bytes.start.saturating_sub(bytes.end) <= FAR_APART_BYTES
        });
        match near {
            Some(picture) => {
                picture.lines = picture.lines.start.min(first)..picture.lines.end.max(last);
                picture.bytes =
                    picture.bytes.start.min(bytes.start)..picture.bytes.end.max(bytes.end);
                picture.labels.push((label, primary));
            }
            None => pictures.push(Picture {
                file,
                id: label.span.file,
                lines: first..last,
                bytes,
                labels: vec![(label, primary)],
            }),
        }
    }
    pictures
}

/// The picture, and where it is if the drawer is not given all of the lines and cannot tell.
fn draw(
    picture: Picture<'_>,
) -> (
    Option<Origin<'_>>,
    Snippet<'_, annotate_snippets::Annotation<'_>>,
) {
    let text = &*picture.file.text;
    let mut start = picture.file.line_start(picture.lines.start);
    let mut end = picture.file.line_start(picture.lines.end.saturating_add(1));
    let mut origin = None;
    if end.saturating_sub(start) > LONG {
        let (first, last) = (picture.bytes.start as usize, picture.bytes.end as usize);
        let most = first.saturating_add(FAR_APART_BYTES as usize);
        let cut = start.max(text.floor_char_boundary(first.saturating_sub(AROUND)));
        end = end.min(text.ceil_char_boundary(last.min(most).saturating_add(AROUND)));
        if cut > start
            && let Some((label, _)) = picture.labels.first()
        {
            let at = picture.file.line_column(label.span.start);
            origin = Some(
                Origin::path(picture.file.name.as_str())
                    .line(at.line as usize)
                    .char_column(at.column as usize),
            );
        }
        start = cut;
    }
    let shown = text.get(start..end).unwrap_or_default();
    let snippet = Snippet::source(shown)
        .path(origin.is_none().then_some(picture.file.name.as_str()))
        .line_start(picture.lines.start as usize)
        .annotations(picture.labels.into_iter().map(move |(label, primary)| {
            let kind = if primary {
                AnnotationKind::Primary
            } else {
                AnnotationKind::Context
            };
            let from = (label.span.start as usize).saturating_sub(start);
            let to = (label.span.end as usize).saturating_sub(start);
            let annotation =
                kind.span(from.min(shown.len())..to.clamp(from, shown.len().max(from)));
            if label.message.is_empty() {
                annotation
            } else {
                annotation.label(label.message.as_str())
            }
        }));
    (origin, snippet)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests say what breaks by panicking")]
mod tests {
    use super::super::Span;
    use super::super::codes::config::BAD_VALUE;
    use super::*;

    /// The picture of an error at a word of a text, with a second label at another.
    fn check(text: &str, word: &str, other: Option<&str>) -> String {
        let mut sources = Sources::default();
        let file = sources.add("main.smd", text);
        let span = |word: &str| {
            let start = u32::try_from(text.find(word).unwrap()).unwrap();
            Span::new(file, start, start + u32::try_from(word.len()).unwrap())
        };
        let diagnostic = Diagnostic::error(BAD_VALUE, "wrong")
            .at(span(word), "this")
            .at_opt(other.map(span), "and that");
        terminal(&[diagnostic], &sources, false)
    }

    #[test]
    fn of_a_long_line_what_is_near_is_drawn() {
        const MANY: usize = 100_000;
        let text = format!(
            "a\n{}WRONG {}OTHER {}",
            "é ".repeat(MANY),
            "ü ".repeat(MANY),
            "ö ".repeat(MANY)
        );
        let near = check(&text, "WRONG", None);
        assert!(near.contains("main.smd:2:200001\n"), "{near}");
        assert!(near.contains("é é WRONG ü ü"), "{near}");
        let far = check(&text, "WRONG", Some("OTHER"));
        assert!(far.contains("ü ü OTHER ö ö"), "{far}");
        assert!(far.contains("main.smd:2:400007\n"), "{far}");
        // Much text in lines that are not long is drawn as any other.
        let lines = format!("WRONG\n{}OTHER\n", "# line\n".repeat(100)).repeat(100);
        let drawn = check(&lines, "WRONG", Some("OTHER"));
        insta::assert_snapshot!(drawn, @"
        error[E0216]: wrong
           --> main.smd:1:1
            |
          1 | WRONG
            | ^^^^^ this
        ...
        102 | OTHER
            | ----- and that
        ");
    }
}
