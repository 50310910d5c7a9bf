//! Measures how long it takes to decide whether a call may be made, with millions of earlier calls.
//!
//! The calls are written into the database directly, as logging millions of them would take an hour.
//! Then `calls/check` judges calls one after another, with no pack of rules and with all of them in turn.

use crate::client::Client;
use crate::clock::Stopwatch;
use crate::server::{ADMIN_TOKEN, Setup, server_program};
use anyhow::{Context, Result, ensure};
use chrono::Utc;
use clap::Args;
use hyper::Method;
use serde_json::{Value, json};
use sqlx::AnyPool;
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use std::path::PathBuf;
use std::time::Duration;

/// The client that every fresh database has.
const CLIENT: &str = "client-demo";
/// Calls written in one transaction.
const PIECE: i64 = 100_000;
/// Customers who were called [`MANY_CALLS`] times in the last week.
const BUSY_CUSTOMERS: i64 = 10;
const MANY_CALLS: i64 = 1_000;
/// How often the measurement without and with rules takes turns.
const TURNS: usize = 5;
const YEAR: i64 = 365 * 24 * 60 * 60 * 1000;
const WEEK: i64 = 7 * 24 * 60 * 60 * 1000;

/// Has SQLite keep the indexes in memory while they grow, and not wait for the disk: a fill that is
/// interrupted is begun again.
const FILL_FAST: &str =
    "PRAGMA cache_size = -3000000; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 100000";

/// Calls, spread evenly over the time before `$4`; each customer has every `$5`th of them.
const CALLS: &str = "
    INSERT INTO calls (client_id, call_sid, session_id, call_seq, direction, phone, status, started_at,
        connected_at, ended_at, duration, customer_id, customer_name, customer, call_type, agent_id,
        agent_name, last_seq, last_event, last_event_at, last_activity_at, state)
    WITH RECURSIVE n(i) AS (
        SELECT CAST($1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < CAST($2 AS BIGINT)
    ), c(i, who, at) AS (
        SELECT i, (i * 7919) % CAST($5 AS BIGINT),
            CAST($4 AS BIGINT) - (CAST($3 AS BIGINT) - i) * CAST($6 AS BIGINT) / CAST($3 AS BIGINT)
        FROM n
    )
    SELECT 'client-demo', $7 || CAST(i AS TEXT), 's' || $7 || CAST(i AS TEXT), i + CAST($8 AS BIGINT),
        'outbound', '+9198' || CAST(10000000 + who AS TEXT), 'ended', at, at + 9000, at + 80000, 71,
        'C' || CAST(who AS TEXT), 'Asha Rao',
        '{\"customerId\":\"C' || CAST(who AS TEXT) || '\",\"name\":\"Asha Rao\",\"callType\":\"collections\",'
            || '\"context\":{\"accountId\":\"LOAN-' || CAST(who AS TEXT) || '\",\"amountDue\":12450.5}}',
        'collections', 'agent' || CAST(i % 120 AS TEXT), 'Ravi', i + CAST($8 AS BIGINT), 'callEnded',
        at + 80000, at + 80000, '{\"began\":' || CAST(at AS TEXT) || ',\"talked\":71}'
    FROM c";

/// The decisions about these calls.
const DECISIONS: &str = "
    INSERT INTO decisions (client_id, decision_id, seq, session_id, at, agent_id, customer_id, number,
        account, outcome, packs, facts_hash, decision)
    SELECT client_id, 'd' || call_sid, call_seq, session_id, started_at, agent_id, customer_id, phone,
        'LOAN-' || customer_id, 'allowed', '[]', 'none', '{\"allowed\":true,\"because\":[]}'
    FROM calls WHERE client_id = 'client-demo' AND call_seq >= $1 AND call_seq <= $2";

/// Options of `deciding`.
#[derive(Args)]
pub struct Arguments {
    /// The database, as the server takes it: a fresh one, or one that this command has filled
    #[arg(long)]
    database: String,
    /// The server's program [default: the one beside this]
    #[arg(long)]
    server: Option<PathBuf>,
    /// Earlier calls
    #[arg(long, default_value_t = 10_000_000)]
    calls: i64,
    /// Calls to judge in each turn
    #[arg(long, default_value_t = 2_000)]
    judged: i64,
}

/// `call-ribbon-bench deciding`.
pub async fn run(arguments: &Arguments) -> Result<()> {
    let program = arguments.server.clone().map_or_else(server_program, Ok)?;
    let setup = Setup::new(program, arguments.database.clone());
    setup.start().await?.stop().await?;
    install_default_drivers();
    let pool = AnyPoolOptions::new().max_connections(1).connect(&arguments.database).await?;
    if arguments.database.starts_with("sqlite:") {
        sqlx::raw_sql(FILL_FAST).execute(&pool).await?;
    }
    fill_calls(&pool, arguments.calls).await?;
    let stored = count_calls(&pool).await?;
    pool.close().await;
    ensure!(
        stored == arguments.calls + BUSY_CUSTOMERS * MANY_CALLS,
        "{stored} calls are stored; choose a fresh database or the same number of calls"
    );
    println!("{stored} calls of {} customers", customers_of(arguments.calls));

    let server = setup.start().await?;
    let mut client = Client::connect(server.address).await?;
    let packs = find_packs(&mut client).await?;
    let mut times = [(); 4].map(|()| Vec::new());
    for turn in 0..TURNS {
        for (with, packs) in [(0, &[][..]), (2, &packs[..])] {
            set_packs(&mut client, packs).await?;
            for judged in 0..arguments.judged {
                // Another customer each time, so that no page of the database is read twice.
                let number = i64::try_from(turn)? * arguments.judged + judged;
                let any = BUSY_CUSTOMERS + number * 104_729 % customers_of(arguments.calls);
                times[with]
                    .push(judge_call(&mut client, any % customers_of(arguments.calls)).await?);
                if judged % 10 == 0 {
                    times[with + 1].push(judge_call(&mut client, number % BUSY_CUSTOMERS).await?);
                }
            }
        }
    }
    let names = [
        "no pack, any customer",
        "no pack, a customer of 1,000 calls in a week",
        "all packs, any customer",
        "all packs, a customer of 1,000 calls in a week",
    ];
    for (name, mut times) in names.into_iter().zip(times) {
        times.sort_unstable();
        let of = |percent: usize| {
            let time: Duration = times[(times.len() - 1) * percent / 100];
            time.as_secs_f64() * 1e3
        };
        println!("{name}: {} judged, p50 {:.2} ms, p99 {:.2} ms", times.len(), of(50), of(99));
    }
    server.stop().await
}

/// Returns how many customers so many calls have.
fn customers_of(calls: i64) -> i64 {
    (calls / 10).max(BUSY_CUSTOMERS)
}

/// Writes the calls, unless they are there.
async fn fill_calls(pool: &AnyPool, calls: i64) -> Result<()> {
    if count_calls(pool).await? > 0 {
        return Ok(());
    }
    #[expect(clippy::disallowed_methods, reason = "the calls end now")]
    let now = Utc::now().timestamp_millis();
    let watch = Stopwatch::start();
    let busy = BUSY_CUSTOMERS * MANY_CALLS;
    insert_calls(pool, (1, busy), busy, (now, BUSY_CUSTOMERS, WEEK), ("busy-", calls)).await?;
    for from in (1..=calls).step_by(usize::try_from(PIECE)?) {
        let until = (from + PIECE - 1).min(calls);
        let spread = (now, customers_of(calls), YEAR);
        insert_calls(pool, (from, until), calls, spread, ("call-", 0)).await?;
        if until % (10 * PIECE) == 0 {
            println!("{until} calls after {} s", watch.elapsed().as_secs());
        }
    }
    sqlx::query(
        "INSERT INTO feed_heads (client_id, seq, decisions) VALUES ($1, $2, $2)
         ON CONFLICT (client_id) DO UPDATE SET seq = excluded.seq, decisions = excluded.decisions",
    )
    .bind(CLIENT)
    .bind(calls + busy)
    .execute(pool)
    .await?;
    sqlx::query("ANALYZE").execute(pool).await?;
    Ok(())
}

/// Writes a piece of `total` calls with their decisions. `spread` is the time of the last call, the
/// number of customers and the time in which the calls were made; `names` begins each id, and is added to
/// each number.
async fn insert_calls(
    pool: &AnyPool,
    (from, until): (i64, i64),
    total: i64,
    spread: (i64, i64, i64),
    names: (&str, i64),
) -> Result<()> {
    let mut tx = pool.begin().await?;
    sqlx::query(CALLS)
        .bind(from)
        .bind(until)
        .bind(total)
        .bind(spread.0)
        .bind(spread.1)
        .bind(spread.2)
        .bind(names.0)
        .bind(names.1)
        .execute(&mut *tx)
        .await
        .context("calls could not be written")?;
    sqlx::query(DECISIONS)
        .bind(from + names.1)
        .bind(until + names.1)
        .execute(&mut *tx)
        .await
        .context("decisions could not be written")?;
    Ok(tx.commit().await?)
}

async fn count_calls(pool: &AnyPool) -> Result<i64> {
    let count = "SELECT COUNT(*) FROM calls WHERE client_id = 'client-demo'";
    Ok(sqlx::query_scalar(count).fetch_one(pool).await?)
}

fn rules_path() -> String {
    format!("/api/admin/clients/{CLIENT}/call-rules")
}

/// Returns the names of all packs.
async fn find_packs(client: &mut Client) -> Result<Vec<String>> {
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    let headers = [("authorization", bearer.as_str())];
    let answer =
        client.send_with(Method::GET, &rules_path(), &headers, bytes::Bytes::new()).await?;
    let answer: Value = serde_json::from_slice(&answer.body)?;
    let packs = answer["packs"].as_array().context("an answer without packs")?;
    Ok(packs.iter().filter_map(|pack| pack["name"].as_str().map(str::to_owned)).collect())
}

/// Switches these packs on, and all others off.
async fn set_packs(client: &mut Client, packs: &[String]) -> Result<()> {
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    let headers = [("authorization", bearer.as_str())];
    let body = json!({"packs": packs, "callTypes": {"collections": "recovery"}}).to_string();
    let answer = client.send_with(Method::PUT, &rules_path(), &headers, body.into()).await?;
    ensure!(answer.status < 300, "the rules were refused: {:?}", answer.body);
    Ok(())
}

/// Asks whether a customer may be called, and returns how long the answer took.
async fn judge_call(client: &mut Client, customer: i64) -> Result<Duration> {
    let body = json!({"calls": [{
        "to": format!("+9198{}", 10_000_000 + customer),
        "customerData": {
            "customerId": format!("C{customer}"),
            "callType": "collections",
            "context": {"accountId": format!("LOAN-{customer}")},
        },
    }]});
    let watch = Stopwatch::start();
    let answer = client.post("/api/ribbon/calls/check", body.to_string()).await?;
    let took = watch.elapsed();
    let read: Value = serde_json::from_slice(&answer.body)?;
    ensure!(
        answer.status == 200 && read["results"][0]["decision"]["allowed"].is_boolean(),
        "no decision: {:?}",
        answer.body
    );
    Ok(took)
}
