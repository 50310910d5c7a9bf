//! Starts 200 calls at once on two servers of which the plan allows 100.

use super::{Arguments, Kind};
use crate::client::{Answer, Client};
use crate::server::ADMIN_TOKEN;
use anyhow::{Context as _, Result, ensure};
use futures_util::future::try_join_all;
use hyper::Method;
use serde_json::{Value, json};
use sqlx::{AnyPool, any::install_default_drivers};
use std::time::Duration;

/// The calls that are started at once.
const STARTS: u32 = 200;
/// The calls of those that are allowed.
const ALLOWED: u32 = 100;
/// The pause after an answer "later".
const LATER: Duration = Duration::from_millis(100);

pub async fn run(arguments: &Arguments) -> Result<String> {
    let rounds = arguments.amount(20, 2);
    let place = arguments.create_database(Kind::Postgres).await?;
    let setup = arguments.server_setup(place.database_url())?;
    let servers = [setup.start().await?, setup.start().await?];
    for round in 1..=rounds {
        let mut operator = Client::connect(servers[0].address).await?;
        set_limit(&mut operator, round * ALLOWED).await?;
        let turns = servers.iter().cycle().take(usize::try_from(STARTS)?);
        let mut clients = try_join_all(turns.map(|server| Client::connect(server.address))).await?;
        let body = json!({"to": "+919876543210"}).to_string();
        let answers =
            try_join_all(clients.iter_mut().map(|client| start_call(client, &body))).await?;
        let started = answers.iter().filter(|answer| answer.status == 202).count();
        ensure!(started == usize::try_from(ALLOWED)?, "{started} calls were started");
        for refused in answers.iter().filter(|answer| answer.status != 202) {
            ensure_limit_named(refused)?;
        }
        println!("{STARTS} calls started at once {round} times");
    }
    install_default_drivers();
    let pool = AnyPool::connect(&setup.database).await?;
    let calls: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM calls").fetch_one(&pool).await?;
    let usage: Vec<i64> = sqlx::query_scalar("SELECT calls FROM usage").fetch_all(&pool).await?;
    pool.close().await;
    let (expected, usage) = (i64::from(rounds * ALLOWED), usage.iter().sum::<i64>());
    ensure!(calls == expected, "{calls} calls are stored of {expected}");
    ensure!(usage == expected, "the usage is {usage} of {expected}");
    for server in servers {
        server.stop().await?;
    }
    Ok(format!(
        "{rounds} times {STARTS} calls started at once on two servers, {ALLOWED} of them allowed: \
         each time {ALLOWED} were started and the others refused with 429; {calls} calls in the \
         database, and a usage of {usage}"
    ))
}

/// Starts a call; tries again while the server is overloaded.
async fn start_call(client: &mut Client, body: &str) -> Result<Answer> {
    loop {
        let answer = client.post("/api/ribbon/calls", body.to_owned()).await?;
        if answer.status != 503 {
            return Ok(answer);
        }
        tokio::time::sleep(LATER).await;
    }
}

/// Sets how many calls the client may start in a month.
async fn set_limit(operator: &mut Client, limit: u32) -> Result<()> {
    let token = format!("Bearer {ADMIN_TOKEN}");
    let headers = [("authorization", token.as_str())];
    let body = json!({"limit": limit}).to_string().into();
    let path = "/api/admin/clients/client-demo";
    let answer = operator.send_with(Method::PATCH, path, &headers, body).await?;
    ensure!(answer.status == 200, "the limit cannot be set: {} {:?}", answer.status, answer.body);
    Ok(())
}

fn ensure_limit_named(answer: &Answer) -> Result<()> {
    let body: Value = serde_json::from_slice(&answer.body).context("a refusal without JSON")?;
    let is_limit = answer.status == 429 && body.to_string().contains("monthly_limit_exceeded");
    ensure!(is_limit, "refused with {}: {body}", answer.status);
    Ok(())
}
