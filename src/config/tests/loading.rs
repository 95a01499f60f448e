use super::*;
use crate::kinds::schema::{Attribute, Type};

fn load_text(files: &[(&str, &[u8])]) -> (String, Loaded) {
    let directory = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(directory.path().join(name), bytes).unwrap();
    }
    let (loaded, found) = load(directory.path(), std::path::Path::new("shop"));
    (errors_of(&found, &loaded.sources), loaded)
}

#[test]
fn directories_and_files_that_cannot_be_used() {
    let (found, _) = load_text(&[]);
    insta::assert_snapshot!(found, @r"
    error[E0202]: the directory `shop` has no `.smd` file
     |
     = help: a configuration is all `.smd` files of one directory
    ");
    let missing = std::path::Path::new("/nowhere/at/all");
    let (loaded, found) = load(missing, missing);
    insta::assert_snapshot!(
        errors_of(&found, &loaded.sources),
        @"error[E0201]: the directory `/nowhere/at/all` cannot be read: there is no such file or directory"
    );
    let (found, loaded) = load_text(&[("a.smd", b"let a = \"\xff\"\n"), ("b.smd", b"let b = 1\n")]);
    insta::assert_snapshot!(found, @r"
    error[E0101]: `shop/a.smd` is not UTF-8: byte 0xff at line 1, column 10
     |
     = help: save the file as UTF-8
    ");
    assert_eq!(loaded.files.len(), 1);
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_unreadable() {
    let directory = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/nowhere", directory.path().join("a.smd")).unwrap();
    let (loaded, found) = load(directory.path(), std::path::Path::new("."));
    insta::assert_snapshot!(
        errors_of(&found, &loaded.sources),
        @"error[E0203]: `a.smd` cannot be read: there is no such file or directory"
    );
}

#[test]
fn the_digest_counts_names_texts_and_files_read() {
    let (_, a) = load_text(&[("a.smd", b"let a = 1\n")]);
    let (_, b) = load_text(&[("b.smd", b"let a = 1\n")]);
    let (_, c) = load_text(&[("a.smd", b"let a = 2\n"), ("note.txt", b"x")]);
    let (_, again) = load_text(&[("note.txt", b"y"), ("a.smd", b"let a = 2\n")]);
    assert_ne!(a.digest, b.digest);
    assert_ne!(a.digest, c.digest);
    assert_eq!(c.digest, again.digest);

    let directory = tempfile::tempdir().unwrap();
    std::fs::write(
        directory.path().join("a.smd"),
        "output o = file(\"t.txt\")\n",
    )
    .unwrap();
    let digest = |text: &str| {
        std::fs::write(directory.path().join("t.txt"), text).unwrap();
        let (mut loaded, _) = load(directory.path(), directory.path());
        let options = EvaluateOptions {
            directory: directory.path().to_owned(),
            ..options()
        };
        let (configuration, found) = evaluate(&mut loaded, &options);
        assert_eq!(found, []);
        configuration.digest
    };
    assert_ne!(digest("one"), digest("two"));
}

/// A broken statement is told once; what refers to it is not told again.
#[test]
fn six_mistakes_give_six_errors() {
    insta::assert_snapshot!(check(
        r#"
vpc a {
  cidr = "10.0.0.0/16
}
vpc b { cidr = = "10.0.0.0/16" }
subnet s { vpc = vpc.a, cidr = "10.0.1.0/24", az = "eu-west-1a" }
vpc c { cidrr = "10.0.0.0/16" }
subnet t { vpc = vpc.b, cidr = "10.0.1.7/24", az = "eu-west-1a" }
subnet u { vpc = vpc.c, cidr = "10.0.2.0/24", az = unknwon }
subnet w { vpc = = vpc.c, cidr = "10.0.3.0/24", az = "eu-west-1a" }
"#
    ));
}

/// What the kinds ask of texts can be asked.
#[test]
fn every_pattern_of_a_kind_compiles() {
    fn look(attribute: &'static Attribute, ty: &'static Type, kind: &str) {
        match ty {
            Type::String(limits) | Type::LongText(limits) if !limits.pattern.is_empty() => {
                assert!(
                    super::super::conform::matches(limits.pattern, "x").is_some(),
                    "{kind}.{}: {}",
                    attribute.name,
                    limits.pattern
                );
            }
            Type::List(inner, _) | Type::Set(inner, _) | Type::Map(inner) => {
                look(attribute, inner, kind);
            }
            Type::Object(members) => {
                for member in *members {
                    look(member, &member.ty, kind);
                }
            }
            _ => {}
        }
    }
    for schema in crate::kinds::registry()
        .iter()
        .flat_map(|kind| kind.schemas())
    {
        for attribute in schema.attributes {
            look(attribute, &attribute.ty, schema.kind);
        }
    }
}
