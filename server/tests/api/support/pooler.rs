//! A `PgBouncer` for one test, in front of the PostgreSQL server of this run.

use super::database::Database;
use reqwest::Url;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpStream;

/// The environment variable with the program's path; `cargo xtask test` sets it.
const PROGRAM: &str = "CALL_RIBBON_TEST_PGBOUNCER";
/// The path on Debian.
const DEBIAN: &str = "/usr/sbin/pgbouncer";
/// A user other than root to run it as.
const USER: &str = "postgres";
/// How long it may take until it accepts connections.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Pooler {
    program: PathBuf,
    folder: TempDir,
    port: u16,
    child: Child,
    name: String,
}

impl Pooler {
    /// Starts one in transaction mode; `None`, with the reason, if that is impossible.
    pub async fn start(database: &Database) -> Option<Self> {
        let Database::Postgres { server, name, .. } = database else {
            eprintln!("not run: a pooler is for PostgreSQL, and this run is about SQLite");
            return None;
        };
        let program = std::env::var(PROGRAM).ok().filter(|program| !program.is_empty());
        let program = PathBuf::from(program.unwrap_or_else(|| DEBIAN.to_owned()));
        if !program.is_file() {
            eprintln!("not run: there is no PgBouncer; install it or name it in {PROGRAM}");
            return None;
        }
        // The port is free again before PgBouncer takes it; no other process requests this one now.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let folder = TempDir::new().unwrap();
        let server = Url::parse(server).unwrap();
        let password = server.password().map(|it| format!(" password={it}")).unwrap_or_default();
        let settings = format!(
            "[databases]\n* = host={} port={} user={}{password}\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = any\npool_mode = transaction\ndefault_pool_size = 6\n",
            server.host_str().unwrap(),
            server.port().unwrap_or(5432),
            server.username(),
        );
        std::fs::write(folder.path().join("pgbouncer.ini"), settings).unwrap();
        let child = spawn_pooler(&program, folder.path());
        let pooler = Self { program, folder, port, child, name: name.clone() };
        pooler.wait_until_ready().await;
        Some(pooler)
    }

    /// Returns the database's address through it.
    pub fn url(&self) -> String {
        format!("postgres://anybody@127.0.0.1:{}/{}", self.port, self.name)
    }

    /// Stops it, and with it all connections through it.
    pub fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again.
    pub async fn start_again(&mut self) {
        self.child = spawn_pooler(&self.program, self.folder.path());
        self.wait_until_ready().await;
    }

    async fn wait_until_ready(&self) {
        let up = async {
            while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, up).await.expect("PgBouncer takes connections");
    }
}

impl Drop for Pooler {
    /// Runs after a failed test too.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn_pooler(program: &Path, folder: &Path) -> Child {
    let mut command = Command::new(program);
    // It refuses to run as root, but can switch to another user.
    if is_root() {
        command.args(["-u", USER]);
    }
    command.arg("--quiet").arg(folder.join("pgbouncer.ini"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}
