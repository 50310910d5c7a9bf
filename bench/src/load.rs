//! Logging as fast as the server takes it.

use crate::client::Client;
use crate::clock::Stopwatch;
use crate::server::{Setup, beside_this};
use anyhow::{Result, bail};
use clap::Args;
use futures_util::future::try_join_all;
use serde_json::json;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Options of `load`.
#[derive(Args)]
pub struct Arguments {
    /// The database, as the server takes it; a fresh one tells the most
    #[arg(long)]
    database: String,
    /// The server's program [default: the one beside this]
    #[arg(long)]
    server: Option<PathBuf>,
    /// Loaded into the server before all else, such as a library that slows the disk down
    #[arg(long)]
    preload: Option<PathBuf>,
    /// Connections, each with one request at a time
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Events in one request; more than one go to log-calls
    #[arg(long, default_value_t = 1)]
    batch: u64,
    /// Seconds to measure, after one to warm up
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

/// What was measured.
#[derive(Debug)]
pub struct Measured {
    /// Events a second that were acknowledged.
    pub rate: f64,
    /// Half of the requests were answered sooner.
    pub p50: Duration,
    /// All but one in a hundred were answered sooner.
    pub p99: Duration,
}

/// How a server is loaded.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub connections: usize,
    pub batch: u64,
    pub warm_up: Duration,
    pub measure: Duration,
}

/// `call-ribbon-bench load`.
pub async fn run(arguments: &Arguments) -> Result<()> {
    let program = arguments.server.clone().map_or_else(beside_this, Ok)?;
    let preload = arguments.preload.clone();
    let setup = Setup { preload, ..Setup::new(program, arguments.database.clone()) };
    let server = setup.start().await?;
    let load = Load {
        connections: arguments.connections,
        batch: arguments.batch,
        warm_up: Duration::from_secs(1),
        measure: Duration::from_secs(arguments.seconds),
    };
    let measured = load.on(server.address).await?;
    println!(
        "{:.0} events/s, p50 {:.1} ms, p99 {:.1} ms, {} MB",
        measured.rate,
        measured.p50.as_secs_f64() * 1e3,
        measured.p99.as_secs_f64() * 1e3,
        server.memory().unwrap_or_default() / 1_000_000,
    );
    server.kill().await
}

impl Load {
    /// Loads the server at an address.
    pub async fn on(self, address: SocketAddr) -> Result<Measured> {
        let next = Arc::new(AtomicU64::new(0));
        let watch = Stopwatch::start();
        let senders = (0..self.connections).map(|_| {
            let next = Arc::clone(&next);
            let sender = tokio::spawn(async move { self.send(address, &next, watch).await });
            async { sender.await? }
        });
        let mut times: Vec<Duration> = try_join_all(senders).await?.into_iter().flatten().collect();
        if times.is_empty() {
            bail!("nothing was answered");
        }
        times.sort_unstable();
        let of = |percent: usize| times[(times.len() - 1) * percent / 100];
        #[allow(clippy::cast_precision_loss, reason = "counts of requests are small")]
        let rate = times.len() as f64 * self.batch as f64 / self.measure.as_secs_f64();
        Ok(Measured { rate, p50: of(50), p99: of(99) })
    }

    /// Sends one request after the other and hands back how long each took.
    async fn send(
        self,
        address: SocketAddr,
        next: &AtomicU64,
        watch: Stopwatch,
    ) -> Result<Vec<Duration>> {
        let mut client = Client::connect(address).await?;
        let mut times = Vec::new();
        while watch.elapsed() < self.warm_up + self.measure {
            let first = next.fetch_add(self.batch, Ordering::Relaxed);
            let (path, body) = if self.batch == 1 {
                ("/api/ribbon/log-call", event(first))
            } else {
                let events: Vec<String> = (first..first + self.batch).map(event).collect();
                ("/api/ribbon/log-calls", format!("{{\"events\":[{}]}}", events.join(",")))
            };
            let one = Stopwatch::start();
            let answer = client.post(path, body).await?;
            if answer.status != 200 {
                bail!("refused with {}: {:?}", answer.status, answer.body);
            }
            if watch.elapsed() >= self.warm_up && watch.elapsed() < self.warm_up + self.measure {
                times.push(one.elapsed());
            }
        }
        Ok(times)
    }
}

/// The event of a number: four to a call, as a page sends them.
fn event(number: u64) -> String {
    let (call, step) = (number / 4, number % 4);
    let names = ["initiated", "ringing", "connected", "callEnded"];
    let name = names[usize::try_from(step).unwrap_or_default()];
    let mut data = json!({
        "callSid": format!("load-{call}"),
        "phoneNumber": format!("+9198{:08}", call % 100_000_000),
        "callDirection": "outbound",
    });
    if step == 0 {
        data["customerData"] = json!({
            "customerId": format!("C{}", call % 5000),
            "name": "Asha Rao",
            "callType": "collections",
            "context": {"amountDue": 12450.5, "daysOverdue": 34},
        });
    }
    if step == 3 {
        data["duration"] = json!(call % 400);
    }
    json!({"event": name, "eventId": format!("load-{number}"), "data": data}).to_string()
}
