//! Choices that choose nothing.

use super::choice::time;
use super::sources;
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::refer;

pub fn check(checks: &mut Checks<'_>) {
    for node in checks.configuration.nodes.values() {
        if node.kind != super::WORD {
            continue;
        }
        let times = ["created_after", "created_before"].map(|name| {
            let text = refer::text(node, name)?;
            let time = time(text);
            if time.is_none() {
                checks.out.push(
                    Diagnostic::error(
                        codes::kinds::BACKFILL_CHOICE,
                        format!("`{text}` is not a day of the calendar"),
                    )
                    .at(refer::span(node, name), "")
                    .help("write a day as `2022-11-30`, or a time as `2022-11-30T12:00:00Z`")
                    .about(node.address.to_string()),
                );
            }
            time
        });
        if let [Some(after), Some(before)] = times
            && after.secs() >= before.secs()
        {
            checks.out.push(
                Diagnostic::error(
                    codes::kinds::BACKFILL_CHOICE,
                    format!(
                        "`{}` chooses nothing: it begins after it ends",
                        node.address
                    ),
                )
                .at(refer::span(node, "created_before"), "before this")
                .at(refer::span(node, "created_after"), "and after this")
                .about(node.address.to_string()),
            );
        }
        let makers = node.attributes.get("created_by");
        if makers.is_none_or(|makers| makers.as_list().is_none_or(|list| list.is_empty())) {
            continue;
        }
        let kinds = node
            .attributes
            .get("kinds")
            .and_then(|kinds| kinds.as_list());
        for kind in kinds.unwrap_or_default() {
            if let Some(word) = kind.as_str().filter(|word| !sources::tells_maker(word)) {
                checks.out.push(
                    Diagnostic::error(
                        codes::kinds::BACKFILL_CHOICE,
                        format!("SageMaker does not tell which profile made a `{word}`"),
                    )
                    .at(kind.span.unwrap_or_else(|| refer::span(node, "kinds")), "")
                    .at(refer::span(node, "created_by"), "asked for here")
                    .help("choose it by name or time, in a `tag_backfill` of its own")
                    .about(node.address.to_string()),
                );
            }
        }
    }
}
