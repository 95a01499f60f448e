#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use aws_sdk_resourcegroupstagging::Client;
use aws_sdk_resourcegroupstagging::types::TagFilter;

use crate::sandbox::scene::Scene;
use crate::sandbox::testing::{ACCOUNT, Lab, REGION, said};

struct Estate {
    scene: Scene,
    tagging: Client,
    vpc: String,
    system: String,
}

async fn estate() -> Estate {
    let lab = Lab::quick();
    let mut scene = Scene::of(lab.sandbox.clone());
    scene
        .make("vpc", "vpcId", "CreateVpc CidrBlock=10.0.0.0/16")
        .await;
    let efs = aws_sdk_efs::Client::new(&lab.config());
    let tag = aws_sdk_efs::types::Tag::builder()
        .key("team")
        .value("b")
        .build()
        .unwrap();
    let made = efs
        .create_file_system()
        .creation_token("t")
        .tags(tag)
        .send()
        .await
        .unwrap();
    Estate {
        vpc: format!("arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/{}", scene.get("vpc")),
        system: made.file_system_arn.unwrap(),
        tagging: Client::new(&lab.config()),
        scene,
    }
}

impl Estate {
    async fn found(&self, key: Option<&str>, values: &[&str], kinds: &[&str]) -> Vec<String> {
        let filter = key.map(|key| {
            let values = values.iter().map(|value| (*value).to_owned()).collect();
            TagFilter::builder()
                .key(key)
                .set_values(Some(values))
                .build()
        });
        let kinds = kinds
            .iter()
            .map(|kind| (*kind).to_owned())
            .collect::<Vec<_>>();
        let call = self
            .tagging
            .get_resources()
            .set_tag_filters(filter.map(|filter| vec![filter]));
        let answer = call
            .set_resource_type_filters(Some(kinds))
            .send()
            .await
            .unwrap();
        let list = answer.resource_tag_mapping_list();
        list.iter()
            .map(|row| row.resource_arn().unwrap().to_owned())
            .collect()
    }
}

#[tokio::test]
async fn tags_of_several_services_are_found_and_changed() {
    let estate = estate().await;
    let (vpc, system) = (&estate.vpc, &estate.system);
    assert_eq!(
        estate.found(Some("team"), &[], &[]).await,
        [system.as_str()]
    );
    let call = estate
        .tagging
        .tag_resources()
        .resource_arn_list(vpc)
        .resource_arn_list(system);
    let answer = call
        .tags("team", "a")
        .tags("stage", "dev")
        .send()
        .await
        .unwrap();
    assert!(
        answer
            .failed_resources_map()
            .is_none_or(|failed| failed.is_empty())
    );
    assert_eq!(
        estate.found(Some("team"), &["a"], &[]).await,
        [vpc.clone(), system.clone()]
    );
    assert_eq!(
        estate.found(Some("team"), &["b"], &[]).await,
        Vec::<String>::new()
    );
    assert_eq!(estate.found(None, &[], &["ec2:vpc"]).await, [vpc.as_str()]);
    assert_eq!(
        estate.found(None, &[], &["elasticfilesystem"]).await,
        [system.as_str()]
    );
    assert_eq!(
        estate.found(None, &[], &["ec2:subnet"]).await,
        Vec::<String>::new()
    );
    estate
        .tagging
        .untag_resources()
        .resource_arn_list(vpc)
        .tag_keys("team")
        .send()
        .await
        .unwrap();
    assert_eq!(
        estate.found(Some("team"), &[], &[]).await,
        [system.as_str()]
    );
    let text = estate.scene.ok("DescribeVpcs").await;
    assert!(text.contains("stage") && !text.contains("team"));
}

#[tokio::test]
async fn what_cannot_be_tagged_is_named() {
    let estate = estate().await;
    let absent = format!("arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-0123456789abcdef0");
    let role = format!("arn:aws:iam::{ACCOUNT}:role/r");
    let call = estate
        .tagging
        .tag_resources()
        .resource_arn_list(&absent)
        .resource_arn_list(&role);
    let answer = call
        .resource_arn_list(&estate.vpc)
        .tags("team", "a")
        .send()
        .await
        .unwrap();
    let failed: Vec<&String> = answer.failed_resources_map().unwrap().keys().collect();
    assert_eq!(failed.len(), 2, "{failed:?}");
}

#[tokio::test]
async fn pages_and_refusals() {
    let estate = estate().await;
    let call = estate
        .tagging
        .tag_resources()
        .resource_arn_list(&estate.vpc);
    call.tags("team", "a").send().await.unwrap();
    let page = |token: &str, size: i32| {
        estate
            .tagging
            .get_resources()
            .resources_per_page(size)
            .pagination_token(token)
            .send()
    };
    let first = page("", 1).await.unwrap();
    assert_eq!(first.resource_tag_mapping_list().len(), 1);
    let second = page(first.pagination_token().unwrap(), 1).await.unwrap();
    assert_eq!(second.resource_tag_mapping_list().len(), 1);
    assert_eq!(second.pagination_token(), Some(""));
    assert!(said(page("???", 1).await).starts_with("PaginationTokenExpiredException"));
    assert!(said(page("", 101).await).starts_with("InvalidParameterException"));
    let both = estate
        .tagging
        .get_resources()
        .resource_arn_list(&estate.vpc)
        .resource_type_filters("ec2");
    assert!(said(both.send().await).starts_with("InvalidParameterException"));
}
