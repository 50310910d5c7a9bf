//! Sends events one to three times, shuffled and days late, and the same events once and in order:
//! the resulting data must be equal.

use super::events::{Event, Events};
use super::{Arguments, Kind, check, recount_totals};
use crate::client::Client;
use crate::server::Setup;
use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// Events per request.
const BATCH: usize = 100;

pub async fn run(arguments: &Arguments, kind: Kind) -> Result<String> {
    let count = match kind {
        Kind::Sqlite => arguments.amount(1_000_000, 10_000),
        Kind::Postgres => arguments.amount(200_000, 5_000),
    };
    let (disorderly, orderly) =
        (arguments.create_database(kind).await?, arguments.create_database(kind).await?);
    let mut made = Events::new(arguments.seed, "s".to_owned(), Arc::new(AtomicU64::new(0)));
    let mut events: Vec<Event> = (0..count).map(|_| made.next_event()).collect();

    let mut random = StdRng::seed_from_u64(arguments.seed);
    let mut sent: Vec<usize> =
        (0..events.len()).flat_map(|event| vec![event; random.random_range(1..=3)]).collect();
    sent.shuffle(&mut random);
    let setup = arguments.server_setup(disorderly.database_url())?;
    let logged = log_events(&setup, &events, &sent, arguments.connections).await?;
    let found = check::check_database(&setup.database, &pair_log_ids(&mut events, logged)?).await?;
    let recounted = recount_totals(&setup).await?;

    events.sort_by_key(|event| event.fact.at);
    let in_order: Vec<usize> = (0..events.len()).collect();
    let orderly_setup = arguments.server_setup(orderly.database_url())?;
    let logged = log_events(&orderly_setup, &events, &in_order, 1).await?;
    check::check_database(&orderly_setup.database, &pair_log_ids(&mut events, logged)?).await?;
    recount_totals(&orderly_setup).await?;
    let rows = check::compare_sums(&setup.database, &orderly_setup.database).await?;
    Ok(format!(
        "{} events sent {} times in disorder: {} calls as the rules make them and as in the \
         orderly run, {rows} rows of sums and usage equal to it. {recounted}",
        found.events,
        sent.len(),
        found.calls,
    ))
}

/// Sends these events in this order, over several connections; every repeat must be answered with
/// the same log id.
async fn log_events(
    setup: &Setup,
    events: &[Event],
    order: &[usize],
    connections: usize,
) -> Result<HashMap<usize, String>> {
    let server = setup.start().await?;
    let mut shares: Vec<Vec<&[usize]>> = vec![Vec::new(); connections];
    for (number, batch) in order.chunks(BATCH).enumerate() {
        shares[number % connections].push(batch);
    }
    let sending = shares.into_iter().map(|share| send_batch(server.address, events, share));
    let mut logged: HashMap<usize, String> = HashMap::new();
    for (event, log_id) in try_join_all(sending).await?.into_iter().flatten() {
        let earlier = logged.entry(event).or_insert_with(|| log_id.clone());
        ensure!(*earlier == log_id, "{} was {earlier} and is {log_id} now", events[event].id);
    }
    server.kill().await?;
    Ok(logged)
}

async fn send_batch(
    server: SocketAddr,
    events: &[Event],
    batches: Vec<&[usize]>,
) -> Result<Vec<(usize, String)>> {
    let mut client = Client::connect(server).await?;
    let mut logged = Vec::new();
    for batch in batches {
        let bodies: Vec<&str> = batch.iter().map(|event| events[*event].body.as_str()).collect();
        let body = format!("{{\"events\":[{}]}}", bodies.join(","));
        let answer = client.post("/api/ribbon/log-calls", body).await?;
        ensure!(answer.status == 200, "refused with {}: {:?}", answer.status, answer.body);
        let answer: Value = serde_json::from_slice(&answer.body)?;
        let results = answer["results"].as_array().context("no results")?;
        for (event, result) in batch.iter().zip(results) {
            let log_id = result["logId"].as_str().with_context(|| format!("refused: {result}"))?;
            logged.push((*event, log_id.to_owned()));
        }
    }
    Ok(logged)
}

/// Returns the events with their log ids.
fn pair_log_ids(
    events: &mut [Event],
    mut logged: HashMap<usize, String>,
) -> Result<Vec<(Event, String)>> {
    let with_id = events.iter().enumerate().map(|(place, event)| {
        let log_id = logged.remove(&place).context("an event was not answered")?;
        Ok((event.clone(), log_id))
    });
    with_id.collect()
}
