//! A domain in use: people made apps, spaces and profiles in it. Without consent nothing goes; with it
//! all goes in order, the network too.

use std::time::Duration;

use aws_sdk_sagemaker::types::{
    AppType, OwnershipSettings, SharingType, SpaceSettings, SpaceSharingSettings,
};

use super::check::Counts;
use super::estate::{Form, Size, directory};
use super::process::Command;
use super::{Sim, Store};
use crate::apply::OnError;
use crate::cli::exit::Exit;
use crate::sandbox::scene;

/// Long enough for anything in a domain to be in service.
const A_WHILE: Duration = Duration::from_secs(15 * 60);

/// What people do in Studio: a profile of their own, a private space with an app, a shared one, and an
/// app of a profile that the stack made. Gives the domain's id.
fn people_come(sim: &Sim) -> String {
    let client =
        aws_sdk_sagemaker::Client::new(&scene::config(&sim.sandbox, scene::ACCOUNT, scene::REGION));
    let clock = sim.clock.clone();
    sim.driver.run(async move {
        let domains = client.list_domains().send().await.unwrap();
        let domains = domains.domains.unwrap();
        let mut research = domains.iter().filter(|domain| {
            let name = domain.domain_name.as_deref();
            name.is_some_and(|name| name.starts_with("research"))
        });
        let domain = research.next().unwrap().domain_id.clone().unwrap();
        let profile = client.create_user_profile().domain_id(&domain);
        profile.user_profile_name("walk-in").send().await.unwrap();
        clock.sleep(A_WHILE).await;
        let space = |name: &str, sharing: SharingType| {
            client
                .create_space()
                .domain_id(&domain)
                .space_name(name)
                .ownership_settings(
                    OwnershipSettings::builder()
                        .owner_user_profile_name("walk-in")
                        .build(),
                )
                .space_sharing_settings(
                    SpaceSharingSettings::builder()
                        .sharing_type(sharing)
                        .build(),
                )
                .space_settings(
                    SpaceSettings::builder()
                        .app_type(AppType::JupyterLab)
                        .build(),
                )
        };
        space("own", SharingType::Private).send().await.unwrap();
        space("common", SharingType::Shared).send().await.unwrap();
        clock.sleep(A_WHILE).await;
        let app = |app_type: AppType| {
            let app = client.create_app().domain_id(&domain).app_name("default");
            app.app_type(app_type)
        };
        let in_space = app(AppType::JupyterLab).space_name("own");
        in_space.send().await.unwrap();
        let of_profile = app(AppType::JupyterServer).user_profile_name("guest-1");
        of_profile.send().await.unwrap();
        clock.sleep(A_WHILE).await;
        domain
    })
}

/// The notes of the errors that a run reported.
fn notes(said: &[serde_json::Value]) -> Vec<String> {
    let errors = said.iter().filter(|one| one["severity"] == "error");
    errors
        .flat_map(|one| one["notes"].as_array().cloned().unwrap_or_default())
        .filter_map(|note| note.as_str().map(str::to_owned))
        .collect()
}

#[test]
fn a_domain_in_use_goes_with_consent_only() {
    let sim = Sim::new(Store::Local, 1);
    let empty = sim.counts();
    let estate = directory(Size::Small, Form::First);
    let applied = sim.run(Command::Apply, &estate);
    assert_eq!(applied.exit, Some(Exit::Done), "{}", applied.words());
    people_come(&sim);
    let in_use = sim.counts();

    // Without consent nothing goes, and everything is named.
    let consents = std::mem::take(&mut *sim.consents.lock().unwrap());
    let refused = sim.run(Command::Destroy, &estate);
    assert_eq!(refused.exit, Some(Exit::Error), "{}", refused.words());
    assert_eq!(sim.counts(), in_use);
    let notes = notes(&refused.said);
    for (what, age) in [
        ("user profile `walk-in` (InService", "45 minutes old"),
        (
            "space `own` of user profile `walk-in` (InService",
            "30 minutes old",
        ),
        (
            "space `common` of user profile `walk-in` (InService",
            "30 minutes old",
        ),
        (
            "app `JupyterLab/default` of space `own` (InService",
            "15 minutes old",
        ),
        (
            "app `JupyterServer/default` of user profile `guest-1` (InService",
            "15 minutes old",
        ),
    ] {
        let found = notes.iter().find(|note| note.starts_with(what));
        let found = found.unwrap_or_else(|| panic!("{what}: {notes:?}"));
        assert!(found.contains(age), "{found}");
    }
    assert_eq!(notes.len(), 5, "{notes:?}");

    // With it all goes: what people made, then profiles, domains, subnets and the VPC.
    *sim.consents.lock().unwrap() = consents;
    let gone = sim.run(Command::Destroy, &estate);
    assert_eq!(gone.exit, Some(Exit::Done), "{}", gone.words());
    // AWS lists deleted apps for a day.
    let without_apps = |mut counts: Counts| {
        counts.remove("sagemaker_apps");
        counts
    };
    assert_eq!(without_apps(sim.counts()), without_apps(empty));
}

#[test]
fn a_profile_that_is_taken_out_of_the_files_takes_its_apps_only_with_consent() {
    let sim = Sim::new(Store::Local, 2);
    let first = directory(Size::Small, Form::First);
    let applied = sim.run(Command::Apply, &first);
    assert_eq!(applied.exit, Some(Exit::Done), "{}", applied.words());
    people_come(&sim);
    let text = std::fs::read_to_string(first.join("main.smd")).unwrap();
    let without = tempfile::tempdir().unwrap();
    let text = text.replace("range(2)", "range(1)");
    std::fs::write(without.path().join("main.smd"), text).unwrap();
    sim.consents.lock().unwrap().clear();
    let refused = sim.run(Command::Apply, without.path());
    assert_eq!(refused.exit, Some(Exit::Error), "{}", refused.words());
    let named = notes(&refused.said);
    assert_eq!(named.len(), 1, "{named:?}");
    assert!(
        named[0].starts_with("app `JupyterServer/default`"),
        "{named:?}"
    );
    let address = "user_profile.guest[\"g1\"]";
    sim.consents.lock().unwrap().push(address.to_owned());
    let gone = sim.run(Command::Apply, without.path());
    assert_eq!(gone.exit, Some(Exit::Done), "{}", gone.words());
    let plan = sim.run(Command::Plan, without.path());
    assert!(plan.empty, "{}", plan.words());
}

/// An estate that fails at its end, some minutes after its domain can be used.
const FAILS_LATE: &str = r#"
stack sim {}
account studio { id = "111122223333", region = "eu-west-1" }
vpc main { cidr = "10.0.0.0/16" }
subnet a { vpc = vpc.main, cidr = "10.0.1.0/24", az = "eu-west-1a" }
role studio { trust = service("sagemaker.amazonaws.com") }
domain team {
  name      = "research"
  auth_mode = "IAM"
  vpc       = vpc.main
  subnets   = [subnet.a]
  default_user_settings { execution_role = role.studio }
}
user_profile one { domain = domain.team, name = "one" }
user_profile two { domain = domain.team, name = "two", depends_on = [user_profile.one] }
user_profile three { domain = domain.team, name = "three", depends_on = [user_profile.two] }
subnet refused { vpc = vpc.main, cidr = "10.0.9.0/24", az = "eu-west-1x", depends_on = [user_profile.three] }
"#;

/// What makes it fail.
const REFUSED: &str = "eu-west-1x";

/// A profile that somebody makes by hand as soon as there is a domain that takes it, and then so many
/// apps in it, one each minute.
fn somebody_comes_at_once(sim: &Sim, apps: usize) {
    let client =
        aws_sdk_sagemaker::Client::new(&scene::config(&sim.sandbox, scene::ACCOUNT, scene::REGION));
    let clock = sim.clock.clone();
    sim.driver.spawn(async move {
        let domain = loop {
            let domains = client.list_domains().send().await.unwrap();
            let domain = domains.domains.unwrap_or_default().pop();
            if let Some(id) = domain.and_then(|domain| domain.domain_id) {
                let profile = client.create_user_profile().domain_id(&id);
                if profile.user_profile_name("walk-in").send().await.is_ok() {
                    break id;
                }
            }
            clock.sleep(Duration::from_secs(5)).await;
        };
        for number in 0..apps {
            let app = client.create_app().domain_id(&domain);
            let app = app
                .user_profile_name("walk-in")
                .app_type(AppType::JupyterServer);
            // Refused while the profile is being made.
            let _ = app.app_name(format!("app-{number}")).send().await;
            clock.sleep(Duration::from_secs(60)).await;
        }
    });
}

#[test]
fn a_rollback_takes_back_what_the_run_made_and_nothing_that_people_made_since() {
    let sim = Sim::new(Store::Local, 3);
    let estate = tempfile::tempdir().unwrap();
    std::fs::write(estate.path().join("main.smd"), FAILS_LATE).unwrap();
    *sim.on_error.lock().unwrap() = OnError::Rollback;
    somebody_comes_at_once(&sim, 0);
    let failed = sim.run(Command::Apply, estate.path());
    assert_eq!(failed.exit, Some(Exit::Partly), "{}", failed.words());
    let counts = sim.counts();
    let count = |what: &str| counts.get(what).copied().unwrap_or(0);
    assert_eq!(count("sagemaker_domains"), 1, "{}", failed.words());
    assert_eq!(count("sagemaker_user_profiles"), 1, "{}", failed.words());
    // The person is named.
    assert!(failed.errors().contains("walk-in"), "{}", failed.words());
}

#[test]
fn what_people_open_meanwhile_goes_too_or_is_named_in_the_end() {
    for (apps, exit) in [(15, Exit::Done), (usize::MAX, Exit::Partly)] {
        opened_meanwhile(apps, exit);
    }
}

fn opened_meanwhile(apps: usize, exit: Exit) {
    let sim = Sim::new(Store::Local, 4);
    let estate = tempfile::tempdir().unwrap();
    let text = FAILS_LATE.replace(REFUSED, "eu-west-1a");
    std::fs::write(estate.path().join("main.smd"), text).unwrap();
    somebody_comes_at_once(&sim, apps);
    let applied = sim.run(Command::Apply, estate.path());
    assert_eq!(applied.exit, Some(Exit::Done), "{}", applied.words());
    sim.consents.lock().unwrap().push("domain.team".to_owned());
    let ended = sim.run(Command::Destroy, estate.path());
    assert_eq!(ended.exit, Some(exit), "{}", ended.words());
    let is_named = ended.errors().contains("still has");
    assert_eq!(is_named, exit != Exit::Done, "{}", ended.words());
}
