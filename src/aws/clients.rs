//! Clients per account and region.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::sts::AssumeRoleProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sts::config::{IdentityCache, StalledStreamProtectionConfig};
use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use super::gate::Gate;
use super::rate::Buckets;
use super::{Cause, Failure, Repeat, call};
use crate::clock::Clock;
use crate::config::{Access, Place};

/// The name of sessions of assumed roles, as CloudTrail shows it.
const SESSION_NAME: &str = "smd";
/// How long a connection may take to stand.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long one answer may take from when its request leaves; the longest AWS control-plane answers
/// come within half of it. The SDK's own limit would count the time in which a call is written down.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);
/// How much longer than one answer credentials may take to come: the SDK would cut the call for them
/// off before its own limit, as an error that has no type.
const CREDENTIALS_MARGIN: Duration = Duration::from_secs(15);
/// The secret of the sandbox's keys: it checks no signature.
const SANDBOX_SECRET: &str = "sandbox";

/// Loads the configuration of a named profile: given by the command layer, which alone reads
/// files and environment of the AWS configuration.
pub type ProfileLoader =
    Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = SdkConfig> + Send>> + Send + Sync>;

/// How AWS is reached: made by the command layer, which alone reads the environment.
#[derive(Clone)]
pub struct AwsOptions {
    /// The clock for signing, retries and waits.
    pub clock: Clock,
    /// Region, credentials, endpoints and HTTP client of the environment.
    pub base: SdkConfig,
    /// How a named profile is loaded; `None` in the sandbox, which knows no profiles.
    pub profiles: Option<ProfileLoader>,
    /// Whether the base credentials can be any account's: the sandbox takes an account id as
    /// access key id.
    pub keys_by_account: bool,
    /// How long an answer may take; `None`: as long as it takes.
    pub limit: Option<Duration>,
    /// Mutating calls need no log: in tests somebody else is at work too.
    #[cfg(test)]
    pub unlogged: bool,
}

impl AwsOptions {
    /// The sandbox behind this HTTP client: keys by account id, no endpoint, no time limits (its
    /// clock may run a thousand times as fast as the wall's).
    #[must_use]
    pub fn sandbox(http_client: SharedHttpClient, clock: Clock) -> Self {
        let base = SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .http_client(http_client)
            .timeout_config(TimeoutConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build();
        Self {
            clock,
            base,
            profiles: None,
            keys_by_account: true,
            limit: None,
            #[cfg(test)]
            unlogged: false,
        }
    }

    /// The same with a region for what names none.
    #[must_use]
    pub fn with_region(self, region: &str) -> Self {
        let region = Region::new(region.to_owned());
        Self {
            base: self.base.into_builder().region(region).build(),
            ..self
        }
    }

    /// AWS (or what stands in for it) as the environment's configuration says.
    #[must_use]
    pub fn environment(base: SdkConfig, profiles: ProfileLoader, clock: Clock) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .build();
        Self {
            clock,
            base: base.into_builder().timeout_config(timeouts).build(),
            profiles: Some(profiles),
            keys_by_account: false,
            limit: Some(ANSWER_LIMIT),
            #[cfg(test)]
            unlogged: false,
        }
    }
}

impl fmt::Debug for AwsOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Credentials must not reach any log, so the base configuration stays out.
        f.debug_struct("AwsOptions")
            .field("clock", &self.clock)
            .field("keys_by_account", &self.keys_by_account)
            .finish_non_exhaustive()
    }
}

/// AWS, or the sandbox: clients per place, made once each. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Aws(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    options: AwsOptions,
    clients: Mutex<HashMap<Key, Clients>>,
    identities: tokio::sync::Mutex<HashMap<Key, Identity>>,
    buckets: Arc<Buckets>,
}

/// What decides which client serves a place. The account counts only where keys go by account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    account: Option<Arc<str>>,
    region: Arc<str>,
    access: Access,
}

#[derive(Debug, Clone)]
struct Clients {
    cost_explorer: aws_sdk_costexplorer::Client,
    ec2: aws_sdk_ec2::Client,
    efs: aws_sdk_efs::Client,
    iam: aws_sdk_iam::Client,
    kms: aws_sdk_kms::Client,
    ram: aws_sdk_ram::Client,
    sagemaker: aws_sdk_sagemaker::Client,
    s3: aws_sdk_s3::Client,
    service_catalog: aws_sdk_servicecatalog::Client,
    sts: aws_sdk_sts::Client,
    tagging: aws_sdk_resourcegroupstagging::Client,
}

/// Who the caller is in a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Twelve digits.
    pub account: String,
    /// The caller's ARN.
    pub arn: String,
}

impl Aws {
    /// AWS as the options say.
    #[must_use]
    pub fn new(options: AwsOptions) -> Self {
        Self(Arc::new(Inner {
            options,
            clients: Mutex::default(),
            identities: tokio::sync::Mutex::default(),
            buckets: Arc::default(),
        }))
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.options.clock
    }

    /// The region that the environment names, if any.
    #[must_use]
    pub fn default_region(&self) -> Option<&str> {
        self.0.options.base.region().map(AsRef::as_ref)
    }

    /// Who the caller is in this place; STS is asked once for each way in.
    ///
    /// # Errors
    /// No credentials, endpoint down, or a role that cannot be assumed.
    pub async fn identity(&self, place: &Place) -> Result<Identity, Failure> {
        let key = self.key(place);
        let mut known = self.0.identities.lock().await;
        if let Some(identity) = known.get(&key) {
            return Ok(identity.clone());
        }
        let sts = self.clients(place).await?.sts;
        let answer = call(self, "sts:GetCallerIdentity", Repeat::Safe, || {
            sts.get_caller_identity().send()
        })
        .await?;
        let identity = Identity {
            account: answer.account().unwrap_or_default().to_owned(),
            arn: answer.arn().unwrap_or_default().to_owned(),
        };
        known.insert(key, identity.clone());
        Ok(identity)
    }

    /// The Cost Explorer client of this place's account.
    ///
    /// # Errors
    /// As [`Aws::ec2`].
    pub async fn cost_explorer(
        &self,
        place: &Place,
    ) -> Result<aws_sdk_costexplorer::Client, Failure> {
        let clients = self.clients(place).await?;
        Ok(clients.cost_explorer)
    }

    /// The EC2 client of this place.
    ///
    /// # Errors
    /// An unknown profile, or profiles where there are none.
    pub async fn ec2(&self, place: &Place) -> Result<aws_sdk_ec2::Client, Failure> {
        self.clients(place).await.map(|clients| clients.ec2)
    }

    /// The EFS client of this place.
    ///
    /// # Errors
    /// As [`Aws::ec2`].
    pub async fn efs(&self, place: &Place) -> Result<aws_sdk_efs::Client, Failure> {
        self.clients(place).await.map(|clients| clients.efs)
    }

    /// The IAM client of this place's account.
    ///
    /// # Errors
    /// As [`Aws::ec2`].
    pub async fn iam(&self, place: &Place) -> Result<aws_sdk_iam::Client, Failure> {
        self.clients(place).await.map(|clients| clients.iam)
    }

    /// The KMS client of this place.
    ///
    /// # Errors
    /// As [`Aws::ec2`].
    pub async fn kms(&self, place: &Place) -> Result<aws_sdk_kms::Client, Failure> {
        self.clients(place).await.map(|clients| clients.kms)
    }

    /// The RAM client of this place.
    ///
    /// # Errors
    /// As [`Aws::ec2`].
    pub async fn ram(&self, place: &Place) -> Result<aws_sdk_ram::Client, Failure> {
        self.clients(place).await.map(|clients| clients.ram)
    }

    /// The S3 client of this place, for small objects.
    ///
    /// # Errors
    /// As [`Aws::ec2`].
    pub async fn s3(&self, place: &Place) -> Result<aws_sdk_s3::Client, Failure> {
        self.clients(place).await.map(|clients| clients.s3)
    }

    /// The Service Catalog client of this place.
    ///
    /// # Errors
    /// As [`Aws::ec2`].
    pub async fn service_catalog(
        &self,
        place: &Place,
    ) -> Result<aws_sdk_servicecatalog::Client, Failure> {
        let clients = self.clients(place).await?;
        Ok(clients.service_catalog)
    }

    /// The SageMaker client of this place.
    ///
    /// # Errors
    /// As [`Aws::ec2`].
    pub async fn sagemaker(&self, place: &Place) -> Result<aws_sdk_sagemaker::Client, Failure> {
        self.clients(place).await.map(|clients| clients.sagemaker)
    }

    /// The resource groups tagging client of this place.
    ///
    /// # Errors
    /// As [`Aws::ec2`].
    pub async fn tagging(
        &self,
        place: &Place,
    ) -> Result<aws_sdk_resourcegroupstagging::Client, Failure> {
        self.clients(place).await.map(|clients| clients.tagging)
    }

    fn key(&self, place: &Place) -> Key {
        Key {
            account: self
                .0
                .options
                .keys_by_account
                .then(|| place.account.clone()),
            region: place.region.clone(),
            access: place.access.clone(),
        }
    }

    async fn clients(&self, place: &Place) -> Result<Clients, Failure> {
        let key = self.key(place);
        let lock = || {
            self.0
                .clients
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(clients) = lock().get(&key) {
            return Ok(clients.clone());
        }
        // Two tasks may come here at once: the first one's clients stay, so that both share one
        // cache of credentials.
        let config = self.configure(place).await?;
        let made = Clients {
            cost_explorer: aws_sdk_costexplorer::Client::new(&config),
            ec2: aws_sdk_ec2::Client::new(&config),
            efs: aws_sdk_efs::Client::new(&config),
            iam: aws_sdk_iam::Client::new(&config),
            kms: aws_sdk_kms::Client::new(&config),
            ram: aws_sdk_ram::Client::new(&config),
            sagemaker: aws_sdk_sagemaker::Client::new(&config),
            s3: s3_client(&config),
            service_catalog: aws_sdk_servicecatalog::Client::new(&config),
            sts: aws_sdk_sts::Client::new(&config),
            tagging: aws_sdk_resourcegroupstagging::Client::new(&config),
        };
        Ok(lock().entry(key).or_insert(made).clone())
    }

    async fn configure(&self, place: &Place) -> Result<SdkConfig, Failure> {
        let options = &self.0.options;
        let base = match (&place.access.profile, &options.profiles) {
            (Some(profile), Some(load)) => load(profile.to_string()).await,
            // The sandbox has every account: a profile needs no file there.
            _ => options.base.clone(),
        };
        let gated = base
            .http_client()
            .map(|inner| Gate::new(inner, options, Arc::clone(&self.0.buckets)));
        let mut builder = base.into_builder();
        if let Some(gate) = gated {
            builder = builder.http_client(gate);
        }
        let mut builder = builder
            .retry_config(RetryConfig::disabled())
            .sleep_impl(SharedAsyncSleep::new(self.clock().clone()))
            .time_source(SharedTimeSource::new(self.clock().clone()));
        if let Some(limit) = options.limit {
            let patient = IdentityCache::lazy().load_timeout(limit + CREDENTIALS_MARGIN);
            builder = builder.identity_cache(patient.build());
        }
        if !place.region.is_empty() {
            builder = builder.region(Region::new(place.region.to_string()));
        }
        if options.keys_by_account {
            let account = match &place.access.assume_role {
                // The person at the desk is in the default account and assumes the role from there.
                Some(_) => crate::sandbox::DEFAULT_ACCOUNT,
                None => &*place.account,
            };
            builder = builder.credentials_provider(SharedCredentialsProvider::new(
                Credentials::new(account, SANDBOX_SECRET, None, None, SESSION_NAME),
            ));
        }
        let config = builder.build();
        if config.region().is_none() {
            return Err(
                Failure::new(Cause::Credentials, "", "no region is known for this call")
                    .help("give the account a `region`, or set AWS_REGION"),
            );
        }
        let Some(role) = &place.access.assume_role else {
            return Ok(config);
        };
        let provider = AssumeRoleProvider::builder(role.to_string())
            .session_name(SESSION_NAME)
            .configure(&config)
            .build()
            .await;
        Ok(config
            .into_builder()
            .credentials_provider(SharedCredentialsProvider::new(provider))
            .build())
    }
}

/// An S3 client that every store of S3's kind understands: no checksums in trailers, and no host name
/// for each bucket where the endpoint is somebody's own.
fn s3_client(config: &SdkConfig) -> aws_sdk_s3::Client {
    use aws_sdk_s3::config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation};
    let config = Builder::from(config)
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .force_path_style(config.endpoint_url().is_some())
        .build();
    aws_sdk_s3::Client::from_conf(config)
}
