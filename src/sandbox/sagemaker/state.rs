//! What the sandbox's SageMaker holds in one account and region.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::things::Thing;
use crate::sandbox::table::{Rows, Table, Tables};
use crate::sandbox::tags::Tags;

/// What the sandbox's SageMaker holds. Rows are changed through the `put_` and `drop_` functions,
/// which keep the indexes true.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SageMaker {
    /// By id.
    pub(super) domains: Table<Domain>,
    /// By [`named_key`].
    pub(super) profiles: Table<Profile>,
    /// By [`named_key`].
    pub(super) spaces: Table<Space>,
    /// By [`app_key`].
    pub(super) apps: Table<App>,
    /// By name.
    pub(super) lifecycle_configs: Table<LifecycleConfig>,
    /// By name.
    pub(super) pipelines: Table<Pipeline>,
    /// By name.
    pub(super) images: Table<Image>,
    /// By [`version_key`].
    pub(super) image_versions: Table<ImageVersion>,
    /// By name.
    pub(super) app_image_configs: Table<AppImageConfig>,
    /// What people make with the SDK, by the resource in its ARN: `experiment/NAME`.
    pub(super) things: Table<Thing>,
    #[serde(skip)]
    index: Index,
}

#[derive(Debug, Clone, Default)]
struct Index {
    /// Domain ids by name.
    names: BTreeMap<String, String>,
    /// Keys of private spaces, behind their owner's key and a line break.
    owned: BTreeSet<String>,
    /// What changes its status by itself, by the time it does.
    due: BTreeSet<(u64, Kind, String)>,
}

/// The kinds of things that have a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Domain,
    Profile,
    Space,
    App,
    Image,
    ImageVersion,
}

/// The key of a profile or space: names have no letter case.
#[must_use]
pub(super) fn named_key(domain: &str, name: &str) -> String {
    format!("{domain}/{}", name.to_ascii_lowercase())
}

/// The key of a version of an image: in order of numbers.
#[must_use]
pub(super) fn version_key(image: &str, number: u32) -> String {
    format!("{image}/{number:010}")
}

/// Who an app belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum OwnerKind {
    /// A user profile.
    Profile,
    /// A space.
    Space,
}

/// What the keys of all apps of a profile or space begin with.
#[must_use]
pub(super) fn app_prefix(domain: &str, kind: OwnerKind, owner: &str) -> String {
    let letter = match kind {
        OwnerKind::Profile => 'u',
        OwnerKind::Space => 's',
    };
    format!("{domain}/{letter}/{}/", owner.to_ascii_lowercase())
}

/// The statuses of domains, profiles, spaces and apps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Being made.
    Pending,
    /// Made.
    InService,
    /// Being changed.
    Updating,
    /// Being deleted.
    Deleting,
    /// Apps only: gone, and still listed for a while.
    Deleted,
    /// Could not be made.
    Failed,
    /// Could not be changed.
    #[serde(rename = "Update_Failed")]
    UpdateFailed,
    /// Could not be deleted.
    #[serde(rename = "Delete_Failed")]
    DeleteFailed,
}

impl Status {
    /// AWS's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::InService => "InService",
            Self::Updating => "Updating",
            Self::Deleting => "Deleting",
            Self::Deleted => "Deleted",
            Self::Failed => "Failed",
            Self::UpdateFailed => "Update_Failed",
            Self::DeleteFailed => "Delete_Failed",
        }
    }
}

/// Where something is in its life. Times are milliseconds since the epoch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Life {
    /// The status.
    pub status: Status,
    /// When the status changes by itself.
    pub due_ms: Option<u64>,
    /// Why it failed.
    pub failure: Option<String>,
    /// When it was made.
    pub created_ms: u64,
    /// When it last changed.
    pub modified_ms: u64,
}

impl Life {
    /// Something that is being made.
    #[must_use]
    pub fn beginning(now_ms: u64, ready_ms: u64) -> Self {
        Self {
            status: Status::Pending,
            due_ms: Some(ready_ms),
            failure: None,
            created_ms: now_ms,
            modified_ms: now_ms,
        }
    }

    /// Goes over to a status that ends at `due_ms`.
    pub fn enter(&mut self, status: Status, now_ms: u64, due_ms: Option<u64>) {
        self.status = status;
        self.due_ms = due_ms;
        self.failure = None;
        self.modified_ms = now_ms;
    }

    /// Ends in a failed status, at once and for good.
    pub fn fail(&mut self, status: Status, reason: String) {
        self.status = status;
        self.due_ms = None;
        self.failure = Some(reason);
    }
}

/// A domain.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Domain {
    /// Unique in account and region.
    pub name: String,
    /// Everything the calls gave, under the names DescribeDomain answers.
    pub settings: Map<String, Value>,
    /// Where it is in its life.
    pub life: Life,
    /// The home file system.
    pub file_system: Option<String>,
    /// The group of the mount targets.
    pub inbound_group: Option<String>,
    /// Whether the home file system goes with the domain.
    pub delete_file_system: bool,
    /// POSIX user of the next profile.
    pub next_uid: u32,
    /// By key.
    pub tags: Tags,
}

/// A user profile.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Profile {
    /// Its domain.
    pub domain: String,
    /// As it was given.
    pub name: String,
    /// Everything the calls gave, under the names DescribeUserProfile answers.
    pub settings: Map<String, Value>,
    /// POSIX user on the home file system.
    pub uid: u32,
    /// Where it is in its life.
    pub life: Life,
    /// By key.
    pub tags: Tags,
}

/// A space.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Space {
    /// Its domain.
    pub domain: String,
    /// As it was given.
    pub name: String,
    /// The profile it belongs to.
    pub owner: Option<String>,
    /// Everything the calls gave, under the names DescribeSpace answers.
    pub settings: Map<String, Value>,
    /// POSIX user on the home file system.
    pub uid: u32,
    /// Where it is in its life.
    pub life: Life,
    /// By key.
    pub tags: Tags,
}

/// An app.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct App {
    /// Its domain.
    pub domain: String,
    /// What it belongs to.
    pub(super) owner_kind: OwnerKind,
    /// The name of what it belongs to.
    pub owner: String,
    /// `JupyterServer`, `KernelGateway`, `JupyterLab` …
    pub app_type: String,
    /// As it was given.
    pub name: String,
    /// Everything else the call gave.
    pub settings: Map<String, Value>,
    /// Its network interface in the customer's VPC.
    pub interface: Option<String>,
    /// Where it is in its life.
    pub life: Life,
    /// By key.
    pub tags: Tags,
}

/// A lifecycle configuration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LifecycleConfig {
    /// The script in base64, as it was given.
    pub content: String,
    /// `JupyterLab` …
    pub app_type: String,
    /// When it was made, in milliseconds since the epoch.
    pub created_ms: u64,
    /// By key.
    pub tags: Tags,
}

/// A pipeline.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pipeline {
    /// Everything the calls gave, under the names DescribePipeline answers.
    pub settings: Map<String, Value>,
    /// The client token of the call that made it.
    pub token: String,
    /// When it was made, in milliseconds since the epoch.
    pub created_ms: u64,
    /// When it last changed.
    pub modified_ms: u64,
    /// The ARN of the profile that made it.
    #[serde(default)]
    pub maker: Option<String>,
    /// By key.
    pub tags: Tags,
}

/// An image.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Image {
    /// Everything the calls gave, under the names DescribeImage answers.
    pub settings: Map<String, Value>,
    /// Where it is in its life.
    pub life: Life,
    /// The number of the newest version there was.
    pub last_version: u32,
    /// By key.
    pub tags: Tags,
}

/// A version of an image.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImageVersion {
    /// Its number.
    pub number: u32,
    /// Everything the calls gave, under the names DescribeImageVersion answers.
    pub settings: Map<String, Value>,
    /// The client token of the call that made it.
    pub token: String,
    /// Its aliases.
    pub aliases: BTreeSet<String>,
    /// Where it is in its life.
    pub life: Life,
}

/// An app image configuration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AppImageConfig {
    /// Everything the calls gave, under the names DescribeAppImageConfig answers.
    pub settings: Map<String, Value>,
    /// When it was made, in milliseconds since the epoch.
    pub created_ms: u64,
    /// When it last changed.
    pub modified_ms: u64,
    /// By key.
    pub tags: Tags,
}

impl App {
    /// The key of its row.
    #[must_use]
    pub(super) fn key(&self) -> String {
        app_key(
            &self.domain,
            self.owner_kind,
            &self.owner,
            (&self.app_type, &self.name),
        )
    }
}

/// The key of an app's row.
#[must_use]
pub(super) fn app_key(
    domain: &str,
    kind: OwnerKind,
    owner: &str,
    (app_type, name): (&str, &str),
) -> String {
    format!(
        "{}{app_type}/{}",
        app_prefix(domain, kind, owner),
        name.to_ascii_lowercase()
    )
}

impl Tables for SageMaker {
    fn each_table(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn Rows)) {
        visit("sagemaker_domains", &mut self.domains);
        visit("sagemaker_user_profiles", &mut self.profiles);
        visit("sagemaker_spaces", &mut self.spaces);
        visit("sagemaker_apps", &mut self.apps);
        visit("sagemaker_lifecycle_configs", &mut self.lifecycle_configs);
        visit("sagemaker_pipelines", &mut self.pipelines);
        visit("sagemaker_images", &mut self.images);
        visit("sagemaker_image_versions", &mut self.image_versions);
        visit("sagemaker_app_image_configs", &mut self.app_image_configs);
        visit("sagemaker_things", &mut self.things);
    }

    fn reindex(&mut self) {
        let mut index = Index::default();
        for (id, row) in self.domains.iter() {
            index.names.insert(row.name.clone(), id.clone());
            index.note(Kind::Domain, id, &row.life);
        }
        for (key, row) in self.profiles.iter() {
            index.note(Kind::Profile, key, &row.life);
        }
        for (key, row) in self.spaces.iter() {
            index.owned.extend(owned_key(key, row));
            index.note(Kind::Space, key, &row.life);
        }
        for (key, row) in self.apps.iter() {
            index.note(Kind::App, key, &row.life);
        }
        for (name, row) in self.images.iter() {
            index.note(Kind::Image, name, &row.life);
        }
        for (key, row) in self.image_versions.iter() {
            index.note(Kind::ImageVersion, key, &row.life);
        }
        self.index = index;
    }
}

fn owned_key(key: &str, space: &Space) -> Option<String> {
    let owner = space.owner.as_ref()?;
    Some(format!("{}\n{key}", named_key(&space.domain, owner)))
}

impl Index {
    fn note(&mut self, kind: Kind, key: &str, life: &Life) {
        if let Some(due_ms) = life.due_ms {
            self.due.insert((due_ms, kind, key.to_owned()));
        }
    }
}

impl SageMaker {
    /// The id of the domain of this name.
    pub(super) fn domain_named(&self, name: &str) -> Option<&String> {
        self.index.names.get(name)
    }

    /// Whether there is any domain.
    #[must_use]
    pub fn has_domains(&self) -> bool {
        !self.domains.is_empty()
    }

    /// Puts a domain in, or in place of the one of that id.
    pub(super) fn put_domain(&mut self, id: &str, row: Domain) {
        self.index.names.insert(row.name.clone(), id.to_owned());
        self.index.note(Kind::Domain, id, &row.life);
        self.domains.insert(id, row);
    }

    /// Takes a domain out.
    pub(super) fn drop_domain(&mut self, id: &str) {
        if let Some(row) = self.domains.remove(id) {
            self.index.names.remove(&row.name);
        }
    }

    /// Puts a profile in, or in place of the one of that name.
    pub(super) fn put_profile(&mut self, row: Profile) {
        let key = named_key(&row.domain, &row.name);
        self.index.note(Kind::Profile, &key, &row.life);
        self.profiles.insert(key, row);
    }

    /// Puts a space in, or in place of the one of that name.
    pub(super) fn put_space(&mut self, row: Space) {
        let key = named_key(&row.domain, &row.name);
        self.index.note(Kind::Space, &key, &row.life);
        self.index.owned.extend(owned_key(&key, &row));
        self.spaces.insert(key, row);
    }

    /// Takes a space out.
    pub(super) fn drop_space(&mut self, key: &str) {
        if let Some(row) = self.spaces.remove(key)
            && let Some(owned) = owned_key(key, &row)
        {
            self.index.owned.remove(&owned);
        }
    }

    /// Puts an app in, or in place of the one of that key.
    pub(super) fn put_app(&mut self, row: App) {
        let key = row.key();
        self.index.note(Kind::App, &key, &row.life);
        self.apps.insert(key, row);
    }

    /// Puts an image in, or in place of the one of that name.
    pub(super) fn put_image(&mut self, name: &str, row: Image) {
        self.index.note(Kind::Image, name, &row.life);
        self.images.insert(name, row);
    }

    /// Takes an image out, with all its versions.
    pub(super) fn drop_image(&mut self, name: &str) {
        self.images.remove(name);
        let prefix = format!("{name}/");
        let versions = self.image_versions.below(&prefix);
        let keys: Vec<String> = versions.map(|(key, _)| key.clone()).collect();
        for key in keys {
            self.image_versions.remove(&key);
        }
    }

    /// Puts a version of an image in, or in place of the one of that number.
    pub(super) fn put_image_version(&mut self, image: &str, row: ImageVersion) {
        let key = version_key(image, row.number);
        self.index.note(Kind::ImageVersion, &key, &row.life);
        self.image_versions.insert(key, row);
    }

    /// Whether the profile of this key owns a space.
    pub(super) fn owns_space(&self, profile_key: &str) -> bool {
        let prefix = format!("{profile_key}\n");
        let mut after = self.index.owned.range(prefix.clone()..);
        after.next().is_some_and(|owned| owned.starts_with(&prefix))
    }

    /// Whether something is due by now.
    pub(super) fn has_due(&self, now_ms: u64) -> bool {
        self.index
            .due
            .first()
            .is_some_and(|(due_ms, ..)| *due_ms <= now_ms)
    }

    /// The next thing due by now, taken off the list.
    pub(super) fn next_due(&mut self, now_ms: u64) -> Option<(u64, Kind, String)> {
        if self.has_due(now_ms) {
            self.index.due.pop_first()
        } else {
            None
        }
    }
}
