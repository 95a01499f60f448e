//! Portfolios.

use serde_json::{Map, Value, json};

use super::state::Portfolio;
use super::{Answer, changed_tags, fault, held, new_id, new_tags, paged, take};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::tags;
use crate::sandbox::time::epoch;
use crate::sandbox::world::World;

/// What a call may set.
const SETTINGS: [&str; 3] = ["DisplayName", "Description", "ProviderName"];

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let token = args.text("IdempotencyToken").to_owned();
    let catalog = held(world, call);
    let mut portfolios = catalog.portfolios.iter();
    let made = portfolios
        .find(|(_, one)| one.token == token)
        .map(|(id, one)| (id.clone(), one.clone()));
    let (id, row) = match made {
        Some(made) => made,
        None => {
            let mut settings = Value::Object(Map::new());
            take(&mut settings, args, &SETTINGS);
            let row = Portfolio {
                settings,
                token,
                created_ms: call.now_ms,
                tags: new_tags(args)?,
            };
            let id = new_id(world, "port");
            held(world, call)
                .portfolios
                .insert(id.as_str(), row.clone());
            (id, row)
        }
    };
    Ok(answer(call, &id, &row))
}

pub(super) fn find<'a>(
    world: &'a mut World,
    call: &Call,
    id: &str,
) -> Result<&'a Portfolio, Fault> {
    held(world, call)
        .portfolios
        .get(id)
        .ok_or_else(|| fault::none("Portfolio", id))
}

pub(super) fn describe(world: &mut World, call: &Call, args: &Args) -> Answer {
    let id = args.text("Id");
    let row = find(world, call, id)?;
    Ok(answer(call, id, row))
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    let rows = held(world, call).portfolios.iter();
    let rows = rows.map(|(id, row)| (id.as_str(), detail(call, id, row)));
    paged(args, "PortfolioDetails", rows)
}

pub(super) fn update(world: &mut World, call: &Call, args: &Args) -> Answer {
    let id = args.text("Id");
    let mut row = find(world, call, id)?.clone();
    take(&mut row.settings, args, &SETTINGS);
    row.tags = changed_tags(row.tags, args)?;
    held(world, call).portfolios.insert(id, row.clone());
    Ok(answer(call, id, &row))
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let id = args.text("Id");
    find(world, call, id)?;
    let catalog = held(world, call);
    let used = catalog.members.values().any(|one| one.portfolio == id)
        || catalog.principals.values().any(|one| one.portfolio == id)
        || catalog.constraints.values().any(|one| one.portfolio == id);
    if used {
        return Err(fault::in_use(format!(
            "Portfolio {id} still has products, principals or constraints."
        )));
    }
    catalog.portfolios.remove(id);
    Ok(json!({}))
}

pub(super) fn detail(call: &Call, id: &str, row: &Portfolio) -> Value {
    let mut shown = row.settings.clone();
    if let Some(members) = shown.as_object_mut() {
        let arn = format!(
            "arn:aws:catalog:{}:{}:portfolio/{id}",
            call.region, call.account
        );
        members.insert("Id".to_owned(), json!(id));
        members.insert("ARN".to_owned(), json!(arn));
        members.insert("CreatedTime".to_owned(), epoch(row.created_ms));
    }
    shown
}

fn answer(call: &Call, id: &str, row: &Portfolio) -> Value {
    json!({"PortfolioDetail": detail(call, id, row), "Tags": tags::list(&row.tags)})
}
