//! Measures webhooks: many receivers, some of which never answer, while events are logged at a rate.

use crate::client::Client;
use crate::clock::Stopwatch;
use crate::server::{ADMIN_TOKEN, Setup, server_program};
use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use clap::Args;
use futures_util::future::try_join_all;
use http_body_util::{BodyExt as _, Collected, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use sqlx::AnyPool;
use sqlx::any::install_default_drivers;
use std::collections::HashMap;
use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;

/// How long the last messages may take.
const LAST: Duration = Duration::from_mins(2);
/// The path of receivers that never answer.
const HANGS: &str = "/hangs";

/// Options of `webhooks`.
#[derive(Args)]
pub struct Arguments {
    /// The database, as the server takes it; a fresh one
    #[arg(long)]
    database: String,
    /// The server's program [default: the one beside this]
    #[arg(long)]
    server: Option<PathBuf>,
    /// Receivers, each of a client of its own
    #[arg(long, default_value_t = 50)]
    receivers: usize,
    /// How many of them never answer
    #[arg(long, default_value_t = 10)]
    hanging: usize,
    /// Events logged per second, in all
    #[arg(long, default_value_t = 1_000)]
    rate: u64,
    /// Seconds to log
    #[arg(long, default_value_t = 20)]
    seconds: u64,
}

/// When each event was logged, and when its message came, by its `callSid`.
#[derive(Default)]
struct Times {
    logged: HashMap<String, Duration>,
    came: HashMap<String, Duration>,
    /// Messages that came once more.
    repeated: u64,
}

type Shared = Arc<(Stopwatch, Mutex<Times>)>;

/// `call-ribbon-bench webhooks`.
pub async fn run(arguments: &Arguments) -> Result<()> {
    let program = arguments.server.clone().map_or_else(server_program, Ok)?;
    let options = &["--allow-private-addresses", "127.0.0.0/8"];
    let setup = Setup { options, ..Setup::new(program, arguments.database.clone()) };
    let server = setup.start().await?;
    let shared: Shared = Arc::new((Stopwatch::start(), Mutex::default()));
    let receivers = serve_receivers(Arc::clone(&shared)).await?;
    let mut keys = Vec::new();
    let mut admin = Client::connect(server.address).await?;
    for number in 0..arguments.receivers {
        let hangs = number < arguments.hanging;
        let path = if hangs { HANGS } else { "/takes" };
        keys.push((
            add_client(&mut admin, number, &format!("http://{receivers}{path}")).await?,
            hangs,
        ));
    }
    let before = server.resident_memory().unwrap_or_default();
    log_events(arguments, server.address, &keys, &shared).await?;
    let wanted = shared.1.lock().unwrap_or_else(PoisonError::into_inner).logged.len();
    let watch = Stopwatch::start();
    loop {
        let came = shared.1.lock().unwrap_or_else(PoisonError::into_inner).came.len();
        if came == wanted || watch.elapsed() > LAST {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let memory = server.resident_memory().unwrap_or_default();
    // Then what became of the last messages is stored.
    server.stop().await?;
    let (waiting, arrived) = count_deliveries(&arguments.database).await?;
    let times = shared.1.lock().unwrap_or_else(PoisonError::into_inner);
    let mut took: Vec<Duration> = times
        .came
        .iter()
        .filter_map(|(sid, came)| Some(came.saturating_sub(*times.logged.get(sid)?)))
        .collect();
    took.sort_unstable();
    let of = |percent: usize| took[(took.len().max(1) - 1) * percent / 100].as_secs_f64();
    println!(
        "{wanted} events for receivers that answer, {} came, {} more than once; {:.2} s at the median, \
         {:.2} s at p99; the last came {:.1} s after the last event; {waiting} wait, {arrived} arrived by \
         the database; {} MB before, {} MB after",
        took.len(),
        times.repeated,
        of(50),
        of(99),
        watch.elapsed().as_secs_f64(),
        before / 1_000_000,
        memory / 1_000_000,
    );
    ensure!(took.len() == wanted, "{} messages did not come", wanted - took.len());
    Ok(())
}

/// Creates a client with a receiver, and returns the client's key.
async fn add_client(admin: &mut Client, number: usize, url: &str) -> Result<String> {
    let client = json!({"name": format!("Client {number}"), "plan": "enterprise"});
    let made = ask(admin, "/api/admin/clients", client).await?;
    let id = made["clientId"].as_str().context("a client without an id")?;
    let key = made["apiKey"].as_str().context("a client without a key")?.to_owned();
    let receiver = json!({"url": url, "types": ["call.connected"]});
    ask(admin, &format!("/api/admin/clients/{id}/receivers"), receiver).await?;
    Ok(key)
}

async fn ask(admin: &mut Client, path: &str, body: Value) -> Result<Value> {
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    let headers = [("authorization", bearer.as_str())];
    let answer = admin.send_with(Method::POST, path, &headers, body.to_string().into()).await?;
    ensure!(answer.status == 201, "{path}: {:?}", answer.body);
    Ok(serde_json::from_slice(&answer.body)?)
}

/// Logs events of new calls, each client in turn, at the rate.
async fn log_events(
    arguments: &Arguments,
    address: SocketAddr,
    keys: &[(String, bool)],
    shared: &Shared,
) -> Result<()> {
    let senders = 16_u64;
    let each = arguments.rate * arguments.seconds / senders;
    let sending = (0..senders).map(|sender| {
        let (keys, shared) = (keys.to_vec(), Arc::clone(shared));
        let pause = Duration::from_micros(arguments.seconds * 1_000_000 / each.max(1));
        tokio::spawn(async move {
            let mut client = Client::connect(address).await?;
            let mut ticks = tokio::time::interval(pause);
            for number in 0..each {
                ticks.tick().await;
                let all = usize::try_from(number * senders + sender)?;
                let (key, hangs) = &keys[all % keys.len()];
                let sid = format!("hook-{all}");
                let body = json!({"event": "connected", "apiKey": key, "data": {
                    "callSid": sid, "phoneNumber": format!("+9198{:08}", all), "callDirection": "outbound",
                    "customerData": {"customerId": format!("C{}", all % 5000), "name": "Asha Rao"}}});
                let answer = client.send_with(Method::POST, "/api/ribbon/log-call", &[], body.to_string().into()).await?;
                ensure!(answer.status == 200, "refused: {:?}", answer.body);
                if !hangs {
                    let now = shared.0.elapsed();
                    let mut times = shared.1.lock().unwrap_or_else(PoisonError::into_inner);
                    times.logged.insert(sid, now);
                }
            }
            Ok(())
        })
    });
    for ended in try_join_all(sending).await? {
        ended?;
    }
    Ok(())
}

/// Serves receivers, and returns their address.
async fn serve_receivers(shared: Shared) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let shared = Arc::clone(&shared);
            tokio::spawn(async move {
                let take = service_fn(move |request| take_message(Arc::clone(&shared), request));
                // A sender that gives up closes the connection.
                drop(http1::Builder::new().serve_connection(TokioIo::new(stream), take).await);
            });
        }
    });
    Ok(address)
}

async fn take_message(
    shared: Shared,
    request: Request<Incoming>,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    if request.uri().path() == HANGS {
        pending::<()>().await;
    }
    let body = request.into_body().collect().await.map(Collected::to_bytes).unwrap_or_default();
    let message: Value = serde_json::from_slice(&body).unwrap_or_default();
    if let Some(sid) = message["data"]["callSid"].as_str() {
        let now = shared.0.elapsed();
        let mut times = shared.1.lock().unwrap_or_else(PoisonError::into_inner);
        if times.came.contains_key(sid) {
            times.repeated += 1;
        } else {
            times.came.insert(sid.to_owned(), now);
        }
    }
    Ok(Response::new(Empty::new()))
}

/// Returns how many messages wait, and how many arrived.
async fn count_deliveries(database: &str) -> Result<(i64, i64)> {
    install_default_drivers();
    let pool = AnyPool::connect(database).await.context("the database cannot be opened")?;
    let count = |sql: &'static str| sqlx::query_scalar(sql).fetch_one(&pool);
    let waiting = count("SELECT COUNT(*) FROM deliveries WHERE sent_at IS NULL").await?;
    let arrived = count("SELECT COUNT(*) FROM deliveries WHERE sent_at IS NOT NULL").await?;
    pool.close().await;
    Ok((waiting, arrived))
}
