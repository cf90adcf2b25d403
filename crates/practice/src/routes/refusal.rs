//! What the practice routes refuse with: `{"code":"…","message":"…"}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Refusal {
    /// Not the JSON that is expected.
    Malformed,
    /// The firm has another admin.
    OtherAdmin,
    /// Sent by a page in a browser.
    WebPage,
    /// Sent to another host's name.
    OtherHost,
    /// The provider itself failed.
    Failed,
}

#[derive(Serialize)]
struct Body {
    code: Refusal,
    message: &'static str,
}

impl Refusal {
    const fn parts(self) -> (StatusCode, &'static str) {
        match self {
            Self::Malformed => (StatusCode::BAD_REQUEST, "The request is not in the expected form."),
            Self::OtherAdmin => (
                StatusCode::CONFLICT,
                "The sample firm was set up by another desktop. Start the provider with --reset-firm to set it up anew.",
            ),
            Self::WebPage => (StatusCode::FORBIDDEN, "Pages in a browser may not ask for this."),
            Self::OtherHost => (StatusCode::MISDIRECTED_REQUEST, "This provider answers under its own address only."),
            Self::Failed => (StatusCode::INTERNAL_SERVER_ERROR, "The practice provider failed; its log says why."),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, message) = self.parts();
        (status, Json(Body { code: self, message })).into_response()
    }
}
