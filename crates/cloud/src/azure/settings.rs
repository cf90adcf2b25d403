//! What a store on Azure is made of.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use azure_core::credentials::TokenCredential;
use azure_identity::{ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId};
use url::Url;

use super::failure::cloud_error;
use super::transport::client_options;
use crate::{Clock, CloudError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the other side may say nothing.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// How long one try may take.
const TRY_TIMEOUT: Duration = Duration::from_secs(120);

/// What a store on Azure is made of.
pub struct AzureSettings {
    /// Where the account's blobs are: `https://{account}.blob.core.windows.net`.
    pub endpoint: Url,
    /// The account's name.
    pub account: String,
    /// Who this process is.
    pub credential: Arc<dyn TokenCredential>,
    /// What requests go out by: [`http_client`], built.
    pub http: reqwest::Client,
    /// What tickets to send grant.
    pub upload: UploadPermission,
    /// When tickets expire.
    pub clock: Arc<dyn Clock>,
}

/// What a ticket to send grants. The storage emulator does not know that creating is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadPermission {
    /// To make the blob, and nothing that is there. Azure lets blocks be staged with it since version 2026-04-06.
    Create,
    /// To write over it as well: for the storage emulator.
    CreateAndWrite,
}

/// Says that an endpoint is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an endpoint is https, without user, query and fragment")]
pub struct AzureSettingsError;

impl fmt::Debug for AzureSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AzureSettings({}, {:?})", self.account, self.upload)
    }
}

/// Begins a client that goes to HTTPS only, follows nothing and waits for nothing for ever.
pub fn http_client() -> reqwest::ClientBuilder {
    bounded().https_only(true).tls_version_min(reqwest::tls::Version::TLS_1_2)
}

/// Returns the identity that the platform gives this process; with a client id, that one of several.
///
/// The platform answers on plain HTTP to this machine alone; where, it says in the environment.
///
/// # Errors
/// Fails where the platform has no such thing, and where TLS cannot be set up.
pub fn managed_identity(client_id: Option<String>) -> Result<Arc<dyn TokenCredential>, CloudError> {
    let http = bounded().no_proxy().build();
    let http = http.map_err(|source| CloudError::Credential { source: Box::new(source) })?;
    let options = ManagedIdentityCredentialOptions {
        user_assigned_id: client_id.map(UserAssignedId::ClientId),
        client_options: client_options(http),
    };
    Ok(ManagedIdentityCredential::new(Some(options)).map_err(cloud_error)?)
}

fn bounded() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .timeout(TRY_TIMEOUT)
}

/// Checks an endpoint and takes the slash from its end, which would become an empty part of every path.
pub(crate) fn endpoint(mut url: Url) -> Result<Url, AzureSettingsError> {
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if url.scheme() != "https" || !plain || url.password().is_some() {
        return Err(AzureSettingsError);
    }
    url.path_segments_mut().map_err(|()| AzureSettingsError)?.pop_if_empty();
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_https() {
        let read = |text: &str| Url::parse(text).map(endpoint);
        for (text, expected) in [
            ("https://account.blob.core.windows.net/", "https://account.blob.core.windows.net/"),
            ("https://127.0.0.1:1/account/", "https://127.0.0.1:1/account"),
            ("https://127.0.0.1:1/account", "https://127.0.0.1:1/account"),
        ] {
            assert_eq!(read(text).map(|url| url.map(String::from)), Ok(Ok(expected.to_owned())));
        }
        for text in [
            "http://account.blob.core.windows.net/",
            "https://a@b.example/",
            "https://b.example/?sig=x",
            "https://b.example/#x",
            "ftp://b.example/",
        ] {
            assert_eq!(read(text), Ok(Err(AzureSettingsError)), "{text}");
        }
    }
}
