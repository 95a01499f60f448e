//! Where modules are called, so that an error inside of one shows the call, too.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::Address;
use crate::diagnostic::{Diagnostic, FileId, Span};

/// What is said of a call that an error is shown with.
const CALLED: &str = "the module is called here";

/// The calls of a configuration's modules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calls {
    /// The call of each module that is there, by its address: `module.m["k"]`.
    by_module: BTreeMap<Arc<str>, Span>,
    /// Of each file of a module, the first call of the module.
    by_file: BTreeMap<FileId, Span>,
}

impl Calls {
    /// Notes the call of a module.
    pub(super) fn note(&mut self, module: Arc<str>, call: Span) {
        self.by_module.insert(module, call);
    }

    /// Notes the first call of a file's module.
    pub(super) fn note_file(&mut self, file: FileId, call: Span) {
        self.by_file.insert(file, call);
    }

    /// Whether a file is one of a module's.
    pub(super) fn has_file(&self, file: FileId) -> bool {
        self.by_file.contains_key(&file)
    }

    /// Whether there is a module with this address.
    #[must_use]
    pub fn is_module(&self, address: &str) -> bool {
        self.by_module.contains_key(address)
    }

    /// The module's call, if there is such a module.
    #[must_use]
    pub fn call_of(&self, address: &str) -> Option<Span> {
        self.by_module.get(address).copied()
    }

    /// Adds the calls that lead to where a diagnostic stands, if that is in a module: by the
    /// resource that it is about, or else the first ones.
    pub fn show(&self, diagnostic: &mut Diagnostic) {
        let Some(place) = diagnostic.span() else {
            return;
        };
        if !self.by_file.contains_key(&place.file) {
            return;
        }
        let address = diagnostic.address.as_deref().map(Address::from_text);
        let modules = address.as_ref().map(Address::modules).unwrap_or_default();
        let mut calls: Vec<Span> = modules
            .iter()
            .rev()
            .filter_map(|module| self.call_of(module))
            .collect();
        if calls.is_empty() {
            let mut file = place.file;
            while let Some(call) = self.by_file.get(&file)
                && calls.len() < self.by_file.len()
            {
                calls.push(*call);
                file = call.file;
            }
        }
        label(diagnostic, calls);
    }

    /// The same for many.
    pub fn show_all(&self, diagnostics: &mut [Diagnostic]) {
        if self.by_file.is_empty() {
            return;
        }
        for diagnostic in diagnostics {
            self.show(diagnostic);
        }
    }
}

/// Adds calls to a diagnostic that shows none yet, the innermost first.
pub(super) fn label(diagnostic: &mut Diagnostic, calls: impl IntoIterator<Item = Span>) {
    if diagnostic
        .labels
        .iter()
        .any(|label| label.message == CALLED)
    {
        return;
    }
    let labels = calls.into_iter().map(|span| crate::diagnostic::Label {
        span,
        message: CALLED.to_owned(),
    });
    diagnostic.labels.extend(labels);
}
