//! A KMS key that wraps the data keys of encrypted records.

use std::fmt;
use std::sync::Arc;

use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;
use futures::FutureExt;
use futures::future::BoxFuture;
use zeroize::Zeroizing;

use super::{Aws, Failure, Repeat, call};
use crate::config::{Access, Place};
use crate::diagnostic::{Diagnostic, codes};
use crate::sandbox::DEFAULT_ACCOUNT;
use crate::state::sealed::{DataKey, KeyService, Managed};

/// The encryption context that binds a data key to its stack; CloudTrail shows it.
const CONTEXT: &str = "smd:stack";
/// What KMS answers where a data key is not of the key that is named, or of another context.
const NOT_OF_THIS_KEY: [&str; 2] = ["IncorrectKeyException", "InvalidCiphertextException"];

/// A KMS key, reached with the credentials of the environment.
pub struct KmsKey {
    aws: Aws,
    name: String,
    place: Place,
}

impl fmt::Debug for KmsKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KmsKey").field("name", &self.name).finish()
    }
}

/// Region and account in a key's ARN.
#[must_use]
pub fn place_of(name: &str) -> Option<(&str, &str)> {
    let mut parts = name.strip_prefix("arn:")?.split(':').skip(2);
    Some((parts.next()?, parts.next()?))
}

impl KmsKey {
    /// The key of this name: an ARN, an id, or `alias/…`, the last two in the environment's
    /// account and region.
    #[must_use]
    pub fn new(aws: Aws, name: &str) -> Self {
        let (region, account) = place_of(name)
            .unwrap_or_else(|| (aws.default_region().unwrap_or_default(), DEFAULT_ACCOUNT));
        let place = Place {
            account: Arc::from(account),
            region: Arc::from(region),
            access: Access::default(),
        };
        Self {
            place,
            name: name.to_owned(),
            aws,
        }
    }

    async fn client(&self) -> Result<aws_sdk_kms::Client, Diagnostic> {
        self.aws
            .kms(&self.place)
            .await
            .map_err(|failure| self.unusable(&failure))
    }

    fn unusable(&self, failure: &Failure) -> Diagnostic {
        let mut error = Diagnostic::error(
            codes::state::KMS,
            format!("the KMS key `{}` cannot be used: {failure}", self.name),
        );
        error.help.clone_from(&failure.help);
        if let Some(id) = &failure.request_id {
            error = error.note(format!("request id {id}"));
        }
        error.help("SMD_KMS_KEY names it; it needs kms:GenerateDataKey and kms:Decrypt")
    }

    async fn generated(&self, stack: &str) -> Result<Managed, Diagnostic> {
        let kms = self.client().await?;
        let made = call(&self.aws, "kms:GenerateDataKey", Repeat::Safe, || {
            kms.generate_data_key()
                .key_id(&self.name)
                .key_spec(DataKeySpec::Aes256)
                .encryption_context(CONTEXT, stack)
                .send()
        })
        .await
        .map_err(|failure| self.unusable(&failure))?;
        let whole = made.plaintext.and_then(|plain| {
            let plain = Zeroizing::new(plain.into_inner());
            Some(Managed {
                data_key: DataKey::of(&plain)?,
                wrapped_by: made.key_id?,
                encrypted: made.ciphertext_blob?.into_inner(),
            })
        });
        whole.ok_or_else(|| self.incomplete("GenerateDataKey"))
    }

    async fn decrypted(
        &self,
        stack: &str,
        encrypted: &[u8],
    ) -> Result<Option<DataKey>, Diagnostic> {
        let kms = self.client().await?;
        // The key is named, although KMS would know it: whoever can write the file could else put
        // in a data key of their own KMS key.
        let opened = call(&self.aws, "kms:Decrypt", Repeat::Safe, || {
            kms.decrypt()
                .key_id(&self.name)
                .ciphertext_blob(Blob::new(encrypted))
                .encryption_context(CONTEXT, stack)
                .send()
        })
        .await;
        match opened {
            Ok(opened) => {
                let plain = opened
                    .plaintext
                    .map(|plain| Zeroizing::new(plain.into_inner()));
                let key = plain.and_then(|plain| DataKey::of(&plain));
                key.map(Some).ok_or_else(|| self.incomplete("Decrypt"))
            }
            Err(failure)
                if failure
                    .code
                    .as_deref()
                    .is_some_and(|code| NOT_OF_THIS_KEY.contains(&code)) =>
            {
                Ok(None)
            }
            Err(failure) => Err(self.unusable(&failure)),
        }
    }

    fn incomplete(&self, operation: &str) -> Diagnostic {
        Diagnostic::error(
            codes::state::KMS,
            format!(
                "the KMS key `{}` cannot be used: kms:{operation} answered without a key of 256 bits",
                self.name
            ),
        )
        .help("SMD_KMS_KEY must name a symmetric encryption key")
    }
}

impl KeyService for KmsKey {
    fn generate<'a>(&'a self, stack: &'a str) -> BoxFuture<'a, Result<Managed, Diagnostic>> {
        self.generated(stack).boxed()
    }

    fn decrypt<'a>(
        &'a self,
        stack: &'a str,
        encrypted: &'a [u8],
    ) -> BoxFuture<'a, Result<Option<DataKey>, Diagnostic>> {
        self.decrypted(stack, encrypted).boxed()
    }
}
