//! Every code smd can print, one file per part of smd.
//!
//! | range | part |
//! |---|---|
//! | 01xx | syntax |
//! | 02xx | configuration: names, references, types, evaluation |
//! | 03xx | kinds: attributes and rules of AWS checked before any call |
//! | 04xx | graph |
//! | 05xx | plan |
//! | 06xx | state |
//! | 07xx | AWS calls and credentials |
//! | 08xx | apply |
//! | 09xx | command line |
//! | 10xx | sandbox |
//! | 11xx | discovery |

pub mod apply;
pub mod aws;
pub mod cli;
pub mod config;
pub mod discover;
pub mod graph;
pub mod kinds;
pub mod plan;
pub mod sandbox;
pub mod state;
pub mod syntax;

use super::Code;

/// Every code, in order of its id.
#[must_use]
pub fn all() -> Vec<Code> {
    let mut codes: Vec<Code> = [
        syntax::ALL,
        config::ALL,
        kinds::ALL,
        graph::ALL,
        plan::ALL,
        state::ALL,
        aws::ALL,
        apply::ALL,
        cli::ALL,
        sandbox::ALL,
        discover::ALL,
    ]
    .concat();
    codes.sort_by_key(|code| code.id);
    codes
}

/// The code with this id, letter case ignored.
#[must_use]
pub fn find(id: &str) -> Option<Code> {
    all()
        .into_iter()
        .find(|code| code.id.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_are_unique() {
        let mut ids: Vec<_> = super::all().iter().map(|code| code.id).collect();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }
}
