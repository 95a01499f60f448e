//! `smd explain`.

use serde_json::json;

use crate::cli::args::ExplainArgs;
use crate::cli::console::{Console, Outcome, new_document};
use crate::cli::exit::Exit;
use crate::diagnostic::{Code, Diagnostic, codes, did_you_mean};

/// The width of explanations: what reads well on every terminal.
const WIDTH: usize = 80;

/// Describes a code, or lists all of them.
///
/// # Errors
/// There is no such code.
pub fn run(console: &Console, args: &ExplainArgs) -> Outcome {
    let chosen = match &args.code {
        Some(id) => vec![console.ok(find(id))?],
        None => codes::all(),
    };
    if args.code.is_some() {
        for code in &chosen {
            console.data(&format!(
                "{}: {}\n\n{}\n",
                code.id,
                code.title,
                wrap(code.explanation)
            ));
        }
    } else {
        let list: String = chosen
            .iter()
            .map(|code| format!("{}  {}\n", code.id, code.title))
            .collect();
        console.data(&list);
    }
    let mut document = new_document();
    document.insert(
        "codes".to_owned(),
        chosen
            .iter()
            .map(|code| {
                json!({ "code": code.id, "title": code.title, "explanation": code.explanation })
            })
            .collect(),
    );
    console.document(document);
    Ok(Exit::Done)
}

fn find(id: &str) -> Result<Code, Diagnostic> {
    codes::find(id).ok_or_else(|| {
        let all = codes::all();
        Diagnostic::error(codes::cli::NO_SUCH_CODE, format!("there is no code `{id}`"))
            .help_opt(did_you_mean(
                &id.to_uppercase(),
                all.iter().map(|code| code.id),
            ))
            .help("`smd explain` lists all codes")
    })
}

/// The text in lines of at most [`WIDTH`] characters.
fn wrap(text: &str) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}
