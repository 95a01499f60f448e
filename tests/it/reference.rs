//! `docs/kinds.md` is made from the schemas in the code: `SMD_UPDATE_DOCS=1 cargo test reference`
//! writes it anew, and the test fails when it is stale.

use std::fmt::Write;
use std::path::Path;

use smd::kinds::schema::{Attribute, ChangeRule, PartForm, Schema, Type};
use smd::kinds::{Kind, registry};

const PAGE: &str = "docs/kinds.md";

#[test]
fn the_page_of_kinds_is_what_the_schemas_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let made = page();
    if std::env::var_os("SMD_UPDATE_DOCS").is_some() {
        std::fs::write(&path, &made).expect("the page");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == made,
        "{PAGE} is stale: SMD_UPDATE_DOCS=1 cargo test reference"
    );
}

fn page() -> String {
    let mut out = String::from(
        "# Kinds\n\n\
         Made from the schemas in the code; do not edit. `*` marks what must be written. *Computed* attributes are\n\
         given by AWS and can only be read.\n",
    );
    for kind in registry() {
        let [resource, parts @ ..] = kind.schemas() else {
            continue;
        };
        let _ = write!(out, "\n## {}\n", resource.kind);
        imported(&mut out, *kind, resource.kind);
        section(&mut out, resource, "");
        for part in parts {
            let found = resource
                .parts
                .iter()
                .find(|form| form.schema.kind == part.kind);
            let form = found.map(|form| match form.form {
                PartForm::Block => format!("`{} LABEL {{ … }}`", form.word),
                PartForm::Items(_) => format!("an item of `{}`", form.word),
                PartForm::Derived => "made from the resource's attributes".to_owned(),
            });
            let _ = write!(out, "\n### {}\n", part.kind);
            if let Some(form) = form {
                let _ = write!(out, "\nWritten as: {form}.\n");
            }
            imported(&mut out, *kind, part.kind);
            // The attribute that names the resource is filled in, never written.
            section(&mut out, part, found.map_or("", |form| form.parent.0));
        }
    }
    out
}

/// How the id is written in an `import`.
fn imported(out: &mut String, kind: &dyn Kind, word: &str) {
    if let Some(import) = kind.import(word) {
        let _ = write!(out, "\nImported by {}.\n", import.form);
    }
}

fn section(out: &mut String, schema: &Schema, left_out: &str) {
    let _ = write!(
        out,
        "\n{} (`{}`)\n\n| attribute | also | type | a change | |\n|---|---|---|---|---|\n",
        schema.doc, schema.aws
    );
    let shown = schema
        .attributes
        .iter()
        .filter(|attribute| attribute.name != left_out);
    rows(out, "", shown);
}

fn rows<'a>(out: &mut String, prefix: &str, attributes: impl IntoIterator<Item = &'a Attribute>) {
    for attribute in attributes {
        let name = format!("{prefix}{}", attribute.name);
        let also: Vec<String> = attribute
            .aliases
            .iter()
            .map(|word| format!("`{word}`"))
            .collect();
        let _ = writeln!(
            out,
            "| `{name}`{} | {} | {} | {} | {} |",
            if attribute.required { " *" } else { "" },
            also.join(" "),
            type_word(&attribute.ty),
            change_word(attribute.change),
            attribute.doc.replace('\n', " ").replace('|', "\\|"),
        );
        if let Some(members) = members(&attribute.ty) {
            rows(out, &format!("{name}."), members);
        }
    }
}

fn members(ty: &Type) -> Option<&'static [Attribute]> {
    match ty {
        Type::Object(members) => Some(members),
        Type::List(item, _) | Type::Set(item, _) => members(item),
        _ => None,
    }
}

fn type_word(ty: &Type) -> String {
    match ty {
        Type::String(_) => "string".to_owned(),
        Type::Enum(words) => words
            .iter()
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(" "),
        Type::Bool => "bool".to_owned(),
        Type::Int(from, to) if *from > i64::MIN && *to < i64::MAX => {
            format!("number {from} to {to}")
        }
        Type::Int(..) | Type::Number => "number".to_owned(),
        Type::Cidr => "IPv4 network".to_owned(),
        Type::AnyCidr => "network".to_owned(),
        Type::Ports => "ports".to_owned(),
        Type::Protocol => "protocol".to_owned(),
        Type::Arn => "ARN".to_owned(),
        Type::AccountId => "account id".to_owned(),
        Type::AvailabilityZone => "zone".to_owned(),
        Type::IamDocument => "IAM document".to_owned(),
        Type::LongText(_) => "text".to_owned(),
        Type::Ref(to) if to.kinds.is_empty() => "string".to_owned(),
        Type::Ref(to) => format!("{} ({})", to.kinds.join(" or "), to.attribute),
        Type::List(item, _) => format!("list of {}", type_word(item)),
        Type::Set(item, _) => format!("set of {}", type_word(item)),
        Type::Map(item) => format!("map of {}", type_word(item)),
        Type::Tags => "tags".to_owned(),
        Type::Object(_) => "block".to_owned(),
        Type::Any => "any".to_owned(),
    }
}

fn change_word(change: ChangeRule) -> String {
    match change {
        ChangeRule::InPlace => "in place".to_owned(),
        ChangeRule::Replace(why) => format!("replaces: {why}"),
        ChangeRule::Depends => "in place or replaces".to_owned(),
        ChangeRule::Computed => "computed".to_owned(),
        ChangeRule::Own => "smd's own setting".to_owned(),
    }
}
