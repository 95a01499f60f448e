#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use aws_sdk_ram::Client;
use aws_sdk_ram::types::{
    ResourceOwner, ResourceShareAssociationType, ResourceShareInvitation, TagFilter,
};

use crate::sandbox::testing::{ACCOUNT, Lab, REGION, said};

const OTHER: &str = "444455556666";

fn pipeline(name: &str) -> String {
    format!("arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/{name}")
}

async fn share(ram: &Client, principal: &str) -> String {
    let made = ram
        .create_resource_share()
        .name("train")
        .resource_arns(pipeline("train"))
        .principals(principal)
        .send()
        .await
        .unwrap();
    made.resource_share.unwrap().resource_share_arn.unwrap()
}

async fn received(ram: &Client) -> usize {
    let owner = ResourceOwner::OtherAccounts;
    let answer = ram.get_resource_shares().resource_owner(owner).send().await;
    answer.unwrap().resource_shares().len()
}

async fn invitations(ram: &Client) -> Vec<ResourceShareInvitation> {
    let answer = ram.get_resource_share_invitations().send().await.unwrap();
    answer.resource_share_invitations.unwrap()
}

async fn principal_status(ram: &Client, share: &str) -> String {
    let answer = ram
        .get_resource_share_associations()
        .association_type(ResourceShareAssociationType::Principal)
        .resource_share_arns(share)
        .send()
        .await
        .unwrap();
    let all = answer.resource_share_associations();
    all[0].status().unwrap().as_str().to_owned()
}

#[tokio::test]
async fn an_account_uses_a_share_once_it_accepted() {
    let lab = Lab::slow();
    let (own, other) = (
        Client::new(&lab.config()),
        Client::new(&lab.config_of(OTHER)),
    );
    let arn = share(&own, OTHER).await;
    assert!(invitations(&other).await.is_empty());
    lab.pass(10).await;
    assert_eq!(received(&other).await, 0);
    assert_eq!(principal_status(&own, &arn).await, "ASSOCIATING");
    // Only the receiver sees the invitation.
    assert!(invitations(&own).await.is_empty());
    let invitation = invitations(&other).await[0].clone();
    assert_eq!(invitation.sender_account_id(), Some(ACCOUNT));
    let accept = || {
        other
            .accept_resource_share_invitation()
            .resource_share_invitation_arn(invitation.resource_share_invitation_arn().unwrap())
            .send()
    };
    accept().await.unwrap();
    assert!(said(accept().await).starts_with("ResourceShareInvitationAlreadyAcceptedException"));
    lab.pass(10).await;
    assert_eq!(received(&other).await, 1);
    assert_eq!(principal_status(&own, &arn).await, "ASSOCIATED");
    // The receiver may leave.
    let leave = other.disassociate_resource_share().resource_share_arn(&arn);
    leave.principals(OTHER).send().await.unwrap();
    assert_eq!(received(&other).await, 0);
}

#[tokio::test]
async fn an_organisation_that_shares_sends_no_invitations() {
    let lab = Lab::slow();
    lab.sandbox.ensure_account(OTHER, &[]).unwrap();
    let (own, other) = (
        Client::new(&lab.config()),
        Client::new(&lab.config_of(OTHER)),
    );
    let unit = "arn:aws:organizations::999999999999:ou/o-abcdefghij/ou-1234-abcdefgh";
    let refused = own
        .create_resource_share()
        .name("x")
        .principals(unit)
        .send()
        .await;
    assert!(said(refused).starts_with("OperationNotPermittedException"));
    own.enable_sharing_with_aws_organization()
        .send()
        .await
        .unwrap();
    share(&own, OTHER).await;
    share(&own, unit).await;
    lab.pass(10).await;
    assert!(invitations(&other).await.is_empty());
    assert_eq!(received(&other).await, 2);
    // Nobody outside of it gets in by the unit.
    assert_eq!(
        received(&Client::new(&lab.config_of("777788889999"))).await,
        0
    );
}

#[tokio::test]
async fn permissions_are_one_for_each_type() {
    let lab = Lab::quick();
    let ram = Client::new(&lab.config());
    let arn = share(&ram, OTHER).await;
    let names = async || {
        let list = ram.list_resource_share_permissions();
        let answer = list.resource_share_arn(&arn).send().await.unwrap();
        let all = answer.permissions().iter();
        all.map(|one| one.name().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["AWSRAMDefaultPermissionSageMakerPipeline"]);
    let change = |replace: bool| {
        ram.associate_resource_share_permission()
            .resource_share_arn(&arn)
            .permission_arn(
                "arn:aws:ram::aws:permission/AWSRAMPermissionSageMakerPipelineAllowExecution",
            )
            .replace(replace)
            .send()
    };
    assert!(said(change(false).await).starts_with("InvalidParameterException"));
    change(true).await.unwrap();
    assert_eq!(
        names().await,
        ["AWSRAMPermissionSageMakerPipelineAllowExecution"]
    );
}

#[tokio::test]
async fn tokens_tags_and_refusals() {
    let lab = Lab::quick();
    let ram = Client::new(&lab.config());
    let tag = aws_sdk_ram::types::Tag::builder()
        .key("team")
        .value("a")
        .build();
    let make = |name: &str, token: &str| {
        ram.create_resource_share()
            .name(name)
            .client_token(token)
            .tags(tag.clone())
            .send()
    };
    let arn = |made: aws_sdk_ram::operation::create_resource_share::CreateResourceShareOutput| {
        made.resource_share.unwrap().resource_share_arn.unwrap()
    };
    let first = arn(make("a", "t").await.unwrap());
    assert_eq!(arn(make("a", "t").await.unwrap()), first);
    assert!(said(make("b", "t").await).starts_with("IdempotentParameterMismatchException"));
    // Names are not unique.
    assert_ne!(arn(make("a", "u").await.unwrap()), first);
    let filter = TagFilter::builder().tag_key("team").tag_values("a").build();
    let found = ram
        .get_resource_shares()
        .resource_owner(ResourceOwner::SelfValue)
        .tag_filters(filter)
        .max_results(1);
    let page = found.send().await.unwrap();
    assert_eq!(page.resource_shares().len(), 1);
    assert!(page.next_token().is_some());
    let associate = |resource: &str| {
        ram.associate_resource_share()
            .resource_share_arn(&first)
            .resource_arns(resource)
            .send()
    };
    let foreign = pipeline("x").replace(ACCOUNT, OTHER);
    assert!(said(associate(&foreign).await).starts_with("UnknownResourceException"));
    assert!(said(associate("arn:aws:s3:::bucket").await).starts_with("MalformedArnException"));
    let delete = || {
        ram.delete_resource_share()
            .resource_share_arn(&first)
            .send()
    };
    delete().await.unwrap();
    assert!(said(delete().await).starts_with("UnknownResourceException"));
    assert!(said(associate(&pipeline("x")).await).starts_with("UnknownResourceException"));
}
