//! The base AWS configuration from environment and shared files: the only place that reads them.
//!
//! Honours what every AWS tool honours: profiles, SSO, `AWS_ENDPOINT_URL` and its per-service
//! forms, `AWS_CA_BUNDLE`, proxies.

use std::sync::Arc;

use aws_config::{BehaviorVersion, ConfigLoader};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::aws::{AwsOptions, ProfileLoader};
use crate::clock::Clock;
use crate::diagnostic::{Diagnostic, codes};

/// The variables that name a region, the strongest first (behaviour: SDK reference guide).
const REGION: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// The region that the environment's variables name, for the sandbox: it reads no shared files.
#[must_use]
pub fn region() -> Option<String> {
    REGION
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|region| !region.is_empty())
}

/// AWS as this process's environment says.
///
/// # Errors
/// A certificate bundle that cannot be read.
pub async fn options(clock: Clock) -> Result<AwsOptions, Diagnostic> {
    let http_client = http_client()?;
    let base = loader(http_client.clone()).load().await;
    let profiles: ProfileLoader = Arc::new(move |profile| {
        let loader = loader(http_client.clone()).profile_name(profile);
        Box::pin(async move { loader.load().await })
    });
    Ok(AwsOptions::environment(base, profiles, clock))
}

fn loader(http_client: SharedHttpClient) -> ConfigLoader {
    aws_config::defaults(BehaviorVersion::latest()).http_client(http_client)
}

fn http_client() -> Result<SharedHttpClient, Diagnostic> {
    let builder =
        aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    let Some(path) = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()) else {
        return Ok(builder.build_https());
    };
    let unusable = |why: String| {
        Diagnostic::error(
            codes::aws::CA_BUNDLE,
            format!(
                "the certificate bundle `{}` cannot be used: {why}",
                path.to_string_lossy()
            ),
        )
        .help("AWS_CA_BUNDLE must name a file of PEM certificates")
    };
    let pem = std::fs::read(&path).map_err(|error| unusable(error.to_string()))?;
    // The trust store takes any bytes and fails, or panics, only when a client is made of it.
    if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
        return Err(unusable("it holds no PEM certificate".to_owned()));
    }
    let context = TlsContext::builder()
        .with_trust_store(
            TrustStore::empty()
                .with_native_roots(true)
                .with_pem_certificate(pem),
        )
        .build()
        .map_err(|error| unusable(error.to_string()))?;
    Ok(builder.tls_context(context).build_https())
}
