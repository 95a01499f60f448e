//! Making, changing and deleting products.

use std::collections::BTreeMap;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_servicecatalog::types::{
    ProductType, ProvisioningArtifactProperties, ProvisioningArtifactType,
};

use super::read::{VISIBLE, active};
use super::template;
use crate::aws::{Aws, Cause, Failure, Repeat, call};
use crate::kinds::ec2::made::{announce_id, read_back, sent};
use crate::kinds::service_catalog::{PAGE, marked, to_tags, token};
use crate::kinds::tags::tag_changes;
use crate::kinds::{Actual, Change, Context, Ready, wait};
use crate::state::Record;

/// The key of the template's address in what a version is made of.
const LOAD: &str = "LoadTemplateFromURL";
/// How many digits of the template's digest a version's name has.
const DIGITS: usize = 12;

/// What a create of this node made, by its marks: names of products are not unique.
pub async fn find(aws: &Aws, node: &Ready) -> Result<Option<String>, Failure> {
    let client = aws.service_catalog(&node.place).await?;
    let mut page: Option<String> = None;
    loop {
        let answer = call(
            aws,
            "servicecatalog:SearchProductsAsAdmin",
            Repeat::Safe,
            || {
                client
                    .search_products_as_admin()
                    .page_size(PAGE)
                    .set_page_token(page.clone())
                    .send()
            },
        )
        .await?;
        let views = answer.product_view_details.unwrap_or_default().into_iter();
        let ids = views
            .filter_map(|view| view.product_view_summary?.product_id)
            .collect();
        let client = &client;
        let found = marked(node, ids, |id| async move {
            let operation = "servicecatalog:DescribeProductAsAdmin";
            let answer = call(aws, operation, Repeat::Safe, || {
                client.describe_product_as_admin().id(&id).send()
            })
            .await?;
            Ok(answer.tags.unwrap_or_default())
        })
        .await?;
        if found.is_some() {
            return Ok(found);
        }
        page = answer.next_page_token.filter(|token| !token.is_empty());
        if page.is_none() {
            return Ok(None);
        }
    }
}

/// Puts the template into its bucket, and says what a version of it is made of.
async fn version(
    cx: &Context<'_>,
    node: &Ready,
) -> Result<ProvisioningArtifactProperties, Failure> {
    let text = node.text("template").unwrap_or_default();
    let bucket = node.text("bucket").unwrap_or_default();
    let key = template::key(text);
    let client = cx.aws.s3(&node.place).await?;
    // The same text under the same name: a second time changes nothing.
    call(cx.aws, "s3:PutObject", Repeat::Safe, || {
        client
            .put_object()
            .bucket(bucket)
            .key(&key)
            .body(ByteStream::from(text.as_bytes().to_vec()))
            .send()
    })
    .await
    .map_err(|failure| match failure.cause {
        Cause::NotFound => failure.help(format!(
            "`bucket` names one that is there, in this account and in {}",
            node.place.region
        )),
        _ => failure,
    })?;
    let digest = key.rsplit('/').next().unwrap_or_default();
    Ok(ProvisioningArtifactProperties::builder()
        .name(digest.get(..DIGITS).unwrap_or(digest))
        .info(LOAD, template::url(&node.place, bucket, text))
        .r#type(ProvisioningArtifactType::CloudFormationTemplate)
        .build())
}

/// The tags of the node, with the one that Studio looks for.
fn all_tags(node: &Ready) -> BTreeMap<String, String> {
    let mut tags = node.all_tags();
    if node.text("studio_visibility").is_some() {
        tags.insert(VISIBLE.to_owned(), "true".to_owned());
    }
    tags
}

pub async fn create(cx: &Context<'_>, node: &Ready) -> Result<Actual, Failure> {
    const OPERATION: &str = "servicecatalog:CreateProduct";
    let client = cx.aws.service_catalog(&node.place).await?;
    let version = version(cx, node).await?;
    let text = |name: &str| node.text(name).map(str::to_owned);
    let request = client
        .create_product()
        .name(node.text("name").unwrap_or_default())
        .owner(node.text("owner").unwrap_or_default())
        .set_description(text("description"))
        .set_distributor(text("distributor"))
        .set_support_description(text("support_description"))
        .set_support_email(text("support_email"))
        .set_support_url(text("support_url"))
        .product_type(ProductType::CloudFormationTemplate)
        .set_tags(Some(to_tags(&all_tags(node))?))
        .provisioning_artifact_parameters(version)
        .idempotency_token(token(node, "product"));
    let answer = call(cx.aws, OPERATION, Repeat::Safe, || request.clone().send()).await?;
    let view = answer.product_view_detail;
    let summary = view.and_then(|view| view.product_view_summary);
    let id = sent(summary.and_then(|summary| summary.product_id), OPERATION)?;
    announce_id(cx, node, &id);
    read_back(cx, node, &id).await
}

pub async fn update(
    cx: &Context<'_>,
    node: &Ready,
    record: &Record,
    changes: &[Change],
) -> Result<Actual, Failure> {
    let client = cx.aws.service_catalog(&node.place).await?;
    let id = record.id.as_str();
    let changed = |path: &str| changes.iter().any(|change| change.path == path);
    // What is no longer written is cleared by an empty text.
    let text = |path: &str| changed(path).then(|| node.text(path).unwrap_or_default().to_owned());
    let mut tags = tag_changes(changes);
    if changed("studio_visibility") {
        match node.text("studio_visibility") {
            Some(_) => {
                tags.set.insert(VISIBLE.to_owned(), "true".to_owned());
            }
            None => tags.remove.push(VISIBLE.to_owned()),
        }
    }
    let settings = [
        "name",
        "owner",
        "description",
        "distributor",
        "support_description",
        "support_email",
        "support_url",
    ];
    let has_settings = settings.iter().any(|path| changed(path));
    if has_settings || !tags.set.is_empty() || !tags.remove.is_empty() {
        let set = to_tags(&tags.set)?;
        call(cx.aws, "servicecatalog:UpdateProduct", Repeat::Safe, || {
            client
                .update_product()
                .id(id)
                .set_name(text("name"))
                .set_owner(text("owner"))
                .set_description(text("description"))
                .set_distributor(text("distributor"))
                .set_support_description(text("support_description"))
                .set_support_email(text("support_email"))
                .set_support_url(text("support_url"))
                .set_add_tags((!set.is_empty()).then(|| set.clone()))
                .set_remove_tags((!tags.remove.is_empty()).then(|| tags.remove.clone()))
                .send()
        })
        .await?;
    }
    if changed("template") || changed("bucket") {
        renew(cx, node, id).await?;
    }
    read_back(cx, node, id).await
}

/// Makes a new version; then nobody can launch the older ones any more. What was launched stays.
async fn renew(cx: &Context<'_>, node: &Ready, id: &str) -> Result<(), Failure> {
    const OPERATION: &str = "servicecatalog:CreateProvisioningArtifact";
    let client = cx.aws.service_catalog(&node.place).await?;
    let older = active(cx.aws, &client, id).await?;
    let version = version(cx, node).await?;
    let newest = older.last().and_then(|one| one.id()).unwrap_or_default();
    // A text that was in force before is a version of its own each time it comes back.
    let of = format!(
        "{newest} {}",
        template::key(node.text("template").unwrap_or_default())
    );
    let request = client
        .create_provisioning_artifact()
        .product_id(id)
        .parameters(version)
        .idempotency_token(token(node, &of));
    let answer = call(cx.aws, OPERATION, Repeat::Safe, || request.clone().send()).await?;
    let new = answer.provisioning_artifact_detail.and_then(|one| one.id);
    let new = sent(new, OPERATION)?;
    for one in older
        .iter()
        .filter_map(|one| one.id())
        .filter(|one| *one != new)
    {
        call(
            cx.aws,
            "servicecatalog:UpdateProvisioningArtifact",
            Repeat::Safe,
            || {
                client
                    .update_provisioning_artifact()
                    .product_id(id)
                    .provisioning_artifact_id(one)
                    .active(false)
                    .send()
            },
        )
        .await?;
    }
    Ok(())
}

/// Deletes it; its templates stay in their bucket, which is a person's.
pub async fn delete(cx: &Context<'_>, record: &Record) -> Result<(), Failure> {
    let client = cx.aws.service_catalog(&record.place).await?;
    let id = record.id.as_str();
    wait::deleted(cx, id, || {
        call(cx.aws, "servicecatalog:DeleteProduct", Repeat::Safe, || {
            client.delete_product().id(id).send()
        })
    })
    .await
    .map(|_| ())
    .map_err(|failure| match failure.cause {
        Cause::InUse => failure.help("a portfolio that is not in these files has it: take it out there, then run the same command again"),
        _ => failure,
    })
}
