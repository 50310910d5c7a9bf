//! Logs events as fast as the server accepts them.

pub mod target;
#[cfg(test)]
mod tests;

use crate::client::Client;
use crate::clock::Stopwatch;
use crate::server::{Setup, server_program};
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use futures_util::future::try_join_all;
use sqlx::AnyPool;
use sqlx::any::install_default_drivers;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use target::{Answered, Events, Target};

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
    /// Each event begins a call with customer and context, rather than four making one
    #[arg(long)]
    new_calls: bool,
}

/// The results of a measurement.
#[derive(Debug)]
pub struct Measured {
    /// Events stored per second.
    pub rate: f64,
    /// Events stored in all; the database holds exactly as many.
    pub stored: u64,
    /// Requests refused for overload, in all.
    pub refused: u64,
    /// The median response time.
    pub p50: Duration,
    /// The 99th percentile of the response time.
    pub p99: Duration,
}

/// How to load a server.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub connections: usize,
    pub batch: u64,
    pub events: Events,
    pub warm_up: Duration,
    pub measure: Duration,
}

/// `call-ribbon-bench load`.
pub async fn run(arguments: &Arguments) -> Result<()> {
    let program = arguments.server.clone().map_or_else(server_program, Ok)?;
    let preload = arguments.preload.clone();
    let setup = Setup { preload, ..Setup::new(program, arguments.database.clone()) };
    let server = setup.start().await?;
    let load = Load {
        connections: arguments.connections,
        batch: arguments.batch,
        events: if arguments.new_calls { Events::NewCalls } else { Events::FourPerCall },
        warm_up: Duration::from_secs(1),
        measure: Duration::from_secs(arguments.seconds),
    };
    let measured = load.load_server(server.address, &arguments.database).await?;
    println!(
        "{:.0} events/s stored, {} in all, {} requests refused, p50 {:.1} ms, p99 {:.1} ms, {} MB",
        measured.rate,
        measured.stored,
        measured.refused,
        measured.p50.as_secs_f64() * 1e3,
        measured.p99.as_secs_f64() * 1e3,
        server.resident_memory().unwrap_or_default() / 1_000_000,
    );
    server.kill().await
}

impl Load {
    /// Loads the server at an address, and checks at the end that it has stored exactly what it
    /// acknowledged.
    pub async fn load_server(self, address: SocketAddr, database: &str) -> Result<Measured> {
        let measured = self.load_target(address, Target::CallRibbon).await?;
        check_count(stored_events(database).await?, measured.stored)?;
        Ok(measured)
    }

    /// Loads a target. What it has stored is left to check.
    pub async fn load_target(self, address: SocketAddr, target: Target) -> Result<Measured> {
        let next = Arc::new(AtomicU64::new(0));
        let watch = Stopwatch::start();
        let senders = (0..self.connections).map(|_| {
            let (next, target) = (Arc::clone(&next), target.clone());
            let sender =
                tokio::spawn(async move { self.send_until(address, &target, &next, watch).await });
            async { sender.await? }
        });
        let mut all = ConnectionResult::default();
        for sent in try_join_all(senders).await? {
            all.times.extend(sent.times);
            all.measured += sent.measured;
            all.stored += sent.stored;
            all.refused += sent.refused;
        }
        let mut times = all.times;
        if times.is_empty() {
            bail!("nothing was answered within {:?}; measure for longer", self.measure);
        }
        times.sort_unstable();
        let of = |percent: usize| times[(times.len() - 1) * percent / 100];
        #[expect(clippy::cast_precision_loss, reason = "counts of events are small")]
        let rate = all.measured as f64 / self.measure.as_secs_f64();
        Ok(Measured { rate, stored: all.stored, refused: all.refused, p50: of(50), p99: of(99) })
    }

    /// Sends one request after another, even after refusals, and returns the results.
    async fn send_until(
        self,
        address: SocketAddr,
        target: &Target,
        next: &AtomicU64,
        watch: Stopwatch,
    ) -> Result<ConnectionResult> {
        let mut client = Client::connect(address).await?;
        let mut sent = ConnectionResult::default();
        while watch.elapsed() < self.warm_up + self.measure {
            let first = next.fetch_add(self.batch, Ordering::Relaxed);
            let (path, body) = target.make_request(self.events, first, self.batch);
            let one = Stopwatch::start();
            let answer = client.post(&path, body).await?;
            let stored = match target.read_answer(&answer, self.batch)? {
                Answered::Stored(events) => events,
                Answered::Overloaded => {
                    sent.refused += 1;
                    continue;
                }
            };
            sent.stored += stored;
            if watch.elapsed() >= self.warm_up && watch.elapsed() < self.warm_up + self.measure {
                sent.times.push(one.elapsed());
                sent.measured += stored;
            }
        }
        Ok(sent)
    }
}

/// Fails unless as many events were found as were acknowledged.
pub fn check_count(found: u64, acknowledged: u64) -> Result<()> {
    ensure!(found == acknowledged, "{found} events are stored, and {acknowledged} acknowledged");
    Ok(())
}

/// The results of one connection's requests.
#[derive(Default)]
struct ConnectionResult {
    /// The response times of accepted requests, within the measured time.
    times: Vec<Duration>,
    /// Events stored within the measured time.
    measured: u64,
    /// Events stored in all.
    stored: u64,
    /// Requests that were refused.
    refused: u64,
}

/// Returns the number of events in the database.
async fn stored_events(database: &str) -> Result<u64> {
    install_default_drivers();
    let pool = AnyPool::connect(database).await.context("the database cannot be opened")?;
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM events").fetch_one(&pool).await?;
    pool.close().await;
    Ok(count.try_into()?)
}
