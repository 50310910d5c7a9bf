//! A small in-memory disk that only a test and its server see.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// Enough for the database and its log, and little more.
const SIZE: &str = "size=16m";
/// Mounts the disk, reports it, and keeps it until standard input ends.
const HOLD: &str = "mount -t tmpfs -o \"$1\" tmpfs \"$0\" && echo mounted && exec cat";

/// The disk. It is in a mount namespace, which ends with the last process in it.
pub struct SmallDisk {
    folder: TempDir,
    /// The process that keeps it.
    holder: Child,
    /// Whether the namespace belongs to a user's own namespace, in which the user is root.
    own_user: bool,
}

impl SmallDisk {
    /// Mounts a disk, as root or as a user who may create namespaces; `None`, with the reason, if
    /// the system allows neither.
    pub fn mount() -> Option<Self> {
        let disk = Self::mount_as(false).or_else(|| Self::mount_as(true));
        if disk.is_none() {
            eprintln!("not run: this user may not mount a disk, not even in a namespace");
        }
        disk
    }

    fn mount_as(own_user: bool) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let mut command = Command::new("unshare");
        command.arg("--mount").args(own_user.then_some("--map-root-user"));
        command.args(["sh", "-c", HOLD]).arg(folder.path()).arg(SIZE);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut holder = command.spawn().ok()?;
        let mut line = String::new();
        BufReader::new(holder.stdout.take()?).read_line(&mut line).ok()?;
        let disk = Self { folder, holder, own_user };
        (line.trim() == "mounted").then_some(disk)
    }

    /// Returns the address of a database on the disk, for a server that sees it.
    pub fn database(&self) -> String {
        format!("sqlite:{}", self.folder.path().join("call-ribbon.db").display())
    }

    /// Returns a command that sees the disk, with an empty environment.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.arg("--mount").args(["--target", &self.holder.id().to_string()]);
        command
            .args(self.own_user.then_some(["--user", "--preserve-credentials"]).iter().flatten());
        command.arg("--").arg(program);
        command.env_clear();
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
    }

    /// Remounts it with another option, such as `ro`.
    pub fn mount_again(&self, option: &str) {
        let mut command = self.command("mount");
        command.args(["-o", &format!("remount,{option}")]).arg(self.folder.path());
        assert!(command.status().unwrap().success(), "{option}");
    }

    /// Fills it to the last byte.
    pub fn fill_up(&self) {
        let mut file = File::create(self.filler()).unwrap();
        let mut piece = vec![0; 1 << 20];
        while !piece.is_empty() {
            if file.write_all(&piece).is_err() {
                piece.truncate(piece.len() / 2);
            }
        }
    }

    /// Frees the space again.
    pub fn free_up(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> PathBuf {
        // The root of a process leads into its namespace (proc_pid_root(5)).
        let root = PathBuf::from(format!("/proc/{}/root", self.holder.id()));
        let folder: &Path = self.folder.path();
        root.join(folder.strip_prefix("/").unwrap()).join("filler")
    }
}

impl Drop for SmallDisk {
    /// Runs after a failed test too.
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
