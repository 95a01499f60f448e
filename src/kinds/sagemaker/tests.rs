//! Converters and payloads.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::sync::Arc;

use aws_sdk_sagemaker::types;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::convert::Shape;
use super::*;
use crate::kinds::Change;
use crate::kinds::schema::{Attribute, Type};
use crate::value::{Map, Value};

/// The members of which a union takes one.
const UNION: &str = "efs_file_system_config";

fn table(of: &'static [Attribute], name: &str) -> &'static [Attribute] {
    match of.iter().find(|one| one.name == name).unwrap().ty {
        Type::Object(inner) => inner,
        _ => panic!("{name} is no object"),
    }
}

/// A value with every member set.
pub(crate) fn full(ty: &Type) -> Value {
    match ty {
        Type::Enum(words) => Value::string(*words.first().unwrap()),
        Type::Bool => Value::bool(true),
        Type::Int(low, _) => Value::int((*low).max(0)),
        Type::Object(inner) if inner[0].name == UNION => {
            Value::map([(Arc::from(UNION), full(&inner[0].ty))].into())
        }
        Type::Object(inner) => Value::map(
            inner
                .iter()
                .map(|one| (Arc::from(one.name), full(&one.ty)))
                .collect(),
        ),
        Type::List(item, _) | Type::Set(item, _) => Value::list(vec![full(item)]),
        _ => Value::string("text"),
    }
}

/// Any value of the type.
fn any_of(ty: &'static Type) -> BoxedStrategy<Value> {
    match ty {
        Type::Enum(words) => proptest::sample::select(*words)
            .prop_map(Value::string)
            .boxed(),
        Type::Bool => proptest::bool::ANY.prop_map(Value::bool).boxed(),
        Type::Int(..) => (0..i64::from(i32::MAX)).prop_map(Value::int).boxed(),
        Type::Object(inner) if inner[0].name == UNION => (0..inner.len())
            .prop_flat_map(|at| {
                let one = &inner[at];
                any_of(&one.ty).prop_map(|value| Value::map([(Arc::from(one.name), value)].into()))
            })
            .boxed(),
        Type::Object(inner) => {
            let members: Vec<_> = inner
                .iter()
                .map(|one| proptest::option::of(any_of(&one.ty)))
                .collect();
            members
                .prop_map(|values| {
                    Value::map(
                        inner
                            .iter()
                            .zip(values)
                            .filter_map(|(one, value)| Some((Arc::from(one.name), value?)))
                            .collect(),
                    )
                })
                .boxed()
        }
        Type::List(item, _) | Type::Set(item, _) => proptest::collection::vec(any_of(item), 0..3)
            .prop_map(Value::list)
            .boxed(),
        _ => "[a-z]{0,8}".prop_map(Value::string).boxed(),
    }
}

fn round<T: Shape>(value: &Value) -> Value {
    T::from_value(value).unwrap().to_value().unwrap()
}

#[test]
fn every_member_of_the_schema_has_its_place_in_the_sdk() {
    let user = full(&Type::Object(table(DOMAIN, "default_user_settings")));
    assert_eq!(round::<types::UserSettings>(&user), user);
    let profile = full(&Type::Object(table(USER_PROFILE, "user_settings")));
    assert_eq!(round::<types::UserSettings>(&profile), profile);
    let space = full(&Type::Object(table(DOMAIN, "default_space_settings")));
    assert_eq!(round::<types::DefaultSpaceSettings>(&space), space);
    let domain = full(&Type::Object(table(DOMAIN, "domain_settings")));
    assert_eq!(round::<types::DomainSettings>(&domain), domain);
    assert_eq!(round::<types::DomainSettingsForUpdate>(&domain), domain);
}

proptest! {
    #![proptest_config(crate::testing::cases(64))]

    #[test]
    fn settings_survive_the_sdk(
        user in any_of(Box::leak(Box::new(Type::Object(table(DOMAIN, "default_user_settings"))))),
        domain in any_of(Box::leak(Box::new(Type::Object(table(DOMAIN, "domain_settings"))))),
    ) {
        prop_assert_eq!(round::<types::UserSettings>(&user), user);
        prop_assert_eq!(round::<types::DomainSettings>(&domain), domain);
    }
}

#[test]
fn a_mismatch_names_its_place() {
    let wrong = Value::from_json(&json!({ "default_user_settings": {
        "custom_posix_user_config": { "uid": "many" } } }));
    let error = shapes::create_domain(wrong.as_map().unwrap()).unwrap_err();
    assert_eq!(
        error.path,
        "default_user_settings.custom_posix_user_config.uid"
    );
    assert_eq!(error.expected, "a whole number");
}

fn map(json: &Json) -> Map {
    Value::from_json(json).as_map().cloned().unwrap()
}

/// What is sent for changes `(path, before, after)` of a domain.
fn check(changes: &[(&str, Json, Json)], desired: Json, written: Json, expected: Json) {
    let changes: Vec<Change> = changes
        .iter()
        .map(|(path, before, after)| Change {
            path: (*path).to_owned(),
            before: Value::from_json(before),
            after: Value::from_json(after),
        })
        .collect();
    let sent = changed(DOMAIN, &changes, &map(&desired), &map(&written));
    assert_eq!(Value::map(sent).to_json().unwrap(), expected);
}

#[test]
fn updates_are_minimal() {
    // One nested list.
    check(
        &[(
            "default_user_settings.security_groups",
            json!(["sg-1"]),
            json!(["sg-1", "sg-2"]),
        )],
        json!({ "default_user_settings": { "execution_role": "arn:r", "security_groups": ["sg-1", "sg-2"] } }),
        json!({}),
        json!({ "default_user_settings": { "security_groups": ["sg-1", "sg-2"] } }),
    );
    // Two members of one object, and smd's own things left out.
    check(
        &[
            (
                "domain_settings.docker_settings.enable_docker_access",
                json!(null),
                json!("ENABLED"),
            ),
            (
                "domain_settings.ip_address_type",
                json!("ipv4"),
                json!("dualstack"),
            ),
            ("home_efs", json!("retain"), json!("delete")),
            ("tags.owner", json!("a"), json!("b")),
        ],
        json!({}),
        json!({}),
        json!({ "domain_settings": { "docker_settings": { "enable_docker_access": "ENABLED" }, "ip_address_type": "dualstack" } }),
    );
    // A member without which the API refuses the object comes along.
    check(
        &[(
            "default_user_settings.custom_posix_user_config.gid",
            json!(1001),
            json!(1002),
        )],
        json!({ "default_user_settings": { "custom_posix_user_config": { "gid": 1002, "uid": 10_000 } } }),
        json!({}),
        json!({ "default_user_settings": { "custom_posix_user_config": { "gid": 1002, "uid": 10_000 } } }),
    );
    // A list that is gone is cleared; what cannot be cleared is left out.
    check(
        &[
            (
                "default_user_settings.jupyter_server_app_settings.lifecycle_configs",
                json!(["arn:l"]),
                json!(null),
            ),
            (
                "default_user_settings.default_landing_uri",
                json!("studio::"),
                json!(null),
            ),
            ("tag_propagation", json!("ENABLED"), json!(null)),
        ],
        json!({ "default_user_settings": {} }),
        json!({}),
        json!({ "default_user_settings": { "jupyter_server_app_settings": { "lifecycle_configs": [] } }, "tag_propagation": "DISABLED" }),
    );
    // A change told for the whole object is brought down to what differs.
    check(
        &[(
            "default_user_settings.sharing_settings",
            json!({ "notebook_output_option": "Allowed", "s3_output_path": "s3://a" }),
            json!({ "notebook_output_option": "Allowed", "s3_output_path": "s3://b" }),
        )],
        json!({}),
        json!({}),
        json!({ "default_user_settings": { "sharing_settings": { "s3_output_path": "s3://b" } } }),
    );
    // A block that is gone clears the lists that were written in it.
    check(
        &[(
            "default_user_settings.kernel_gateway_app_settings",
            json!({ "custom_images": [] }),
            json!(null),
        )],
        json!({}),
        json!({ "default_user_settings": { "kernel_gateway_app_settings": { "lifecycle_configs": ["arn:l"] } } }),
        json!({ "default_user_settings": { "kernel_gateway_app_settings": { "lifecycle_configs": [] } } }),
    );
}

#[test]
fn patterns_of_the_tables_are_regular_expressions() {
    fn walk(of: &[Attribute], seen: &mut usize) {
        for one in of {
            match &one.ty {
                Type::Object(inner) => walk(inner, seen),
                Type::List(item, _) | Type::Set(item, _) => match item {
                    Type::Object(inner) => walk(inner, seen),
                    ty => pattern(one, ty, seen),
                },
                ty => pattern(one, ty, seen),
            }
        }
    }
    fn pattern(one: &Attribute, ty: &Type, seen: &mut usize) {
        if let Type::String(text) = ty {
            assert!(regex::Regex::new(text.pattern).is_ok(), "{}", one.name);
            *seen += 1;
        }
    }
    let mut seen = 0;
    walk(DOMAIN, &mut seen);
    walk(USER_PROFILE, &mut seen);
    assert!(seen > 50, "{seen}");
}
