//! The key that signs receipts, in Key Vault: it signs there and never leaves.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::credentials::TokenCredential;
use azure_security_keyvault_keys::models::{
    CurveName, JsonWebKey, KeyClientGetKeyOptions, KeyClientSignOptions, KeyType, SignParameters, SignatureAlgorithm,
};
use azure_security_keyvault_keys::{KeyClient, KeyClientOptions};
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use satchel_terms::EcPublicKey;
use url::Url;

use super::failure::cloud_error;
use super::settings::{AzureSettingsError, endpoint};
use super::transport::client_options;
use crate::{CloudError, SigningKey};

const NO_P256: CloudError = CloudError::Answer { what: "the key in the vault is no key on P-256" };

/// Which key in which vault.
pub struct KeyVaultSettings {
    /// The vault: `https://{name}.vault.azure.net`.
    pub vault: Url,
    /// The key's name.
    pub name: String,
    /// The key's version, 32 hexadecimal digits. One process signs with one version: another is another public key.
    pub version: String,
    /// Who this process is.
    pub credential: Arc<dyn TokenCredential>,
    /// What requests go out by: [`super::http_client`], built.
    pub http: reqwest::Client,
}

/// One version of a key in Key Vault.
pub struct KeyVaultKey {
    client: KeyClient,
    name: String,
    version: String,
    public: EcPublicKey,
    verifying: p256::ecdsa::VerifyingKey,
}

impl KeyVaultKey {
    /// Asks the vault for the public half.
    ///
    /// # Errors
    /// [`CloudError::NoKey`], [`CloudError::Refused`], and [`CloudError::Answer`] for settings that name no vault or no
    /// key, and for a key of another kind.
    pub async fn open(settings: KeyVaultSettings) -> Result<Self, CloudError> {
        let vault = endpoint(settings.vault).map_err(|AzureSettingsError| CloudError::Answer { what: "the vault" })?;
        if !is_name(&settings.name) || !is_version(&settings.version) {
            return Err(CloudError::Answer { what: "the key's name or version" });
        }
        let client_options = client_options(settings.http);
        let options = KeyClientOptions { client_options, ..KeyClientOptions::default() };
        let client = KeyClient::new(vault.as_str(), settings.credential, Some(options)).map_err(cloud_error)?;
        let version = Some(settings.version.clone());
        let options = KeyClientGetKeyOptions { key_version: version, ..KeyClientGetKeyOptions::default() };
        let answer = client.get_key(&settings.name, Some(options)).await.map_err(cloud_error)?;
        let public = public(answer.into_model().map_err(cloud_error)?.key.ok_or(NO_P256)?)?;
        let verifying = p256::ecdsa::VerifyingKey::from_sec1_bytes(&public.to_sec1()).map_err(|_| NO_P256)?;
        Ok(Self { client, name: settings.name, version: settings.version, public, verifying })
    }
}

#[async_trait]
impl SigningKey for KeyVaultKey {
    fn public(&self) -> &EcPublicKey {
        &self.public
    }

    async fn sign_es256(&self, sha256: [u8; 32]) -> Result<[u8; 64], CloudError> {
        let parameters = SignParameters { algorithm: Some(SignatureAlgorithm::Es256), value: Some(sha256.to_vec()) };
        let options =
            KeyClientSignOptions { key_version: Some(self.version.clone()), ..KeyClientSignOptions::default() };
        let body = parameters.try_into().map_err(cloud_error)?;
        let answer = self.client.sign(&self.name, body, Some(options)).await.map_err(cloud_error)?;
        let result = answer.into_model().map_err(cloud_error)?.result.ok_or(CloudError::Signature)?;
        let signature = p256::ecdsa::Signature::from_slice(&result).map_err(|_| CloudError::Signature)?;
        // A receipt that does not verify would be refused on every desktop; better here.
        self.verifying.verify_prehash(&sha256, &signature).map_err(|_| CloudError::Signature)?;
        result.try_into().map_err(|_| CloudError::Signature)
    }
}

impl fmt::Debug for KeyVaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyVaultKey({}/{}, {})", self.name, self.version, self.public.thumbprint())
    }
}

impl fmt::Debug for KeyVaultSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyVaultSettings({}/{})", self.name, self.version)
    }
}

fn public(key: JsonWebKey) -> Result<EcPublicKey, CloudError> {
    let elliptic = matches!(key.kty, Some(KeyType::Ec | KeyType::EcHsm)) && matches!(key.crv, Some(CurveName::P256));
    let (Some(x), Some(y), true) = (key.x, key.y, elliptic) else { return Err(NO_P256) };
    let point: Vec<u8> = std::iter::once(4).chain(x).chain(y).collect();
    EcPublicKey::from_sec1(&point).map_err(|_| NO_P256)
}

/// Key Vault's rule: 1 to 127 letters, digits and hyphens.
fn is_name(name: &str) -> bool {
    (1..=127).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_version(version: &str) -> bool {
    version.len() == 32 && version.bytes().all(|byte| byte.is_ascii_hexdigit())
}
