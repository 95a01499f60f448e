//! UpdateDomain, with its conditions (API reference of UpdateDomain, and threads about what the
//! service really answers).

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::state::{Domain, Status};
use super::{Answer, apps, arn, checks, domains, fault, home, merge, one, takes};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::{Args, texts};
use crate::sandbox::world::World;

/// Members that the update names otherwise than the domain.
const FOR_UPDATE: &[(&str, &str)] = &[
    ("DomainSettingsForUpdate", "DomainSettings"),
    (
        "RStudioServerProDomainSettingsForUpdate",
        "RStudioServerProDomainSettings",
    ),
];

pub(super) fn update(world: &mut World, call: &Call, args: &Args) -> Answer {
    let id = args.text("DomainId");
    let mut domain = domains::find(world, call, id)?;
    check_status(id, domain.life.status)?;
    let change = renamed(super::given(args, &["DomainId"]));
    let (old, new) = (View(&domain.settings), View(&change));
    check_network(world, call, id, &old, &new)?;
    check_settings(world, call, id, &old, &new)?;
    let adds_home = check_home(&old, &new)?;

    let added = owned_subnets(&change);
    merge::merge(&mut domain.settings, change);
    let key = format!("{id}/{}", call.now_ms);
    let ready_ms = world
        .behaviour
        .done_at(call.now_ms, takes::millis(takes::DOMAIN_UPDATE, &key));
    domain
        .life
        .enter(Status::Updating, call.now_ms, Some(ready_ms));
    let made = if adds_home {
        make_home(world, call, id, &mut domain)
    } else {
        let added: Vec<&str> = added.iter().map(String::as_str).collect();
        home::mount(world, call, &domain, &added)
    };
    if let Err(fault) = made {
        domain.life.fail(Status::UpdateFailed, fault.message);
    }
    world
        .region(&call.account, &call.region)
        .sagemaker
        .put_domain(id, domain);
    one("DomainArn", arn(call, &format!("domain/{id}")))
}

fn owned_subnets(settings: &Map<String, Value>) -> Vec<String> {
    texts(settings.get("SubnetIds"))
        .into_iter()
        .map(str::to_owned)
        .collect()
}

/// Makes the home file system of a domain that was made without one.
fn make_home(world: &mut World, call: &Call, id: &str, domain: &mut Domain) -> Result<(), Fault> {
    let subnets = owned_subnets(&domain.settings);
    let subnets: Vec<&str> = subnets.iter().map(String::as_str).collect();
    let Some(vpc) = View(&domain.settings).text("VpcId").map(str::to_owned) else {
        return Ok(());
    };
    home::create(world, call, id, domain, (&vpc, &subnets))
}

fn check_status(id: &str, status: Status) -> Result<(), Fault> {
    match status {
        Status::InService | Status::UpdateFailed => Ok(()),
        Status::Failed | Status::DeleteFailed => Err(fault::invalid(format!(
            "Domain [{id}] is {} and cannot be updated.",
            status.word()
        ))),
        _ => Err(fault::in_use(format!(
            "Unable to update Domain [{id}] while it is {}.",
            status.word()
        ))),
    }
}

/// The members under the names the domain has them by.
fn renamed(members: Map<String, Value>) -> Map<String, Value> {
    members
        .into_iter()
        .map(|(name, value)| {
            let name = FOR_UPDATE
                .iter()
                .find(|(given, _)| *given == name)
                .map_or(name, |(_, kept)| (*kept).to_owned());
            let value = match value {
                Value::Object(members) => Value::Object(renamed(members)),
                other => other,
            };
            (name, value)
        })
        .collect()
}

/// Settings, looked at.
struct View<'a>(&'a Map<String, Value>);

impl<'a> View<'a> {
    fn text(&self, name: &str) -> Option<&'a str> {
        self.0.get(name)?.as_str()
    }

    fn domain_setting(&self, name: &str) -> Option<&'a Value> {
        self.0.get("DomainSettings")?.get(name)
    }

    fn subnets(&self) -> Option<BTreeSet<&'a str>> {
        let list = self.0.get("SubnetIds")?;
        Some(texts(Some(list)).into_iter().collect())
    }

    fn has_rstudio(&self) -> bool {
        self.domain_setting("RStudioServerProDomainSettings")
            .is_some()
    }
}

fn check_network(
    world: &World,
    call: &Call,
    id: &str,
    old: &View<'_>,
    new: &View<'_>,
) -> Result<(), Fault> {
    let mode = new
        .text("AppNetworkAccessType")
        .or(old.text("AppNetworkAccessType"));
    let triple = [
        new.text("AppNetworkAccessType").is_some(),
        new.text("VpcId").is_some(),
        new.subnets().is_some(),
    ];
    // hashicorp/terraform-provider-aws#45528
    if mode == Some("VpcOnly") && triple.contains(&true) && triple.contains(&false) {
        return Err(fault::invalid(
            "AppNetworkAccessType, VpcId and SubnetIds are required together to update the network of a domain with AppNetworkAccessType VpcOnly.",
        ));
    }
    let vpc = new.text("VpcId").or(old.text("VpcId"));
    if let (Some(old), Some(new)) = (old.text("VpcId"), new.text("VpcId"))
        && old != new
    {
        return Err(fault::invalid(format!(
            "The VpcId of a domain cannot be changed from {old} to {new}."
        )));
    }
    if let (Some(vpc), Some(subnets)) = (vpc, new.subnets()) {
        if subnets.is_empty() {
            return Err(fault::invalid("SubnetIds must not be empty."));
        }
        let subnets: Vec<&str> = subnets.into_iter().collect();
        checks::network(world, call, vpc, &subnets)?;
    }
    let changes_mode = new
        .text("AppNetworkAccessType")
        .is_some_and(|mode| Some(mode) != old.text("AppNetworkAccessType"));
    if changes_mode && (old.has_rstudio() || new.has_rstudio()) {
        return Err(fault::invalid(
            "AppNetworkAccessType cannot be changed for domains with RStudioServerProDomainSettings.",
        ));
    }
    let removes_subnets = match (old.subnets(), new.subnets()) {
        (Some(old), Some(new)) => !old.is_subset(&new),
        _ => false,
    };
    if changes_mode || removes_subnets {
        let what = if changes_mode {
            "AppNetworkAccessType"
        } else {
            "SubnetIds"
        };
        refuse_with_apps(world, call, id, what, apps::BLOCKS_NETWORK_CHANGE)?;
    }
    Ok(())
}

fn refuse_with_apps(
    world: &World,
    call: &Call,
    id: &str,
    what: &str,
    statuses: &[Status],
) -> Result<(), Fault> {
    let held = world.peek(&call.account, &call.region);
    let there = held.is_some_and(|held| apps::any(&held.sagemaker, &format!("{id}/"), statuses));
    if !there {
        return Ok(());
    }
    let words: Vec<&str> = statuses.iter().map(|status| status.word()).collect();
    Err(fault::in_use(format!(
        "Unable to update {what} of Domain [{id}] because it has apps that are {}.",
        words.join(", ")
    )))
}

fn check_settings(
    world: &World,
    call: &Call,
    id: &str,
    old: &View<'_>,
    new: &View<'_>,
) -> Result<(), Fault> {
    let has_rstudio = old.has_rstudio() || new.has_rstudio();
    domains::check_group_management(new.text("AppSecurityGroupManagement"), has_rstudio)?;
    let auth_mode = old.text("AuthMode").unwrap_or_default();
    domains::check_amazon_q(new.0.get("DomainSettings"), auth_mode)?;
    checks::no_code_repositories("DefaultSpaceSettings", new.0.get("DefaultSpaceSettings"))?;
    let users = "DefaultUserSettings";
    checks::landing(old.0.get(users), new.0.get(users))?;
    let identity = "ExecutionRoleIdentityConfig";
    if new
        .domain_setting(identity)
        .is_some_and(|value| old.domain_setting(identity) != Some(value))
    {
        refuse_with_apps(
            world,
            call,
            id,
            identity,
            &[Status::InService, Status::Pending],
        )?;
    }
    let structures = [
        "DefaultUserSettings",
        "DefaultSpaceSettings",
        "DomainSettings",
    ]
    .map(|name| new.0.get(name));
    let vpc = new.text("VpcId").or(old.text("VpcId"));
    checks::groups(world, call, vpc, &structures)?;
    checks::images(world, call, &structures)?;
    checks::roles(world, call, &structures)
}

/// Whether the update adds a home file system: that goes one way only.
fn check_home(old: &View<'_>, new: &View<'_>) -> Result<bool, Fault> {
    let name = "HomeEfsFileSystemCreation";
    match (old.text(name), new.text(name)) {
        (Some("Disabled"), Some("Enabled")) => Ok(true),
        (Some("Enabled"), Some("Disabled")) => Err(fault::invalid(
            "HomeEfsFileSystemCreation cannot be changed from Enabled to Disabled.",
        )),
        _ => Ok(false),
    }
}
