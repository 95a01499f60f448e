#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_servicecatalog::Client;
use aws_sdk_servicecatalog::types::{
    PrincipalType, ProductType, ProvisioningArtifactProperties, ProvisioningArtifactType,
};

use crate::sandbox::testing::{ACCOUNT, Lab, REGION, said};

const URL: &str = "https://templates.s3.eu-west-1.amazonaws.com/t";

fn version() -> ProvisioningArtifactProperties {
    ProvisioningArtifactProperties::builder()
        .name("v")
        .info("LoadTemplateFromURL", URL)
        .r#type(ProvisioningArtifactType::CloudFormationTemplate)
        .build()
}

async fn template(lab: &Lab) {
    let s3 = aws_sdk_s3::Client::new(&lab.config());
    let place = aws_sdk_s3::types::CreateBucketConfiguration::builder()
        .location_constraint(REGION.into())
        .build();
    s3.create_bucket()
        .bucket("templates")
        .create_bucket_configuration(place)
        .send()
        .await
        .unwrap();
    s3.put_object()
        .bucket("templates")
        .key("t")
        .body(ByteStream::from_static(b"Resources: {}"))
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn what_is_in_use_does_not_go() {
    let lab = Lab::quick();
    let catalog = Client::new(&lab.config());
    let make = || {
        catalog
            .create_product()
            .name("p")
            .owner("o")
            .product_type(ProductType::CloudFormationTemplate)
            .provisioning_artifact_parameters(version())
            .idempotency_token("t")
    };
    assert!(said(make().send().await).starts_with("InvalidParametersException"));
    template(&lab).await;
    let id = async || {
        let made = make().send().await.unwrap();
        let view = made.product_view_detail.unwrap();
        view.product_view_summary.unwrap().product_id.unwrap()
    };
    let product = id().await;
    // The same token is the same product.
    assert_eq!(id().await, product);
    let portfolio = catalog
        .create_portfolio()
        .display_name("f")
        .provider_name("o")
        .send()
        .await
        .unwrap();
    let portfolio = portfolio.portfolio_detail.unwrap().id.unwrap();
    let constrain = |token: &str| {
        catalog
            .create_constraint()
            .portfolio_id(&portfolio)
            .product_id(&product)
            .r#type("LAUNCH")
            .parameters(format!(
                "{{\"RoleArn\": \"arn:aws:iam::{ACCOUNT}:role/launch\"}}"
            ))
            .idempotency_token(token)
            .send()
    };
    assert!(said(constrain("a").await).starts_with("ResourceNotFoundException"));
    catalog
        .associate_product_with_portfolio()
        .portfolio_id(&portfolio)
        .product_id(&product)
        .send()
        .await
        .unwrap();
    catalog
        .associate_principal_with_portfolio()
        .portfolio_id(&portfolio)
        .principal_arn(format!("arn:aws:iam::{ACCOUNT}:role/ada"))
        .principal_type(PrincipalType::Iam)
        .send()
        .await
        .unwrap();
    let made = constrain("a").await.unwrap();
    assert!(said(constrain("b").await).starts_with("DuplicateResourceException"));
    let delete_portfolio = || catalog.delete_portfolio().id(&portfolio).send();
    let delete_product = || catalog.delete_product().id(&product).send();
    assert!(said(delete_portfolio().await).starts_with("ResourceInUseException"));
    assert!(said(delete_product().await).starts_with("ResourceInUseException"));
    let take_out = || {
        catalog
            .disassociate_product_from_portfolio()
            .portfolio_id(&portfolio)
            .product_id(&product)
            .send()
    };
    assert!(said(take_out().await).starts_with("ResourceInUseException"));
    let constraint = made.constraint_detail.unwrap().constraint_id.unwrap();
    catalog
        .delete_constraint()
        .id(constraint)
        .send()
        .await
        .unwrap();
    take_out().await.unwrap();
    delete_product().await.unwrap();
    assert!(said(delete_product().await).starts_with("ResourceNotFoundException"));
}
