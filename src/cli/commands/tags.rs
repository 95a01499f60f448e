//! `smd tags verify`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::address::Address;
use crate::apply;
use crate::cli::args::{TagsCommand, VerifyArgs};
use crate::cli::console::{Console, Outcome, new_document};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::planning::{self, Looking};
use crate::config::{self, Node, Place};
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::tag_backfill::{self, Choice, Lacking};
use crate::state::State;
use crate::value::Map;

/// Looks after the tags that the files ask for.
///
/// # Errors
/// The files are wrong, or AWS cannot be asked.
pub async fn run(console: &Console, environment: &Environment, command: &TagsCommand) -> Outcome {
    match command {
        TagsCommand::Verify(args) => verify(console, environment, args).await,
    }
}

/// Says what still lacks its domain's tag. Nothing is changed.
async fn verify(console: &Console, environment: &Environment, args: &VerifyArgs) -> Outcome {
    let what = (&args.directory, &args.record.inputs, &args.record.sandbox);
    let Looking {
        project,
        recorded,
        aws,
    } = planning::look(console, environment, what, true).await?;
    let state = recorded.state.as_ref();
    let mut text = String::new();
    let mut backfills: Vec<Json> = Vec::new();
    let mut lacks = false;
    let nodes = project.configuration.nodes.values();
    let nodes: Vec<&Node> = nodes
        .filter(|node| node.kind == tag_backfill::WORD)
        .collect();
    // By place: what several backfills choose from is read once.
    let mut choices: BTreeMap<&Place, Vec<(&Node, Choice)>> = BTreeMap::new();
    for node in &nodes {
        let attributes = console.ok_in(&project.loaded.sources, known(node, state))?;
        let of_place = choices.entry(&node.place).or_default();
        of_place.push((node, Choice::of(&attributes)));
    }
    let mut found: BTreeMap<&Address, Lacking> = BTreeMap::new();
    for (place, of_place) in choices {
        let (of_place, choices): (Vec<&Node>, Vec<Choice>) = of_place.into_iter().unzip();
        let lacking = Lacking::read_all(&aws, place, &choices).await;
        let lacking = console.ok(lacking.map_err(|failure| {
            let about = of_place.first().map_or("", |node| node.address.as_str());
            apply::while_reading(&failure, place).about(about)
        }))?;
        found.extend(of_place.iter().map(|node| &node.address).zip(lacking));
    }
    for node in nodes {
        let Some(lacking) = found.get(&node.address) else {
            continue;
        };
        lacks |= !lacking.things.is_empty();
        text.push_str(&told(node, lacking));
        backfills.push(shown(node, lacking));
    }
    if backfills.is_empty() {
        console.data("there is no `tag_backfill` in these files\n");
    }
    console.data(&text);
    let mut document = new_document();
    document.insert("backfills".to_owned(), Json::Array(backfills));
    console.document(document);
    Ok(if lacks { Exit::Check } else { Exit::Done })
}

/// The attributes of a backfill, with what is on record put in.
fn known(node: &Node, state: Option<&State>) -> Result<Map, Diagnostic> {
    let recorded = |address: &Address, name: &str| state?.attribute(address, name);
    let mut attributes = Map::new();
    for (name, value) in &node.attributes {
        let value = config::finish(value, &recorded)?;
        // The domain is what the tag will say, not what is chosen.
        if value.has_unknown() && &**name != "domain" {
            return Err(Diagnostic::error(
                codes::cli::NOT_APPLIED,
                format!("`{name}` of `{}` is known only after apply", node.address),
            )
            .at_opt(node.attribute_spans.get(name).copied(), "")
            .help("apply what it names first")
            .about(node.address.as_str()));
        }
        attributes.insert(Arc::clone(name), value);
    }
    Ok(attributes)
}

fn told(node: &Node, lacking: &Lacking) -> String {
    let address = &node.address;
    let place = format!("{} {}", node.place.account, node.place.region);
    let chosen = lacking.chosen;
    if lacking.things.is_empty() {
        return format!("{address}  {place}\n  all {chosen} have the tag\n");
    }
    let mut text = format!(
        "{address}  {place}\n  {} of {chosen} lack the tag\n",
        lacking.things.len()
    );
    for thing in &lacking.things {
        text.push_str(&format!(
            "    {} {}  {}\n",
            thing.kind, thing.name, thing.arn
        ));
    }
    text
}

fn shown(node: &Node, lacking: &Lacking) -> Json {
    let things = lacking.things.iter();
    let things = things.map(|one| json!({"kind": one.kind, "name": one.name, "arn": one.arn}));
    json!({
        "address": node.address,
        "account": node.place.account,
        "region": node.place.region,
        "chosen": lacking.chosen,
        "lacking": things.collect::<Vec<_>>(),
    })
}
