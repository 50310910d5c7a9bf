//! An Asterisk that is played, for the tests.

use super::BASE;
use crate::providers::{Body, ProviderError, Reply, Request, Transport};
use crate::secret::Secret;
use call_ribbon_shared::Millis;
use serde_json::{Value, json};
use std::sync::Mutex;

/// An Asterisk that answers as told, and otherwise says that all went well.
#[derive(Default)]
pub struct Played {
    pub answers: Vec<(&'static str, u16, Value)>,
    /// Requests about what is not there.
    pub gone: Vec<String>,
    /// Requests that removed a bridge, which is not there a second time.
    pub removed: Mutex<Vec<String>>,
    pub asked: Mutex<Vec<String>>,
}

impl Played {
    pub fn answering(answers: &[(&'static str, u16, Value)]) -> Self {
        Self { answers: answers.to_vec(), ..Self::default() }
    }

    /// Returns whether this request has removed a bridge before, and notes that it has now.
    fn is_removed(&self, request: &str) -> bool {
        let mut removed = self.removed.lock().unwrap();
        let is = removed.iter().any(|earlier| earlier == request);
        removed.push(request.to_owned());
        is
    }

    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

impl Transport for Played {
    async fn send(&self, request: Request) -> Result<Reply, ProviderError> {
        assert!(!request.url.contains("secret") && !request.url.contains("919"), "{}", request.url);
        let path = request.url.strip_prefix(&format!("{BASE}/")).unwrap();
        let asked = format!("{} {path}", request.method);
        let body = match request.body {
            Body::Json(body) if body != json!({}) => format!(" {body}"),
            _ => String::new(),
        };
        self.asked.lock().unwrap().push(format!("{asked}{body}"));
        let answer = self.answers.iter().find(|(request, ..)| *request == asked);
        let (status, body) = match answer {
            Some((_, status, body)) => (*status, body.to_string().into()),
            None if self.gone.contains(&asked) => (404, "{}".into()),
            None if asked.starts_with("DELETE bridges/") && self.is_removed(&asked) => {
                (404, "{}".into())
            }
            // Nothing is there unless an answer says so.
            None if asked.starts_with("GET bridges/") => (404, "{}".into()),
            None if asked == "GET channels" || asked == "GET bridges" => (200, "[]".into()),
            None => (204, bytes::Bytes::new()),
        };
        Ok(Reply { status, retry_after: None, body })
    }

    fn now(&self) -> Millis {
        1_000
    }

    fn stored_token(&self, _: &'static str) -> Option<Secret> {
        None
    }

    fn store_token(&self, _: &'static str, _: Secret, _: Millis) {}

    fn remove_token(&self, _: &'static str) {}
}
