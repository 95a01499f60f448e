//! Reading products, one by one: no call tells of several with their tags.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_servicecatalog::Client;
use aws_sdk_servicecatalog::types::ProvisioningArtifactDetail;

use super::template;
use crate::aws::{Aws, Failure, Repeat, call};
use crate::config::Place;
use crate::kinds::reading::{gone_is_none, together};
use crate::kinds::service_catalog::{AT_ONCE, by_key};
use crate::kinds::{Actual, Wanted, tags};
use crate::value::{Map, Value};

/// The tag by which Studio shows a product.
pub const VISIBLE: &str = "sagemaker:studio-visibility:emr";
/// The key of the template's address in what a version tells.
const TEMPLATE_URL: &str = "TemplateUrl";

pub async fn read(
    aws: &Aws,
    place: &Place,
    wanted: &[Wanted],
) -> Result<Vec<Option<Actual>>, Failure> {
    let client = aws.service_catalog(place).await?;
    let reads = wanted
        .iter()
        .map(|one| product(aws, &client, one))
        .collect();
    together(AT_ONCE, reads).await
}

/// The versions of a product that can be launched, oldest first.
///
/// # Errors
/// A failed read.
pub async fn active(
    aws: &Aws,
    client: &Client,
    product: &str,
) -> Result<Vec<ProvisioningArtifactDetail>, Failure> {
    let answer = call(
        aws,
        "servicecatalog:ListProvisioningArtifacts",
        Repeat::Safe,
        || {
            client
                .list_provisioning_artifacts()
                .product_id(product)
                .send()
        },
    )
    .await?;
    let mut all = answer.provisioning_artifact_details.unwrap_or_default();
    all.retain(|one| one.active() != Some(false));
    all.sort_by_key(|one| one.created_time().map(|time| time.as_nanos()));
    Ok(all)
}

async fn product(aws: &Aws, client: &Client, wanted: &Wanted) -> Result<Option<Actual>, Failure> {
    let id = wanted.id.as_str();
    let answer = call(
        aws,
        "servicecatalog:DescribeProductAsAdmin",
        Repeat::Safe,
        || client.describe_product_as_admin().id(id).send(),
    )
    .await;
    let Some(answer) = gone_is_none(answer)? else {
        return Ok(None);
    };
    let Some(newest) = gone_is_none(active(aws, client, id).await)? else {
        return Ok(None);
    };
    let newest = newest.into_iter().next_back();
    let mut members = Map::new();
    let mut put = |name: &str, text: Option<&str>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            members.insert(Arc::from(name), Value::string(text));
        }
    };
    put("id", Some(id));
    let view = answer.product_view_detail.as_ref();
    put("arn", view.and_then(|view| view.product_arn()));
    if let Some(summary) = view.and_then(|view| view.product_view_summary()) {
        put("name", summary.name());
        put("owner", summary.owner());
        put("description", summary.short_description());
        put("distributor", summary.distributor());
        put("support_description", summary.support_description());
        put("support_email", summary.support_email());
        put("support_url", summary.support_url());
    }
    let all: BTreeMap<String, String> = by_key(answer.tags.unwrap_or_default());
    let is_shown = all.get(VISIBLE).is_some_and(|value| value == "true");
    put("studio_visibility", is_shown.then_some("emr"));
    if let Some(version) = newest.as_ref().and_then(|newest| newest.id()) {
        put("version", Some(version));
        let answer = call(
            aws,
            "servicecatalog:DescribeProvisioningArtifact",
            Repeat::Safe,
            || {
                client
                    .describe_provisioning_artifact()
                    .product_id(id)
                    .provisioning_artifact_id(version)
                    .send()
            },
        )
        .await?;
        let url = answer.info.and_then(|mut info| info.remove(TEMPLATE_URL));
        let (bucket, text) = loaded(url.as_deref(), &wanted.attributes);
        put("bucket", bucket);
        put("template", text.as_deref());
    }
    members.insert(Arc::from("tags"), tags::visible(all));
    Ok(Some(Actual::new(id, members)))
}

/// Bucket and text of the template at this address. The name holds the text's digest, so the text that
/// is on record needs no reading; another one is told by its address.
fn loaded<'a>(url: Option<&'a str>, recorded: &Map) -> (Option<&'a str>, Option<String>) {
    let Some(url) = url else {
        return (None, None);
    };
    let known = recorded.get("template").and_then(Value::as_str);
    match (template::parts(url), known) {
        (Some((bucket, key)), Some(known)) if key == template::key(known) => {
            (Some(bucket), Some(known.to_owned()))
        }
        (at, _) => (
            at.map(|(bucket, _)| bucket),
            Some(format!("the template at {url}")),
        ),
    }
}
