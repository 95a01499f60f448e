//! Pages of list answers: in a stable order, continued by an opaque token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// What rows are ordered by: a number (a time, or 0 where only the name counts), then a name.
pub type Key<'a> = (u64, &'a str);

/// One page.
#[derive(Debug)]
pub struct Page<T> {
    /// Its rows.
    pub rows: Vec<T>,
    /// What to ask the next page with; none on the last.
    pub next: Option<String>,
}

impl<T: Serialize> Page<T> {
    /// The answer of a list: the rows under their name, and where there are more, the token under
    /// its own.
    #[must_use]
    pub fn answer(self, name: &str, token: &str) -> Value {
        let mut answer = Map::new();
        answer.insert(name.to_owned(), json!(self.rows));
        if let Some(next) = self.next {
            answer.insert(token.to_owned(), next.into());
        }
        Value::Object(answer)
    }
}

/// The page of at most `size` rows that follows `token`, in order of their keys, found in linear
/// time. The keys must differ. `None` when the token is not one of ours.
pub fn page<'a, T>(
    rows: impl Iterator<Item = (Key<'a>, T)>,
    descending: bool,
    token: Option<&str>,
    size: usize,
) -> Option<Page<T>> {
    let after = match token {
        None => None,
        Some(token) => Some(read(token)?),
    };
    let follows = |key: &Key<'_>| {
        after.as_ref().is_none_or(|(number, name)| {
            let last = (*number, name.as_str());
            if descending { *key < last } else { *key > last }
        })
    };
    let order = |a: &(Key<'_>, T), b: &(Key<'_>, T)| {
        if descending {
            b.0.cmp(&a.0)
        } else {
            a.0.cmp(&b.0)
        }
    };
    let mut found: Vec<(Key<'a>, T)> = rows.filter(|(key, _)| follows(key)).collect();
    let more = found.len() > size;
    if more {
        found.select_nth_unstable_by(size, order);
        found.truncate(size);
    }
    found.sort_unstable_by(order);
    let next = found.last().filter(|_| more).map(|(key, _)| write(*key));
    Some(Page {
        rows: found.into_iter().map(|(_, row)| row).collect(),
        next,
    })
}

fn write((number, name): Key<'_>) -> String {
    URL_SAFE_NO_PAD.encode(format!("{number}/{name}"))
}

fn read(token: &str) -> Option<(u64, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (number, name) = text.split_once('/')?;
    Some((number.parse().ok()?, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_join_to_the_whole_in_both_directions() {
        let names: Vec<String> = (0..25).map(|n| format!("n{n:02}")).collect();
        for descending in [false, true] {
            let mut seen = Vec::new();
            let mut token = None;
            let mut pages = 0;
            loop {
                let rows = names
                    .iter()
                    .rev()
                    .map(|name| ((0, name.as_str()), name.clone()));
                let page = page(rows, descending, token.as_deref(), 10).unwrap();
                seen.extend(page.rows);
                pages += 1;
                token = page.next;
                if token.is_none() {
                    break;
                }
            }
            let mut wanted = names.clone();
            if descending {
                wanted.reverse();
            }
            assert_eq!((pages, seen), (3, wanted));
        }
    }

    #[test]
    fn a_foreign_token_is_refused() {
        assert!(page(std::iter::empty::<(Key<'_>, ())>(), false, Some("???"), 1).is_none());
    }
}
