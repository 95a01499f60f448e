//! Versions of images, and their aliases: each names one version of an image.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::state::{ImageVersion, Life, SageMaker, Status, version_key};
use super::{Answer, DEFAULT_PAGE, arn, fault, given, images, merge, one, takes, used};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::page::{self, Page};
use crate::sandbox::world::World;

const IMAGE: &str = "ImageName";
/// What every container image in ECR has in its name; SageMaker takes no others.
const ECR: &str = ".dkr.ecr.";
/// Members of calls that no describe shows.
const NOT_SHOWN: [&str; 7] = [
    IMAGE,
    "ClientToken",
    "Aliases",
    "Version",
    "Alias",
    "AliasesToAdd",
    "AliasesToDelete",
];

fn arn_of(call: &Call, image: &str, number: u32) -> String {
    arn(call, &format!("image-version/{image}/{number}"))
}

/// All versions of an image.
fn of<'s>(
    sagemaker: &'s SageMaker,
    image: &str,
) -> impl Iterator<Item = (&'s String, &'s ImageVersion)> {
    sagemaker.image_versions.below(&format!("{image}/"))
}

/// The container image by its digest.
fn container(base: &str) -> String {
    if base.contains("@sha256:") {
        return base.to_owned();
    }
    let repository = match base.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => base,
    };
    format!("{repository}@sha256:{}", hex::encode(Sha256::digest(base)))
}

/// Refuses aliases that another version has.
fn check_aliases(
    sagemaker: &SageMaker,
    image: &str,
    own: Option<u32>,
    aliases: &[&str],
) -> Result<(), Fault> {
    let taken = of(sagemaker, image)
        .filter(|(_, row)| Some(row.number) != own)
        .find_map(|(_, row)| {
            let alias = aliases.iter().find(|alias| row.aliases.contains(**alias))?;
            Some((*alias, row.number))
        });
    match taken {
        None => Ok(()),
        Some((alias, number)) => Err(fault::in_use(format!(
            "Alias [{alias}] is in use by ImageVersion [{number}] of Image [{image}]."
        ))),
    }
}

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let (image, token) = (args.text(IMAGE), args.text("ClientToken"));
    let mut parent = images::find(world, call, image)?;
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    // The same call once more.
    if let Some((_, there)) = of(sagemaker, image).find(|(_, row)| row.token == token) {
        return one("ImageVersionArn", arn_of(call, image, there.number));
    }
    images::find_ready(world, call, image)?;
    let aliases = args.texts("Aliases");
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    check_aliases(sagemaker, image, None, &aliases)?;
    parent.last_version += 1;
    let number = parent.last_version;
    let key = version_key(image, number);
    let ready_ms = world
        .behaviour
        .done_at(call.now_ms, takes::millis(takes::IMAGE_VERSION, &key));
    let base = args.text("BaseImage");
    let mut life = Life::beginning(call.now_ms, ready_ms);
    if !base.contains(ECR) {
        life.fail(
            Status::Failed,
            format!("The base image {base} is not in Amazon ECR."),
        );
    }
    let row = ImageVersion {
        number,
        settings: given(args, &NOT_SHOWN),
        token: token.to_owned(),
        aliases: aliases.into_iter().map(str::to_owned).collect(),
        life,
    };
    let sagemaker = &mut world.region(&call.account, &call.region).sagemaker;
    sagemaker.put_image(image, parent);
    sagemaker.put_image_version(image, row);
    one("ImageVersionArn", arn_of(call, image, number))
}

/// The version that a call names: by number, by alias, else the newest.
fn find(world: &World, call: &Call, args: &Args) -> Result<ImageVersion, Fault> {
    let image = args.text(IMAGE);
    images::find(world, call, image)?;
    let number = args.number("Version");
    let alias = args.maybe("Alias");
    let held = world.peek(&call.account, &call.region);
    let found = held.and_then(|held| {
        let mut rows = of(&held.sagemaker, image).map(|(_, row)| row);
        match (number, alias) {
            (Some(number), _) => rows.find(|row| i64::from(row.number) == number),
            (None, Some(alias)) => rows.find(|row| row.aliases.contains(alias)),
            (None, None) => rows.last(),
        }
    });
    found.cloned().ok_or_else(|| {
        let shown = number.map(|number| number.to_string());
        let shown = shown.or_else(|| alias.map(str::to_owned));
        let shown = shown.unwrap_or_else(|| "latest".to_owned());
        fault::none(format!(
            "ImageVersion [{shown}] of Image [{image}] does not exist."
        ))
    })
}

fn shown(call: &Call, image: &str, row: &ImageVersion) -> Map<String, Value> {
    let mut shown = Map::new();
    let arn = arn_of(call, image, row.number);
    shown.insert("ImageArn".to_owned(), images::arn_of(call, image).into());
    shown.insert("ImageVersionArn".to_owned(), arn.into());
    shown.insert(
        "ImageVersionStatus".to_owned(),
        images::status(&row.life).into(),
    );
    shown.insert("Version".to_owned(), row.number.into());
    images::show_life(&mut shown, &row.life);
    shown
}

pub(super) fn describe(world: &mut World, call: &Call, args: &Args) -> Answer {
    let row = find(world, call, args)?;
    let mut answer = row.settings.clone();
    answer.extend(shown(call, args.text(IMAGE), &row));
    if let Some(base) = row.settings.get("BaseImage").and_then(Value::as_str) {
        answer.insert("ContainerImage".to_owned(), container(base).into());
    }
    Ok(answer.into())
}

/// Newest first, unless the call says otherwise.
pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    let image = args.text(IMAGE);
    images::find(world, call, image)?;
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    let rows = of(sagemaker, image);
    let rows = rows.map(|(key, row)| ((u64::from(row.number), key.as_str()), row));
    let descending = args.maybe("SortOrder") != Some("ASCENDING");
    let size = args.size("MaxResults", DEFAULT_PAGE);
    let page = page::page(rows, descending, args.maybe("NextToken"), size)
        .ok_or_else(|| fault::invalid("Invalid NextToken"))?;
    let rows = page.rows.into_iter();
    let rows: Vec<Value> = rows.map(|row| shown(call, image, row).into()).collect();
    let next = page.next;
    Ok(Page { rows, next }.answer("ImageVersions", "NextToken"))
}

pub(super) fn list_aliases(world: &mut World, call: &Call, args: &Args) -> Answer {
    let image = args.text(IMAGE);
    images::find(world, call, image)?;
    let rows: Vec<ImageVersion> = match args.get("Version").or_else(|| args.get("Alias")) {
        Some(_) => vec![find(world, call, args)?],
        None => {
            let sagemaker = &world.region(&call.account, &call.region).sagemaker;
            of(sagemaker, image).map(|(_, row)| row.clone()).collect()
        }
    };
    let aliases: BTreeSet<&String> = rows.iter().flat_map(|row| &row.aliases).collect();
    let keys = aliases.iter().map(|alias| ((0, alias.as_str()), *alias));
    let size = args.size("MaxResults", DEFAULT_PAGE);
    let page = page::page(keys, false, args.maybe("NextToken"), size)
        .ok_or_else(|| fault::invalid("Invalid NextToken"))?;
    Ok(page.answer("SageMakerImageVersionAliases", "NextToken"))
}

pub(super) fn update(world: &mut World, call: &Call, args: &Args) -> Answer {
    let image = args.text(IMAGE);
    let mut row = find(world, call, args)?;
    check_at_rest(image, &row)?;
    let new = args.texts("AliasesToAdd");
    let sagemaker = &mut world.region(&call.account, &call.region).sagemaker;
    check_aliases(sagemaker, image, Some(row.number), &new)?;
    for gone in args.texts("AliasesToDelete") {
        if !row.aliases.remove(gone) {
            return Err(fault::none(format!(
                "Alias [{gone}] of ImageVersion [{}] does not exist.",
                row.number
            )));
        }
    }
    row.aliases.extend(new.into_iter().map(str::to_owned));
    merge::merge(&mut row.settings, given(args, &NOT_SHOWN));
    row.life.modified_ms = call.now_ms;
    let number = row.number;
    sagemaker.put_image_version(image, row);
    one("ImageVersionArn", arn_of(call, image, number))
}

fn check_at_rest(image: &str, row: &ImageVersion) -> Result<(), Fault> {
    match row.life.status {
        Status::Pending | Status::Deleting => Err(fault::in_use(format!(
            "ImageVersion [{}] of Image [{image}] is {}.",
            row.number,
            images::status(&row.life)
        ))),
        _ => Ok(()),
    }
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let image = args.text(IMAGE);
    let mut row = find(world, call, args)?;
    check_at_rest(image, &row)?;
    let number = row.number;
    let arn = arn_of(call, image, number);
    let key = version_key(image, number);
    let ready_ms = world
        .behaviour
        .done_at(call.now_ms, takes::millis(takes::IMAGE_VERSION, &key));
    let sagemaker = &mut world.region(&call.account, &call.region).sagemaker;
    let named = |value: &Value| {
        let by_number = value.get(IMAGE).and_then(Value::as_str) == Some(image)
            && value.get("ImageVersionNumber").and_then(Value::as_u64) == Some(number.into());
        by_number || value.as_str() == Some(&arn)
    };
    if let Some(user) = used::user_by(sagemaker, &named) {
        return Err(fault::in_use(format!(
            "Unable to delete ImageVersion [{number}] of Image [{image}] because it is in use by {user}."
        )));
    }
    row.life
        .enter(Status::Deleting, call.now_ms, Some(ready_ms));
    sagemaker.put_image_version(image, row);
    Ok(json!({}))
}
