//! The services that endpoints lead to, and their prefix lists.

use sha2::{Digest, Sha256};

use super::filter::Filters;
use super::request::{Answer, Request};
use crate::sandbox::call::Fault;
use crate::sandbox::xml::Element;

/// The services of AWS that have gateway endpoints.
const BY_GATEWAY: [&str; 2] = ["dynamodb", "s3"];

/// How a service is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Service {
    /// Whether by gateway endpoints.
    pub gateway: bool,
    /// `sts`.
    pub short: String,
    /// The name that its private DNS stands for.
    pub host: String,
}

/// The service of this name in a region.
///
/// # Errors
/// If there is none.
pub(super) fn service(region: &str, name: &str) -> Result<Service, Fault> {
    let of_aws = name.strip_prefix("com.amazonaws.");
    let of_aws = of_aws.and_then(|rest| rest.strip_prefix(region)?.strip_prefix('.'));
    let of_studio = name.strip_prefix("aws.sagemaker.");
    let of_studio = of_studio.and_then(|rest| rest.strip_prefix(region)?.strip_prefix('.'));
    let is_plain = |name: &&str| {
        let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
        !name.is_empty() && name.chars().all(letter)
    };
    if let Some(short) = of_aws.filter(is_plain) {
        return Ok(Service {
            gateway: BY_GATEWAY.contains(&short),
            short: short.to_owned(),
            host: format!("{short}.{region}.amazonaws.com"),
        });
    }
    if let Some(short @ ("studio" | "notebook")) = of_studio {
        return Ok(Service {
            gateway: false,
            short: short.to_owned(),
            host: format!("{short}.{region}.sagemaker.aws"),
        });
    }
    Err(Fault::client(
        "InvalidServiceName",
        format!("The Vpc Endpoint Service '{name}' does not exist"),
    ))
}

/// The id of a service's prefix list: the same in every account of the region.
pub(super) fn prefix_list(service: &str) -> String {
    /// The length of AWS's own lists' ids.
    const HEX_DIGITS: usize = 8;
    let digest = hex::encode(Sha256::digest(service));
    format!("pl-{}", digest.get(..HEX_DIGITS).unwrap_or_default())
}

/// Describes the prefix lists of services.
pub(super) fn describe_prefix_lists(request: &mut Request<'_>) -> Answer {
    let filters = Filters::read(&request.query, &["prefix-list-id", "prefix-list-name"])?;
    let region = request.region();
    let all: Vec<(String, String)> = BY_GATEWAY
        .into_iter()
        .map(|short| format!("com.amazonaws.{region}.{short}"))
        .map(|name| (prefix_list(&name), name))
        .collect();
    let ids = request.query.list("PrefixListId");
    if let Some(id) = ids.iter().find(|id| all.iter().all(|(own, _)| own != *id)) {
        return Err(Fault::client(
            "InvalidPrefixListId.NotFound",
            format!("The prefix list ID '{id}' does not exist"),
        ));
    }
    request.dry_run()?;
    let items = all
        .into_iter()
        .filter(|(id, _)| ids.is_empty() || ids.contains(id))
        .filter(|(id, name)| {
            filters.want(None, |filter| match filter {
                "prefix-list-id" => vec![id.clone()],
                _ => vec![name.clone()],
            })
        })
        .map(|(id, name)| {
            vec![
                Element::text("prefixListId", id),
                Element::text("prefixListName", name),
                Element::parent("cidrSet", Vec::new()),
            ]
        })
        .collect();
    Ok(vec![Element::list("prefixListSet", "item", items)])
}
