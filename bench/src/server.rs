//! The server under test: the real program, in a process of its own.

use crate::client::Client;
use crate::clock::Stopwatch;
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// The text before the address in the only line that the server prints.
const READY: &str = "Call Ribbon is ready at http://";
/// The operator's token of every server.
pub const ADMIN_TOKEN: &str = "admin-token-of-a-measurement";
/// The options of a server that accepts everything that it can.
const NO_LIMITS: [&str; 12] = [
    "--log-rate",
    "0",
    "--init-rate",
    "0",
    "--connections",
    "20000",
    "--write-rate",
    "0",
    "--connections-per-network",
    "0",
    "--streams-per-key",
    "0",
];
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
    /// Environment variables, such as those that a preloaded library reads.
    pub environment: Vec<(&'static str, OsString)>,
    /// The address to listen on; port 0 selects a free one.
    pub listen: SocketAddr,
    /// Whether the server limits requests and connections as it does without options.
    pub has_limits: bool,
    /// More options of `serve`.
    pub options: &'static [&'static str],
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
    /// Creates a setup with this program and database, on a free port, without limits.
    pub fn new(program: PathBuf, database: String) -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            program,
            database,
            preload: None,
            environment: Vec::new(),
            listen,
            has_limits: false,
            options: &[],
        }
    }

    /// Starts a server and waits until it is ready.
    pub async fn start(&self) -> Result<Server> {
        let watch = Stopwatch::start();
        let mut command = Command::new(&self.program);
        command
            .arg("serve")
            .args(["--listen", &self.listen.to_string(), "--database", &self.database])
            .env("CALL_RIBBON_LOG", "error")
            .env("CALL_RIBBON_ADMIN_TOKEN", ADMIN_TOKEN)
            .stdout(Stdio::piped())
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .kill_on_drop(true);
        if !self.has_limits {
            command.args(NO_LIMITS);
        }
        command.args(self.options);
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
        kill_process(id.context("the server has ended")?, Signal::TERM)?;
        let status = self.child.wait().await?;
        if !status.success() {
            bail!("the server was asked to end and did so with {status}");
        }
        Ok(())
    }

    /// Returns the memory in use, in bytes; `None` if the system does not report it.
    pub fn resident_memory(&self) -> Option<u64> {
        self.memory("VmRSS:")
    }

    /// Returns the most memory that was ever in use, in bytes.
    pub fn peak_memory(&self) -> Option<u64> {
        self.memory("VmHWM:")
    }

    /// Returns the number of open sockets; `None` if the system does not report it.
    pub fn open_sockets(&self) -> Option<usize> {
        let files = std::fs::read_dir(format!("/proc/{}/fd", self.child.id()?)).ok()?;
        let links = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
        Some(links.filter(|link| link.to_string_lossy().starts_with("socket:")).count())
    }

    fn memory(&self, field: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(field))?;
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
