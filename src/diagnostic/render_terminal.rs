//! Diagnostics as people read them: rustc's picture, drawn by annotate-snippets.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, normalize_untrusted_str};

use super::{Diagnostic, FileId, Label, Severity, SourceFile, Sources};

/// Lines between two labels of one file above which they are cut into two pictures, so that the
/// text handed to the drawer stays small.
const FAR_APART: u32 = 200;

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
    let mut group = level(diagnostic.severity)
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code.id)
        .elements(snippets(&diagnostic.labels, sources));
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
    labels: Vec<(&'a Label, bool)>,
}

fn snippets<'a>(
    labels: &'a [Label],
    sources: &'a Sources,
) -> Vec<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let mut pictures: Vec<Picture<'a>> = Vec::new();
    for (label, primary) in labels
        .iter()
        .zip(std::iter::once(true).chain(std::iter::repeat(false)))
    {
        let Some(file) = sources.get(label.span.file) else {
            continue;
        };
        let first = file.line_column(label.span.start).line;
        let last = file.line_column(label.span.end).line;
        let near = pictures.iter_mut().find(|picture| {
            picture.id == label.span.file
                && first.saturating_sub(picture.lines.end) <= FAR_APART
                && picture.lines.start.saturating_sub(last) <= FAR_APART
        });
        match near {
            Some(picture) => {
                picture.lines = picture.lines.start.min(first)..picture.lines.end.max(last);
                picture.labels.push((label, primary));
            }
            None => pictures.push(Picture {
                file,
                id: label.span.file,
                lines: first..last,
                labels: vec![(label, primary)],
            }),
        }
    }
    pictures.into_iter().map(draw).collect()
}

fn draw(picture: Picture<'_>) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
    let text = &*picture.file.text;
    let start = picture.file.line_start(picture.lines.start);
    let end = picture.file.line_start(picture.lines.end.saturating_add(1));
    let shown = text.get(start..end).unwrap_or_default();
    Snippet::source(shown)
        .path(picture.file.name.as_str())
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
        }))
}
