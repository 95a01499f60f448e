//! The tables against AWS's own model of the calls: no member of the API is missing.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::Value as Json;

use super::{DOMAIN, SPACE, USER_PROFILE};
use crate::kinds::schema::{Attribute, Type};

/// The input shapes of the calls, as botocore has them.
const MODEL: &str = include_str!("../../sandbox/model/sagemaker.json");

/// The attributes below one that the model has as a structure, also as the item of a list.
fn inner(ty: &Type) -> Option<&'static [Attribute]> {
    match ty {
        Type::Object(inner) => Some(inner),
        Type::List(item, _) | Type::Set(item, _) => inner(item),
        _ => None,
    }
}

/// The members of a shape, also of the items of a list.
fn members<'m>(shapes: &'m Json, mut shape: &'m Json) -> Option<&'m serde_json::Map<String, Json>> {
    while let Some(item) = shape["member"].as_str() {
        shape = &shapes[item];
    }
    shape["members"].as_object()
}

/// Every path of the model that the table lacks.
fn missing(shapes: &Json, shape: &Json, table: &[Attribute], path: &str, found: &mut Vec<String>) {
    for (name, of) in members(shapes, shape).into_iter().flatten() {
        let path = format!("{path}.{name}");
        let Some(attribute) = table.iter().find(|one| one.aws == name) else {
            found.push(path);
            continue;
        };
        // Tags are a map of their own in every kind.
        if let Some(inner) = inner(&attribute.ty) {
            missing(shapes, &shapes[of.as_str().unwrap()], inner, &path, found);
        }
    }
}

#[test]
fn no_member_of_the_api_is_missing() {
    let model: Json = serde_json::from_str(MODEL).unwrap();
    let shapes = &model["shapes"];
    for (operation, table) in [
        ("CreateDomain", DOMAIN),
        ("CreateUserProfile", USER_PROFILE),
        ("CreateSpace", SPACE),
    ] {
        let shape = &shapes[model["operations"][operation].as_str().unwrap()];
        assert!(members(shapes, shape).is_some(), "{operation}");
        let mut found = Vec::new();
        missing(shapes, shape, table, operation, &mut found);
        assert!(found.is_empty(), "{found:#?}");
        // A table without one of its members is found out.
        let short = &table[1..];
        missing(shapes, shape, short, operation, &mut found);
        assert_eq!(found, [format!("{operation}.{}", table[0].aws)]);
    }
}
