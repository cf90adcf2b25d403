//! What only a provider on loopback answers: a token without a sign-in, and onboarding by whoever asks. Compiled into practice
//! builds alone.

use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use satchel_sign::{Edges, ServiceUrl};
use satchel_terms::{PersonId, TenantId, Thumbprint, parse, write};
use satchel_wire::BundleAnswer;
use satchel_wire::limits::ANSWER_BYTES_MAX;
use serde::{Deserialize, Serialize};

use super::account::AccessToken;
use super::firm::Unanswered;
use super::remote::{Remote, RemoteError, send};
use crate::plan::Why;

/// A provider on loopback, at the addresses that its `practice.json` names.
#[derive(Debug, Clone)]
pub struct PracticeProvider {
    remote: Remote,
    token: ServiceUrl,
    onboarding: ServiceUrl,
}

/// A token, and whom it names.
#[derive(Debug)]
pub struct PracticeToken {
    /// The token.
    pub token: AccessToken,
    /// For how many seconds it holds.
    pub expires_in: u64,
    /// The person's object id.
    pub person: PersonId,
    /// The person's name.
    pub name: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TokenAnswer {
    access_token: String,
    expires_in: u64,
    tid: TenantId,
    oid: PersonId,
    name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OnboardingRequest {
    admin_fingerprint: Thumbprint,
}

impl PracticeProvider {
    /// Takes the addresses.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub fn new(server: &ServiceUrl, token: ServiceUrl, onboarding: ServiceUrl) -> Result<Self, RemoteError> {
        Ok(Self { remote: Remote::new(server, server, Edges::Practice)?, token, onboarding })
    }

    /// Signs the sample person in.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn token(&self) -> Result<PracticeToken, Unanswered> {
        let answer: TokenAnswer = self.post(&self.token, Bytes::new()).await?;
        let TokenAnswer { access_token, expires_in, tid: _, oid, name } = answer;
        Ok(PracticeToken { token: AccessToken::new(access_token), expires_in, person: oid, name })
    }

    /// Has the provider sign a bundle that names this key of the firm's admin.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn onboard(&self, admin_fingerprint: Thumbprint) -> Result<String, Unanswered> {
        let body = write(&OnboardingRequest { admin_fingerprint }).map_err(|_| Unanswered::Later(Why::ServerFault))?;
        let answer: BundleAnswer = self.post(&self.onboarding, Bytes::from(body)).await?;
        Ok(answer.bundle.into())
    }

    async fn post<T: serde::de::DeserializeOwned + Serialize>(
        &self,
        url: &ServiceUrl,
        body: Bytes,
    ) -> Result<T, Unanswered> {
        let request = self.remote.post_to(url.as_str()).header(CONTENT_TYPE, "application/json");
        let answer = send(request, body).await?;
        if !answer.status().is_success() {
            return Err(Unanswered::Later(Why::ServerFault));
        }
        let body = answer.body(ANSWER_BYTES_MAX).await?;
        parse(&body, ANSWER_BYTES_MAX).map_err(|_| Unanswered::Later(Why::ServerFault))
    }
}
