//! What lives within a domain under a name of its own: what profiles and spaces do alike.

use serde_json::{Map, Value, json};

use super::state::{Domain, Life, Profile, SageMaker, Space, Status, named_key};
use super::{Answer, arn, domains, fault, given, merge, one, paged, show_life, takes};
use crate::sandbox::call::{Call, Fault};
use crate::sandbox::model::Args;
use crate::sandbox::table::Table;
use crate::sandbox::world::World;

/// How many of a kind all domains of an account in a region have; AWS raises its own on request.
const MAX_MEMBERS: usize = 200_000;

/// What AWS calls the members of a kind.
#[derive(Debug)]
pub(super) struct Words {
    /// `UserProfile`: with `Name` and `Arn` behind it in calls and answers, with `s` in lists.
    pub(super) word: &'static str,
    /// In ARNs.
    pub(super) arn: &'static str,
    /// In the fault of the quota.
    pub(super) many: &'static str,
}

/// How long it takes to make, change and delete one.
#[derive(Debug)]
pub(super) struct Spans {
    pub(super) create: takes::Span,
    pub(super) update: takes::Span,
    pub(super) delete: takes::Span,
}

/// A row that lives within a domain under a name of its own.
pub(super) trait Member: Clone + 'static {
    const WORDS: Words;
    const SPANS: Spans;

    /// All of them.
    fn table(sagemaker: &SageMaker) -> &Table<Self>;
    /// Puts it in, or in place of the one of that name.
    fn put(self, sagemaker: &mut SageMaker);
    /// Its domain and its name.
    fn names(&self) -> (&str, &str);
    /// Its POSIX user.
    fn uid(&self) -> u32;
    /// What the calls gave.
    fn settings(&mut self) -> &mut Map<String, Value>;
    fn life(&self) -> &Life;
    fn life_mut(&mut self) -> &mut Life;
}

/// The same members for both kinds of rows.
macro_rules! member {
    ($row:ident, $table:ident, $put:ident, $words:expr, $spans:expr) => {
        impl Member for $row {
            const WORDS: Words = $words;
            const SPANS: Spans = $spans;

            fn table(sagemaker: &SageMaker) -> &Table<Self> {
                &sagemaker.$table
            }
            fn put(self, sagemaker: &mut SageMaker) {
                sagemaker.$put(self);
            }
            fn names(&self) -> (&str, &str) {
                (&self.domain, &self.name)
            }
            fn uid(&self) -> u32 {
                self.uid
            }
            fn settings(&mut self) -> &mut Map<String, Value> {
                &mut self.settings
            }
            fn life(&self) -> &Life {
                &self.life
            }
            fn life_mut(&mut self) -> &mut Life {
                &mut self.life
            }
        }
    };
}

member!(
    Profile,
    profiles,
    put_profile,
    Words {
        word: "UserProfile",
        arn: "user-profile",
        many: "user profiles",
    },
    Spans {
        create: takes::PROFILE_CREATE,
        update: takes::PROFILE_UPDATE,
        delete: takes::PROFILE_DELETE,
    }
);
member!(
    Space,
    spaces,
    put_space,
    Words {
        word: "Space",
        arn: "space",
        many: "spaces",
    },
    Spans {
        create: takes::SPACE_CREATE,
        update: takes::SPACE_UPDATE,
        delete: takes::SPACE_DELETE,
    }
);

/// The domain and the name that a call gives.
pub(super) fn named<M: Member>(args: &Args) -> (&str, &str) {
    let name = format!("{}Name", M::WORDS.word);
    (args.text("DomainId"), args.text(&name))
}

/// The members of a call that are settings.
pub(super) fn settings<M: Member>(args: &Args) -> Map<String, Value> {
    given(
        args,
        &["DomainId", &format!("{}Name", M::WORDS.word), "Tags"],
    )
}

/// The domain that a new one goes into, if the name is free and there is room.
pub(super) fn domain_for<M: Member>(
    world: &mut World,
    call: &Call,
    args: &Args,
) -> Result<Domain, Fault> {
    let (domain_id, name) = named::<M>(args);
    let domain = domains::find_ready(world, call, domain_id)?;
    let table = M::table(&world.region(&call.account, &call.region).sagemaker);
    if table.contains(&named_key(domain_id, name)) {
        return Err(fault::in_use(format!(
            "{} [{name}] already exists in Domain [{domain_id}].",
            M::WORDS.word
        )));
    }
    if table.len() >= MAX_MEMBERS {
        return Err(fault::limit(
            &format!(
                "Maximum number of Studio {} allowed per account",
                M::WORDS.many
            ),
            MAX_MEMBERS,
        ));
    }
    Ok(domain)
}

/// The life of a new one.
pub(super) fn new_life<M: Member>(world: &World, call: &Call, args: &Args) -> Life {
    let (domain, name) = named::<M>(args);
    Life::beginning(
        call.now_ms,
        done_at(world, call, M::SPANS.create, domain, name),
    )
}

fn done_at(world: &World, call: &Call, span: takes::Span, domain: &str, name: &str) -> u64 {
    world
        .behaviour
        .done_at(call.now_ms, takes::millis(span, &named_key(domain, name)))
}

/// Puts a new one into its domain, which has one POSIX user less.
pub(super) fn add<M: Member>(world: &mut World, call: &Call, mut domain: Domain, row: M) -> Answer {
    domain.next_uid += 1;
    let domain_id = row.names().0.to_owned();
    let answer = arn_answer(call, &row);
    let sagemaker = &mut world.region(&call.account, &call.region).sagemaker;
    row.put(sagemaker);
    sagemaker.put_domain(&domain_id, domain);
    answer
}

fn arn_of<M: Member>(call: &Call, row: &M) -> String {
    let (domain, name) = row.names();
    arn(call, &format!("{}/{domain}/{name}", M::WORDS.arn))
}

fn arn_answer<M: Member>(call: &Call, row: &M) -> Answer {
    one(&format!("{}Arn", M::WORDS.word), arn_of(call, row))
}

/// The row.
pub(super) fn find<M: Member>(
    world: &World,
    call: &Call,
    domain: &str,
    name: &str,
) -> Result<M, Fault> {
    domains::find(world, call, domain)?;
    world
        .peek(&call.account, &call.region)
        .and_then(|held| M::table(&held.sagemaker).get(&named_key(domain, name)))
        .cloned()
        .ok_or_else(|| {
            fault::none(format!(
                "{} [{name}] does not exist in Domain [{domain}].",
                M::WORDS.word
            ))
        })
}

/// The row that a call names.
pub(super) fn asked_for<M: Member>(world: &World, call: &Call, args: &Args) -> Result<M, Fault> {
    let (domain, name) = named::<M>(args);
    find(world, call, domain, name)
}

/// What a describe shows of any of them.
pub(super) fn shown<M: Member>(call: &Call, mut row: M) -> Map<String, Value> {
    let mut shown = std::mem::take(row.settings());
    let (domain, name) = row.names();
    shown.insert("DomainId".to_owned(), domain.into());
    shown.insert(format!("{}Arn", M::WORDS.word), arn_of(call, &row).into());
    shown.insert(format!("{}Name", M::WORDS.word), name.into());
    shown.insert(
        "HomeEfsFileSystemUid".to_owned(),
        row.uid().to_string().into(),
    );
    show_life(&mut shown, row.life());
    shown
}

/// One page of them; `more` adds what a list shows of one kind alone.
pub(super) fn list<M: Member>(
    world: &mut World,
    call: &Call,
    args: &Args,
    more: impl Fn(&M, &mut Map<String, Value>),
) -> Answer {
    let sagemaker = &world.region(&call.account, &call.region).sagemaker;
    let word = M::WORDS.word;
    let prefix = args
        .maybe("DomainIdEquals")
        .map(|id| format!("{id}/"))
        .unwrap_or_default();
    let part = args
        .maybe(&format!("{word}NameContains"))
        .unwrap_or_default()
        .to_ascii_lowercase();
    let rows = M::table(sagemaker)
        .below(&prefix)
        .filter(|(_, row)| part.is_empty() || row.names().1.to_ascii_lowercase().contains(&part));
    paged(args, &format!("{word}s"), rows, M::life, |_, row| {
        let (domain, name) = row.names();
        let mut shown = Map::new();
        shown.insert("DomainId".to_owned(), domain.into());
        shown.insert(format!("{word}Name"), name.into());
        more(row, &mut shown);
        show_life(&mut shown, row.life());
        shown.remove("FailureReason");
        Value::Object(shown)
    })
}

/// Refuses what is not in service.
pub(super) fn check_changeable<M: Member>(row: &M) -> Result<(), Fault> {
    match row.life().status {
        Status::InService | Status::UpdateFailed => Ok(()),
        _ => Err(busy("update", row)),
    }
}

fn busy<M: Member>(verb: &str, row: &M) -> Fault {
    fault::in_use(format!(
        "Unable to {verb} {} [{}] while it is {}.",
        M::WORDS.word,
        row.names().1,
        row.life().status.word()
    ))
}

/// Merges what a call gives into the settings.
pub(super) fn change<M: Member>(world: &mut World, call: &Call, args: &Args, mut row: M) -> Answer {
    merge::merge(row.settings(), settings::<M>(args));
    let answer = arn_answer(call, &row);
    enter(world, call, row, Status::Updating, M::SPANS.update);
    answer
}

fn enter<M: Member>(world: &mut World, call: &Call, mut row: M, status: Status, span: takes::Span) {
    let (domain, name) = row.names();
    let done_ms = done_at(world, call, span, domain, name);
    row.life_mut().enter(status, call.now_ms, Some(done_ms));
    row.put(&mut world.region(&call.account, &call.region).sagemaker);
}

/// Refuses a deletion because of what hangs on it.
pub(super) fn blocked<M: Member>(row: &M, by: &str) -> Fault {
    fault::in_use(format!(
        "Unable to delete {} [{}] because {by}(s) are associated with it.",
        M::WORDS.word,
        row.names().1
    ))
}

/// Starts its deletion, if nothing is under way.
pub(super) fn start_deletion<M: Member>(world: &mut World, call: &Call, row: M) -> Answer {
    if matches!(
        row.life().status,
        Status::Pending | Status::Updating | Status::Deleting
    ) {
        return Err(busy("delete", &row));
    }
    enter(world, call, row, Status::Deleting, M::SPANS.delete);
    Ok(json!({}))
}
