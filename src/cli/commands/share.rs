//! `smd share verify`.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::address::Address;
use crate::apply;
use crate::cli::args::{ShareCommand, VerifyArgs};
use crate::cli::console::{Console, Outcome, new_document};
use crate::cli::environment::Environment;
use crate::cli::exit::Exit;
use crate::cli::planning::{self, Looking};
use crate::cli::table::table;
use crate::config::{self, Node};
use crate::diagnostic::{Diagnostic, Diagnostics, codes};
use crate::kinds::resource_share::{
    ACCEPTANCE_WORD, Holds, PRINCIPAL_WORD, Question, RESOURCE_WORD, Verified, WORD, verify,
};
use crate::state::State;

/// Looks after the shares of the files.
///
/// # Errors
/// The files are wrong, or AWS cannot be asked.
pub async fn run(console: &Console, environment: &Environment, command: &ShareCommand) -> Outcome {
    match command {
        ShareCommand::Verify(args) => verify_all(console, environment, args).await,
    }
}

/// Proves every share from its consumers' side. Nothing is started or changed.
async fn verify_all(console: &Console, environment: &Environment, args: &VerifyArgs) -> Outcome {
    let what = (&args.directory, &args.record.inputs, &args.record.sandbox);
    let Looking {
        project,
        recorded,
        aws,
    } = planning::look(console, environment, what, true).await?;
    let state = recorded.state.as_ref();
    let parts = Parts::of(project.configuration.nodes.values());
    let mut text = String::new();
    let mut shares: Vec<Json> = Vec::new();
    let mut wrong = Diagnostics::new();
    let nodes = project.configuration.nodes.values();
    for node in nodes.filter(|node| node.kind == WORD) {
        let share = Share::of(node, &parts, state);
        let share = console.ok_in(&project.loaded.sources, share)?;
        let consumers: Vec<_> = share.consumers.iter().map(|node| &node.place).collect();
        let question = Question {
            share: &share.arn,
            owner: &node.place,
            pipelines: &share.pipelines,
            consumers: &consumers,
        };
        let verified = verify(&aws, &question).await;
        let verified = verified.map_err(|failure| {
            apply::while_reading(&failure, &node.place).about(node.address.as_str())
        });
        let verified = console.ok(verified)?;
        wrong.extend(diagnostics(node, &verified));
        text.push_str(&told(node, &share, &verified));
        shares.push(shown(node, &share, &verified));
    }
    if shares.is_empty() {
        console.data("there is no `resource_share` in these files\n");
    }
    console.data(&text);
    let mut document = new_document();
    document.insert("shares".to_owned(), Json::Array(shares));
    console.document(document);
    console.report(&project.loaded.sources, &wrong);
    Ok(if wrong.is_empty() {
        Exit::Done
    } else {
        Exit::Check
    })
}

/// The parts of all shares, by share.
struct Parts<'a>(BTreeMap<&'a Address, Vec<&'a Node>>);

impl<'a> Parts<'a> {
    fn of(nodes: impl Iterator<Item = &'a Node>) -> Self {
        let mut parts: BTreeMap<&Address, Vec<&Node>> = BTreeMap::new();
        for node in nodes {
            if [RESOURCE_WORD, PRINCIPAL_WORD, ACCEPTANCE_WORD].contains(&node.kind)
                && let Some(parent) = &node.parent
            {
                parts.entry(parent).or_default().push(node);
            }
        }
        Self(parts)
    }

    fn of_kind(&self, share: &Node, word: &'static str) -> impl Iterator<Item = &'a Node> {
        let all = self.0.get(&share.address).into_iter().flatten().copied();
        all.filter(move |node| node.kind == word)
    }
}

/// A share as it was applied.
struct Share<'a> {
    arn: String,
    pipelines: Vec<String>,
    /// The acceptances: where each consumer is, with its way in.
    consumers: Vec<&'a Node>,
    /// Principals from whose side nothing can be looked at.
    others: Vec<String>,
}

impl<'a> Share<'a> {
    fn of(node: &Node, parts: &Parts<'a>, state: Option<&State>) -> Result<Self, Diagnostic> {
        let record = state.and_then(|state| state.records.get(&node.address));
        let Some(record) = record else {
            return Err(not_applied(node));
        };
        let known = |address: &Address, name: &str| state?.attribute(address, name);
        let text = |part: &Node, name: &str| -> Result<String, Diagnostic> {
            let value = part.attributes.get(name);
            let value = value
                .map(|value| config::finish(value, &known))
                .transpose()?;
            let text = value.as_ref().and_then(|value| value.as_str());
            text.map(str::to_owned).ok_or_else(|| not_applied(part))
        };
        let resources = parts.of_kind(node, RESOURCE_WORD);
        let pipelines: Result<Vec<String>, Diagnostic> =
            resources.map(|part| text(part, "resource")).collect();
        let consumers: Vec<&Node> = parts.of_kind(node, ACCEPTANCE_WORD).collect();
        let mut others = Vec::new();
        for part in parts.of_kind(node, PRINCIPAL_WORD) {
            let principal = text(part, "principal")?;
            if !consumers.iter().any(|one| *one.place.account == *principal) {
                others.push(principal);
            }
        }
        Ok(Self {
            arn: record.id.clone(),
            pipelines: pipelines?,
            consumers,
            others,
        })
    }
}

fn not_applied(node: &Node) -> Diagnostic {
    Diagnostic::error(
        codes::cli::NOT_APPLIED,
        format!("`{}` was not applied yet", node.address),
    )
    .at(node.span, "")
    .help("apply it first")
    .about(node.address.as_str())
}

/// What should hold and does not, one diagnostic for each.
fn diagnostics(node: &Node, verified: &Verified) -> Diagnostics {
    let mut out = Diagnostics::new();
    for proof in &verified.proofs {
        for (word, holds) in proof.all() {
            if let Holds::No(why) = holds {
                out.push(
                    Diagnostic::error(
                        codes::cli::SHARE_DOES_NOT_HOLD,
                        format!(
                            "account {} cannot {word} {}",
                            proof.account,
                            name(&proof.pipeline)
                        ),
                    )
                    .at(node.span, "shared here")
                    .note(why.clone())
                    .about(node.address.as_str()),
                );
            }
        }
    }
    out
}

/// The name in a pipeline's ARN.
fn name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// One word for a cell of the table.
fn cell(holds: &Holds) -> &'static str {
    match holds {
        Holds::Yes => "yes",
        Holds::No(_) => "NO",
        Holds::NotShared(_) => "no",
        Holds::Unknown(_) => "unknown",
    }
}

fn why(holds: &Holds) -> Option<&str> {
    match holds {
        Holds::Yes => None,
        Holds::No(why) | Holds::NotShared(why) | Holds::Unknown(why) => Some(why),
    }
}

/// A table of one share, then why something is not known.
fn told(node: &Node, share: &Share<'_>, verified: &Verified) -> String {
    let permission = verified.permission.as_deref().unwrap_or("no permission");
    let mut text = format!("{}  {permission}\n", node.address);
    let head = [
        "account", "pipeline", "describe", "list", "start", "stop", "retry",
    ];
    let mut rows = Vec::new();
    for proof in &verified.proofs {
        let [describe, list, start, stop, retry] =
            proof.all().map(|(_, holds)| cell(holds).to_owned());
        rows.push(vec![
            proof.account.clone(),
            name(&proof.pipeline).to_owned(),
            describe,
            list,
            start,
            stop,
            retry,
        ]);
    }
    if verified.proofs.is_empty() {
        text.push_str("  there is no consumer that these files know a way into\n");
    } else {
        for line in table(&head, &rows).lines() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for proof in &verified.proofs {
        for (word, holds) in proof.all() {
            if let (Holds::Unknown(_), Some(why)) = (holds, why(holds)) {
                let words = reasons.entry(why).or_default();
                if !words.contains(&word) {
                    words.push(word);
                }
            }
        }
    }
    for (why, words) in reasons {
        text.push_str(&format!("  {} unknown: {why}\n", words.join(", ")));
    }
    for principal in &share.others {
        text.push_str(&format!(
            "  {principal} unknown: no declared account leads to it\n"
        ));
    }
    text
}

fn shown(node: &Node, share: &Share<'_>, verified: &Verified) -> Json {
    let proofs = verified.proofs.iter().map(|proof| {
        let mut row = json!({ "account": proof.account, "pipeline": proof.pipeline });
        if let Some(members) = row.as_object_mut() {
            for (word, holds) in proof.all() {
                let cell = cell(holds).to_ascii_lowercase();
                let promised = !matches!(holds, Holds::NotShared(_));
                members.insert(
                    word.to_owned(),
                    json!({ "holds": cell, "shared": promised, "why": why(holds) }),
                );
            }
        }
        row
    });
    json!({
        "address": node.address,
        "arn": share.arn,
        "permission": verified.permission,
        "proofs": proofs.collect::<Vec<_>>(),
        "not_looked_at": share.others,
    })
}
