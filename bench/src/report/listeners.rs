//! Measures how soon live listeners are told of events.

use crate::client::{Client, KEY};
use crate::clock::Stopwatch;
use crate::server::Setup;
use anyhow::{Context, Result, bail, ensure};
use futures_util::future::try_join_all;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// Deliveries per second that are aimed at.
const DELIVERIES: u64 = 20_000;
/// The time after the last event within which all must have arrived.
const PATIENCE: Duration = Duration::from_secs(30);
/// Listeners that connect at the same time.
const AT_ONCE: u64 = 100;

/// What was found.
pub struct Heard {
    pub listeners: u64,
    /// Deliveries per second while events were logged.
    pub rate: f64,
    pub p50: Duration,
    pub p99: Duration,
    /// The server's memory at the end, in bytes.
    pub memory: u64,
}

/// When each event was sent, in microseconds after the start.
type SentTimes = Arc<Vec<AtomicU64>>;

/// Opens this many streams, logs events for some seconds so that there are [`DELIVERIES`] per
/// second, and waits until each listener has heard of each event.
pub async fn measure(setup: &Setup, listeners: u64, seconds: u64) -> Result<Heard> {
    // Each stream is an open file of this program and of the server that it starts.
    let files = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: files.maximum, ..files })?;
    let server = setup.start().await?;
    let per_second = (DELIVERIES / listeners).max(1);
    let events = per_second * seconds;
    let watch = Stopwatch::start();
    let sent: SentTimes = Arc::new((0..events).map(|_| AtomicU64::new(0)).collect());
    let mut open = Vec::new();
    for first in (0..listeners).step_by(usize::try_from(AT_ONCE)?) {
        let some = first..(first + AT_ONCE).min(listeners);
        let some = some.map(|_| open_stream(server.address, Arc::clone(&sent), watch));
        open.extend(try_join_all(some).await?);
    }
    let mut client = Client::connect(server.address).await?;
    let began = watch.elapsed();
    for (number, at) in sent.iter().enumerate() {
        let due = Duration::from_secs(u64::try_from(number)?) / u32::try_from(per_second)?;
        tokio::time::sleep((began + due).saturating_sub(watch.elapsed())).await;
        at.store(micros(watch.elapsed()), Ordering::Relaxed);
        let data = json!({"callSid": format!("heard-{number}-"), "callDirection": "outbound"});
        let body = json!({"event": "initiated", "data": data}).to_string();
        let answer = client.post("/api/ribbon/log-call", body).await?;
        ensure!(answer.status == 200, "refused with {}: {:?}", answer.status, answer.body);
    }
    let all = try_join_all(open.into_iter().map(async |one| one.await?));
    let delays = tokio::time::timeout(PATIENCE, all).await.context("listeners heard too little")?;
    let took = watch.elapsed().saturating_sub(began);
    let mut delays: Vec<Duration> = delays?.into_iter().flatten().collect();
    let memory = server.resident_memory().unwrap_or_default();
    server.kill().await?;
    let expected = listeners * events;
    ensure!(
        u64::try_from(delays.len())? == expected,
        "{} deliveries arrived of {expected}",
        delays.len()
    );
    delays.sort_unstable();
    let of = |percent: usize| delays.get((delays.len() - 1) * percent / 100).copied();
    let (p50, p99) = of(50).zip(of(99)).context("nothing arrived")?;
    #[expect(clippy::cast_precision_loss, reason = "counts of deliveries are small")]
    let rate = expected as f64 / took.as_secs_f64();
    Ok(Heard { listeners, rate, p50, p99, memory })
}

/// Opens a stream. The task returns how long each event took, once it has heard of all.
async fn open_stream(
    address: SocketAddr,
    sent: SentTimes,
    watch: Stopwatch,
) -> Result<JoinHandle<Result<Vec<Duration>>>> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!(
        "GET /api/ribbon/events HTTP/1.1\r\nhost: {address}\r\nx-api-key: {KEY}\r\n\
         accept: text/event-stream\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next_line().await?.context("no answer")?;
    if !first.contains(" 200 ") {
        bail!("no stream: {first}");
    }
    // The first message says when to come back: from then on the server listens for this stream.
    while !lines.next_line().await?.context("the stream ended")?.starts_with("retry:") {}
    Ok(tokio::spawn(async move {
        let mut delays = Vec::with_capacity(sent.len());
        while delays.len() < sent.len() {
            let line = lines.next_line().await?.context("the stream ended")?;
            if let Some(at) = read_number(&line).and_then(|number| sent.get(number)) {
                let at = Duration::from_micros(at.load(Ordering::Relaxed));
                delays.push(watch.elapsed().saturating_sub(at));
            }
        }
        Ok(delays)
    }))
}

/// Reads the number of the event that a line of a stream is about.
fn read_number(line: &str) -> Option<usize> {
    let data = line.strip_prefix("data:")?;
    data.split("\"heard-").nth(1)?.split('-').next()?.parse().ok()
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_an_event_is_read_from_its_line() {
        let line = r#"data: {"event":"initiated","callSid":"heard-42-","at":1}"#;
        assert_eq!(read_number(line), Some(42));
        assert_eq!(read_number("id: 42"), None);
        assert_eq!(read_number("event: ping"), None);
    }
}
