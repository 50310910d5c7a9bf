//! The server under test: the real program, in a process of its own.

use crate::client::Client;
use crate::clock::Stopwatch;
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// The text before the address in the only line that the server prints.
const READY: &str = "Call Ribbon is ready at http://";
/// A server that is not ready after this time counts as failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// How to start a server.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The program.
    pub program: PathBuf,
    /// The database's URL, as the server accepts it.
    pub database: String,
    /// A library to preload, such as one that slows down the disk.
    pub preload: Option<PathBuf>,
    /// The address to listen on; port 0 selects a free one.
    pub listen: SocketAddr,
}

/// A running server, which is killed when dropped.
pub struct Server {
    child: Child,
    /// The address it listens on.
    pub address: SocketAddr,
    /// The time from start until it reported that it was ready.
    pub ready_after: Duration,
}

impl Setup {
    /// Creates a setup with this program and database, on a free port.
    pub fn new(program: PathBuf, database: String) -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        Self { program, database, preload: None, listen }
    }

    /// Starts a server and waits until it is ready.
    pub async fn start(&self) -> Result<Server> {
        let watch = Stopwatch::start();
        let mut command = Command::new(&self.program);
        command
            .args(["serve", "--log-rate", "0", "--init-rate", "0", "--connections", "20000"])
            .args(["--write-rate", "0", "--connections-per-network", "0", "--streams-per-key", "0"])
            .args(["--listen", &self.listen.to_string(), "--database", &self.database])
            .env("CALL_RIBBON_LOG", "error")
            .env("CALL_RIBBON_ADMIN_TOKEN", "admin-token-of-a-measurement")
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        if let Some(library) = &self.preload {
            command.env("LD_PRELOAD", library);
        }
        let mut child = command
            .spawn()
            .with_context(|| format!("{} could not be started", self.program.display()))?;
        let out = child.stdout.take().context("the server's output is not there")?;
        let line = tokio::time::timeout(PATIENCE, BufReader::new(out).lines().next_line())
            .await
            .context("the server was not ready in time")??;
        let address = line.as_deref().and_then(|line| line.strip_prefix(READY));
        let Some(address) = address else { bail!("the server ended before it was ready") };
        let address = address.trim().parse()?;
        let answer = Client::connect(address).await?.get("/health/ready").await?;
        if answer.status != 200 {
            bail!("the server said where it is and is not ready: {}", answer.status);
        }
        Ok(Server { child, address, ready_after: watch.elapsed() })
    }
}

impl Server {
    /// Kills the server as a loss of power would, except that the operating system stays up.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Stops the server and waits until it has answered all requests in progress.
    pub async fn stop(mut self) -> Result<()> {
        let id = self.child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        kill_process(id.context("the server ended by itself")?, Signal::TERM)?;
        let status = self.child.wait().await?;
        if !status.success() {
            bail!("the server was asked to end and did so with {status}");
        }
        Ok(())
    }

    /// Returns the memory in use, in bytes; `None` if the system does not report it.
    pub fn resident_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilo| kilo * 1024)
    }
}

/// Returns the path of the server that `cargo build` put beside this program.
pub fn server_program() -> Result<PathBuf> {
    let this = std::env::current_exe().context("this program's own path is not known")?;
    let program = this.parent().unwrap_or(Path::new(".")).join("call-ribbon");
    if !program.exists() {
        bail!("{} is not there; `cargo build --release` makes it", program.display());
    }
    Ok(program)
}
