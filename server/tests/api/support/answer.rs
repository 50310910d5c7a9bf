//! A server's answer.

use call_ribbon_shared::wire::Problem;
use reqwest::{RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;

/// An answer with its whole body.
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    pub async fn from_request(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    /// Parses the body, whatever the status.
    pub fn read<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// Parses the body; the status must be a success.
    pub fn ok<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, 200, "{}", self.text);
        self.read()
    }

    /// Returns the problem, which must have this status and code, and be complete.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Problem {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let problem: Problem = self.read();
        assert_eq!((problem.status, problem.code.as_str()), (status, code), "{}", self.text);
        assert_eq!(problem.kind, "about:blank");
        let reason = StatusCode::from_u16(status).unwrap().canonical_reason().unwrap();
        assert_eq!(problem.title, reason);
        assert!(problem.error.ends_with('.'), "{}", problem.error);
        assert_eq!(self.headers["x-request-id"], problem.request_id.as_str());
        problem
    }

    /// Returns the field that a refused request's problem names.
    #[track_caller]
    pub fn wrong_field(&self) -> String {
        self.problem(400, "invalid_request").field.unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}
