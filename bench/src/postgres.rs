//! A temporary PostgreSQL server whose syncs reach the disk; it is removed when dropped.

use anyhow::{Context, Result, bail, ensure};
use std::ffi::OsString;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// The user that Debian's package creates: PostgreSQL refuses to run as root.
const USER: &str = "postgres";
/// A server that accepts no connections after this time counts as failed.
const PATIENCE: Duration = Duration::from_mins(1);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A running server.
pub struct Postgres {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
    user: Option<u32>,
    extras: Extras,
    child: Child,
}

/// What a server is started with besides what every one is.
#[derive(Debug, Default)]
pub struct Extras {
    /// A library to preload.
    pub preload: Option<PathBuf>,
    /// Environment variables.
    pub environment: Vec<(&'static str, OsString)>,
    /// Settings, as `-c` accepts them.
    pub settings: Vec<&'static str>,
}

impl Postgres {
    /// Creates a database cluster and starts a server from these programs.
    pub async fn start(programs: &Path) -> Result<Self> {
        Self::start_with(programs, Extras::default()).await
    }

    /// The same, with something besides.
    pub async fn start_with(programs: &Path, extras: Extras) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("call-ribbon-postgres").tempdir()?;
        let user = other_user().await?;
        if let Some(user) = user {
            chown(folder.path(), Some(user), None)?;
        }
        let mut initdb = server_command(programs, "initdb", user);
        initdb.arg("-D").arg(folder.path().join("data"));
        initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]);
        let made = initdb.stdout(Stdio::null()).status().await.context("no initdb")?;
        ensure!(made.success(), "initdb failed");
        // The port is freed before the server binds it; no other program requests this port at that
        // moment.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let child = spawn_server(programs, folder.path(), port, user, &extras)?;
        let postgres = Self { programs: programs.to_owned(), folder, port, user, extras, child };
        postgres.wait_until_ready().await?;
        Ok(postgres)
    }

    /// Returns the server's URL, as the Call Ribbon server accepts it.
    pub fn address(&self) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/postgres", self.port)
    }

    /// Returns the folder of the data.
    pub fn data_folder(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn spawn_again(&self) -> Result<Child> {
        let folder = self.folder.path();
        spawn_server(&self.programs, folder, self.port, self.user, &self.extras)
    }

    /// Kills the server as a loss of power would, except that the operating system stays up. Its
    /// child processes notice that the parent has ended, and end.
    pub async fn kill(&mut self) -> Result<()> {
        let children = child_processes(self.child.id());
        // At once: a process that outlives the server by a moment could finish its work.
        self.child.start_kill()?;
        for child in &children {
            // The process may have ended already.
            let _ = rustix::process::kill_process(*child, rustix::process::Signal::KILL);
        }
        self.child.wait().await?;
        let is_alive = |child: &rustix::process::Pid| {
            let id = child.as_raw_nonzero().get();
            Path::new(&format!("/proc/{id}")).exists() && !has_ended(id.unsigned_abs())
        };
        while children.iter().any(is_alive) {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    /// Restarts the server on the same data and waits for recovery.
    pub async fn restart(&mut self) -> Result<()> {
        for _ in 0..100 {
            self.child = self.spawn_again()?;
            if self.wait_until_ready().await.is_ok() {
                return Ok(());
            }
            // A process of the previous server still holds its shared memory.
            tokio::time::sleep(LOOK_EVERY).await;
        }
        bail!("PostgreSQL does not start again");
    }

    /// Waits until the server answers; fails if it has ended.
    async fn wait_until_ready(&self) -> Result<()> {
        let lock = self.folder.path().join("data/postmaster.pid");
        let id = self.child.id().context("PostgreSQL ended")?;
        let waiting = async {
            loop {
                let said = std::fs::read_to_string(&lock).unwrap_or_default();
                let ours = said.lines().next() == Some(id.to_string().as_str());
                let ready = said.lines().nth(7).is_some_and(|line| line.trim() == "ready");
                if ours && ready && TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                    return Ok(());
                }
                ensure!(!has_ended(id), "PostgreSQL ended");
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.context("PostgreSQL is not ready in time")?
    }
}

fn spawn_server(
    programs: &Path,
    folder: &Path,
    port: u16,
    user: Option<u32>,
    extras: &Extras,
) -> Result<Child> {
    let log = std::fs::File::options().create(true).append(true).open(folder.join("log"))?;
    let mut postgres = server_command(programs, "postgres", user);
    postgres.arg("-D").arg(folder.join("data")).args(["-p", &port.to_string()]);
    postgres.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
    postgres.args(["-c", "max_connections=200", "-c", "fsync=on", "-c", "synchronous_commit=on"]);
    for setting in &extras.settings {
        postgres.args(["-c", setting]);
    }
    if let Some(library) = &extras.preload {
        postgres.env("LD_PRELOAD", library);
    }
    postgres.envs(extras.environment.iter().map(|(name, value)| (name, value)));
    postgres.stdout(log.try_clone()?).stderr(log).kill_on_drop(true);
    postgres.spawn().context("PostgreSQL could not be started")
}

fn server_command(programs: &Path, name: &str, user: Option<u32>) -> Command {
    let mut command = Command::new(programs.join(name));
    command.current_dir("/").stdin(Stdio::null());
    if let Some(user) = user {
        command.uid(user);
    }
    command
}

/// Returns the user to run the server as; `None` for the current user, unless that is root.
pub async fn other_user() -> Result<Option<u32>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let said = Command::new("id").args(["-u", USER]).output().await?;
    let id = String::from_utf8_lossy(&said.stdout).trim().parse();
    Ok(Some(id.with_context(|| format!("there is no user {USER}, and root may not run it"))?))
}

/// Returns the child processes of a process.
fn child_processes(of: Option<u32>) -> Vec<rustix::process::Pid> {
    let Some(id) = of else { return Vec::new() };
    let said = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
    let ids = said.unwrap_or_default();
    let ids = ids.split_whitespace().filter_map(|id| id.parse().ok());
    ids.filter_map(rustix::process::Pid::from_raw).collect()
}

/// Returns whether a process has ended and is only waiting to be reaped.
fn has_ended(id: u32) -> bool {
    let said = std::fs::read_to_string(format!("/proc/{id}/stat"));
    said.is_ok_and(|said| said.rsplit(')').next().is_some_and(|rest| rest.starts_with(" Z")))
}
