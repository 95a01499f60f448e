//! A table of one kind of thing that knows which of its rows changed, so that only those are
//! written to disk after a call.

use std::collections::BTreeSet;
use std::collections::btree_map::{self, BTreeMap};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Rows by id. Reading is free; writing remembers the row for [`Rows::drain_changes`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Table<T> {
    rows: BTreeMap<String, T>,
    #[serde(skip)]
    changed: BTreeSet<String>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            changed: BTreeSet::new(),
        }
    }
}

impl<T> Table<T> {
    /// The row with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&T> {
        self.rows.get(id)
    }

    /// The row with this id, to be changed.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        let row = self.rows.get_mut(id)?;
        self.changed.insert(id.to_owned());
        Some(row)
    }

    /// Puts a row in, in place of any of that id.
    pub fn insert(&mut self, id: impl Into<String>, row: T) {
        let id = id.into();
        self.changed.insert(id.clone());
        self.rows.insert(id, row);
    }

    /// The row with this id, to be changed; made when it is not there.
    pub fn entry(&mut self, id: &str) -> &mut T
    where
        T: Default,
    {
        self.changed.insert(id.to_owned());
        self.rows.entry(id.to_owned()).or_default()
    }

    /// Takes a row out.
    pub fn remove(&mut self, id: &str) -> Option<T> {
        let row = self.rows.remove(id)?;
        self.changed.insert(id.to_owned());
        Some(row)
    }

    /// Whether there is such a row.
    #[must_use]
    pub fn contains(&self, id: &str) -> bool {
        self.rows.contains_key(id)
    }

    /// All rows, in order of their ids.
    pub fn iter(&self) -> btree_map::Iter<'_, String, T> {
        self.rows.iter()
    }

    /// All ids, in order.
    pub fn keys(&self) -> btree_map::Keys<'_, String, T> {
        self.rows.keys()
    }

    /// All rows, in order of their ids.
    pub fn values(&self) -> btree_map::Values<'_, String, T> {
        self.rows.values()
    }

    /// The rows whose ids begin with `prefix`, in order of their ids, found without a scan.
    pub fn below<'t>(
        &'t self,
        prefix: &str,
    ) -> impl Iterator<Item = (&'t String, &'t T)> + use<'t, T> {
        use std::ops::Bound;
        let rows = self
            .rows
            .range::<str, _>((Bound::Included(prefix), Bound::Unbounded));
        let prefix = prefix.to_owned();
        rows.take_while(move |(id, _)| id.starts_with(&prefix))
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// A changed row: its id, and its JSON or `None` where it is gone.
pub type Change = (String, Option<String>);

/// What persistence needs of a table, whatever its rows are.
pub trait Rows {
    /// The rows changed since the last call.
    ///
    /// # Errors
    /// If a row cannot be written as JSON.
    fn drain_changes(&mut self) -> serde_json::Result<Vec<Change>>;

    /// Forgets which rows changed.
    fn forget_changes(&mut self);

    /// Puts a row back as [`Rows::drain_changes`] gave it, without counting it as changed.
    ///
    /// # Errors
    /// If the JSON is not such a row.
    fn restore(&mut self, id: String, row: Option<serde_json::Value>) -> serde_json::Result<()>;

    /// How many rows there are.
    fn count(&self) -> usize;
}

impl<T: Serialize + DeserializeOwned> Rows for Table<T> {
    fn drain_changes(&mut self) -> serde_json::Result<Vec<Change>> {
        if self.changed.is_empty() {
            return Ok(Vec::new());
        }
        std::mem::take(&mut self.changed)
            .into_iter()
            .map(|id| {
                let row = self.rows.get(&id).map(serde_json::to_string).transpose()?;
                Ok((id, row))
            })
            .collect()
    }

    fn forget_changes(&mut self) {
        self.changed.clear();
    }

    fn restore(&mut self, id: String, row: Option<serde_json::Value>) -> serde_json::Result<()> {
        match row {
            Some(row) => {
                self.rows.insert(id, serde_json::from_value(row)?);
            }
            None => {
                self.rows.remove(&id);
            }
        }
        Ok(())
    }

    fn count(&self) -> usize {
        self.rows.len()
    }
}

/// A service's state as a set of named tables. Whatever is not in a table is not kept on disk.
///
/// Names are stable: they are written to disk.
pub trait Tables {
    /// Calls `visit` with every table, in a fixed order.
    fn each_table(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn Rows));

    /// Makes anew what is computed from the tables, after they were read from disk.
    fn reindex(&mut self) {}
}
