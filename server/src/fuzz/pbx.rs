//! The reader of a PBX's events, and of its answers to what an event leads to.

use super::SEPARATOR;
use crate::providers::asterisk::{Event, RunningCall, Settings};
use crate::providers::{ProviderError, Reply, Request, Transport};
use crate::secret::Secret;
use bytes::Bytes;
use call_ribbon_shared::Millis;
use futures_util::FutureExt as _;
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The most requests for one event: each phone that rings is rung or hung up, and some more.
const MOST_REQUESTS: usize = 100;
/// The most bytes of a text that is stored with a call.
const LONGEST_TEXT: usize = 250;

/// A PBX that answers each request with the next part of the input.
struct Answers<'a> {
    parts: Vec<&'a str>,
    asked: AtomicUsize,
}

impl Transport for Answers<'_> {
    async fn send(&self, request: Request) -> Result<Reply, ProviderError> {
        assert!(request.url.starts_with("https://pbx.example.com/ari/"), "{}", request.url);
        let count = self.asked.fetch_add(1, Ordering::Relaxed);
        let part = self.parts[count % self.parts.len()];
        let (status, body) = match part.split_at_checked(3) {
            Some((status, body)) => (status.parse().unwrap_or(200), body),
            None => (200, part),
        };
        Ok(Reply { status, retry_after: None, body: Bytes::copy_from_slice(body.as_bytes()) })
    }

    fn now(&self) -> Millis {
        1_760_265_000_000
    }

    fn stored_token(&self, _: &'static str) -> Option<Secret> {
        None
    }

    fn store_token(&self, _: &'static str, _: Secret, _: Millis) {}

    fn remove_token(&self, _: &'static str) {}
}

/// Handles an event of a PBX, and compares calls in progress with what it says that it has. What is
/// reported is short, and no event leads to many requests.
///
/// # Panics
///
/// Panics if the result is wrong.
pub fn check_asterisk_event(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut parts: Vec<&str> = text.split(SEPARATOR).collect();
    let event = parts.remove(0);
    parts.push("[]");
    let pbx = Answers { parts, asked: AtomicUsize::new(0) };
    let settings = Settings::from_json(&json!({"ariUrl": "https://pbx.example.com", "user": "u",
        "password": "p", "trunk": "PJSIP/{number}@t", "callerId": "+912233445566",
        "incomingAgents": "1001, 1002"}));
    let Ok(settings) = settings else { return };
    if let Ok(Some(event)) = Event::parse(event) {
        let _ = (event.call(), event.session_id());
        // Nothing waits, so the future is ready.
        let reports = settings.handle_event(&pbx, &event).now_or_never();
        let asked = pbx.asked.load(Ordering::Relaxed);
        assert!(asked <= MOST_REQUESTS, "one event leads to {asked} requests");
        for report in reports.into_iter().flatten().flatten() {
            let texts = [report.provider_call_id, report.session_id, report.customer_number];
            let texts = texts.into_iter().flatten().chain(report.own_numbers);
            // The ids of both legs are longer by two signs.
            assert!(texts.into_iter().all(|text| text.len() <= LONGEST_TEXT + 2));
        }
    }
    let running = ["ses_1", "17.4"].map(|name| RunningCall {
        session_id: "ses_1".to_owned(),
        provider_call_id: Some(if name == "ses_1" { "ses_1-a" } else { name }.to_owned()),
        number: Some("+919876543210".to_owned()),
        opened_at: 0,
    });
    let _ = settings.check_running(&pbx, &running).now_or_never();
}
