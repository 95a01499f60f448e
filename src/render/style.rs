//! Colours. They never carry meaning alone: every coloured thing has its mark or word too.

use anstyle::{AnsiColor, Style};

use crate::plan::Action;

/// How text is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TextOptions {
    /// Whether colours are used.
    pub color: bool,
}

impl TextOptions {
    /// `text` in `style`, or as it is without colours.
    pub(super) fn paint(self, style: Style, text: &str) -> String {
        if self.color {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

/// What is new.
pub(super) const ADDED: Style = AnsiColor::Green.on_default();
/// What goes.
pub(super) const REMOVED: Style = AnsiColor::Red.on_default();
/// What is changed.
pub(super) const CHANGED: Style = AnsiColor::Yellow.on_default();
/// What needs a second look.
pub(super) const RISK: Style = AnsiColor::Magenta.on_default().bold();
/// What may be passed over.
pub(super) const QUIET: Style = Style::new().dimmed();
/// What names something.
pub(super) const STRONG: Style = Style::new().bold();

/// The style of an action's mark.
pub(super) fn of(action: Action) -> Style {
    match action {
        Action::Create => ADDED,
        Action::Update => CHANGED,
        Action::Replace => RISK,
        Action::Delete => REMOVED,
        Action::Forget => CHANGED,
        Action::Unchanged => QUIET,
        Action::Ensure => CHANGED,
    }
}
