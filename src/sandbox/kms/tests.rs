#![allow(clippy::unwrap_used, clippy::panic)]

use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;

use super::api::ensure_key;
use crate::sandbox::testing::{ACCOUNT, Lab, REGION, said};

async fn made(kms: &Client) -> String {
    let made = kms.create_key().description("d").send().await.unwrap();
    made.key_metadata.unwrap().arn.unwrap()
}

/// Plaintext and blob of a new data key.
async fn data_key(kms: &Client, key: &str, stack: &str) -> (Vec<u8>, Blob) {
    let made = kms
        .generate_data_key()
        .key_id(key)
        .key_spec(DataKeySpec::Aes256)
        .encryption_context("stack", stack)
        .send()
        .await
        .unwrap();
    assert!(made.key_id.unwrap().starts_with("arn:aws:kms:"));
    (
        made.plaintext.unwrap().into_inner(),
        made.ciphertext_blob.unwrap(),
    )
}

async fn opened(
    kms: &Client,
    key: Option<&str>,
    blob: Blob,
    stack: &str,
) -> Result<Vec<u8>, String> {
    let opened = kms
        .decrypt()
        .set_key_id(key.map(str::to_owned))
        .ciphertext_blob(blob)
        .encryption_context("stack", stack);
    match opened.send().await {
        Ok(opened) => Ok(opened.plaintext.unwrap().into_inner()),
        refused => Err(said(refused)),
    }
}

#[tokio::test]
async fn a_data_key_is_opened_by_its_key_and_context_only() {
    let lab = Lab::quick();
    let kms = Client::new(&lab.config());
    let (one, other) = (made(&kms).await, made(&kms).await);
    kms.create_alias()
        .alias_name("alias/smd")
        .target_key_id(&one)
        .send()
        .await
        .unwrap();
    let (plain, blob) = data_key(&kms, "alias/smd", "a").await;
    assert_eq!(plain.len(), 32);
    for key in [None, Some(one.as_str()), Some("alias/smd")] {
        assert_eq!(opened(&kms, key, blob.clone(), "a").await.unwrap(), plain);
    }
    let refused = opened(&kms, Some(&other), blob.clone(), "a").await;
    assert!(refused.unwrap_err().starts_with("IncorrectKeyException: "));
    let refused = opened(&kms, None, blob.clone(), "b").await;
    assert_eq!(refused.unwrap_err(), "InvalidCiphertextException: ");
    let mut bytes = blob.clone().into_inner();
    *bytes.last_mut().unwrap() ^= 1;
    for bytes in [bytes, vec![1, 2, 3]] {
        let refused = opened(&kms, None, Blob::new(bytes), "a").await;
        assert_eq!(refused.unwrap_err(), "InvalidCiphertextException: ");
    }
    // Another account has another KMS.
    let elsewhere = Client::new(&lab.config_of("444455556666"));
    assert!(opened(&elsewhere, None, blob, "a").await.is_err());
    let refused = elsewhere.describe_key().key_id(&one).send().await;
    assert!(said(refused).starts_with("AccessDeniedException: "));
}

#[tokio::test]
async fn a_disabled_key_is_of_no_use_until_it_is_enabled() {
    let lab = Lab::quick();
    let kms = Client::new(&lab.config());
    let key = made(&kms).await;
    let (plain, blob) = data_key(&kms, &key, "a").await;
    kms.disable_key().key_id(&key).send().await.unwrap();
    let shown = kms.describe_key().key_id(&key).send().await.unwrap();
    assert!(!shown.key_metadata.unwrap().enabled);
    let refused = opened(&kms, None, blob.clone(), "a").await;
    assert_eq!(
        refused.unwrap_err(),
        format!("DisabledException: {key} is disabled.")
    );
    kms.enable_key().key_id(&key).send().await.unwrap();
    assert_eq!(opened(&kms, None, blob, "a").await.unwrap(), plain);
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let lab = Lab::quick();
    let kms = Client::new(&lab.config());
    let key = made(&kms).await;
    let describe = |name: &str| kms.describe_key().key_id(name).send();
    assert_eq!(
        said(describe("alias/none").await),
        format!("NotFoundException: Alias arn:aws:kms:{REGION}:{ACCOUNT}:alias/none is not found.")
    );
    let absent = "12345678-1234-1234-1234-123456789012";
    assert_eq!(
        said(describe(absent).await),
        format!(
            "NotFoundException: Key 'arn:aws:kms:{REGION}:{ACCOUNT}:key/{absent}' does not exist"
        )
    );
    assert!(said(describe("a b").await).starts_with("ValidationException: "));
    let alias = |name: &str| {
        kms.create_alias()
            .alias_name(name)
            .target_key_id(&key)
            .send()
    };
    assert_eq!(said(alias("alias/a").await), "taken");
    assert!(said(alias("alias/a").await).starts_with("AlreadyExistsException: "));
    assert!(said(alias("a").await).starts_with("ValidationException: "));
    assert!(said(alias("alias/aws/x").await).starts_with("NotAuthorizedException: "));
    let neither = kms.generate_data_key().key_id(&key).send().await;
    assert!(said(neither).starts_with("ValidationException: "));
}

#[tokio::test]
async fn a_key_that_is_made_sure_of_is_made_once() {
    let lab = Lab::quick();
    let id = "12345678-1234-1234-1234-123456789012";
    let arn = format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{id}");
    for name in ["alias/smd", "alias/smd", &arn, &arn, id, "no name", ""] {
        lab.sandbox
            .arrange(|world| ensure_key(world, ACCOUNT, REGION, name, 0))
            .unwrap();
    }
    let counts = lab.sandbox.info().counts;
    assert_eq!((counts["kms_keys"], counts["kms_aliases"]), (2, 1));
    let kms = Client::new(&lab.config());
    data_key(&kms, "alias/smd", "a").await;
    data_key(&kms, &arn, "a").await;
}
