//! The program itself, as an operator runs it.

use super::{ADMIN_TOKEN, DIALER_KEY, Database};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;
use tempfile::TempDir;

/// `call-ribbon` in a folder of its own, with nothing of this environment.
pub fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_call-ribbon"));
    command.env_clear().current_dir(folder);
    command
}

/// Runs a command to its end, beside the test's own work.
pub async fn run(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// A server that runs.
pub struct Process {
    pub url: String,
    child: Child,
    log: Option<JoinHandle<String>>,
    _database: Database,
    _folder: TempDir,
}

impl Process {
    /// Runs `call-ribbon serve` on a fresh database until it is ready.
    pub async fn serve(args: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let database = Database::new().await;
        let mut command = program(folder.path());
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(args)
            .env("CALL_RIBBON_DATABASE_URL", database.url())
            .env("CALL_RIBBON_ADMIN_TOKEN", ADMIN_TOKEN)
            .env("CALL_RIBBON_DIALER_API_KEY", DIALER_KEY)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        });
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().rsplit(' ').next().unwrap().to_owned();
        Self { url, child, log: Some(log), _database: database, _folder: folder }
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits until it has ended; its exit code and all that it logged.
    pub async fn ended(mut self) -> (Option<i32>, String) {
        tokio::task::spawn_blocking(move || {
            let code = self.child.wait().unwrap().code();
            let log = self.log.take().unwrap().join().unwrap();
            (code, log)
        })
        .await
        .unwrap()
    }
}

impl Drop for Process {
    /// A test that fails leaves no server behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
