//! `exclusive = true`: what stands inside of a thing and is not in the files is deleted, each by
//! itself and by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::foreign;
use super::make::{Draft, Planner};
use super::model::{Action, Reason, Step};
use crate::kinds::{Actual, Inside};
use crate::state::Record;
use crate::value::{Map, Value};

/// The attribute that asks for it.
pub(crate) const EXCLUSIVE: &str = "exclusive";
/// The word in the address of such a deletion.
const WORD: &str = "foreign";

/// Whether a step's thing is to have nothing inside but what the files have.
fn is_exclusive(step: &Step) -> bool {
    let stays = matches!(step.action, Action::Update | Action::Unchanged);
    let after = step.after.as_ref();
    let written = after.and_then(|after| after.get(EXCLUSIVE)?.as_bool());
    stays && written == Some(true)
}

/// Whether a foreign thing inside of a step's thing is deleted by this plan.
pub(super) fn deletes(draft: &Draft<'_>, inside: &Inside) -> bool {
    is_exclusive(&draft.step)
        && draft
            .entry
            .kind
            .inside_kind(draft.entry.schema.kind, inside)
            .is_some()
}

impl<'a> Planner<'a> {
    /// A deletion for each foreign thing inside of what is exclusive.
    pub(super) fn foreign_deletions(&self) -> Vec<Draft<'a>> {
        let input = self.input;
        let mut found = Vec::new();
        let mut drafts = self.drafts.iter().flatten();
        if !drafts.any(|draft| is_exclusive(&draft.step)) {
            return found;
        }
        let owned = foreign::owned(input);
        for draft in self.drafts.iter().flatten() {
            let (true, Some((address, record))) = (is_exclusive(&draft.step), draft.record) else {
                continue;
            };
            let Some(Some(actual)) = input.actual.get(address) else {
                continue;
            };
            for inside in foreign::inside(record, actual, &owned) {
                found.extend(self.foreign_deletion(draft, actual, &inside));
            }
        }
        found
    }

    fn foreign_deletion(
        &self,
        owner: &Draft<'_>,
        there: &Actual,
        inside: &Inside,
    ) -> Option<Draft<'a>> {
        let owner_schema = owner.entry.schema;
        let word = owner.entry.kind.inside_kind(owner_schema.kind, inside)?;
        let entry = self.catalog.get(word)?;
        let part = owner_schema
            .parts
            .iter()
            .find(|part| part.schema.kind == word)?;
        // What names its resource, as its kind needs it to take it away.
        let (attribute, of) = part.parent;
        let of = there
            .attributes
            .get(of)
            .cloned()
            .unwrap_or_else(|| Value::string(there.id.as_str()));
        let step = &owner.step;
        let address = step.address.item(WORD, &inside.id);
        let mut deletion = Step::new(address, word.to_owned(), step.place.clone());
        deletion.parent = Some(step.address.clone());
        deletion.action = Action::Delete;
        deletion.id = Some(inside.id.clone());
        deletion.timeouts = step.timeouts;
        deletion.risks.extend(inside.risk.clone());
        deletion.reasons = vec![Reason::new(
            EXCLUSIVE,
            None,
            format!(
                "{}: not this stack's, and `{}` is exclusive",
                inside.what, step.address
            ),
        )];
        deletion.taken = Some(Box::new(Record {
            kind: word.to_owned(),
            parent: Some(step.address.clone()),
            place: step.place.clone(),
            id: inside.id.clone(),
            written: Map::new(),
            digests: BTreeMap::new(),
            attributes: Map::from([(Arc::from(attribute), of)]),
            depends_on: Vec::new(),
            protect: false,
            generation: 0,
            unfinished: false,
            touched_ms: 0,
        }));
        Some(Draft {
            step: deletion,
            entry,
            node: None,
            record: None,
            current: None,
        })
    }
}
