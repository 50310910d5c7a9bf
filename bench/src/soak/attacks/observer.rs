//! Uses a server as others do while it is attacked, from another address than the attack.

use crate::client::Client;
use crate::clock::Stopwatch;
use crate::server::Server;
use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::time::Duration;

/// The others' address; the limits on connections are for each address.
const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 77, 0, 1));
/// The pause between two requests.
const PAUSE: Duration = Duration::from_millis(2);
/// An answer that takes longer counts as none.
const PATIENCE: Duration = Duration::from_secs(10);

/// Others who check the health and log events, in turn.
pub struct Observer {
    server: SocketAddr,
    /// Events that were acknowledged.
    pub logged: u64,
}

/// What was measured for a while, or in all phases of one kind.
#[derive(Default)]
pub struct Phase {
    times: Vec<Duration>,
    /// The memory at the end, in bytes.
    pub memory: u64,
    /// The most sockets that were open.
    sockets: usize,
    /// The sockets that were open at the end.
    pub sockets_left: usize,
}

impl Phase {
    /// Returns the 99th percentile of the time for a connection and an answer.
    pub fn slowest(&self) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        times.get(times.len().saturating_sub(1) * 99 / 100).copied().unwrap_or_default()
    }

    /// Adds a later phase of the same kind.
    pub fn append(&mut self, mut later: Self) {
        self.times.append(&mut later.times);
        self.memory = later.memory;
        self.sockets = self.sockets.max(later.sockets);
        self.sockets_left = later.sockets_left;
    }
}

impl Observer {
    pub fn new(server: SocketAddr) -> Self {
        Self { server, logged: 0 }
    }

    /// Asks the server until something is done; returns what was measured, and its result. Every
    /// request must succeed.
    pub async fn observe_while<T>(
        &mut self,
        server: &Server,
        mut work: Pin<&mut impl Future<Output = T>>,
    ) -> Result<(Phase, T)> {
        let (mut times, mut sockets) = (Vec::new(), 0);
        let done = loop {
            tokio::select! {
                done = &mut work => break done,
                () = tokio::time::sleep(PAUSE) => {}
            }
            // The work goes on meanwhile: it must not wait for the others' answer.
            let mut asking = std::pin::pin!(tokio::time::timeout(PATIENCE, self.ask_once()));
            let (time, done) = tokio::select! {
                time = &mut asking => (time, None),
                done = &mut work => (asking.await, Some(done)),
            };
            times.push(time??);
            if times.len() % 100 == 1 {
                sockets = sockets.max(measure(server)?.1);
            }
            if let Some(done) = done {
                break done;
            }
        };
        ensure!(!times.is_empty(), "nothing was asked meanwhile");
        let (memory, sockets_left) = measure(server)?;
        Ok((Phase { times, memory, sockets, sockets_left }, done))
    }

    /// Opens a connection, checks the health and logs an event; returns the time of the slower one.
    async fn ask_once(&mut self) -> Result<Duration> {
        let watch = Stopwatch::start();
        let mut client = Client::connect_from(ADDRESS, self.server).await?;
        let health = client.get("/health").await?;
        let first = watch.elapsed();
        ensure!(health.status == 200, "others are answered with {}", health.status);
        let watch = Stopwatch::start();
        let id = format!("others-{}", self.logged);
        let body = json!({"event": "note", "eventId": id, "data": {"callSid": "others"}});
        let logged = client.post("/api/ribbon/log-call", body.to_string()).await?;
        ensure!(logged.status == 200, "others are answered with {}", logged.status);
        self.logged += 1;
        Ok(first.max(watch.elapsed()))
    }
}

/// Returns the server's memory in bytes, and its open sockets.
pub fn measure(server: &Server) -> Result<(u64, usize)> {
    let memory =
        server.resident_memory().context("the system does not tell the server's memory")?;
    let sockets = server.open_sockets().context("the system does not tell the server's sockets")?;
    Ok((memory, sockets))
}

impl fmt::Display for Phase {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        let milliseconds = self.slowest().as_secs_f64() * 1e3;
        let (memory, sockets, answers) = (self.memory >> 20, self.sockets, self.times.len());
        write!(to, "p99 {milliseconds:.1} ms of {answers}, {memory} MB, {sockets} sockets")
    }
}
