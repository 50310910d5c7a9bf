//! Error answers: RFC 9457, each with a sentence for people.

use super::trace::RequestId;
use crate::providers::ProviderError;
use crate::rate_limit::TooMany;
use crate::services::{ServiceError, SessionFault};
use crate::storage::StoreError;
use crate::time;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use call_ribbon_rules::Decision;
use call_ribbon_shared::wire;
use call_ribbon_shared::wire::FollowUp;
use serde_json::Value;

/// Seconds after which a request that failed because of the database may be repeated.
const RETRY_AFTER: u64 = 1;

/// An error answer: why a request failed.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    error: String,
    field: Option<Box<str>>,
    // Boxed, because errors are rare and every handler's result has room for one.
    detail: Option<Box<str>>,
    resets_at: Option<Box<str>>,
    /// Why a call is not permitted.
    decision: Option<Box<Value>>,
    /// Seconds after which the same request may be repeated.
    retry_after: Option<u64>,
}

impl Problem {
    /// Creates a problem from its status, its code and its sentence for people.
    pub fn new(status: StatusCode, code: &'static str, error: impl Into<String>) -> Self {
        let retry_after = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY_AFTER);
        Self {
            status,
            code,
            error: error.into(),
            field: None,
            detail: None,
            resets_at: None,
            decision: None,
            retry_after,
        }
    }

    /// A field of the request holds an invalid value.
    pub fn invalid(field: &str, error: impl Into<String>) -> Self {
        let problem = Self::new(StatusCode::BAD_REQUEST, "invalid_request", error);
        Self { field: Some(field.into()), ..problem }
    }

    /// Returns the status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// A rate limit is reached.
    pub fn too_many(too_many: TooMany, error: impl Into<String>) -> Self {
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", error);
        Self { retry_after: Some(too_many.retry_after), ..problem }
    }

    /// Sets the seconds after which the same request may be repeated.
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Returns the code, the sentence and the field, for an answer that holds several errors.
    pub fn into_parts(self) -> (&'static str, String, Option<String>) {
        (self.code, self.error, self.field.map(Into::into))
    }

    /// No route has this address.
    pub fn no_such_address() -> Self {
        Self::from_status(StatusCode::NOT_FOUND)
    }

    /// Returns whether the caller is not authenticated.
    pub fn is_unauthorized(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED
    }

    /// A problem of which only the status is known, such as a rejection by axum itself.
    pub fn from_status(status: StatusCode) -> Self {
        let (code, error) = match status {
            StatusCode::NOT_FOUND => ("not_found", "There is nothing at this address."),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("method_not_allowed", "This path does not support this method.")
            }
            StatusCode::REQUEST_TIMEOUT => ("request_timeout", "The body took too long to arrive."),
            StatusCode::PAYLOAD_TOO_LARGE => {
                ("payload_too_large", "The body is larger than one mebibyte.")
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => (
                "unsupported_media_type",
                "The body must be JSON, with the header Content-Type: application/json.",
            ),
            StatusCode::SERVICE_UNAVAILABLE => (
                "unavailable",
                "The server cannot reach its database just now; try again in a moment.",
            ),
            status if status.is_client_error() => {
                ("invalid_request", "The request could not be read.")
            }
            _ => ("internal_error", "Something went wrong in the server."),
        };
        Self::new(status, code, error)
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        let sentence = error.to_string();
        let of = |status, code| Self::new(status, code, sentence.clone());
        match error {
            ServiceError::Invalid { field, .. } => Self::invalid(field, sentence),
            ServiceError::OutcomeField { field, .. } => Self {
                field: Some(field.into()),
                ..of(StatusCode::UNPROCESSABLE_ENTITY, "invalid_disposition_fields")
            },
            ServiceError::Setting { field, .. } => {
                Self::invalid(&format!("settings.{field}"), sentence)
            }
            ServiceError::PhoneNumber { field, .. } => Self {
                field: Some(field.into()),
                ..of(StatusCode::UNPROCESSABLE_ENTITY, "invalid_phone_number")
            },
            ServiceError::FeatureNotInPlan(_) => of(StatusCode::FORBIDDEN, "feature_not_in_plan"),
            ServiceError::NotFound | ServiceError::Unknown(_) => {
                of(StatusCode::NOT_FOUND, "not_found")
            }
            ServiceError::WrongPassword => of(StatusCode::UNAUTHORIZED, "wrong_password"),
            ServiceError::Suspended => of(StatusCode::FORBIDDEN, "client_suspended"),
            ServiceError::NoSession(SessionFault::Missing) => {
                of(StatusCode::UNAUTHORIZED, "missing_session")
            }
            ServiceError::NoSession(SessionFault::Invalid) => {
                of(StatusCode::UNAUTHORIZED, "invalid_session")
            }
            ServiceError::AgentToken(_) => Self {
                field: Some("agentToken".into()),
                ..of(StatusCode::UNAUTHORIZED, "invalid_agent_token")
            },
            ServiceError::AgentTokenRequired => Self {
                field: Some("agentToken".into()),
                ..of(StatusCode::FORBIDDEN, "agent_token_required")
            },
            ServiceError::OtherAgent(_) => of(StatusCode::FORBIDDEN, "other_agent"),
            ServiceError::NotPermitted { decision, follow_up, .. } => Self {
                decision: Some(Box::new(decision_value(&decision, follow_up.as_deref()))),
                ..of(StatusCode::FORBIDDEN, "call_not_permitted")
            },
            ServiceError::Conflict(_) => of(StatusCode::CONFLICT, "conflict"),
            ServiceError::LimitReached { resets_at } => Self {
                resets_at: Some(time::format(resets_at).into()),
                ..of(StatusCode::TOO_MANY_REQUESTS, "monthly_limit_exceeded")
            },
            ServiceError::Provider(error) => error.into(),
            ServiceError::Unavailable(error) => error.into(),
            ServiceError::Busy => of(StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        }
    }
}

/// Returns a decision as a page gets it: with the agent's follow-up for the customer.
fn decision_value(decision: &Decision, follow_up: Option<&FollowUp>) -> Value {
    // Texts and numbers always serialise.
    let mut value = serde_json::to_value(decision).unwrap_or_default();
    if let (Value::Object(fields), Some(follow_up)) = (&mut value, follow_up) {
        let follow_up = serde_json::to_value(follow_up).unwrap_or_default();
        fields.insert("followUp".to_owned(), follow_up);
    }
    value
}

impl From<ProviderError> for Problem {
    fn from(error: ProviderError) -> Self {
        let (status, code) = match error {
            ProviderError::CannotDo | ProviderError::NotReady(_) => {
                (StatusCode::CONFLICT, "conflict")
            }
            ProviderError::Refused { .. }
            | ProviderError::TooMany { .. }
            | ProviderError::Unclear { .. }
            | ProviderError::Unreachable(_) => (StatusCode::BAD_GATEWAY, "provider_error"),
            ProviderError::TimedOut => (StatusCode::GATEWAY_TIMEOUT, "provider_timeout"),
        };
        let retry_after = match error {
            ProviderError::TooMany { retry_after } => Some(retry_after.unwrap_or(RETRY_AFTER)),
            _ => None,
        };
        let detail = error.detail().map(Into::into);
        Self { detail, retry_after, ..Self::new(status, code, error.to_string()) }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        // Logged here, where the error ends; the answer reveals nothing internal.
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        tracing::error!(cause, "{error}");
        Self::from_status(StatusCode::SERVICE_UNAVAILABLE)
    }
}

impl From<TooMany> for Problem {
    fn from(too_many: TooMany) -> Self {
        let sentence = format!("Too many requests; try again in {} s.", too_many.retry_after);
        Self::too_many(too_many, sentence)
    }
}

impl IntoResponse for Problem {
    /// Passes the problem on to [`answer`], which knows the request's id.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Marks a response that tells of its failure in a form of its own: a page for people, or the form
/// of another standard.
#[derive(Debug, Clone, Copy)]
pub struct OwnForm;

/// Gives every failed request the same form of answer, whether this server or axum refused it.
pub async fn write_problems(request: Request, next: Next) -> Response {
    let id = request.extensions().get().map(|RequestId(id)| id.clone()).unwrap_or_default();
    let mut response = match refuse_nul(request.uri()) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    };
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    if failed && response.extensions_mut().remove::<OwnForm>().is_none() {
        let problem = response.extensions_mut().remove::<Problem>();
        let problem = problem.unwrap_or_else(|| Problem::from_status(status));
        problem.write_into(&mut response, &id);
    }
    response
}

/// Refuses an address that holds a NUL. No stored text contains one, so nothing would be found, and
/// PostgreSQL does not even accept the query.
fn refuse_nul(uri: &Uri) -> Option<Problem> {
    if uri.path().contains("%00") {
        return Some(Problem::no_such_address());
    }
    let field = uri.query()?.split('&').find(|field| field.contains("%00"))?;
    let name = field.split('=').next().unwrap_or_default();
    Some(Problem::invalid(name, format!("{name} must not contain a NUL character.")))
}

impl Problem {
    /// Writes itself into a response, and keeps the headers that others have set: those for CORS,
    /// and the methods that a route accepts.
    fn write_into(self, response: &mut Response, request_id: &str) {
        let problem = wire::Problem {
            kind: "about:blank".to_owned(),
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            error: self.error,
            code: self.code.to_owned(),
            request_id: request_id.to_owned(),
            field: self.field.map(Into::into),
            detail: self.detail.map(Into::into),
            resets_at: self.resets_at.map(Into::into),
            decision: self.decision.map(|decision| *decision),
        };
        // Texts and numbers always serialize.
        let text = serde_json::to_vec(&problem).unwrap_or_default();
        *response.body_mut() = Body::from(text);
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
    }
}
