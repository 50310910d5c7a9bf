//! Checks the machine: open files, free disk space, and the clock.

use super::Finding;
use crate::config::Config;
use crate::connections::SURPLUS_CONNECTIONS;
use crate::time::Clock;
use call_ribbon_shared::Millis;
use std::path::Path;
use tokio::time::Instant;

/// Files that the server opens beside its connections: the database, the log, its own.
const OTHER_FILES: u64 = 64;
/// Bytes of free space below which writes soon fail.
const LEAST_ROOM: u64 = 200 * 1024 * 1024;
/// Bytes that should be free.
const ENOUGH_ROOM: u64 = 2 * 1024 * 1024 * 1024;
/// The beginning of 2025: an earlier clock is wrong.
const LATER_THAN: Millis = 1_735_689_600_000;
/// The beginning of 2100: a later clock is wrong.
const EARLIER_THAN: Millis = 4_102_444_800_000;
/// Milliseconds by which the clock may jump during the checks.
const LEAP: Millis = 1_000;

/// Checks whether the limit on open files allows as many connections as are set.
pub fn check_open_files(config: &Config) -> Finding {
    let about = "open files";
    let wanted =
        u64::from(config.limits.connections) + u64::from(SURPLUS_CONNECTIONS) + OTHER_FILES;
    match open_file_limit() {
        Some(limit) if limit < wanted => Finding::warning(
            about,
            format!(
                "{limit} may be open, {wanted} are needed for {} connections: raise the limit \
                 (`ulimit -n`, LimitNOFILE) or lower --connections",
                config.limits.connections
            ),
        ),
        Some(limit) => Finding::ok(about, format!("{limit} may be open, {wanted} are needed")),
        None => Finding::ok(about, "no limit"),
    }
}

#[cfg(unix)]
fn open_file_limit() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

#[cfg(not(unix))]
fn open_file_limit() -> Option<u64> {
    None
}

/// Checks whether the disk of the database's file has free space.
pub fn check_disk_space(file: &Path) -> Finding {
    let about = "disk";
    let folder = file.ancestors().skip(1).find(|folder| folder.is_dir());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let shown = folder.display();
    match free(folder) {
        Err(error) => Finding::warning(about, format!("{shown} could not be checked: {error}")),
        Ok(bytes) => {
            let sentence = format!("{} MB are free at {shown}", bytes / (1024 * 1024));
            match bytes {
                ..LEAST_ROOM => Finding::problem(about, format!("{sentence}: free more space")),
                LEAST_ROOM..ENOUGH_ROOM => {
                    Finding::warning(about, format!("{sentence}: free more space soon"))
                }
                ENOUGH_ROOM.. => Finding::ok(about, sentence),
            }
        }
    }
}

#[cfg(unix)]
fn free(folder: &Path) -> std::io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free(_folder: &Path) -> std::io::Result<u64> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// Checks whether the machine's clock is plausible, and has not jumped since the checks began.
pub fn check_clock(clock_began: Millis, began: Instant, clock: &dyn Clock) -> Finding {
    let about = "clock";
    let now = clock.now();
    if !(LATER_THAN..EARLIER_THAN).contains(&now) {
        let shown = crate::time::format(now);
        return Finding::problem(
            about,
            format!("it shows {shown}: set it, and synchronize it by NTP"),
        );
    }
    let passed = Millis::try_from(began.elapsed().as_millis()).unwrap_or(Millis::MAX);
    let leap = now - clock_began - passed;
    if leap.abs() > LEAP {
        return Finding::warning(about, format!("it has just jumped by {leap} ms"));
    }
    Finding::ok(about, "plausible")
}
