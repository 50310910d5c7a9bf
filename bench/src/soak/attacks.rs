//! Attacks a server that has its own limits, and measures what others notice of it.

mod bad_bodies;
mod observer;
mod slow_connections;

use super::{Arguments, Kind, TemporaryDatabase};
use crate::server::Server;
use anyhow::{Result, ensure};
use observer::{Observer, Phase};
use sqlx::{AnyPool, any::install_default_drivers};
use std::pin::pin;
use std::time::Duration;

/// How much slower than before the slowest hundredth of the others' answers may be.
const SLOWER: u32 = 2;
/// Answers within this time are quick, however quick they were before.
const QUICK: Duration = Duration::from_millis(50);
/// The memory that an attack may leave behind, in bytes.
const LEFT_BEHIND: u64 = 64 << 20;

/// A server with its own limits, and others who use it.
struct Target {
    place: TemporaryDatabase,
    server: Server,
    observer: Observer,
}

/// Sends bodies that are not valid.
pub async fn send_bad_bodies(arguments: &Arguments) -> Result<String> {
    let target = Target::start(arguments).await?;
    let count = arguments.amount(10_000, 500);
    let (address, seed) = (target.server.address, arguments.seed);
    target.attack(arguments, bad_bodies::send_all(address, count, seed)).await
}

/// Holds connections that are silent, half open, or hardly read.
pub async fn hold_slow_connections(arguments: &Arguments) -> Result<String> {
    let target = Target::start(arguments).await?;
    let (count, seconds) = (arguments.amount(4_000, 400), arguments.amount(60, 15));
    let address = target.server.address;
    let attack = slow_connections::hold(address, count, Duration::from_secs(seconds));
    target.attack(arguments, attack).await
}

impl Target {
    async fn start(arguments: &Arguments) -> Result<Self> {
        let place = arguments.create_database(Kind::Sqlite).await?;
        let mut setup = arguments.server_setup(place.database_url())?;
        setup.has_limits = true;
        let server = setup.start().await?;
        Ok(Self { observer: Observer::new(server.address), place, server })
    }

    /// Measures before, during and after an attack, which ends with a sentence about itself.
    async fn attack(
        mut self,
        arguments: &Arguments,
        attack: impl Future<Output = Result<String>>,
    ) -> Result<String> {
        let calm = Duration::from_secs(arguments.amount(10, 2));
        let calm = || tokio::time::sleep(calm);
        let before = self.observer.observe_while(&self.server, pin!(calm())).await?.0;
        let (during, attacked) = self.observer.observe_while(&self.server, pin!(attack)).await?;
        let attacked = attacked?;
        let after = self.observer.observe_while(&self.server, pin!(calm())).await?.0;
        let peak = self.server.peak_memory().unwrap_or_default();
        let logged = self.observer.logged;
        self.server.stop().await?;
        let stored = count_events(&self.place.database_url()).await?;
        ensure!(stored == logged, "{stored} events are stored, and others logged {logged}");
        compare(&before, &during, &after)?;
        Ok(format!(
            "{attacked}. Others: {before} before, {during} during, {after} after; at most {} MB. \
             {stored} events in the database, as many as the others logged",
            peak >> 20,
        ))
    }
}

/// Fails if others notice the attack, or if it leaves memory or connections behind.
fn compare(before: &Phase, during: &Phase, after: &Phase) -> Result<()> {
    for (name, phase) in [("during", during), ("after", after)] {
        let most = (before.slowest * SLOWER).max(QUICK);
        ensure!(phase.slowest <= most, "others: {before} before, and {phase} {name} the attack");
    }
    let memory = before.memory + LEFT_BEHIND;
    ensure!(after.memory <= memory, "others: {before} before, and {after} after the attack");
    let sockets = before.sockets + 10;
    ensure!(after.sockets <= sockets, "others: {before} before, and {after} after the attack");
    Ok(())
}

async fn count_events(database: &str) -> Result<u64> {
    install_default_drivers();
    let pool = AnyPool::connect(database).await?;
    let events: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM events").fetch_one(&pool).await?;
    pool.close().await;
    Ok(events.try_into()?)
}
