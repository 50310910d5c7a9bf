//! An answer of a server.

use call_ribbon_shared::wire::Problem;
use reqwest::{RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;

/// An answer, read to its end.
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    /// The answer's body, whatever its status.
    pub fn read<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The answer's body, which must be one of success.
    pub fn ok<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, 200, "{}", self.text);
        self.read()
    }

    /// The problem, which must be of this status and code, whole and with a sentence.
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

    /// The field that is wrong in a request that was refused for it.
    #[track_caller]
    pub fn wrong_field(&self) -> String {
        self.problem(400, "invalid_request").field.unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}
