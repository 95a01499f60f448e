#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;

fn check(written: Json, expected: &str) {
    let got = match canonical(&written) {
        Ok(document) => to_wire(&document),
        Err(error) => format!("error: {error}"),
    };
    assert_eq!(got, expected);
}

#[test]
fn written_forms_become_one() {
    let one = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}"#;
    let root = "arn:aws:iam::111122223333:root";
    check(
        json!({ "Statement": { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": root } } }),
        one,
    );
    check(
        json!({ "statement": [{ "effect": "allow", "actions": ["STS:AssumeRole"], "principals": { "aws": ["111122223333", root] } }] }),
        one,
    );
    check(json!(one), one);
    check(json!([one, one]), one);
    check(
        json!({ "Statement": { "Sid": "", "Effect": "Deny", "NotAction": ["s3:B", "s3:a", "S3:A"], "Resource": ["b", "a", "a"],
            "Condition": { "stringequalsifexists": { "b": 1, "a": ["y", "x"] }, "ForAnyValue:bool": { "aws:x": "True" }, "Null": {} } } }),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["s3:A","s3:B"],"Resource":["a","b"],"Condition":{"ForAnyValue:Bool":{"aws:x":"true"},"StringEqualsIfExists":{"a":["x","y"],"b":"1"}}}]}"#,
    );
}

#[test]
fn what_is_wrong_is_said() {
    let allow = |members: Json| {
        let mut statement = json!({ "Effect": "Allow", "Action": "s3:Get*" });
        statement
            .as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        json!({ "Statement": [statement] })
    };
    check(
        json!(7),
        "error: an IAM document is an object, a JSON text or a list of them",
    );
    check(json!({}), "error: `Statement` is missing");
    check(json!([]), "error: an IAM document needs a statement");
    check(
        json!({ "Statement": [] }),
        "error: an IAM document needs a statement",
    );
    check(
        json!({ "Version": "2024-01-01", "Statement": [] }),
        "error: `Version` is `2012-10-17` or `2008-10-17`, not `2024-01-01`: it names the policy language, not your document",
    );
    check(
        json!({ "Statement": [{ "Action": "s3:*" }] }),
        "error: statement 1: `Effect` is missing: `Allow` or `Deny`",
    );
    check(
        json!({ "Statement": [{ "Sid": "Open", "Effect": "Permit", "Action": "s3:*" }] }),
        "error: statement `Open`: `Effect` is `Allow` or `Deny`, not `Permit`",
    );
    check(
        json!({ "Statement": [{ "Effect": "Deny" }] }),
        "error: statement 1: `Action` is missing",
    );
    check(
        allow(json!({ "NotAction": "s3:*" })),
        "error: statement 1: it has both `Action` and `NotAction`",
    );
    check(
        allow(json!({ "Action": "GetObject" })),
        "error: statement 1: `GetObject` is no action: write `service:Name`, as in `sts:AssumeRole`",
    );
    check(
        allow(json!({ "Sid": "a b" })),
        "error: statement `a b`: a `Sid` is made of letters and digits",
    );
    check(
        allow(json!({ "Resource": [] })),
        "error: statement 1: `Resource` is empty",
    );
    check(
        allow(json!({ "Resource": [{}] })),
        "error: statement 1: `Resource` is a text or a list of texts",
    );
    check(
        allow(json!({ "Condition": { "StringEqual": { "a": "b" } } })),
        "error: statement 1: `StringEqual` is no condition operator; did you mean `StringEquals`?",
    );
    check(
        allow(json!({ "Principal": "arn:aws:iam::111122223333:root" })),
        "error: statement 1: `Principal` is `\"*\"` or an object such as `{ Service = \"sagemaker.amazonaws.com\" }`",
    );
    check(
        json!("{"),
        "error: the text is not JSON: EOF while parsing an object at line 1 column 1",
    );
}

#[test]
fn a_stored_document_without_version_is_the_old_language() {
    let stored = from_aws("%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D").unwrap();
    assert_eq!(stored["Version"], "2008-10-17");
    assert!(!same(
        &stored,
        &json!({ "Statement": { "Effect": "Allow", "Action": "s3:*", "Resource": "*" } })
    ));
}

#[test]
fn ids_of_roles_are_resolved() {
    let stored = json!({ "Statement": { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": ["AROAEXAMPLE", "AROADEAD"] } } });
    let stored = canonical(&stored).unwrap();
    assert!(names_unique_id(&stored));
    let resolved = resolve_ids(&stored, &|id| {
        (id == "AROAEXAMPLE").then(|| "arn:aws:iam::111122223333:role/a".into())
    });
    assert_eq!(
        resolved["Statement"][0]["Principal"]["AWS"],
        json!(["AROADEAD", "arn:aws:iam::111122223333:role/a"])
    );
}

#[test]
fn size_leaves_white_space_out() {
    let document = canonical(
        &json!({ "Statement": { "Effect": "Allow", "Action": "s3:*", "Resource": "a b" } }),
    )
    .unwrap();
    assert_eq!(size(&document), to_wire(&document).len() - 1);
    assert_eq!(size(&document), r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"ab"}]}"#.len());
}

fn one_or_many(of: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = Json> {
    prop_oneof![
        of.clone().prop_map(Json::from),
        prop::collection::vec(of, 1..4).prop_map(Json::from)
    ]
}

prop_compose! {
    fn statements_of()(
        effect in prop_oneof![Just("Allow"), Just("Deny")],
        action in one_or_many("(s3|STS|ec2):[A-Za-z*]{1,6}"),
        resource in one_or_many("[a-z:*/ ]{1,8}"),
        principal in prop::option::of(one_or_many("(arn:aws:iam::1111222233[0-9]{2}:(root|role/[a-z]{1,3})|1111222233[0-9]{2})")),
        keys in prop::option::of(prop::collection::btree_map("aws:[A-Za-z]{1,4}(/[A-Za-z]{1,3})?", one_or_many("[a-zA-Z]{0,4}"), 1..3)),
    ) -> Json {
        let mut statement = json!({ "Effect": effect, "Action": action, "Resource": resource });
        if let Some(principal) = principal { statement["Principal"] = json!({ "AWS": principal }); }
        if let Some(keys) = keys { statement["Condition"] = json!({ "StringLike": keys }); }
        statement
    }
}

/// The same document as AWS might give it back: lists turned round, scalars for single items,
/// other letter case of actions, accounts as root ARNs.
fn as_aws_gives_it(value: &Json, member: &str) -> Json {
    match value {
        Json::Array(items) if items.len() == 1 && member != "Statement" => {
            as_aws_gives_it(&items[0], member)
        }
        Json::Array(items) => items
            .iter()
            .rev()
            .map(|item| as_aws_gives_it(item, member))
            .collect(),
        Json::Object(members) => members
            .iter()
            .rev()
            .map(|(name, value)| (name.clone(), as_aws_gives_it(value, name)))
            .collect(),
        Json::String(text) if member == "Action" => text.to_ascii_uppercase().into(),
        Json::String(text) if member == "AWS" && text.len() == 12 => {
            format!("arn:aws:iam::{text}:root").into()
        }
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(crate::testing::cases(256))]

    #[test]
    fn canonical_is_stable_and_means_the_same(all in prop::collection::vec(statements_of(), 1..4)) {
        let written = json!({ "Statement": all });
        let once = canonical(&written).unwrap();
        prop_assert_eq!(&canonical(&once).unwrap(), &once);
        prop_assert_eq!(&canonical(&Json::from(to_text(&once))).unwrap(), &once);
        prop_assert_eq!(&canonical(&Json::from(to_wire(&once))).unwrap(), &once);
        prop_assert!(same(&written, &once));
        prop_assert!(same(&as_aws_gives_it(&written, ""), &once));
        let turned = canonical(&as_aws_gives_it(&written, "")).unwrap();
        prop_assert!(size(&turned) == size(&once));
    }

    #[test]
    fn another_effect_is_another_document(all in prop::collection::vec(statements_of(), 1..4)) {
        let written = json!({ "Statement": all.clone() });
        let mut other = all;
        let effect = if other[0]["Effect"] == "Allow" { "Deny" } else { "Allow" };
        for one in &mut other { if one == &written["Statement"][0] { one["Effect"] = effect.into(); } }
        prop_assume!(!written["Statement"].as_array().unwrap().contains(&other[0]));
        let other = json!({ "Statement": other });
        prop_assert!(!same(&written, &other));
    }

    #[test]
    fn no_input_makes_it_panic(text in "\\PC{0,60}") {
        let _ = canonical(&Json::from(text.clone()));
        let _ = text_from_aws(&text);
    }
}
