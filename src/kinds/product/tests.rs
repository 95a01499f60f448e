#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use crate::kinds::scene::{Fault, REGION, Scene, place, said};

/// The estate: a product that Studio shows, in a portfolio with who may launch it and by which role.
const CATALOG: &str = r#"
role launch { trust = service("servicecatalog.amazonaws.com") }
role person { trust = service("sagemaker.amazonaws.com") }
product emr {
  owner             = "platform"
  bucket            = "templates"
  studio_visibility = "emr"
  template          = "Parameters:\n  SageMakerProjectName: {Type: String}\n  SageMakerProjectId: {Type: String}\nResources: {}\n"
  tags              = { team = "a" }
}
portfolio ml {
  provider   = "platform"
  products   = [product.emr]
  principals = [role.person]
  launch_constraint emr { product = product.emr, role = role.launch }
}
"#;

pub async fn bucket(scene: &Scene) {
    let client = scene.aws.s3(&place()).await.unwrap();
    let configuration = aws_sdk_s3::types::CreateBucketConfiguration::builder()
        .location_constraint(REGION.into())
        .build();
    client
        .create_bucket()
        .bucket("templates")
        .create_bucket_configuration(configuration)
        .send()
        .await
        .unwrap();
    scene.calls();
}

/// The names of the writes to Service Catalog and S3, in order.
fn names(scene: &Scene) -> Vec<String> {
    let calls = scene.calls();
    let names = calls.iter().map(|call| call.split(' ').next().unwrap());
    let reading = ["Describe", "List", "Search", "Get", "GET"];
    let writes = names.filter(|name| {
        !reading.iter().any(|word| name.starts_with(word)) && !name.contains("Role")
    });
    writes.map(str::to_owned).collect()
}

#[tokio::test]
async fn a_catalogue_is_made_changed_and_deleted() {
    let mut scene = Scene::new();
    bucket(&scene).await;
    scene.apply(CATALOG).await.unwrap();
    let mut made = names(&scene);
    made.sort();
    assert_eq!(
        made,
        [
            "AssociatePrincipalWithPortfolio",
            "AssociateProductWithPortfolio",
            "CreateConstraint",
            "CreatePortfolio",
            "CreateProduct",
            "PUT",
        ]
    );
    let product = scene.record("product.emr").clone();
    assert_eq!(product.text("studio_visibility"), Some("emr"));
    scene.apply(CATALOG).await.unwrap();
    assert_eq!(names(&scene), [""; 0]);

    // A changed template is a new version, and the old one can no longer be launched.
    let changed = CATALOG.replace("Resources: {}", "Resources: {X: {}}");
    scene.apply(&changed).await.unwrap();
    assert_eq!(
        names(&scene),
        [
            "PUT",
            "CreateProvisioningArtifact",
            "UpdateProvisioningArtifact",
        ]
    );
    assert_ne!(
        scene.record("product.emr").text("version"),
        product.text("version")
    );
    let plain = changed
        .replace("  studio_visibility = \"emr\"\n", "")
        .replace("owner             = \"platform\"", "owner = \"others\"");
    scene.apply(&plain).await.unwrap();
    assert_eq!(names(&scene), ["UpdateProduct"]);
    assert_eq!(scene.record("product.emr").text("studio_visibility"), None);

    scene.destroy().await.unwrap();
    assert_eq!(
        scene
            .things()
            .into_keys()
            .filter(|name| name.starts_with("service_catalog"))
            .count(),
        0
    );
    assert!(scene.things().contains_key("s3_objects"), "templates stay");
}

#[tokio::test]
async fn lost_answers_make_one_of_each() {
    for operation in [
        "CreateProduct",
        "CreatePortfolio",
        "CreateConstraint",
        "AssociateProductWithPortfolio",
    ] {
        let mut scene = Scene::new();
        bucket(&scene).await;
        scene.fault(operation, Fault::Lost);
        scene.apply(CATALOG).await.unwrap();
        let things = scene.things();
        for (name, count) in things {
            if name.starts_with("service_catalog") {
                assert_eq!(count, 1, "{operation}: {name}");
            }
        }
    }
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_told() {
    let mut scene = Scene::new();
    let failure = scene.apply(CATALOG).await.unwrap_err();
    assert!(failure.operation == "s3:PutObject", "{failure:?}");
}

#[test]
fn studio_needs_its_parameters() {
    let told = said(
        r#"
product emr {
  owner             = "platform"
  bucket            = "templates"
  studio_visibility = "emr"
  template          = "Parameters:\n  SageMakerProjectName: {Type: String}\n"
}
"#,
    );
    let wanted =
        "error[E0397]: the template of `product.emr` lacks the parameters SageMakerProjectId";
    assert!(told.starts_with(wanted), "{told}");
}
