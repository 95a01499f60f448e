//! Domains.

use serde_json::{Map, Value, json};

use super::state::{Domain, Life, Status};
use super::{Answer, arn, checks, fault, given, home, paged, show_life, takes};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::{Args, texts};
use crate::sandbox::tags::{self, Tags};
use crate::sandbox::world::World;

/// Domains of an account in a region. AWS starts lower and raises it on request; the sandbox
/// starts where benches fit.
const MAX_DOMAINS: usize = 2_000;

/// The first POSIX user of a domain's profiles.
const FIRST_UID: u32 = 200_001;

/// Letters of a domain's id after `d-`.
const ID_LETTERS: usize = 12;

pub(super) fn create(world: &mut World, call: &Call, args: &Args) -> Answer {
    let name = args.text("DomainName");
    check_place(world, call, name)?;
    check_settings(world, call, args)?;
    let new_tags = tags::read(args.get("Tags")).map_err(fault::tags)?;
    let mut tags = Tags::new();
    tags::add(&mut tags, new_tags).map_err(fault::tags)?;
    let has_home = args.maybe("HomeEfsFileSystemCreation") != Some("Disabled");
    let subnets = args.texts("SubnetIds");
    let new_id = world.new_id("d");
    let digits = new_id.rsplit('-').next().unwrap_or_default();
    let id = format!("d-{}", digits.get(..ID_LETTERS).unwrap_or(digits));
    let span = if has_home {
        takes::DOMAIN_CREATE
    } else {
        takes::DOMAIN_CREATE_WITHOUT_HOME
    };
    let ready_ms = world
        .behaviour
        .done_at(call.now_ms, takes::millis(span, &id));
    let mut domain = Domain {
        name: name.to_owned(),
        settings: settings(call, args, &id),
        life: Life::beginning(call.now_ms, ready_ms),
        file_system: None,
        inbound_group: None,
        delete_file_system: false,
        next_uid: FIRST_UID,
        tags,
    };
    if let Some(vpc) = args.maybe("VpcId").filter(|_| has_home)
        && let Err(fault) = home::create(world, call, &id, &mut domain, (vpc, &subnets))
    {
        // The call is taken; what goes wrong after shows in the status.
        domain.life.fail(Status::Failed, fault.message);
    }
    super::super::iam::api::ensure_service_linked_role(
        world,
        &call.account,
        "sagemaker.amazonaws.com",
        call.now_ms,
    )?;
    world
        .region(&call.account, &call.region)
        .sagemaker
        .put_domain(&id, domain);
    Ok(json!({
        "DomainArn": arn(call, &format!("domain/{id}")),
        "DomainId": id,
        "Url": url(call, &id),
    }))
}

fn check_place(world: &mut World, call: &Call, name: &str) -> Result<(), Fault> {
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    if let Some(id) = sagemaker.domain_named(name) {
        return Err(fault::in_use(format!(
            "Domain with name [{name}] already exists: [{id}]."
        )));
    }
    if sagemaker.domains.len() >= MAX_DOMAINS {
        return Err(fault::limit(
            "Maximum number of Studio domains",
            MAX_DOMAINS,
        ));
    }
    Ok(())
}

fn check_settings(world: &World, call: &Call, args: &Args) -> Result<(), Fault> {
    let (users, spaces) = (
        args.get("DefaultUserSettings"),
        args.get("DefaultSpaceSettings"),
    );
    let domain_settings = args.get("DomainSettings");
    let vpc = args.maybe("VpcId");
    let subnets = args.texts("SubnetIds");
    let unified =
        domain_settings.is_some_and(|settings| settings.get("UnifiedStudioSettings").is_some());
    match (vpc, subnets.is_empty()) {
        (Some(vpc), false) => checks::network(world, call, vpc, &subnets)?,
        (None, true) if unified => {}
        _ => {
            return Err(fault::invalid(
                "VpcId and SubnetIds are required to create a domain.",
            ));
        }
    }
    let structures = [users, spaces, domain_settings];
    checks::groups(world, call, vpc, &structures)?;
    if args.maybe("AppNetworkAccessType") == Some("VpcOnly")
        && texts(users.and_then(|users| users.get("SecurityGroups"))).is_empty()
    {
        return Err(fault::invalid(
            "SecurityGroups is required in DefaultUserSettings when AppNetworkAccessType is VpcOnly.",
        ));
    }
    checks::no_code_repositories("DefaultSpaceSettings", spaces)?;
    checks::landing(None, users)?;
    let has_rstudio = domain_settings
        .is_some_and(|settings| settings.get("RStudioServerProDomainSettings").is_some());
    check_group_management(args.maybe("AppSecurityGroupManagement"), has_rstudio)?;
    check_amazon_q(domain_settings, args.text("AuthMode"))?;
    checks::images(world, call, &structures)?;
    checks::roles(world, call, &structures)
}

/// AppSecurityGroupManagement is for RStudio domains only (hashicorp/terraform-provider-aws#39923).
pub(super) fn check_group_management(value: Option<&str>, has_rstudio: bool) -> Result<(), Fault> {
    match value {
        Some("Service") if has_rstudio => Ok(()),
        Some(_) => Err(fault::invalid(
            "AppSecurityGroupManagement can only be set to Service, and only for domains with RStudioServerProDomainSettings.",
        )),
        None => Ok(()),
    }
}

/// Amazon Q needs a domain with AuthMode SSO.
pub(super) fn check_amazon_q(settings: Option<&Value>, auth_mode: &str) -> Result<(), Fault> {
    let enabled = settings
        .and_then(|settings| settings.get("AmazonQSettings")?.get("Status")?.as_str())
        .is_some_and(|status| status == "ENABLED");
    if enabled && auth_mode != "SSO" {
        return Err(fault::invalid(
            "AmazonQSettings can only be enabled for domains with AuthMode SSO.",
        ));
    }
    Ok(())
}

/// The settings as DescribeDomain answers them, with what SageMaker fills in.
fn settings(call: &Call, args: &Args, id: &str) -> Map<String, Value> {
    let mut settings = given(args, &["DomainName", "Tags", "HomeEfsFileSystemKmsKeyId"]);
    let key = args
        .maybe("KmsKeyId")
        .or(args.maybe("HomeEfsFileSystemKmsKeyId"));
    if let Some(key) = key {
        settings.insert("KmsKeyId".to_owned(), key.into());
        settings.insert("HomeEfsFileSystemKmsKeyId".to_owned(), key.into());
    }
    let mut default = |name: &str, value: &str| {
        settings.entry(name).or_insert_with(|| value.into());
    };
    default("AppNetworkAccessType", "PublicInternetOnly");
    default("TagPropagation", "DISABLED");
    default("HomeEfsFileSystemCreation", "Enabled");
    if args.text("AuthMode") == "SSO" {
        let instance = id.trim_start_matches("d-");
        let application = format!(
            "arn:aws:sso::{}:application/ssoins-{instance}/apl-{instance}",
            call.account
        );
        default("SingleSignOnApplicationArn", &application);
    }
    settings
}

fn url(call: &Call, id: &str) -> String {
    format!("https://{id}.studio.{}.sagemaker.aws", call.region)
}

/// The domain's row.
pub(super) fn find(world: &World, call: &Call, id: &str) -> Result<Domain, Fault> {
    world
        .peek(&call.account, &call.region)
        .and_then(|held| held.sagemaker.domains.get(id))
        .cloned()
        .ok_or_else(|| fault::none(format!("Domain [{id}] does not exist.")))
}

/// The domain's row, if things can be made in it.
pub(super) fn find_ready(world: &World, call: &Call, id: &str) -> Result<Domain, Fault> {
    let domain = find(world, call, id)?;
    match domain.life.status {
        Status::InService | Status::Updating | Status::UpdateFailed => Ok(domain),
        status => Err(fault::in_use(format!(
            "Domain [{id}] is {}. It must be InService for this operation.",
            status.word()
        ))),
    }
}

pub(super) fn describe(world: &mut World, call: &Call, args: &Args) -> Answer {
    let id = args.text("DomainId");
    let domain = find(world, call, id)?;
    let mut shown = domain.settings.clone();
    shown.insert(
        "DomainArn".to_owned(),
        arn(call, &format!("domain/{id}")).into(),
    );
    shown.insert("DomainId".to_owned(), id.into());
    shown.insert("DomainName".to_owned(), domain.name.into());
    shown.insert("Url".to_owned(), url(call, id).into());
    if let Some(file_system) = domain.file_system {
        shown.insert("HomeEfsFileSystemId".to_owned(), file_system.into());
    }
    show_life(&mut shown, &domain.life);
    Ok(Value::Object(shown))
}

pub(super) fn list(world: &mut World, call: &Call, args: &Args) -> Answer {
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    paged(
        args,
        "Domains",
        sagemaker.domains.iter(),
        |row| &row.life,
        |id, row| {
            let mut shown = Map::new();
            shown.insert(
                "DomainArn".to_owned(),
                arn(call, &format!("domain/{id}")).into(),
            );
            shown.insert("DomainId".to_owned(), id.into());
            shown.insert("DomainName".to_owned(), row.name.clone().into());
            shown.insert("Url".to_owned(), url(call, id).into());
            show_life(&mut shown, &row.life);
            shown.remove("FailureReason");
            Value::Object(shown)
        },
    )
}

pub(super) fn delete(world: &mut World, call: &Call, args: &Args) -> Answer {
    let id = args.text("DomainId");
    let mut domain = find(world, call, id)?;
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    let prefix = format!("{id}/");
    let blockers = [
        (
            "UserProfile",
            sagemaker.profiles.below(&prefix).next().is_some(),
        ),
        ("Space", sagemaker.spaces.below(&prefix).next().is_some()),
        (
            "App",
            super::apps::any(sagemaker, &prefix, super::apps::BLOCKS_DELETION),
        ),
    ];
    for (kind, there) in blockers {
        if there {
            return Err(fault::in_use(format!(
                "Unable to delete Domain [{id}] because {kind}(s) are associated with it."
            )));
        }
    }
    if matches!(
        domain.life.status,
        Status::Pending | Status::Updating | Status::Deleting
    ) {
        return Err(fault::in_use(format!(
            "Unable to delete Domain [{id}] while it is {}.",
            domain.life.status.word()
        )));
    }
    let retention = args
        .get("RetentionPolicy")
        .and_then(|policy| policy.get("HomeEfsFileSystem"));
    domain.delete_file_system = retention.and_then(Value::as_str) == Some("Delete");
    let gone_ms = world
        .behaviour
        .done_at(call.now_ms, takes::millis(takes::DOMAIN_DELETE, id));
    domain
        .life
        .enter(Status::Deleting, call.now_ms, Some(gone_ms));
    world
        .region(&call.account, &call.region)
        .sagemaker
        .put_domain(id, domain);
    Ok(json!({}))
}
