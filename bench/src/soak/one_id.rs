//! Sends one event id many times at once: it must have one effect and one answer, and another body
//! under it must be refused.

use super::{Arguments, Kind};
use crate::client::Client;
use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use sqlx::{AnyPool, any::install_default_drivers};
use std::collections::BTreeSet;

/// The number of simultaneous requests.
const TIMES: usize = 200;

pub async fn run(arguments: &Arguments, kind: Kind) -> Result<String> {
    let rounds = arguments.rounds();
    let place = arguments.create_database(kind).await?;
    let setup = arguments.server_setup(place.database_url())?;
    let server = setup.start().await?;
    for round in 0..rounds {
        let body = |call: &str| {
            json!({"event": "initiated", "eventId": format!("one-{round}"),
                "data": {"callSid": format!("{call}-{round}")}})
            .to_string()
        };
        let connecting = (0..TIMES).map(|_| Client::connect(server.address));
        let mut clients = try_join_all(connecting).await?;
        let one = body("one");
        let posting =
            clients.iter_mut().map(|client| client.post("/api/ribbon/log-call", one.clone()));
        let answers = try_join_all(posting).await?;
        let mut log_ids = BTreeSet::new();
        for answer in &answers {
            ensure!(answer.status == 200, "refused with {}: {:?}", answer.status, answer.body);
            let answer: Value = serde_json::from_slice(&answer.body)?;
            log_ids.insert(answer["logId"].as_str().context("no logId")?.to_owned());
        }
        ensure!(log_ids.len() == 1, "one id was answered with {} log ids", log_ids.len());
        let client = clients.first_mut().context("no connection")?;
        let other = client.post("/api/ribbon/log-call", body("other")).await?;
        ensure!(other.status == 409, "another body was answered with {}", other.status);
    }
    install_default_drivers();
    let pool = AnyPool::connect(&setup.database).await?;
    let events: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM events").fetch_one(&pool).await?;
    let calls: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM calls").fetch_one(&pool).await?;
    pool.close().await;
    let rounds = i64::from(rounds);
    ensure!(events == rounds && calls == rounds, "{events} events and {calls} calls of {rounds}");
    server.kill().await?;
    Ok(format!(
        "{rounds} event ids, each sent {TIMES} times at once: {events} events and {calls} calls in \
         the database, one log id each, and 409 for another body"
    ))
}
