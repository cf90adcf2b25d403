//! The store on Azure, against the storage emulator over HTTPS, with the platform's managed identity.
//!
//! `cargo xtask test --only stores` starts the emulator and the doubles of the platform and of Key Vault, and says in the
//! environment where they are. Without it these tests say that they were skipped.

use std::io::Write as _;
use std::sync::{Arc, Once};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, ensure};
use async_trait::async_trait;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use satchel_cloud::azure::{
    AzureSettings, AzureSettingsError, AzureStore, KeyVaultKey, KeyVaultSettings, UploadPermission, http_client,
    managed_identity,
};
use satchel_cloud::{BlobStore as _, Clock, CloudError, Metadata, SigningKey as _};
use satchel_terms::Timestamp;
use url::Url;

use crate::contract::{Bench, Reply, Wire, promises};

/// This machine's clock, or one that is behind it: the emulator looks at the real one.
#[derive(Debug)]
struct Behind(Duration);

impl Clock for Behind {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the emulator compares with this machine's clock")]
        let now = SystemTime::now().checked_sub(self.0).and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let seconds = now.map_or(0, |now| now.as_secs());
        Timestamp::try_from(seconds).unwrap_or_else(|_| unreachable!("it is not the year 285,000,000"))
    }
}

/// Where the emulator is.
struct Emulator {
    endpoint: Url,
    account: String,
    http: reqwest::Client,
    /// Key Vault's double, at the address of a vault.
    vault: Url,
}

impl Emulator {
    fn of_environment() -> anyhow::Result<Option<Self>> {
        #[expect(clippy::disallowed_methods, reason = "whoever starts the emulator says where it is")]
        let variable = |name: &str| std::env::var(name);
        let Ok(endpoint) = variable("SATCHEL_AZURITE_ENDPOINT") else {
            static SAID: Once = Once::new();
            // Past the test runner, which would swallow it.
            SAID.call_once(|| {
                let text = "\nSKIPPED: the store on Azure, since no emulator runs (cargo xtask test --only stores)\n";
                drop(std::io::stderr().write_all(text.as_bytes()));
            });
            return Ok(None);
        };
        let certificate = std::fs::read(variable("SATCHEL_AZURITE_CERTIFICATE")?)?;
        let port: u16 = variable("SATCHEL_VAULT_PORT")?.parse()?;
        // The name of a real vault, so that the SDK's check of whom it gives its token to stays on.
        let builder = http_client().resolve("example.vault.azure.net", ([127, 0, 0, 1], port).into());
        let http = builder.tls_certs_only([reqwest::Certificate::from_pem(&certificate)?]).build()?;
        Ok(Some(Self {
            endpoint: Url::parse(&endpoint)?,
            account: variable("SATCHEL_AZURITE_ACCOUNT")?,
            http,
            vault: Url::parse(&format!("https://example.vault.azure.net:{port}/"))?,
        }))
    }

    fn store(&self, behind: Duration) -> anyhow::Result<AzureStore> {
        Ok(AzureStore::new(AzureSettings {
            endpoint: self.endpoint.clone(),
            account: self.account.clone(),
            credential: managed_identity(None)?,
            http: self.http.clone(),
            upload: UploadPermission::CreateAndWrite,
            clock: Arc::new(Behind(behind)),
        })?)
    }
}

/// What a desktop sends with: plain HTTPS.
#[derive(Debug)]
struct Https(reqwest::Client);

#[async_trait]
impl Wire for Https {
    async fn send(&self, method: &str, url: Url, headers: &[(&str, &str)], body: Vec<u8>) -> anyhow::Result<Reply> {
        let mut request = self.0.request(method.parse()?, url).header("x-ms-version", "2026-04-06").body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let reply = request.send().await?;
        let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
        Ok(Reply { status, headers, body: reply.bytes().await?.to_vec() })
    }
}

async fn bench(name: &str) -> anyhow::Result<Option<Bench>> {
    let Some(emulator) = Emulator::of_environment()? else { return Ok(None) };
    let container = format!("firm-{}", name.replace('_', "-")).parse()?;
    let store = emulator.store(Duration::ZERO)?;
    store.make_container(&container).await?;
    let (reopened, past) = (emulator.store(Duration::ZERO)?, emulator.store(Duration::from_secs(7_200))?);
    let wire = Arc::new(Https(emulator.http));
    Ok(Some(Bench { store: Arc::new(store), reopened: Arc::new(reopened), past: Arc::new(past), wire, container }))
}

promises!(bench);

#[tokio::test]
async fn only_https_is_an_endpoint() -> anyhow::Result<()> {
    let Some(emulator) = Emulator::of_environment()? else { return Ok(()) };
    let mut settings = AzureSettings {
        endpoint: emulator.endpoint.clone(),
        account: emulator.account.clone(),
        credential: managed_identity(None)?,
        http: emulator.http.clone(),
        upload: UploadPermission::Create,
        clock: Arc::new(Behind(Duration::ZERO)),
    };
    settings.endpoint = Url::parse(&emulator.endpoint.as_str().replace("https:", "http:"))?;
    ensure!(matches!(AzureStore::new(settings), Err(AzureSettingsError)));
    ensure!(emulator.http.get("http://127.0.0.1:9/").send().await.is_err_and(|error| error.is_builder()));
    Ok(())
}

#[tokio::test]
async fn a_store_that_is_not_there_is_unavailable() -> anyhow::Result<()> {
    let Some(emulator) = Emulator::of_environment()? else { return Ok(()) };
    // Taken and given back: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let endpoint = Url::parse(&format!("https://127.0.0.1:{port}/{}", emulator.account))?;
    let store = Emulator { endpoint, ..emulator }.store(Duration::ZERO)?;
    let at = satchel_cloud::BlobAddress::new("firm-1".parse()?, "a".parse()?);
    let outcome = store.create(&at, vec![1], Metadata::new()).await;
    let unavailable = matches!(outcome, Err(satchel_cloud::CreateError::Cloud(CloudError::Unavailable { .. })));
    ensure!(unavailable, "{outcome:?}");
    Ok(())
}

/// Opens a version of the double's key: each has its own way of going wrong.
async fn key(emulator: &Emulator, name: &str, version: u8) -> Result<KeyVaultKey, CloudError> {
    KeyVaultKey::open(KeyVaultSettings {
        vault: emulator.vault.clone(),
        name: name.to_owned(),
        version: format!("{version:032x}"),
        credential: managed_identity(None)?,
        http: emulator.http.clone(),
    })
    .await
}

#[tokio::test]
async fn key_vault_signs_what_its_public_half_verifies() -> anyhow::Result<()> {
    let Some(emulator) = Emulator::of_environment()? else { return Ok(()) };
    let receipts = key(&emulator, "receipts", 1).await?;
    let public = p256::ecdsa::VerifyingKey::from_sec1_bytes(&receipts.public().to_sec1())?;
    for digest in [[0; 32], [0xff; 32], [7; 32]] {
        let signature = p256::ecdsa::Signature::from_slice(&receipts.sign_es256(digest).await?)?;
        public.verify_prehash(&digest, &signature)?;
        ensure!(public.verify_prehash(&[8; 32], &signature).is_err());
    }

    let other_signature = key(&emulator, "receipts", 2).await?.sign_es256([7; 32]).await;
    ensure!(matches!(other_signature, Err(CloudError::Signature)), "{other_signature:?}");
    let other_kind = key(&emulator, "receipts", 3).await;
    ensure!(matches!(other_kind, Err(CloudError::Answer { .. })), "{other_kind:?}");
    let not_allowed = key(&emulator, "receipts", 4).await?.sign_es256([7; 32]).await;
    ensure!(matches!(not_allowed, Err(CloudError::Refused { status: 403 })), "{not_allowed:?}");
    let busy = key(&emulator, "receipts", 5).await?.sign_es256([7; 32]).await;
    let waits = Some(Duration::from_secs(77));
    ensure!(matches!(busy, Err(CloudError::Unavailable { retry_after, .. }) if retry_after == waits), "{busy:?}");
    let missing = key(&emulator, "missing", 1).await;
    ensure!(matches!(missing, Err(CloudError::NoKey)), "{missing:?}");
    for name in ["", "a/b", "a?b", &"a".repeat(128)] {
        let no_name = key(&emulator, name, 1).await;
        ensure!(matches!(no_name, Err(CloudError::Answer { .. })), "{no_name:?}");
    }
    let printed = format!("{receipts:?}");
    ensure!(
        printed.starts_with("KeyVaultKey(receipts/") && printed.contains(&receipts.public().thumbprint().to_string())
    );
    Ok(())
}

#[tokio::test]
async fn a_vault_of_another_domain_gets_no_token() -> anyhow::Result<()> {
    let Some(emulator) = Emulator::of_environment()? else { return Ok(()) };
    let port = emulator.vault.port().context("the double has a port")?;
    let vault = Url::parse(&format!("https://127.0.0.1:{port}/"))?;
    let outcome = key(&Emulator { vault, ..emulator }, "receipts", 1).await;
    ensure!(outcome.is_err(), "{outcome:?}");
    Ok(())
}
