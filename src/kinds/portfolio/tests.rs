#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use crate::kinds::scene::{Scene, evaluate, place};

const PORTFOLIO: &str = r#"
role person { trust = service("sagemaker.amazonaws.com") }
portfolio ml { provider = "platform", description = "d", principals = [role.person], tags = { a = "1" } }
"#;

#[tokio::test]
async fn a_portfolio_is_changed_in_place() {
    let mut scene = Scene::new();
    scene.apply(PORTFOLIO).await.unwrap();
    let id = scene.id("portfolio.ml");
    scene
        .apply(
            &PORTFOLIO
                .replace(", description = \"d\"", ", name = \"New name\"")
                .replace("a = \"1\"", "b = \"2\""),
        )
        .await
        .unwrap();
    assert_eq!(scene.id("portfolio.ml"), id);
    let record = scene.record("portfolio.ml");
    assert_eq!(record.text("name"), Some("New name"));
    assert_eq!(record.text("description"), None);
    scene.destroy().await.unwrap();
}

#[tokio::test]
async fn what_somebody_else_put_in_keeps_it_and_is_told() {
    let mut scene = Scene::new();
    scene.apply(PORTFOLIO).await.unwrap();
    let id = scene.id("portfolio.ml");
    let client = scene.aws.service_catalog(&place()).await.unwrap();
    client
        .associate_principal_with_portfolio()
        .portfolio_id(&id)
        .principal_arn("arn:aws:iam::111122223333:role/other")
        .principal_type(aws_sdk_servicecatalog::types::PrincipalType::Iam)
        .send()
        .await
        .unwrap();
    let failure = scene.destroy().await.unwrap_err();
    assert!(
        failure.help[0].contains("not in these files"),
        "{failure:?}"
    );
}

#[test]
fn a_constraint_needs_its_product_in_the_portfolio() {
    let (configuration, _, found) = evaluate(
        r#"
role launch { trust = service("servicecatalog.amazonaws.com") }
product p { owner = "o", bucket = "templates", template = "Resources: {}" }
portfolio ml {
  provider = "o"
  products = [product.p]
  launch_constraint p { product = product.p, role = role.launch }
}
"#,
    );
    assert_eq!(found, []);
    let constraint = configuration
        .nodes
        .values()
        .find(|node| node.kind == "portfolio.launch_constraint")
        .unwrap();
    let needs = constraint.edges.iter().map(|edge| edge.to.to_string());
    assert!(
        needs
            .collect::<Vec<_>>()
            .contains(&"portfolio.ml.products[\"product.p\"]".to_owned())
    );
}
