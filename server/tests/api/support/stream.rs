//! Reads a live stream.

use call_ribbon_shared::wire::CallEvent;
use reqwest::{RequestBuilder, Response};
use serde_json::Value;
use std::time::Duration;

/// Long enough for a slow machine; a test fails if its stream is silent for this long.
const PATIENCE: Duration = Duration::from_secs(15);

/// A message of the stream.
struct Message {
    name: Option<String>,
    id: Option<String>,
    data: String,
}

pub struct Stream {
    response: Response,
    text: String,
}

impl Stream {
    pub async fn open(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{}", response.text().await.unwrap());
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        Self { response, text: String::new() }
    }

    /// Returns the next event; `None` if the stream has ended.
    pub async fn next_event(&mut self) -> Option<CallEvent> {
        loop {
            let Message { name, id, data } = self.next_message().await?;
            if name.as_deref() == Some("call") {
                let event: CallEvent = serde_json::from_str(&data).unwrap();
                assert_eq!(id, Some(event.seq.to_string()));
                return Some(event);
            }
        }
    }

    /// Returns the next news of saved notes as JSON; `None` if the stream has ended.
    pub async fn next_update(&mut self) -> Option<Value> {
        loop {
            let Message { name, id, data } = self.next_message().await?;
            if name.as_deref() == Some("updated") {
                assert_eq!(id, None);
                return Some(serde_json::from_str(&data).unwrap());
            }
        }
    }

    async fn next_message(&mut self) -> Option<Message> {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                // A carriage return ends a line too.
                let block = block.replace("\r\n", "\n").replace('\r', "\n");
                let field = |name: &str| {
                    // A field of several lines arrives as several fields of the same name.
                    let lines = block.lines().filter_map(|line| line.strip_prefix(name));
                    let lines: Vec<&str> = lines.map(str::trim).collect();
                    (!lines.is_empty()).then(|| lines.join("\n"))
                };
                if let Some(data) = field("data:") {
                    return Some(Message { name: field("event:"), id: field("id:"), data });
                }
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk());
            let chunk = chunk.await.expect("the stream said nothing").ok().flatten()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// Returns the events up to and including the first one of this name.
    pub async fn events_until(&mut self, name: &str) -> Vec<CallEvent> {
        let mut events = Vec::new();
        loop {
            let event = self.next_event().await.expect("the stream ended");
            let found = event.event == name;
            events.push(event);
            if found {
                return events;
            }
        }
    }

    /// Returns the names of the events up to and including the first one of this name.
    pub async fn names_until(&mut self, name: &str) -> Vec<String> {
        self.events_until(name).await.into_iter().map(|event| event.event).collect()
    }
}
