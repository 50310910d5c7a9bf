//! A sender: logs events until the server is gone.

use super::events::{Event, Events};
use crate::client::Client;
use anyhow::{Context, Result, bail, ensure};
use rand::RngExt as _;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// The delay after an answer "later", or when no server can be reached.
const LATER: Duration = Duration::from_millis(20);

/// A sender with the events it has sent.
pub struct Sender {
    pub events: Events,
    /// Events, with the log ids of their answers.
    pub acknowledged: Vec<(Event, String)>,
    /// Events that were sent and not answered, or answered with "later".
    pub unanswered: Vec<Event>,
    /// Events that were sent again after their answer.
    pub repeats: usize,
    /// Answers that said "later".
    pub refused: usize,
    /// Requests that were cut off without an answer.
    pub broken: usize,
}

impl Sender {
    pub fn new(events: Events) -> Self {
        let (acknowledged, unanswered) = (Vec::new(), Vec::new());
        Self { events, acknowledged, unanswered, repeats: 0, refused: 0, broken: 0 }
    }

    /// Sends what was left unanswered, then new events, until the connection breaks.
    pub async fn send_until_broken(&mut self, address: SocketAddr) -> Result<()> {
        let Ok(mut client) = Client::connect(address).await else { return Ok(()) };
        while self.send_next(&mut client).await? {}
        Ok(())
    }

    /// Sends to one of these servers, and to the next one whenever the connection breaks, until
    /// stopped; counts what is acknowledged.
    pub async fn send_until_stopped(
        &mut self,
        servers: &[SocketAddr],
        stop: &AtomicBool,
        logged: &AtomicU64,
    ) -> Result<()> {
        for server in servers.iter().cycle() {
            if let Ok(mut client) = Client::connect(*server).await {
                loop {
                    if stop.load(Ordering::Relaxed) {
                        return Ok(());
                    }
                    let before = self.acknowledged.len();
                    if !self.send_next(&mut client).await? {
                        break;
                    }
                    let more = u64::try_from(self.acknowledged.len() - before)?;
                    logged.fetch_add(more, Ordering::Relaxed);
                }
            } else if stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            tokio::time::sleep(LATER).await;
        }
        bail!("there is no server to send to")
    }

    /// Sends one event, sometimes one that was answered before; returns false if the connection
    /// broke.
    async fn send_next(&mut self, client: &mut Client) -> Result<bool> {
        let known =
            !self.acknowledged.is_empty() && self.events.random_numbers().random_ratio(1, 10);
        if known {
            return self.repeat_event(client).await;
        }
        let event = self.unanswered.pop().unwrap_or_else(|| self.events.next_event());
        self.send_event(client, event).await
    }

    /// Sends everything that was left unanswered, until all of it is answered.
    pub async fn send_unanswered(&mut self, address: SocketAddr) -> Result<()> {
        let mut client = Client::connect(address).await?;
        while let Some(event) = self.unanswered.pop() {
            ensure!(self.send_event(&mut client, event).await?, "the server has ended");
        }
        Ok(())
    }

    /// Sends an event; returns false if the connection broke.
    async fn send_event(&mut self, client: &mut Client, event: Event) -> Result<bool> {
        match post_event(client, &event).await? {
            Outcome::Logged(log_id) => self.acknowledged.push((event, log_id)),
            Outcome::Later => {
                self.refused += 1;
                self.unanswered.push(event);
                tokio::time::sleep(LATER).await;
            }
            Outcome::Broken => {
                self.broken += 1;
                self.unanswered.push(event);
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Sends an event again that was answered before; the answer must be the same.
    async fn repeat_event(&mut self, client: &mut Client) -> Result<bool> {
        let place = self.events.random_numbers().random_range(0..self.acknowledged.len());
        let (event, log_id) = &self.acknowledged[place];
        match post_event(client, event).await? {
            Outcome::Logged(again) => {
                ensure!(again == *log_id, "{} was {log_id} and is {again} now", event.id);
                self.repeats += 1;
                Ok(true)
            }
            Outcome::Later => Ok(true),
            Outcome::Broken => Ok(false),
        }
    }
}

/// The result of sending an event.
enum Outcome {
    Logged(String),
    Later,
    Broken,
}

async fn post_event(client: &mut Client, event: &Event) -> Result<Outcome> {
    let Ok(answer) = client.post("/api/ribbon/log-call", event.body.clone()).await else {
        return Ok(Outcome::Broken);
    };
    match answer.status {
        200 => {
            let answer: Value = serde_json::from_slice(&answer.body)?;
            let log_id = answer["logId"].as_str().context("an answer without a logId")?;
            Ok(Outcome::Logged(log_id.to_owned()))
        }
        503 => Ok(Outcome::Later),
        status => bail!("{} was refused with {status}: {:?}", event.id, answer.body),
    }
}
