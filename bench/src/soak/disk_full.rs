//! Fills the disk for a while: a small disk in memory, filled by another file.

use super::sender_group::SenderGroup;
use super::{Arguments, sqlite_url};
use anyhow::{Result, ensure};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;
use tokio::process::Command;

/// The size of the small disk, as `mount` accepts it.
const SIZE: &str = "size=256m";
/// The events before it is filled and after it is freed.
const EVENTS: u64 = 500;
/// The time that the disk stays full.
const FULL_FOR: Duration = Duration::from_secs(3);

pub async fn run(arguments: &Arguments) -> Result<String> {
    let disk = Disk::mount().await?;
    let setup = arguments.server_setup(sqlite_url(disk.folder.path()))?;
    let server = setup.start().await?;
    let at_work = SenderGroup::new(arguments).start(&[server.address]);
    at_work.until_logged(EVENTS, Duration::from_mins(1)).await?;
    let filler = disk.folder.path().join("filler");
    // The database uses space that is freed meanwhile, so the disk is filled until nothing is left.
    let until = crate::clock::Stopwatch::start();
    let mut file = File::create(&filler)?;
    while until.elapsed() < FULL_FOR {
        fill_disk(&mut file);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(file);
    fs::remove_file(&filler)?;
    at_work.until_logged(EVENTS, Duration::from_secs(10)).await?;
    let crowd = at_work.stop().await?;
    // A sender fails on any other answer than success or 503.
    let refused: usize = crowd.senders.iter().map(|sender| sender.refused).sum();
    let broken: usize = crowd.senders.iter().map(|sender| sender.broken).sum();
    ensure!(refused > 0, "the disk was never full");
    ensure!(broken == 0, "{broken} requests were not answered while the disk was full");
    let result = crowd.check_results(&setup, server).await?;
    let seconds = FULL_FOR.as_secs();
    Ok(format!("the disk full for {seconds} s, {refused} requests answered with 503: {result}"))
}

/// Writes until the disk is full.
fn fill_disk(file: &mut File) {
    let mut piece = vec![0; 1 << 20];
    while !piece.is_empty() {
        if file.write_all(&piece).is_err() {
            piece.truncate(piece.len() / 2);
        }
    }
}

/// A small disk, which is unmounted when dropped.
struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    async fn mount() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", SIZE, "tmpfs"]).arg(folder.path());
        let mounted = mount.status().await.is_ok_and(|status| status.success());
        ensure!(mounted, "a small disk cannot be mounted without root's rights");
        Ok(Self { folder })
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        unmount_disk(self.folder.path());
    }
}

fn unmount_disk(folder: &Path) {
    // Unmounts lazily: a server that is being killed may still hold its files.
    let done = std::process::Command::new("umount").arg("--lazy").arg(folder).status();
    if !done.is_ok_and(|status| status.success()) {
        eprintln!("{} is still mounted", folder.display());
    }
}
