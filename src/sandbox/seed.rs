//! What was in the accounts before smd came: buckets, and experiments, jobs and models that people
//! made with the SDK. A file says what there is to be; putting it there twice changes nothing.

use aws_smithy_types::date_time::{DateTime, Format};
use serde::Deserialize;

use super::Sandbox;
use super::s3::api::put_bucket;
use super::sagemaker::api::{NewThing, put_thing};
use super::world::World;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::sandbox::SEED;

/// The most things that one entry makes.
const MOST_THINGS: u32 = 100_000;
/// Where the number goes in the name of many.
const NUMBER: &str = "{n}";

/// What is to be there.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// Buckets of S3.
    #[serde(default)]
    buckets: Vec<SeedBucket>,
    /// What people made in SageMaker.
    #[serde(default)]
    things: Vec<SeedThings>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedBucket {
    account: String,
    region: String,
    name: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedThings {
    account: String,
    region: String,
    /// `experiment`, `training_job` …, as `tag_backfill` has them.
    kind: String,
    /// With `{n}` where there are several.
    name: String,
    #[serde(default = "one")]
    count: u32,
    /// When they were made: `2022-03-01`, or a time of that day.
    created: String,
    /// The ARN of the user profile that made them.
    maker: Option<String>,
}

fn one() -> u32 {
    1
}

impl Seed {
    /// Reads the JSON of a file, named so in messages.
    ///
    /// # Errors
    /// It is not JSON, or not of this form.
    pub fn parse(text: &str, shown: &str) -> Result<Self, Diagnostic> {
        serde_json::from_str(text)
            .map_err(|error| wrong(format!("`{shown}` is no seed of a sandbox: {error}")))
    }

    /// Puts all of it into the sandbox; how many buckets and things the file names.
    ///
    /// # Errors
    /// Something the sandbox does not have, a name or time that is none, a bucket that another
    /// account has, and a sandbox that cannot be written to disk. What the file names before it is
    /// there then, and stays as it is when the file is put right and put there again.
    pub fn put(&self, sandbox: &Sandbox) -> Result<usize, Diagnostic> {
        for things in &self.things {
            things.check()?;
        }
        let now_ms = sandbox.clock().now_ms();
        let places = self.buckets.iter().map(|bucket| &bucket.account);
        for account in places.chain(self.things.iter().map(|things| &things.account)) {
            sandbox.ensure_account(account, &[])?;
        }
        sandbox.arrange(|world| self.put_into(world, now_ms))?
    }

    fn put_into(&self, world: &mut World, now_ms: u64) -> Result<usize, Diagnostic> {
        for bucket in &self.buckets {
            let at = (bucket.account.as_str(), bucket.region.as_str());
            put_bucket(world, at, &bucket.name, now_ms).map_err(|fault| wrong(fault.message))?;
        }
        let mut count = self.buckets.len();
        for things in &self.things {
            let created_ms = things.created_ms()?;
            for name in things.names() {
                let new = NewThing {
                    kind: &things.kind,
                    name: &name,
                    created_ms,
                    maker: things.maker.as_deref(),
                };
                put_thing(world, (&things.account, &things.region), new)
                    .map_err(|fault| wrong(format!("`{name}`: {}", fault.message)))?;
                count += 1;
            }
        }
        Ok(count)
    }
}

impl SeedThings {
    fn check(&self) -> Result<(), Diagnostic> {
        let (name, count) = (&self.name, self.count);
        if count > MOST_THINGS {
            return Err(wrong(format!(
                "`{name}` is to be there {count} times, and a sandbox is seeded with {MOST_THINGS} at most"
            )));
        }
        if count > 1 && !name.contains(NUMBER) {
            return Err(wrong(format!(
                "`{name}` is to be there {count} times: its name needs `{NUMBER}` for the number"
            )));
        }
        self.created_ms().map(|_| ())
    }

    fn created_ms(&self) -> Result<u64, Diagnostic> {
        let text = &self.created;
        let whole = match text.contains('T') {
            true => text.clone(),
            false => format!("{text}T00:00:00Z"),
        };
        DateTime::from_str(&whole, Format::DateTime)
            .ok()
            .and_then(|time| u64::try_from(time.to_millis().ok()?).ok())
            .ok_or_else(|| wrong(format!("`{text}` is no time like `2022-03-01T12:00:00Z`")))
    }

    /// Numbers of equal length, so that names stand in order.
    fn names(&self) -> impl Iterator<Item = String> {
        let width = self.count.saturating_sub(1).to_string().len();
        (0..self.count).map(move |n| self.name.replace(NUMBER, &format!("{n:0width$}")))
    }
}

fn wrong(message: String) -> Diagnostic {
    Diagnostic::error(SEED, message).help("`smd explain E1008` has the form of the file")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::scene::Scene;

    const SEED: &str = r#"{
      "buckets": [{ "account": "111122223333", "region": "eu-west-1", "name": "templates" }],
      "things": [{ "account": "111122223333", "region": "eu-west-1", "kind": "experiment",
                   "name": "old-{n}", "count": 12, "created": "2022-03-01" }]
    }"#;

    fn refused(from: &str, to: &str) -> String {
        assert!(SEED.contains(from));
        let sandbox = Scene::new().sandbox;
        let seed = Seed::parse(&SEED.replace(from, to), "seed.json");
        seed.and_then(|seed| seed.put(&sandbox))
            .unwrap_err()
            .message
    }

    #[test]
    fn what_is_there_already_stays_as_it_is() {
        let sandbox = Scene::new().sandbox;
        let seed = Seed::parse(SEED, "seed.json").unwrap();
        assert_eq!(seed.put(&sandbox).unwrap(), 13);
        let once = sandbox.info();
        assert_eq!(once.counts["sagemaker_things"], 12);
        assert_eq!(once.counts["s3_buckets"], 1);
        assert_eq!(seed.put(&sandbox).unwrap(), 13);
        assert_eq!(sandbox.info(), once);
    }

    #[test]
    fn what_cannot_be_is_told() {
        let told = [
            ("{ \"account", "{ \"owner\": 1, \"account"),
            ("\"experiment\"", "\"experience\""),
            ("old-{n}", "old"),
            ("12", "4000000000"),
            ("2022-03-01", "long ago"),
            ("\"templates\"", "\"No_Bucket\""),
        ]
        .map(|(from, to)| refused(from, to));
        insta::assert_snapshot!(told.join("\n"));
    }
}
