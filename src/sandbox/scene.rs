//! For tests: a sandbox that is spoken to in one line per call.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_types::SdkConfig;
use aws_types::region::Region;
use bytes::Bytes;
use http::{Request, Response};

use super::{Behaviour, Sandbox};
use crate::clock::Clock;

pub const ACCOUNT: &str = "111122223333";
pub const OTHER: &str = "444455556666";
pub const REGION: &str = "eu-west-1";

/// A clock at a fixed time, that moves when someone sleeps.
pub fn clock() -> Clock {
    Clock::instant(UNIX_EPOCH + Duration::from_secs(1_800_000_000))
}

/// A sandbox in memory without waits.
pub fn sandbox() -> Sandbox {
    let behaviour = Behaviour {
        waits: false,
        ..Behaviour::default()
    };
    Sandbox::in_memory(clock(), behaviour)
}

/// The configuration of SDK clients that speak to a sandbox.
pub fn config(sandbox: &Sandbox, account: &str, region: &'static str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .http_client(sandbox.clone())
        .time_source(sandbox.clock().clone())
        .sleep_impl(aws_smithy_async::rt::sleep::SharedAsyncSleep::new(
            sandbox.clock().clone(),
        ))
        .region(Region::new(region))
        .credentials_provider(
            aws_credential_types::provider::SharedCredentialsProvider::new(Credentials::new(
                account, "secret", None, None, "test",
            )),
        )
        .build()
}

/// A sandbox with names for what was made in it.
pub struct Scene {
    pub sandbox: Sandbox,
    names: BTreeMap<String, String>,
}

impl Scene {
    pub fn new() -> Self {
        Self::of(sandbox())
    }

    pub fn of(sandbox: Sandbox) -> Self {
        Self {
            sandbox,
            names: BTreeMap::new(),
        }
    }

    /// `CreateSubnet VpcId=$vpc CidrBlock=10.0.0.0/24`, to EC2; `OTHER us-east-1: CreateVpc …` is
    /// another account (and region). The body of the answer, or the code of the fault. `_` in a
    /// value is a space.
    pub async fn call(&self, line: &str) -> Result<String, String> {
        let (account, region, line) = match line.split_once(": ") {
            None => (ACCOUNT, REGION, line),
            Some((place, line)) => match place.split_once(' ') {
                Some((account, region)) => (account, region, line),
                None => (place, REGION, line),
            },
        };
        let account = if account == "OTHER" { OTHER } else { account };
        let mut words = line.split_whitespace();
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("Action", words.next().unwrap());
        body.append_pair("Version", "2016-11-15");
        for word in words {
            let (name, value) = word.split_once('=').expect("NAME=VALUE");
            body.append_pair(name, &self.fill(value).replace('_', " "));
        }
        let response = send(&self.sandbox, account, region, "ec2", body.finish()).await;
        let status = response.status();
        let text = String::from_utf8(response.into_body().to_vec()).unwrap();
        if status.is_success() {
            Ok(text)
        } else {
            Err(element(&text, "Code").expect("a code"))
        }
    }

    /// A call that must succeed.
    pub async fn ok(&self, line: &str) -> String {
        self.call(line)
            .await
            .unwrap_or_else(|code| panic!("{line}: {code}"))
    }

    /// A call that must succeed; the first element of that name in its answer is remembered.
    pub async fn make(&mut self, name: &str, element_name: &str, line: &str) {
        let text = self.ok(line).await;
        let id = element(&text, element_name).unwrap_or_else(|| panic!("{element_name}: {text}"));
        self.names.insert(name.to_owned(), id);
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> &str {
        &self.names[name]
    }

    /// Calls that must be refused, each with its code.
    pub async fn refused(&self, cases: &[(&str, &str)]) {
        for (line, code) in cases {
            assert_eq!(self.call(line).await.unwrap_err(), *code, "{line}");
        }
    }

    fn fill(&self, value: &str) -> String {
        value
            .split(',')
            .map(|part| match part.strip_prefix('$') {
                Some(name) => self.names[name].clone(),
                None => part.to_owned(),
            })
            .collect::<Vec<_>>()
            .join(",")
    }
}

/// The text of the first element of this name.
pub fn element(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (value, _) = rest.split_once("</")?;
    Some(value.to_owned())
}

/// The texts of all elements of this name.
pub fn elements(text: &str, name: &str) -> Vec<String> {
    text.split(&format!("<{name}>"))
        .skip(1)
        .filter_map(|rest| Some(rest.split_once("</")?.0.to_owned()))
        .collect()
}

/// Sends a form signed (in form only) by an account.
pub async fn send(
    sandbox: &Sandbox,
    access_key: &str,
    region: &str,
    service: &str,
    body: String,
) -> Response<Bytes> {
    let request = Request::post("https://sandbox/")
        .header(
            "authorization",
            format!(
                "AWS4-HMAC-SHA256 Credential={access_key}/20270115/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
            ),
        )
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(body))
        .unwrap();
    sandbox.handle(request).await
}
