//! Reading what lacks the tag, and tagging it, one thing after the other.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sagemaker::types::Tag;

use super::choice::Choice;
use super::sources::{self, DOMAIN_TAG, Found, Lacking};
use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::reading::gone_is_none;
use crate::kinds::{Actual, Context, DUE, Ready, Wanted};
use crate::value::{Map, Value};

/// The pause between two calls: SageMaker's control plane takes low single digits a second of each
/// operation (behaviour: section 9), and people work beside it.
const PAUSE: Duration = Duration::from_millis(250);
/// After how many things the progress is told.
const TOLD_EVERY: usize = 20;
/// How many names of one kind a plan lists.
const LISTED: usize = 5;

/// All things that one of the choices takes, by kind's word: read once, however many backfills there
/// are.
type All = BTreeMap<String, Vec<Found>>;

async fn all(aws: &Aws, place: &Place, choices: &[Choice]) -> Result<All, Failure> {
    let mut all = All::new();
    for word in choices.iter().flat_map(|choice| &choice.kinds) {
        if !all.contains_key(word) {
            let of_word = |choice: &&Choice| choice.kinds.contains(word);
            let of_word: Vec<&Choice> = choices.iter().filter(of_word).collect();
            let is_meant = |found: &Found| of_word.iter().any(|choice| choice.takes(found));
            all.insert(
                word.clone(),
                sources::all(aws, place, word, is_meant).await?,
            );
        }
    }
    Ok(all)
}

impl Lacking {
    /// What of everything fits the choice, and what of that lacks the tag.
    fn of(all: &All, choice: &Choice) -> Self {
        let mut lacking = Self::default();
        for word in &choice.kinds {
            for found in all.get(word).into_iter().flatten() {
                if choice.takes(found) {
                    lacking.chosen += 1;
                    if found.domain.is_none() {
                        lacking.things.push(found.clone());
                    }
                }
            }
        }
        lacking
    }

    /// Reads it for one choice.
    ///
    /// # Errors
    /// A failed read.
    async fn read(aws: &Aws, place: &Place, choice: &Choice) -> Result<Self, Failure> {
        let all = all(aws, place, std::slice::from_ref(choice)).await?;
        Ok(Self::of(&all, choice))
    }

    /// Reads it for each of the choices in a place: everything once, however many there are.
    ///
    /// # Errors
    /// A failed read.
    pub async fn read_all(
        aws: &Aws,
        place: &Place,
        choices: &[Choice],
    ) -> Result<Vec<Self>, Failure> {
        let all = all(aws, place, choices).await?;
        Ok(choices
            .iter()
            .map(|choice| Self::of(&all, choice))
            .collect())
    }

    /// `3 of 500 lack the tag: experiment a, b, c`; `None`: nothing lacks it.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        if self.things.is_empty() {
            return None;
        }
        let mut by_kind: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for one in &self.things {
            by_kind.entry(&one.kind).or_default().push(&one.name);
        }
        let kinds: Vec<String> = by_kind
            .into_iter()
            .map(|(kind, names)| {
                let more = names.len().saturating_sub(LISTED);
                let names: Vec<&str> = names.into_iter().take(LISTED).collect();
                let more = match more {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                format!("{kind} {}{more}", names.join(", "))
            })
            .collect();
        Some(format!(
            "{} of {} lack the tag: {}",
            self.things.len(),
            self.chosen,
            kinds.join("; ")
        ))
    }
}

pub async fn read(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<Vec<Option<Actual>>, Failure> {
    let choices: Vec<Choice> = wanted
        .iter()
        .map(|one| Choice::of(&one.attributes))
        .collect();
    let lacking = Lacking::read_all(aws, place, &choices).await?;
    Ok(wanted
        .iter()
        .zip(&lacking)
        .map(|(one, lacking)| Some(actual(&one.attributes, lacking)))
        .collect())
}

/// The choice as it is written, with what came of it.
fn actual(attributes: &Map, lacking: &Lacking) -> Actual {
    let mut members = attributes.clone();
    for computed in ["chosen", "id", DUE] {
        members.remove(computed);
    }
    let domain = attributes.get("domain").and_then(Value::as_str);
    let id = domain.unwrap_or_default().to_owned();
    members.insert(Arc::from("id"), Value::string(id.as_str()));
    let chosen = i64::try_from(lacking.chosen).unwrap_or(i64::MAX);
    members.insert(Arc::from("chosen"), Value::int(chosen));
    if let Some(words) = lacking.words() {
        members.insert(Arc::from(DUE), Value::string(words));
    }
    Actual::new(id, members)
}

/// What a create of this node did is seen on the things themselves.
pub async fn find(_: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    Ok(node.text("domain").map(str::to_owned))
}

/// Tags what lacks the tag. Broken off anywhere, the next run goes on with what still lacks it.
pub async fn ensure(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    let client = cx.aws.sagemaker(&node.place).await?;
    let choice = Choice::of(&node.attributes);
    let mut lacking = Lacking::read(cx.aws, &node.place, &choice).await?;
    (cx.made)(actual(&node.attributes, &lacking));
    let tag = Tag::builder()
        .key(DOMAIN_TAG)
        .value(node.text("domain").unwrap_or_default())
        .build();
    let count = lacking.things.len();
    for (done, thing) in lacking.things.iter().enumerate() {
        if done % TOLD_EVERY == 0 {
            (cx.progress)(format!("{done} of {count} tagged"));
        }
        if done > 0 {
            cx.clock.sleep(PAUSE).await;
        }
        let answer = call(cx.aws, "sagemaker:AddTags", Repeat::Safe, || {
            client
                .add_tags()
                .resource_arn(&thing.arn)
                .tags(tag.clone())
                .send()
        })
        .await;
        // Somebody deleted it meanwhile.
        if gone_is_none(answer.map_err(|failure| named(failure, thing)))?.is_none() {
            lacking.chosen -= 1;
        }
    }
    lacking.things.clear();
    Ok(actual(&node.attributes, &lacking))
}

fn named(mut failure: Failure, thing: &Found) -> Failure {
    failure.message = format!("{} `{}`: {}", thing.kind, thing.name, failure.message);
    failure.help("what was tagged stays tagged: the next run goes on with the rest")
}
