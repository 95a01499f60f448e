//! The stable code of a diagnostic and its long description.

use std::fmt;

/// A stable code such as `E0201` with what `smd explain` says of it.
#[derive(Clone, Copy)]
pub struct Code {
    /// `E` or `W`, then four digits: the first two name the part of smd.
    pub id: &'static str,
    /// One line: what it means.
    pub title: &'static str,
    /// What it means, why it is refused and what to do, in a few sentences.
    pub explanation: &'static str,
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Code {}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// Declares codes as constants and lists them as `ALL` of the module.
#[macro_export]
macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident = $id:literal, $title:literal, $explanation:literal;)*) => {
        $(
            $(#[$meta])*
            #[doc = $title]
            pub const $name: $crate::diagnostic::Code = $crate::diagnostic::Code {
                id: $id,
                title: $title,
                explanation: $explanation,
            };
        )*
        /// Every code of this module.
        pub const ALL: &[$crate::diagnostic::Code] = &[$($name),*];
    };
}
