//! A page for each kind: its attributes, and an example that is applied, found unchanged and destroyed.
//! The examples stand beside the pages, `docs/reference/kinds/KIND.smd`.

use std::collections::BTreeMap;
use std::fmt::Write;

use smd::kinds::schema::{Attribute, ChangeRule, Count, PartForm, Schema, Text, Type, Unset};
use smd::kinds::{Kind, registry};

use super::{check, folder};
use crate::examples::left;
use crate::smd::Project;

/// A domain's home file system stays unless the files say otherwise.
const STAYS: &str = "efs_file_systems";
/// The bucket that examples put something into and do not make.
const BUCKET: &str = r#"{ "buckets": [
  { "account": "123456789012", "region": "us-east-1", "name": "ml-platform-templates" }
] }"#;

#[test]
fn every_kind_has_a_page() {
    let pages: BTreeMap<_, _> = registry()
        .iter()
        .filter_map(|kind| {
            let name = kind.schemas().first()?.kind;
            Some((format!("{name}.md"), page(*kind, &example(name))))
        })
        .collect();
    check("kinds", &pages);
}

#[test]
fn every_example_runs() {
    for kind in registry() {
        let name = kind.schemas()[0].kind;
        let text = example(name);
        assert!(
            text.lines()
                .any(|line| line.starts_with(&format!("{name} "))),
            "{name}.smd has no {name}"
        );
        let project = Project::new(&[("main.smd", &text)]);
        project.smd(&["fmt", "--check"]).exits(0);
        project.write("seed.json", BUCKET);
        project.smd(&["sandbox", "seed", "seed.json"]).exits(0);
        project.sandboxed(&["apply", "-y"]).exits(0);
        project.sandboxed(&["plan", "--detailed-exitcode"]).exits(0);
        project.sandboxed(&["destroy", "-y"]).exits(0);
        let mut left = left(&project);
        left.retain(|line| !line.ends_with(STAYS));
        assert!(left.is_empty(), "{name}: {left:?}");
    }
}

fn example(kind: &str) -> String {
    let path = folder().join("kinds").join(format!("{kind}.smd"));
    std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("an example is missing: {}: {error}", path.display()))
}

fn page(kind: &dyn Kind, example: &str) -> String {
    let [resource, parts @ ..] = kind.schemas() else {
        panic!("a kind without a schema");
    };
    let mut out = format!(
        "# {}\n\n```smd\n{example}```\n\n`*` marks what must be written. Computed attributes are given by AWS and can only be read.\n",
        resource.kind
    );
    section(&mut out, resource, "");
    notes(&mut out, kind, resource);
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
        let _ = write!(out, "\n## {}\n", part.kind);
        if let Some(form) = form {
            let import = kind.import(part.kind);
            let import = import.map_or_else(String::new, |import| {
                format!(" `import` takes {}.", import.form)
            });
            let _ = write!(out, "\nWritten as: {form}.{import}\n");
        }
        // The attribute that names the resource is filled in, never written.
        section(&mut out, part, found.map_or("", |form| form.parent.0));
    }
    out
}

/// What holds for the whole of it.
fn notes(out: &mut String, kind: &dyn Kind, schema: &Schema) {
    let mut notes = Vec::new();
    if let Some(import) = kind.import(schema.kind) {
        notes.push(format!("`import` takes {}.", import.form));
    }
    if let Some(rule) = &schema.name {
        let once = match rule.unique {
            true => "; AWS takes a name once",
            false => "",
        };
        notes.push(format!(
            "`{}` left out is `STACK-LABEL[-KEY]`, at most {} characters{once}.",
            rule.attribute, rule.max_length
        ));
    }
    if let Some(why) = schema.delete_first {
        notes.push(format!("A replacement deletes the old one first: {why}."));
    }
    if let Some(data) = schema.data {
        notes.push(format!("With it goes {data}: that needs `--consent`."));
    }
    if !notes.is_empty() {
        let _ = write!(out, "\n{}\n", notes.join(" "));
    }
}

fn section(out: &mut String, schema: &Schema, left_out: &str) {
    let _ = write!(
        out,
        "\n{} (`{}`)\n\n| attribute | also | type | limits | a change | when taken out | |\n|---|---|---|---|---|---|---|\n",
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
            "| `{name}`{} | {} | {} | {} | {} | {} | {} |",
            if attribute.required { " *" } else { "" },
            also.join(" "),
            type_word(&attribute.ty),
            limits(&attribute.ty),
            change_word(attribute.change),
            unset_word(attribute),
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

/// How long or how many, in words.
fn limits(ty: &Type) -> String {
    match ty {
        Type::String(text) | Type::LongText(text) => text_limits(text),
        Type::List(item, count) | Type::Set(item, count) => {
            let mut words: Vec<String> = Vec::new();
            words.extend(count_limits(count));
            let each = limits(item);
            if !each.is_empty() {
                words.push(format!("each {each}"));
            }
            words.join(", ")
        }
        Type::Map(item) => limits(item),
        _ => String::new(),
    }
}

fn text_limits(text: &Text) -> String {
    let mut words = Vec::new();
    match (text.min, text.max) {
        (0, usize::MAX) => {}
        (0, max) => words.push(format!("up to {max} characters")),
        (min, usize::MAX) => words.push(format!("at least {min} characters")),
        (min, max) if min == max => words.push(format!("{min} characters")),
        (min, max) => words.push(format!("{min} to {max} characters")),
    }
    if !text.pattern.is_empty() {
        words.push(format!("`{}`", text.pattern.replace('|', "\\|")));
    }
    words.join(", ")
}

fn count_limits(count: &Count) -> Option<String> {
    match (count.min, count.max) {
        (0, usize::MAX) => None,
        (0, max) => Some(format!("up to {max}")),
        (min, usize::MAX) => Some(format!("at least {min}")),
        (min, max) if min == max => Some(format!("{min}")),
        (min, max) => Some(format!("{min} to {max}")),
    }
}

/// What AWS does with it once it is no longer written.
fn unset_word(attribute: &Attribute) -> String {
    if attribute.required || attribute.change == ChangeRule::Computed {
        return String::new();
    }
    match attribute.unset {
        Unset::Cannot => "stays".to_owned(),
        Unset::Default(json) => format!("`{}`", json.replace('|', "\\|")),
        Unset::Empty => "is cleared".to_owned(),
        Unset::Replace => "replaces".to_owned(),
    }
}
