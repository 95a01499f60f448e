//! Damage to JSON that leaves it JSON: what a reader of text lets pass.

use serde_json::{Map, Value, json};

use crate::dice::Dice;

/// How many places of a document are changed at most.
const ROUNDS: usize = 4;
/// How many items a made list has at most, mostly.
const ITEMS: usize = 50;
/// How many in one document of [`LARGE_IN`].
const MANY_ITEMS: usize = 20_000;
const LARGE_IN: usize = 24;
/// How deep made values nest at most: more than is read.
const DEPTH: usize = 200;
/// How deep a made expression nests.
const EXPRESSION_DEPTH: usize = 5;

/// Changes the JSON document in `text`; `false` if it is none.
pub fn damage(text: &mut Vec<u8>, dice: &mut Dice) -> bool {
    let Ok(mut document) = serde_json::from_slice::<Value>(text) else {
        return false;
    };
    for _ in 0..dice.size(ROUNDS) {
        let copied = place(&mut document, dice).clone();
        let at = place(&mut document, dice);
        change(at, copied, dice);
    }
    *text = if dice.one_in(4) {
        serde_json::to_vec_pretty(&document).expect("JSON is written")
    } else {
        serde_json::to_vec(&document).expect("JSON is written")
    };
    if dice.one_in(6) {
        double_a_key(text, dice);
    }
    true
}

/// Some place of the document.
fn place<'v>(mut at: &'v mut Value, dice: &mut Dice) -> &'v mut Value {
    loop {
        let count = match &*at {
            Value::Array(items) => items.len(),
            Value::Object(members) => members.len(),
            _ => 0,
        };
        if count == 0 || dice.one_in(6) {
            return at;
        }
        let which = dice.roll(count);
        at = match at {
            Value::Array(items) => &mut items[which],
            Value::Object(members) => members.values_mut().nth(which).expect("a member"),
            _ => unreachable!("it has none inside"),
        };
    }
}

fn change(at: &mut Value, copied: Value, dice: &mut Dice) {
    match (dice.roll(9), &mut *at) {
        (0, Value::Array(items)) if !items.is_empty() => {
            items.remove(dice.roll(items.len()));
        }
        (1, Value::Array(items)) => {
            let times = count(dice);
            items.extend(std::iter::repeat_n(copied, times));
        }
        (0, Value::Object(members)) => {
            let name = members.keys().nth(dice.roll(members.len())).cloned();
            if let Some(name) = name {
                members.shift_remove(&name);
            }
        }
        (1, Value::Object(members)) => {
            let name = (*dice.pick(&[
                "",
                "a",
                "$unknown",
                "$map",
                "$ports",
                "$resource",
                "after",
                "id",
            ]))
            .to_owned();
            members.insert(name, copied);
        }
        (2, _) => *at = copied,
        (3, _) => {
            let value = std::mem::take(at);
            *at = wrapped(value, dice);
        }
        (4 | 5, _) => *at = json!({ "$unknown": expression(EXPRESSION_DEPTH, dice) }),
        _ => *at = nasty(dice),
    }
}

fn wrapped(mut value: Value, dice: &mut Dice) -> Value {
    let times = if dice.one_in(8) { dice.size(DEPTH) } else { 1 };
    let form = dice.roll(6);
    for _ in 0..times {
        value = match form {
            0 => json!([value]),
            1 => json!({ "a": value }),
            2 => json!({ "$map": { "$": value } }),
            3 => json!({ "$unknown": { "value": value } }),
            4 => json!({ "$unknown": value }),
            _ => json!({ "list": [value] }),
        };
    }
    value
}

fn nasty(dice: &mut Dice) -> Value {
    match dice.roll(18) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(u64::MAX),
        4 => json!(i64::MIN),
        5 => json!(1e308),
        6 => json!(""),
        7 => json!("a".repeat(10 * count(dice))),
        8 => json!([]),
        9 => json!({}),
        10 => Value::Array(vec![json!(0); count(dice)]),
        11 => Value::Array(vec![json!({ "": 0 }); count(dice)]),
        12 => json!({ "$ports": [dice.roll(70_000), dice.roll(70_000)] }),
        13 => json!({ "$resource": { "address": "vpc.a", "kind": "vpc" } }),
        14 => Value::Object(
            (0..count(dice))
                .map(|number| (number.to_string(), json!(number)))
                .collect::<Map<_, _>>(),
        ),
        15 => Value::Array(vec![json!([0]); count(dice)]),
        16 => Value::Array(vec![json!({ "variable": "x" }); count(dice)]),
        _ => json!(dice.roll(20)),
    }
}

fn count(dice: &mut Dice) -> usize {
    let most = if dice.one_in(LARGE_IN) {
        MANY_ITEMS
    } else {
        ITEMS
    };
    dice.size(most)
}

/// An expression as plans keep what is not known yet.
fn expression(depth: usize, dice: &mut Dice) -> Value {
    if depth == 0 || dice.one_in(5) {
        return match dice.roll(5) {
            0 => json!({ "attribute": { "address": "vpc.a", "name": "id" } }),
            1 => json!({ "caller": "region" }),
            2 => json!({ "variable": *dice.pick(&["x", "y"]) }),
            3 => json!({ "value": *dice.pick(&["%999s", "(a*)*b", "10.0.0.0/8", "a,b", "{", ""]) }),
            _ => {
                json!({ "value": *dice.pick(&[0_i64, 1, -1, 7, 100_000, 1_000_000_000, i64::MAX, i64::MIN]) })
            }
        };
    }
    let mut inner = || expression(depth - 1, dice);
    let (a, b, c) = (inner(), inner(), inner());
    match dice.roll(12) {
        0 => json!({ "unary": [*dice.pick(&["negate", "not"]), a] }),
        1 => {
            json!({ "binary": [*dice.pick(&["or", "and", "equal", "less", "add", "multiply", "divide", "remainder"]), a, b] })
        }
        2 => json!({ "conditional": [a, b, c] }),
        3 => json!({ "member": [a, "id"] }),
        4 => json!({ "index": [a, b] }),
        5 => json!({ "template": [a, b, c] }),
        6 => json!({ "list": [a, b, c] }),
        7 => json!({ "map": [["a", a], ["$", b]] }),
        8 | 9 => json!({ "for": {
            "key_name": if dice.one_in(2) { json!("y") } else { Value::Null }, "value_name": "x",
            "collection": { "call": ["range", [a]] },
            "key": if dice.one_in(3) { b.clone() } else { Value::Null },
            "value": b,
            "condition": if dice.one_in(4) { c } else { Value::Null },
        } }),
        _ => {
            let names: Vec<&str> = smd::config::function::functions()
                .map(|function| function.name)
                .collect();
            let arguments: Vec<Value> = [a, b, c].into_iter().take(1 + dice.roll(3)).collect();
            json!({ "call": [*dice.pick(&names), arguments] })
        }
    }
}

/// Gives some object of the text a key that it has already.
fn double_a_key(text: &mut Vec<u8>, dice: &mut Dice) {
    let opens: Vec<usize> = text
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'{')
        .map(|(at, _)| at)
        .collect();
    if opens.is_empty() {
        return;
    }
    let open = *dice.pick(&opens) + 1;
    let Some(length) = text[open..].iter().position(|byte| *byte == b':') else {
        return;
    };
    let mut member = text[open..open + length].to_vec();
    member.extend(b":0,");
    drop(text.splice(open..open, member));
}
