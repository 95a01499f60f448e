//! Functions on lists and maps.

use std::sync::Arc;

use super::{Call, Function, Looks, Stop, Takes, optional, required, rest};
use crate::config::{conform, operator};
use crate::value::{Data, Map, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "coalesce",
        example: r#"coalesce(null, "", "ml.t3.medium")"#,
        params: &[required("value", Takes::Any), rest("others", Takes::Any)],
        doc: "The first of the values that is neither `null` nor an empty string.",
        looks: Looks::Outside,
        run: |call| {
            for value in call.args {
                match &value.data {
                    Data::Unknown(_) => return Err(Stop::Unknown),
                    Data::Null => {}
                    Data::String(text) if text.is_empty() => {}
                    _ => return Ok(value.clone()),
                }
            }
            Ok(Value::null())
        },
    },
    Function {
        name: "compact",
        example: r#"compact(["a", null, "", "b"])"#,
        params: &[required("items", Takes::List)],
        doc: "The items that are neither `null` nor an empty string.",
        looks: Looks::Outside,
        run: |call| {
            let mut kept = Vec::new();
            for item in call.list(0)? {
                match &item.data {
                    Data::Unknown(_) => return Err(Stop::Unknown),
                    Data::Null => {}
                    Data::String(text) if text.is_empty() => {}
                    _ => kept.push(item.clone()),
                }
            }
            call.give_list(kept)
        },
    },
    Function {
        name: "concat",
        example: "concat([1, 2], [3])",
        params: &[required("list", Takes::List), rest("lists", Takes::List)],
        doc: "The items of all lists, one list after the other.",
        looks: Looks::Outside,
        run: |call| {
            let mut items = Vec::new();
            for position in 0..call.args.len() {
                let list = call.list(position)?;
                call.world.budget().values(list.len(), call.span)?;
                items.extend_from_slice(list);
            }
            Ok(Value::list(items))
        },
    },
    Function {
        name: "contains",
        example: r#"contains(["IAM", "SSO"], "IAM")"#,
        params: &[
            required("items", Takes::Collection),
            required("item", Takes::Any),
        ],
        doc: "Whether the list has the item, or the map has it as a value.",
        looks: Looks::Deep,
        run: |call| {
            let item = call.value(1)?;
            let collection = call.value(0)?;
            let same = |other: &Value| {
                other == item
                    || matches!(
                        (&other.data, &item.data),
                        (Data::String(_), Data::Int(_) | Data::Float(_))
                            | (Data::Int(_) | Data::Float(_), Data::String(_))
                    ) && operator::to_text(other) == operator::to_text(item)
            };
            let found = match &collection.data {
                Data::List(items) => {
                    call.world.budget().steps(items.len(), call.span)?;
                    items.iter().any(same)
                }
                Data::Map(members) => {
                    call.world.budget().steps(members.len(), call.span)?;
                    members.values().any(same)
                }
                _ => false,
            };
            Ok(Value::bool(found))
        },
    },
    Function {
        name: "distinct",
        example: r#"distinct(["a", "b", "a"])"#,
        params: &[required("items", Takes::List)],
        doc: "The items without doubles, in their order.",
        looks: Looks::Deep,
        run: |call| {
            let items = call.list(0)?;
            call.world.budget().steps(items.len(), call.span)?;
            let mut seen = std::collections::BTreeSet::new();
            call.give_list(
                items
                    .iter()
                    .filter(|item| seen.insert(conform::Ordered((*item).clone())))
                    .cloned()
                    .collect(),
            )
        },
    },
    Function {
        name: "flatten",
        example: r#"flatten([["a", ["b"]], ["c"]])"#,
        params: &[required("items", Takes::List)],
        doc: "The items, with those of inner lists in their place.",
        looks: Looks::Outside,
        run: |call| {
            let mut out = Vec::new();
            flatten(call, call.list(0)?, &mut out)?;
            Ok(Value::list(out))
        },
    },
    Function {
        name: "keys",
        example: "keys({ research = 1, finance = 2 })",
        params: &[required("map", Takes::Map)],
        doc: "The keys of the map, in order.",
        looks: Looks::Outside,
        run: |call| {
            call.give_list(
                call.map(0)?
                    .keys()
                    .map(|key| Value::string(Arc::clone(key)))
                    .collect(),
            )
        },
    },
    Function {
        name: "length",
        example: r#"length(["a", "b"])"#,
        params: &[required("value", Takes::Any)],
        doc: "How many items a list or map has, or how many characters a string.",
        looks: Looks::Outside,
        run: |call| {
            let value = call.value(0)?;
            let count = match &value.data {
                Data::List(items) => items.len(),
                Data::Map(members) => members.len(),
                Data::String(text) => text.chars().count(),
                _ => {
                    return Err(call
                        .fail_at(0, format!("a {} has no length", value.type_name()))
                        .into());
                }
            };
            Ok(Value::int(i64::try_from(count).unwrap_or(i64::MAX)))
        },
    },
    Function {
        name: "lookup",
        example: r#"lookup({ finance = "VpcOnly" }, "research", "PublicInternetOnly")"#,
        params: &[
            required("map", Takes::Map),
            required("key", Takes::Text),
            optional("default", Takes::Any),
        ],
        doc: "The map's value for the key, or the default.",
        looks: Looks::Outside,
        run: |call| {
            let (members, key) = (call.map(0)?, call.text(1)?);
            match (members.get(&key), call.args.get(2)) {
                (Some(value), _) => Ok(value.clone()),
                (None, Some(default)) => Ok(default.clone()),
                (None, None) => Err(call
                    .fail_at(1, "the map has no such key, and no default is given")
                    .into()),
            }
        },
    },
    Function {
        name: "merge",
        example: r#"merge({ team = "finance", env = "dev" }, { env = "prod" })"#,
        params: &[required("map", Takes::Map), rest("maps", Takes::Map)],
        doc: "The members of all maps; of two with one key the later counts.",
        looks: Looks::Outside,
        run: |call| {
            let mut merged = Map::new();
            for position in 0..call.args.len() {
                let Some(_) = call.get(position) else {
                    continue;
                };
                let members = call.map(position)?;
                call.world.budget().values(members.len(), call.span)?;
                merged.extend(members.iter().map(|(k, v)| (Arc::clone(k), v.clone())));
            }
            Ok(Value::map(merged))
        },
    },
    Function {
        name: "range",
        example: "range(1, 7, 2)",
        params: &[
            required("end_or_start", Takes::Number),
            optional("end", Takes::Number),
            optional("step", Takes::Number),
        ],
        doc: "The whole numbers from the start (0) up to the end, which is not among them.",
        looks: Looks::Deep,
        run: |call| {
            let (start, end) = match call.get(1) {
                Some(_) => (call.int(0)?, call.int(1)?),
                None => (0, call.int(0)?),
            };
            let step = match call.get(2) {
                Some(_) => call.int(2)?,
                None if end < start => -1,
                None => 1,
            };
            if step == 0 {
                return Err(call.fail_at(2, "the step is 0").into());
            }
            let distance = i128::from(end) - i128::from(start);
            let step_wide = i128::from(step);
            let count = if distance.signum() == step_wide.signum() {
                (distance.abs() + step_wide.abs() - 1) / step_wide.abs()
            } else {
                0
            };
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            // Asked for before it is made.
            call.world.budget().values(count, call.span)?;
            let mut items = Vec::with_capacity(count);
            let mut number = start;
            for _ in 0..count {
                items.push(Value::int(number));
                number = number.saturating_add(step);
            }
            Ok(Value::list(items))
        },
    },
    Function {
        name: "reverse",
        example: "reverse([1, 2, 3])",
        params: &[required("items", Takes::List)],
        doc: "The items from the last to the first.",
        looks: Looks::Outside,
        run: |call| call.give_list(call.list(0)?.iter().rev().cloned().collect()),
    },
    Function {
        name: "slice",
        example: r#"slice(["a", "b", "c", "d"], 1, 3)"#,
        params: &[
            required("items", Takes::List),
            required("start", Takes::Number),
            optional("end", Takes::Number),
        ],
        doc: "The items from the start up to the end, which is not among them.",
        looks: Looks::Outside,
        run: |call| {
            let items = call.list(0)?;
            let start = bound(call, 1, items.len())?;
            let end = match call.get(2) {
                Some(_) => bound(call, 2, items.len())?,
                None => items.len(),
            };
            match items.get(start..end) {
                Some(items) => call.give_list(items.to_vec()),
                None => Err(call
                    .fail_at(1, format!("the start {start} is behind the end {end}"))
                    .into()),
            }
        },
    },
    Function {
        name: "sort",
        example: r#"sort(["b", "c", "a"])"#,
        params: &[required("items", Takes::List)],
        doc: "The items in order: numbers by size, texts by their characters.",
        looks: Looks::Deep,
        run: |call| {
            let mut items = call.list(0)?.to_vec();
            call.world
                .budget()
                .steps(items.len().saturating_mul(8), call.span)?;
            items.sort_by(conform::order);
            call.give_list(items)
        },
    },
    Function {
        name: "values",
        example: "values({ research = 1, finance = 2 })",
        params: &[required("map", Takes::Map)],
        doc: "The values of the map, in the order of its keys.",
        looks: Looks::Outside,
        run: |call| call.give_list(call.map(0)?.values().cloned().collect()),
    },
    Function {
        name: "zip",
        example: r#"zip(["a", "b"], [1, 2])"#,
        params: &[
            required("first", Takes::List),
            required("second", Takes::List),
        ],
        doc: "The pairs of items of two lists, up to the end of the shorter.",
        looks: Looks::Outside,
        run: |call| {
            let (first, second) = (call.list(0)?, call.list(1)?);
            call.world
                .budget()
                .values(first.len().min(second.len()).saturating_mul(3), call.span)?;
            Ok(Value::list(
                first
                    .iter()
                    .zip(second)
                    .map(|(a, b)| Value::list(vec![a.clone(), b.clone()]))
                    .collect(),
            ))
        },
    },
    Function {
        name: "zipmap",
        example: r#"zipmap(["a", "b"], [1, 2])"#,
        params: &[
            required("keys", Takes::List),
            required("values", Takes::List),
        ],
        doc: "The map of these keys to these values.",
        looks: Looks::Outside,
        run: |call| {
            let (keys, values) = (call.texts(0)?, call.list(1)?);
            if keys.len() != values.len() {
                return Err(call
                    .fail_at(
                        1,
                        format!("there are {} keys but {} values", keys.len(), values.len()),
                    )
                    .into());
            }
            call.give_map(keys.into_iter().zip(values.iter().cloned()).collect())
        },
    },
];

fn flatten(call: &Call<'_>, items: &[Value], out: &mut Vec<Value>) -> Result<(), Stop> {
    call.world.budget().values(items.len(), call.span)?;
    for item in items {
        match &item.data {
            Data::Unknown(_) => return Err(Stop::Unknown),
            Data::List(inner) => flatten(call, inner, out)?,
            _ => out.push(item.clone()),
        }
    }
    Ok(())
}

fn bound(call: &Call<'_>, position: usize, length: usize) -> Result<usize, Stop> {
    let number = call.int(position)?;
    usize::try_from(number)
        .ok()
        .filter(|number| *number <= length)
        .ok_or_else(|| {
            call.fail_at(
                position,
                format!("{number} is outside the list, which has {length} items"),
            )
            .into()
        })
}
