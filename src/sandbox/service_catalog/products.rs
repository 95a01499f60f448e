//! Products and their versions. A version's template must be there to be loaded.

use serde_json::{Map, Value, json};

use super::state::{Product, Version};
use super::{Answer, changed_tags, fault, held, new_id, new_tags, paged, take};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::s3;
use crate::sandbox::tags;
use crate::sandbox::time::epoch;
use crate::sandbox::world::World;

/// What a call may set.
const SETTINGS: [&str; 7] = [
    "Name",
    "Owner",
    "Description",
    "Distributor",
    "SupportDescription",
    "SupportEmail",
    "SupportUrl",
];
/// The key of the template's address in the parameters of a version.
const URL: &str = "LoadTemplateFromURL";

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let token = args.text("IdempotencyToken").to_owned();
    let made = held(world, call)
        .products
        .iter()
        .find(|(_, one)| one.token == token)
        .map(|(id, one)| (id.clone(), one.clone()));
    let (id, row) = match made {
        Some(made) => made,
        None => {
            let mut settings = Value::Object(Map::new());
            take(&mut settings, args, &SETTINGS);
            let tags = new_tags(args)?;
            let parameters = args.get("ProvisioningArtifactParameters");
            let parameters = parameters
                .ok_or_else(|| fault::invalid("ProvisioningArtifactParameters is required."))?;
            let version = version(world, call, parameters, &token)?;
            let row = Product {
                settings,
                token,
                created_ms: call.now_ms,
                tags,
                versions: vec![version],
            };
            let id = new_id(world, "prod");
            held(world, call).products.insert(id.as_str(), row.clone());
            (id, row)
        }
    };
    Ok(json!({
        "ProductViewDetail": view(call, &id, &row),
        "ProvisioningArtifactDetail": row.versions.first().map(shown),
        "Tags": tags::list(&row.tags),
    }))
}

/// A version by what a call says of it.
fn version(
    world: &mut World,
    call: &Call,
    parameters: &Value,
    token: &str,
) -> Result<Version, Fault> {
    let text = |name: &str| parameters.get(name).and_then(Value::as_str);
    let url = parameters
        .get("Info")
        .and_then(|info| info.get(URL))
        .and_then(Value::as_str)
        .ok_or_else(|| fault::invalid(format!("Info must have {URL}.")))?;
    if !s3::api::has_object_at(world, url) {
        return Err(fault::invalid(format!("Invalid templateURL: {url}")));
    }
    Ok(Version {
        id: new_id(world, "pa"),
        name: text("Name").unwrap_or_default().to_owned(),
        description: text("Description").map(str::to_owned),
        url: url.to_owned(),
        active: true,
        token: token.to_owned(),
        created_ms: call.now_ms,
    })
}

pub(super) fn find<'a>(world: &'a mut World, call: &Call, id: &str) -> Result<&'a Product, Fault> {
    held(world, call)
        .products
        .get(id)
        .ok_or_else(|| fault::none("Product", id))
}

pub(super) fn describe(world: &mut World, call: &Call, args: &Args) -> Answer {
    let id = args.text("Id");
    let row = find(world, call, id)?;
    let versions: Vec<Value> = row.versions.iter().map(shown).collect();
    Ok(json!({
        "ProductViewDetail": view(call, id, row),
        "ProvisioningArtifactSummaries": versions,
        "Tags": tags::list(&row.tags),
    }))
}

pub(super) fn search(world: &mut World, call: &Call, args: &Args) -> Answer {
    let portfolio = args.maybe("PortfolioId");
    let catalog = held(world, call);
    let is_in = |id: &str| {
        portfolio.is_none_or(|portfolio| {
            let mut members = catalog.members.values();
            members.any(|one| one.portfolio == portfolio && one.product == id)
        })
    };
    let rows = catalog.products.iter().filter(|(id, _)| is_in(id));
    let rows = rows.map(|(id, row)| (id.as_str(), view(call, id, row)));
    paged(args, "ProductViewDetails", rows)
}

pub(super) fn update(world: &mut World, call: &Call, args: &Args) -> Answer {
    let id = args.text("Id");
    let mut row = find(world, call, id)?.clone();
    take(&mut row.settings, args, &SETTINGS);
    row.tags = changed_tags(row.tags, args)?;
    held(world, call).products.insert(id, row.clone());
    Ok(json!({"ProductViewDetail": view(call, id, &row), "Tags": tags::list(&row.tags)}))
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let id = args.text("Id");
    find(world, call, id)?;
    let catalog = held(world, call);
    if catalog.members.values().any(|one| one.product == id) {
        return Err(fault::in_use(format!("Product {id} is in a portfolio.")));
    }
    catalog.products.remove(id);
    Ok(json!({}))
}

pub(super) fn create_version(world: &mut World, call: &Call, args: &Args) -> Answer {
    let id = args.text("ProductId");
    let token = args.text("IdempotencyToken");
    let mut row = find(world, call, id)?.clone();
    let made = row.versions.iter().find(|one| one.token == token).cloned();
    let version = match made {
        Some(made) => made,
        None => {
            let nothing = Value::Null;
            let parameters = args.get("Parameters").unwrap_or(&nothing);
            let new = version(world, call, parameters, token)?;
            row.versions.push(new.clone());
            held(world, call).products.insert(id, row);
            new
        }
    };
    Ok(json!({
        "ProvisioningArtifactDetail": shown(&version),
        "Info": {"TemplateUrl": version.url},
        "Status": "AVAILABLE",
    }))
}

pub(super) fn update_version(world: &mut World, call: &Call, args: &Args) -> Answer {
    let id = args.text("ProductId");
    let mut row = find(world, call, id)?.clone();
    let wanted = args.text("ProvisioningArtifactId");
    let version = row
        .versions
        .iter_mut()
        .find(|one| one.id == wanted)
        .ok_or_else(|| fault::none("ProvisioningArtifact", wanted))?;
    if let Some(active) = args.get("Active").and_then(Value::as_bool) {
        version.active = active;
    }
    if let Some(name) = args.maybe("Name") {
        version.name = name.to_owned();
    }
    let answer = json!({
        "ProvisioningArtifactDetail": shown(version),
        "Info": {"TemplateUrl": version.url},
        "Status": "AVAILABLE",
    });
    held(world, call).products.insert(id, row);
    Ok(answer)
}

pub(super) fn list_versions(world: &mut World, call: &Call, args: &Args) -> Answer {
    let row = find(world, call, args.text("ProductId"))?;
    let versions: Vec<Value> = row.versions.iter().map(shown).collect();
    Ok(json!({"ProvisioningArtifactDetails": versions}))
}

pub(super) fn describe_version(world: &mut World, call: &Call, args: &Args) -> Answer {
    let wanted = args.text("ProvisioningArtifactId");
    let row = find(world, call, args.text("ProductId"))?;
    let version = row
        .versions
        .iter()
        .find(|one| one.id == wanted)
        .ok_or_else(|| fault::none("ProvisioningArtifact", wanted))?;
    Ok(json!({
        "ProvisioningArtifactDetail": shown(version),
        "Info": {"TemplateUrl": version.url},
        "Status": "AVAILABLE",
    }))
}

fn shown(version: &Version) -> Value {
    json!({
        "Id": version.id,
        "Name": version.name,
        "Description": version.description,
        "Type": "CLOUD_FORMATION_TEMPLATE",
        "CreatedTime": epoch(version.created_ms),
        "Active": version.active,
        "Guidance": "DEFAULT",
    })
}

fn view(call: &Call, id: &str, row: &Product) -> Value {
    let setting = |name: &str| row.settings.get(name).cloned();
    json!({
        "ProductViewSummary": {
            "Id": format!("prodview-{}", id.trim_start_matches("prod-")),
            "ProductId": id,
            "Name": setting("Name"),
            "Owner": setting("Owner"),
            "ShortDescription": setting("Description"),
            "Type": "CLOUD_FORMATION_TEMPLATE",
            "Distributor": setting("Distributor"),
            "HasDefaultPath": false,
            "SupportEmail": setting("SupportEmail"),
            "SupportDescription": setting("SupportDescription"),
            "SupportUrl": setting("SupportUrl"),
        },
        "Status": "CREATED",
        "ProductARN": format!("arn:aws:catalog:{}:{}:product/{id}", call.region, call.account),
        "CreatedTime": epoch(row.created_ms),
    })
}
