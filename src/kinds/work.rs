//! What is done to the things of one kind word. A kind states one row for its resource and one for
//! each of its parts; which row serves a node is decided here, for all kinds alike.

use super::import::Import;
use super::{Actual, BoxFuture, Change, Context, Ready, Standing};
use crate::aws::{Aws, Cause, Failure};
use crate::state::Record;

/// Makes a thing, as [`super::Kind::create`] says.
pub type Create = for<'a> fn(&'a Context<'a>, &'a Ready) -> BoxFuture<'a, Result<Actual, Failure>>;
/// Changes a thing, as [`super::Kind::update`] says.
pub type Update = for<'a> fn(
    &'a Context<'a>,
    &'a Ready,
    &'a Record,
    &'a [Change],
) -> BoxFuture<'a, Result<Actual, Failure>>;
/// Deletes a thing, as [`super::Kind::delete`] says.
pub type Delete = for<'a> fn(&'a Context<'a>, &'a Record) -> BoxFuture<'a, Result<(), Failure>>;
/// Looks for the holder of a name, as [`super::Kind::standing`] says.
pub type FindStanding =
    for<'a> fn(&'a Aws, &'a Ready) -> BoxFuture<'a, Result<Option<Standing>, Failure>>;

/// Looks for what a create made, as [`super::Kind::find`] says.
pub type Find = for<'a> fn(&'a Aws, &'a Ready) -> BoxFuture<'a, Result<Option<String>, Failure>>;

/// What is done to the things of one kind word.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    /// The word: `security_group`, `security_group.ingress`.
    pub kind: &'static str,
    /// Makes one.
    pub create: Create,
    /// Changes one in place.
    pub update: Update,
    /// Deletes one.
    pub delete: Delete,
    /// Looks for the living one of a name; `None` where AWS takes any number of them.
    pub standing: Option<FindStanding>,
    /// Looks for what a create made whose end nobody saw; `None`: by its name and marks.
    pub find: Option<Find>,
    /// How a living one is named in an `import`; `None`: it cannot be taken over.
    pub import: Option<Import>,
}

impl Work {
    /// The same, for things that can be taken over: `form` says how their ids are written, `id` reads
    /// them.
    #[must_use]
    pub const fn imported(mut self, form: &'static str, id: fn(&str) -> Option<String>) -> Self {
        self.import = Some(Import { form, id });
        self
    }

    /// The same, for things that are found in a way of their own.
    #[must_use]
    pub const fn found(mut self, find: Find) -> Self {
        self.find = Some(find);
        self
    }

    /// The same, for things whose name AWS takes only once.
    #[must_use]
    pub const fn named(mut self, standing: FindStanding) -> Self {
        self.standing = Some(standing);
        self
    }
}

/// The [`Work`] of a kind word by a module that has `create`, `update` and `delete`; with `ensures` by one
/// that has `ensure` and `find`: that makes and changes it alike, and what it did stays when it goes.
macro_rules! work {
    ($kind:expr, ensures $module:ident) => {
        $crate::kinds::work::Work {
            kind: $kind,
            create: |cx, node| Box::pin($module::ensure(cx, node)),
            update: |cx, node, _, _| Box::pin($module::ensure(cx, node)),
            delete: |_, _| Box::pin(async { Ok(()) }),
            standing: None,
            find: Some(|aws, node| Box::pin($module::find(aws, node))),
            import: None,
        }
    };
    ($kind:expr, $module:ident) => {
        $crate::kinds::work::Work {
            kind: $kind,
            create: |cx, node| Box::pin($module::create(cx, node)),
            update: |cx, node, record, changes| {
                Box::pin($module::update(cx, node, record, changes))
            },
            delete: |cx, record| Box::pin($module::delete(cx, record)),
            standing: None,
            find: None,
            import: None,
        }
    };
}
pub(super) use work;

/// The row of a kind word.
///
/// # Errors
/// A word that no row is for: a defect of smd.
pub fn of<'a>(rows: &'a [Work], kind: &str) -> Result<&'a Work, Failure> {
    rows.iter().find(|row| row.kind == kind).ok_or_else(|| {
        Failure::new(
            Cause::Other,
            "",
            format!("`{kind}` is no part of this kind: a defect of smd"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn every_word_of_every_kind_has_its_row() {
        for kind in crate::kinds::registry() {
            let words: Vec<&str> = kind.schemas().iter().map(|schema| schema.kind).collect();
            let rows: Vec<&str> = kind.work().iter().map(|row| row.kind).collect();
            assert_eq!(rows, words);
            assert!(of(kind.work(), "box").is_err());
            // What a killed run made is found again.
            for row in kind.work() {
                assert!(row.standing.is_some() || row.find.is_some(), "{}", row.kind);
            }
        }
    }
}
