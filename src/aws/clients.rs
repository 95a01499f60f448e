//! Clients per account and region.

use std::sync::Arc;

use super::Failure;
use crate::clock::Clock;
use crate::config::Place;

/// How AWS is reached: made by the command layer, which alone reads the environment.
#[derive(Debug, Clone)]
pub struct AwsOptions {
    /// The clock for signing, retries and waits.
    pub clock: Clock,
}

/// AWS, or the sandbox: clients per place, made once each. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Aws {
    options: Arc<AwsOptions>,
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
        Self {
            options: Arc::new(options),
        }
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.options.clock
    }

    /// Who the caller is in this place, asked once.
    ///
    /// # Errors
    /// No credentials, endpoint down, or a role that cannot be assumed.
    pub async fn identity(&self, place: &Place) -> Result<Identity, Failure> {
        let _ = place;
        Err(Failure::new(
            super::Cause::Credentials,
            "sts:GetCallerIdentity",
            "no clients",
        ))
    }

    /// The EC2 client of this place.
    ///
    /// # Errors
    /// No credentials or an unknown profile.
    pub async fn ec2(&self, place: &Place) -> Result<aws_sdk_ec2::Client, Failure> {
        self.config(place)
            .await
            .map(|config| aws_sdk_ec2::Client::new(&config))
    }

    /// The IAM client of this place's account.
    ///
    /// # Errors
    /// As [`Aws::ec2`].
    pub async fn iam(&self, place: &Place) -> Result<aws_sdk_iam::Client, Failure> {
        self.config(place)
            .await
            .map(|config| aws_sdk_iam::Client::new(&config))
    }

    /// The SageMaker client of this place.
    ///
    /// # Errors
    /// As [`Aws::ec2`].
    pub async fn sagemaker(&self, place: &Place) -> Result<aws_sdk_sagemaker::Client, Failure> {
        self.config(place)
            .await
            .map(|config| aws_sdk_sagemaker::Client::new(&config))
    }

    /// The EFS client of this place.
    ///
    /// # Errors
    /// As [`Aws::ec2`].
    pub async fn efs(&self, place: &Place) -> Result<aws_sdk_efs::Client, Failure> {
        self.config(place)
            .await
            .map(|config| aws_sdk_efs::Client::new(&config))
    }

    /// The resource groups tagging client of this place.
    ///
    /// # Errors
    /// As [`Aws::ec2`].
    pub async fn tagging(
        &self,
        place: &Place,
    ) -> Result<aws_sdk_resourcegroupstagging::Client, Failure> {
        self.config(place)
            .await
            .map(|config| aws_sdk_resourcegroupstagging::Client::new(&config))
    }

    async fn config(&self, place: &Place) -> Result<aws_types::SdkConfig, Failure> {
        let _ = place;
        Err(Failure::new(super::Cause::Credentials, "", "no clients"))
    }
}
