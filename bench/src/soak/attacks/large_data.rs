//! Calls that hold as much data as they may, and lists of them.

use crate::client::Client;
use crate::clock::Stopwatch;
use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;

/// The calls in progress.
const CALLS: u64 = 150;
/// The bytes of each call's data: nearly as many as are accepted.
const BYTES: usize = 60_000;
/// Readers at the same time.
const READERS: usize = 4;
/// The pause of a reader between two lists. Readers without one take the machine's processors from
/// the server whose answers are measured.
const PAUSE: Duration = Duration::from_millis(250);

/// Stores the calls. Returns how many events that took.
pub async fn store(server: SocketAddr) -> Result<u64> {
    let mut client = Client::connect(server).await?;
    let text = "y".repeat(1_000_000);
    let too_large = log_call(&mut client, 0, &text).await?;
    ensure!(matches!(too_large, 400 | 413), "1 MB of data was answered with {too_large}");
    for call in 0..CALLS {
        let status = log_call(&mut client, call, &text[..BYTES]).await?;
        ensure!(status == 200, "a call was answered with {status}");
    }
    Ok(CALLS)
}

async fn log_call(client: &mut Client, call: u64, text: &str) -> Result<u16> {
    let customer = json!({"context": {"x": text}});
    let data = json!({"callSid": format!("large-{call}"), "customerData": customer});
    let body = json!({"event": "connected", "data": data}).to_string();
    Ok(client.post("/api/ribbon/log-call", body).await?.status)
}

/// Lists the calls over and over for a while. Returns a sentence with the counts.
pub async fn list_for(server: SocketAddr, time: Duration) -> Result<String> {
    let watch = Stopwatch::start();
    let listing = (0..READERS).map(async |_| {
        let (mut answers, mut largest) = (0_usize, 0);
        let mut client = Client::connect(server).await?;
        while watch.elapsed() < time {
            let answer = client.get("/api/ribbon/active-calls").await?;
            ensure!(answer.status == 200, "the list was answered with {}", answer.status);
            answers += 1;
            largest = largest.max(answer.body.len());
            tokio::time::sleep(PAUSE).await;
        }
        Ok((answers, largest))
    });
    let listed = try_join_all(listing).await?;
    let answers: usize = listed.iter().map(|(answers, _)| answers).sum();
    let largest = listed.iter().map(|(_, largest)| *largest).max().unwrap_or_default();
    Ok(format!(
        "{CALLS} calls in progress with {BYTES} bytes of data each (1 MB was refused), listed by \
         {READERS} readers for {} s: {answers} answers of at most {} kB",
        time.as_secs(),
        largest / 1000
    ))
}
