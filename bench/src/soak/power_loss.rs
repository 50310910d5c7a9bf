//! Losses of power: kills a program and throws away everything that it had not synced.
//!
//! The operating system stays up when a process is killed, and writes what the process left to it.
//! `bench/shims/lose_unsynced.c` therefore records what each write replaces until the next sync, and
//! this module puts it back. A setting that syncs less must lose acknowledged events here, or the
//! scenario would prove nothing; each run tries that first.

use super::kill::{LIFE, kill_repeatedly, run_and_kill};
use super::sender_group::SenderGroup;
use super::{Arguments, Kind, check};
use crate::postgres::{Extras, Postgres, other_user};
use crate::server::Setup;
use anyhow::{Context, Result, bail, ensure};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::fs::{FileExt as _, MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// Losses of power with the weaker setting.
const WEAKER_ROUNDS: u32 = 5;
/// The least number of events between two losses of power.
const BETWEEN: u64 = 200;
/// The part of the paths of SQLite's files.
const SQLITE_FILES: &str = "/soak.db";
/// The part of the paths of PostgreSQL's write-ahead log. Its other files may hold more than was
/// synced, never less than the log says.
const POSTGRES_FILES: &str = "/pg_wal/";
/// The bytes before the replaced ones in a record: offset, length and the file's size.
const ENTRY: usize = 24;

/// Loses power under SQLite.
pub async fn run_on_sqlite(arguments: &Arguments) -> Result<String> {
    let lost = lose_with_weaker_sqlite(arguments).await?;
    let place = arguments.create_database(Kind::Sqlite).await?;
    let unsynced = Unsynced::watch(arguments, None)?;
    let setup = Setup {
        preload: Some(unsynced.library.clone()),
        environment: unsynced.environment(SQLITE_FILES),
        ..arguments.server_setup(place.database_url())?
    };
    let (mut writes, rounds) = (0, arguments.rounds());
    let result = kill_repeatedly(arguments, &setup, rounds, |random| {
        writes += unsynced.throw_away(place.folder.path(), random)?;
        Ok(())
    });
    let result = result.await?;
    ensure!(writes > 0, "every kill came at a moment at which everything was synced");
    Ok(format!(
        "{writes} unsynced writes thrown away. {result} With `synchronous=NORMAL` {WEAKER_ROUNDS} \
         kills lost {lost} acknowledged events, as they must."
    ))
}

/// Returns how many acknowledged events are lost with `synchronous=NORMAL`.
async fn lose_with_weaker_sqlite(arguments: &Arguments) -> Result<usize> {
    let mut random = StdRng::seed_from_u64(arguments.seed);
    let mut lost = 0;
    for _ in 0..WEAKER_ROUNDS {
        let place = arguments.create_database(Kind::Sqlite).await?;
        let plain = arguments.server_setup(place.database_url())?;
        // The tables are in the file, not in its log, once a server has stopped.
        plain.start().await?.stop().await?;
        let unsynced = Unsynced::watch(arguments, None)?;
        let mut environment = unsynced.environment(SQLITE_FILES);
        environment.push(("LOSE_UNSYNCED_WAL", "1".into()));
        let setup = Setup { preload: Some(unsynced.library.clone()), environment, ..plain };
        let server = setup.start().await?;
        let life = Duration::from_millis(*LIFE.end());
        let crowd = run_and_kill(SenderGroup::new(arguments), server, life).await?;
        unsynced.throw_away(place.folder.path(), &mut random)?;
        lost += check::count_lost(&setup.database, &crowd.acknowledged_ids()).await?;
    }
    ensure!(lost > 0, "`synchronous=NORMAL` lost nothing, so this scenario proves nothing");
    Ok(lost)
}

/// Loses power under PostgreSQL, while the server stays up.
pub async fn run_on_postgres(arguments: &Arguments) -> Result<String> {
    let lost = lose_with_weaker_postgres(arguments).await?;
    let (mut postgres, unsynced) = start_watched(arguments, Vec::new()).await?;
    let setup = arguments.server_setup(postgres.address())?;
    let server = setup.start().await?;
    let at_work = SenderGroup::new(arguments).start(&[server.address]);
    let mut random = StdRng::seed_from_u64(arguments.seed);
    let (mut writes, rounds) = (0, arguments.amount(50, 3));
    for round in 1..=rounds {
        at_work.until_logged(BETWEEN, Duration::from_mins(1)).await?;
        tokio::time::sleep(Duration::from_millis(random.random_range(LIFE))).await;
        postgres.kill().await?;
        writes += unsynced.throw_away(&postgres.data_folder(), &mut random)?;
        postgres.restart().await?;
        if round % 10 == 0 || round == rounds {
            println!("power lost {round} times, {writes} unsynced writes thrown away");
        }
    }
    let result = at_work.stop().await?.check_results(&setup, server).await?;
    ensure!(writes > 0, "every loss came at a moment at which everything was synced");
    Ok(format!(
        "{rounds} losses of power, {writes} unsynced writes of the write-ahead log thrown away: \
         {result} With `synchronous_commit=off` \
         {WEAKER_ROUNDS} losses took {lost} acknowledged events, as they must."
    ))
}

/// Returns how many acknowledged events are lost with `synchronous_commit=off`.
async fn lose_with_weaker_postgres(arguments: &Arguments) -> Result<usize> {
    let mut random = StdRng::seed_from_u64(arguments.seed);
    let mut lost = 0;
    for _ in 0..WEAKER_ROUNDS {
        let (mut postgres, unsynced) =
            start_watched(arguments, vec!["synchronous_commit=off"]).await?;
        let setup = arguments.server_setup(postgres.address())?;
        let server = setup.start().await?;
        let at_work = SenderGroup::new(arguments).start(&[server.address]);
        at_work.until_logged(5 * BETWEEN, Duration::from_mins(1)).await?;
        postgres.kill().await?;
        unsynced.throw_away(&postgres.data_folder(), &mut random)?;
        let crowd = at_work.stop().await?;
        server.kill().await?;
        postgres.restart().await?;
        lost += check::count_lost(&setup.database, &crowd.acknowledged_ids()).await?;
    }
    ensure!(lost > 0, "`synchronous_commit=off` lost nothing, so this scenario proves nothing");
    Ok(lost)
}

async fn start_watched(
    arguments: &Arguments,
    settings: Vec<&'static str>,
) -> Result<(Postgres, Unsynced)> {
    let unsynced = Unsynced::watch(arguments, other_user().await?)?;
    let extras = Extras {
        preload: Some(unsynced.library.clone()),
        environment: unsynced.environment(POSTGRES_FILES),
        settings,
    };
    let postgres = Postgres::start_with(arguments.postgres_programs()?, extras).await?;
    Ok((postgres, unsynced))
}

/// What a program has written since its last syncs.
struct Unsynced {
    records: TempDir,
    library: PathBuf,
}

impl Unsynced {
    /// Prepares the watch over a program, which may be run by another user.
    fn watch(arguments: &Arguments, user: Option<u32>) -> Result<Self> {
        let Some(built) = &arguments.lose_unsynced else {
            bail!("--lose-unsynced says where the library of bench/shims/lose_unsynced.c is");
        };
        let records = tempfile::tempdir()?;
        // Another user may be unable to read the folder in which it was built.
        let library = records.path().join("lose_unsynced.so");
        fs::copy(built, &library).with_context(|| format!("{}", built.display()))?;
        if let Some(user) = user {
            chown(records.path(), Some(user), None)?;
        }
        Ok(Self { records, library })
    }

    fn environment(&self, files: &str) -> Vec<(&'static str, OsString)> {
        vec![
            ("LOSE_UNSYNCED_RECORDS", self.records.path().into()),
            ("LOSE_UNSYNCED_FILES", files.into()),
        ]
    }

    /// Throws away what the killed program had not synced: all of it every other time, else what
    /// came after a random write. Returns the number of writes.
    fn throw_away(&self, data: &Path, random: &mut StdRng) -> Result<usize> {
        let files = files_by_inode(data)?;
        let mut thrown_away = 0;
        for record in fs::read_dir(self.records.path())? {
            let record = record?;
            let Ok(inode) = record.file_name().to_string_lossy().parse::<u64>() else { continue };
            let replaced = fs::read(record.path())?;
            let entries = read_entries(&replaced)?;
            let all = random.random_ratio(1, 2);
            let kept = if all { 0 } else { random.random_range(0..=entries.len()) };
            // A file that was removed meanwhile has nothing to lose.
            if let Some(path) = files.get(&inode) {
                let file = File::options().write(true).open(path)?;
                for entry in entries[kept..].iter().rev() {
                    file.set_len(entry.size)?;
                    file.write_all_at(entry.replaced, entry.offset)?;
                    thrown_away += 1;
                }
            }
            fs::remove_file(record.path())?;
        }
        Ok(thrown_away)
    }
}

/// One write that was not synced.
struct Entry<'a> {
    offset: u64,
    /// The file's size before.
    size: u64,
    replaced: &'a [u8],
}

/// Reads a record. An entry that is not whole belongs to a write that did not happen.
fn read_entries(mut record: &[u8]) -> Result<Vec<Entry<'_>>> {
    let mut entries = Vec::new();
    while let Some((head, rest)) = record.split_at_checked(ENTRY) {
        let number = |at: usize| anyhow::Ok(u64::from_ne_bytes(head[at..at + 8].try_into()?));
        let (offset, length, size) = (number(0)?, usize::try_from(number(8)?)?, number(16)?);
        let Some((replaced, rest)) = rest.split_at_checked(length) else { break };
        entries.push(Entry { offset, size, replaced });
        record = rest;
    }
    Ok(entries)
}

/// Returns all files below a folder.
fn files_by_inode(folder: &Path) -> Result<HashMap<u64, PathBuf>> {
    let mut files = HashMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let about = fs::symlink_metadata(&path)?;
        if about.is_dir() {
            files.extend(files_by_inode(&path)?);
        } else {
            files.insert(about.ino(), path);
        }
    }
    Ok(files)
}
