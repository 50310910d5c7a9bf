//! A `PgBouncer` of a test's own, before the PostgreSQL server of this run.

use super::database::Database;
use reqwest::Url;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpStream;

/// Names the program; `cargo xtask test` sets it.
const PROGRAM: &str = "CALL_RIBBON_TEST_PGBOUNCER";
/// Where Debian puts it.
const DEBIAN: &str = "/usr/sbin/pgbouncer";
/// A user other than root, as whom it may run.
const USER: &str = "postgres";
/// One that does not take connections by then will not.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Pooler {
    program: PathBuf,
    folder: TempDir,
    port: u16,
    child: Child,
    name: String,
}

impl Pooler {
    /// Starts one that pools by the transaction; `None`, with the reason, where that cannot be.
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
        // The port is free again before PgBouncer takes it; nobody else asks for this one now.
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
        let child = spawn(&program, folder.path());
        let pooler = Self { program, folder, port, child, name: name.clone() };
        pooler.ready().await;
        Some(pooler)
    }

    /// The database's address through it.
    pub fn url(&self) -> String {
        format!("postgres://anybody@127.0.0.1:{}/{}", self.port, self.name)
    }

    /// Ends it, and so all connections through it.
    pub fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it once more.
    pub async fn start_again(&mut self) {
        self.child = spawn(&self.program, self.folder.path());
        self.ready().await;
    }

    async fn ready(&self) {
        let up = async {
            while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, up).await.expect("PgBouncer takes connections");
    }
}

impl Drop for Pooler {
    /// A test that fails leaves none behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(program: &Path, folder: &Path) -> Child {
    let mut command = Command::new(program);
    // It refuses to run as root, but can become another user by itself.
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
