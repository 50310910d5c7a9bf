//! The program itself, as an operator runs it.

use super::disk::SmallDisk;
use super::{ADMIN_TOKEN, DIALER_KEY, Database};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;
use tempfile::TempDir;

/// Returns a command for `call-ribbon` in a folder of its own, with an empty environment.
pub fn program_in(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_call-ribbon"));
    command.env_clear().current_dir(folder);
    command
}

/// Runs a command to its end, without blocking the test.
pub async fn run_to_end(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// Returns the arguments for a server on any free port.
fn serve_arguments(database: &str) -> [&str; 5] {
    ["serve", "--listen", "127.0.0.1:0", "--database", database]
}

/// A running server.
pub struct Process {
    pub url: String,
    child: Child,
    log: Option<JoinHandle<String>>,
    _database: Option<Database>,
    _folder: TempDir,
}

impl Process {
    /// Starts `call-ribbon serve` on a fresh database, and waits until it is ready.
    pub async fn serve(args: &[&str]) -> Self {
        Self::serve_on(Database::new().await, args)
    }

    /// Starts `call-ribbon serve` on this database, and waits until it is ready.
    pub fn serve_on(database: Database, args: &[&str]) -> Self {
        Self::start_at(&database.url(), args, Some(database))
    }

    /// Starts `call-ribbon serve` on a database that others share, and waits until it is ready.
    pub fn serve_at(address: &str, args: &[&str]) -> Self {
        Self::start_at(address, args, None)
    }

    fn start_at(address: &str, args: &[&str], database: Option<Database>) -> Self {
        let folder = TempDir::new().unwrap();
        let mut command = program_in(folder.path());
        command.args(serve_arguments(address)).args(args);
        Self::start(command, folder, database)
    }

    /// Starts `call-ribbon serve` on a file of a small disk, and waits until it is ready.
    pub fn serve_within(disk: &SmallDisk) -> Self {
        let folder = TempDir::new().unwrap();
        let mut command = disk.command(env!("CARGO_BIN_EXE_call-ribbon"));
        command.current_dir(folder.path()).args(serve_arguments(&disk.database()));
        Self::start(command, folder, None)
    }

    /// Starts a command, and waits until it prints the server's address.
    fn start(mut command: Command, folder: TempDir, database: Option<Database>) -> Self {
        command
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
        kill_process(self.pid(), signal).unwrap();
    }

    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Waits until it has ended; returns its exit code and its whole log.
    pub async fn wait_for_end(mut self) -> (Option<i32>, String) {
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
    /// Ends the server after a failed test too.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
