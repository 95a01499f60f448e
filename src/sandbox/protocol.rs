//! Reads HTTP requests of the AWS protocols into [`Call`]s.
//!
//! The credential scope of the SigV4 signature names service and region. The signature itself is
//! not checked: sandbox keys are dummies.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Method, Request};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::call::{Call, Fault, Input, Query};
use super::dispatch::{Protocol, Service};
use super::world::{DEFAULT_ACCOUNT, World};
use super::{efs, ram, s3};

/// A request whose service is known: what is needed to answer even where reading it failed.
#[derive(Debug)]
pub struct Read {
    /// The service.
    pub service: Service,
    /// The call, or why there is none.
    pub call: Result<Call, Fault>,
    /// The HTTP status of a good answer.
    pub status: u16,
}

/// What the signature says of the caller.
#[derive(Debug, PartialEq, Eq)]
struct Scope {
    access_key: String,
    region: String,
    service: String,
}

/// Reads a request.
#[must_use]
pub fn read(world: &World, request: &Request<Bytes>, now_ms: u64) -> Read {
    let parameters = parameters(request);
    let scope = scope(request, &parameters);
    let service = scope
        .as_ref()
        .and_then(|scope| Service::of_scope(&scope.service))
        .unwrap_or_else(|| guess_service(request, &parameters));
    let Some(scope) = scope else {
        return Read {
            service,
            call: Err(Fault::with_status(
                403,
                "MissingAuthenticationToken",
                "Request is missing Authentication Token",
            )),
            status: 200,
        };
    };
    if Service::of_scope(&scope.service).is_none() {
        return Read {
            service,
            call: Err(Fault::with_status(
                404,
                "UnknownService",
                format!("The sandbox has no service {}", scope.service),
            )),
            status: 200,
        };
    }
    let (operation, status) = match operation(service, request, parameters) {
        Ok((name, input, status)) => (Ok((name, input)), status),
        Err(fault) => (Err(fault), 200),
    };
    let call = operation.and_then(|(operation, input)| {
        let (account, caller_arn) = caller(world, service, &scope.access_key, now_ms)?;
        Ok(Call {
            access_key: scope.access_key,
            account,
            region: scope.region,
            caller_arn,
            operation,
            input,
            now_ms,
        })
    });
    Read {
        service,
        call,
        status,
    }
}

/// Query string and form body together.
fn parameters(request: &Request<Bytes>) -> BTreeMap<String, String> {
    let mut parameters: BTreeMap<String, String> =
        form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let is_form = header(request, "content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if is_form {
        parameters.extend(form_urlencoded::parse(request.body()).into_owned());
    }
    parameters
}

fn header<'a>(request: &'a Request<Bytes>, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

/// The credential scope of the `Authorization` header or of a presigned request.
fn scope(request: &Request<Bytes>, parameters: &BTreeMap<String, String>) -> Option<Scope> {
    let credential = match header(request, "authorization") {
        Some(authorization) => authorization
            .split([' ', ','])
            .find_map(|part| part.strip_prefix("Credential="))?,
        None => parameters.get("X-Amz-Credential")?,
    };
    // `AKID/20260101/eu-west-1/ec2/aws4_request`; an access key id holds no slash.
    let mut parts = credential.split('/');
    let access_key = parts.next()?.to_owned();
    let _day = parts.next()?;
    let region = parts.next()?.to_owned();
    let service = parts.next()?.to_owned();
    (!access_key.is_empty()).then_some(Scope {
        access_key,
        region,
        service,
    })
}

/// The service of a request that names none, for the shape of the refusal.
fn guess_service(request: &Request<Bytes>, parameters: &BTreeMap<String, String>) -> Service {
    /// The version parameter of the EC2 API.
    const EC2_VERSION: &str = "2016-11-15";
    if header(request, "x-amz-target").is_some() {
        Service::SageMaker
    } else if request.uri().path().starts_with(efs::routes::ROOT) {
        Service::Efs
    } else if parameters.get("Version").map(String::as_str) == Some(EC2_VERSION) {
        Service::Ec2
    } else {
        Service::Sts
    }
}

/// Who calls: account and ARN.
fn caller(
    world: &World,
    service: Service,
    access_key: &str,
    now_ms: u64,
) -> Result<(String, String), Fault> {
    /// The length of an account id.
    const ACCOUNT_DIGITS: usize = 12;
    if let Some(session) = world.shared.sessions.get(access_key) {
        if now_ms >= session.expires_ms {
            let code = match service.protocol() {
                Protocol::Ec2 => "RequestExpired",
                Protocol::Query | Protocol::RestXml => "ExpiredToken",
                Protocol::Json | Protocol::RestJson => "ExpiredTokenException",
            };
            return Err(Fault::with_status(
                403,
                code,
                "The security token included in the request is expired",
            ));
        }
        return Ok((session.account.clone(), session.arn.clone()));
    }
    let is_account =
        access_key.len() == ACCOUNT_DIGITS && access_key.bytes().all(|b| b.is_ascii_digit());
    let account = if is_account {
        access_key
    } else {
        DEFAULT_ACCOUNT
    };
    Ok((
        account.to_owned(),
        format!("arn:aws:iam::{account}:user/sandbox"),
    ))
}

/// The operation, its input and the HTTP status of its good answer.
fn operation(
    service: Service,
    request: &Request<Bytes>,
    mut parameters: BTreeMap<String, String>,
) -> Result<(String, Input, u16), Fault> {
    match service.protocol() {
        Protocol::Ec2 | Protocol::Query => {
            let action = parameters
                .remove("Action")
                .filter(|action| !action.is_empty())
                .ok_or_else(|| {
                    Fault::client(
                        "MissingAction",
                        "The request is missing an action or a required parameter.",
                    )
                })?;
            Ok((action, Input::Query(Query(parameters)), 200))
        }
        Protocol::Json => {
            let target = header(request, "x-amz-target").unwrap_or_default();
            let (_, name) = target.rsplit_once('.').ok_or_else(|| {
                Fault::client(
                    "UnknownOperationException",
                    "The request names no operation.",
                )
            })?;
            Ok((name.to_owned(), Input::Json(body(request)?), 200))
        }
        Protocol::RestXml => {
            let (operation, rest) = s3::request::read(request, parameters)?;
            Ok((operation.to_owned(), Input::Rest(rest), 200))
        }
        Protocol::RestJson => {
            let (method, path) = (request.method(), request.uri().path());
            let no_operation = || {
                Fault::with_status(
                    404,
                    "UnknownOperationException",
                    format!("No operation answers {method} {path}"),
                )
            };
            let mut input = match body(request)? {
                Value::Object(members) => members,
                _ => Map::new(),
            };
            if service == Service::Ram {
                let name = ram::routes::find(method, path).ok_or_else(no_operation)?;
                // RAM's members begin with a small letter, in the query too.
                let query = parameters.into_iter();
                input.extend(query.map(|(name, value)| (name, Value::String(value))));
                return Ok((name.to_owned(), Input::Json(Value::Object(input)), 200));
            }
            let route = efs::routes::find(method, path).ok_or_else(no_operation)?;
            merge_query(request, route.lists, &mut input);
            for (member, value) in route.labels {
                let value = percent_decode_str(&value).decode_utf8_lossy().into_owned();
                input.insert(member.to_owned(), Value::String(value));
            }
            Ok((
                route.operation.to_owned(),
                Input::Json(Value::Object(input)),
                route.status,
            ))
        }
    }
}

/// Adds query parameters under the names of the API model: first letter upper case. Those in
/// `lists` may come several times; numbers become numbers.
fn merge_query(request: &Request<Bytes>, lists: &[&str], input: &mut Map<String, Value>) {
    /// Members of the REST APIs the sandbox speaks that are numbers.
    const NUMBERS: [&str; 2] = ["MaxItems", "MaxResults"];
    if request.method() == Method::POST || request.method() == Method::PUT {
        return;
    }
    let query = request.uri().query().unwrap_or_default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let mut letters = name.chars();
        let member: String = letters
            .next()
            .map(|first| first.to_ascii_uppercase())
            .into_iter()
            .chain(letters)
            .collect();
        let value = value.into_owned();
        if lists.contains(&member.as_str()) {
            if let Value::Array(values) = input
                .entry(member)
                .or_insert_with(|| Value::Array(Vec::new()))
            {
                values.push(Value::String(value));
            }
        } else {
            let value = match value.parse::<i64>() {
                Ok(number) if NUMBERS.contains(&member.as_str()) => Value::from(number),
                _ => Value::String(value),
            };
            input.insert(member, value);
        }
    }
}

/// The JSON body; nothing is an empty object.
fn body(request: &Request<Bytes>) -> Result<Value, Fault> {
    if request.body().is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    serde_json::from_slice(request.body()).map_err(|_| {
        Fault::client(
            "SerializationException",
            "The request body could not be read as JSON.",
        )
    })
}
