//! Attacks a server that has its own limits, and measures what others notice of it.

mod bad_bodies;
mod heavy_webhooks;
mod large_data;
mod observer;
mod slow_connections;
mod unread_answers;

use super::{Arguments, Kind, TemporaryDatabase};
use crate::clock::Stopwatch;
use crate::server::Server;
use anyhow::{Context as _, Result, ensure};
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
/// The sockets that it may.
const SOCKETS_LEFT: usize = 10;
/// How long the server may take to give both back. It looks every ten seconds whether many
/// connections have ended, and may see first some and then the others end.
const GIVES_BACK: Duration = Duration::from_secs(40);

/// A server with its own limits, and others who use it.
struct Target {
    place: TemporaryDatabase,
    server: Server,
    observer: Observer,
}

/// How often an attack comes, with a calm before and after each: whatever else the machine does
/// then slows both down alike.
const ROUNDS: u32 = 3;

/// Sends bodies that are not valid.
pub async fn send_bad_bodies(arguments: &Arguments) -> Result<String> {
    let target = Target::start(arguments, &[]).await?;
    let count = arguments.amount(10_000, 500);
    let (address, seed) = (target.server.address, arguments.seed);
    target.attack(arguments, 1, || bad_bodies::send_all(address, count, seed)).await
}

/// Holds connections that are silent, half open, or hardly read.
pub async fn hold_slow_connections(arguments: &Arguments) -> Result<String> {
    let target = Target::start(arguments, &[]).await?;
    let (count, seconds) = (arguments.amount(4_000, 400), arguments.amount(40, 15));
    let address = target.server.address;
    let attack = || slow_connections::hold(address, count, Duration::from_secs(seconds));
    target.attack(arguments, ROUNDS, attack).await
}

/// Sends webhooks that a scanner could take long to read.
pub async fn send_heavy_webhooks(arguments: &Arguments) -> Result<String> {
    let target = Target::start(arguments, &["--secret-key", heavy_webhooks::SECRET_KEY]).await?;
    let address = target.server.address;
    let webhook = heavy_webhooks::add_account(address).await?;
    let time = Duration::from_secs(arguments.amount(15, 3));
    target.attack(arguments, ROUNDS, || heavy_webhooks::send_for(address, &webhook, time)).await
}

/// Asks for large files and reads none of them.
pub async fn leave_files_unread(arguments: &Arguments) -> Result<String> {
    let target = Target::start(arguments, &["--connections", "200"]).await?;
    let address = target.server.address;
    let time = Duration::from_secs(arguments.amount(40, 10));
    let attack = || unread_answers::hold(address, 220, unread_answers::FILES, time);
    target.attack(arguments, ROUNDS, attack).await
}

/// Opens live streams with one key and reads none of them.
pub async fn leave_streams_unread(arguments: &Arguments) -> Result<String> {
    let target = Target::start(arguments, &["--connections", "100"]).await?;
    let address = target.server.address;
    let time = Duration::from_secs(arguments.amount(40, 10));
    let attack = || unread_answers::hold(address, 105, unread_answers::STREAM, time);
    target.attack(arguments, ROUNDS, attack).await
}

/// Stores as much as a client may with each call, and lists it.
pub async fn list_large_data(arguments: &Arguments) -> Result<String> {
    let mut target = Target::start(arguments, &[]).await?;
    let address = target.server.address;
    target.observer.logged = large_data::store(address).await?;
    let time = Duration::from_secs(arguments.amount(15, 3));
    target.attack(arguments, ROUNDS, || large_data::list_for(address, time)).await
}

impl Target {
    async fn start(arguments: &Arguments, options: &'static [&'static str]) -> Result<Self> {
        let place = arguments.create_database(Kind::Sqlite).await?;
        let mut setup = arguments.server_setup(place.database_url())?;
        setup.has_limits = true;
        setup.options = options;
        let server = setup.start().await?;
        Ok(Self { observer: Observer::new(server.address), place, server })
    }

    /// Measures before, during and after an attack, which comes so often and ends with a sentence
    /// about itself.
    async fn attack<A: Future<Output = Result<String>>>(
        mut self,
        arguments: &Arguments,
        rounds: u32,
        attack: impl Fn() -> A,
    ) -> Result<String> {
        let calm = Duration::from_secs(arguments.amount(10, 2));
        let calm = || tokio::time::sleep(calm);
        let before = self.observer.observe_while(&self.server, pin!(calm())).await?.0;
        let (memory, sockets) = (before.memory, before.sockets_left);
        let (mut quiet, mut during) = (before, Phase::default());
        let mut sentence = String::new();
        for _ in 0..rounds {
            let (phase, attacked) =
                self.observer.observe_while(&self.server, pin!(attack())).await?;
            sentence = attacked?;
            during.append(phase);
            quiet.append(self.observer.observe_while(&self.server, pin!(calm())).await?.0);
        }
        let most_left = (memory + LEFT_BEHIND, sockets + SOCKETS_LEFT);
        let left = self.wait_for_what_is_left(most_left).await?;
        let peak = self.server.peak_memory().context("the system tells no peak of memory")?;
        let logged = self.observer.logged;
        self.server.stop().await?;
        let stored = count_events(&self.place.database_url()).await?;
        ensure!(stored == logged, "{stored} events are stored, and others logged {logged}");
        let times = if rounds == 1 { String::new() } else { format!("{rounds} times: ") };
        let said = format!(
            "{times}{sentence}. Others: {during} during, {quiet} before and after; {} MB before, \
             at most {} MB, {} MB in the end. {stored} events in the database, as many as were \
             logged",
            memory >> 20,
            peak >> 20,
            left.0 >> 20,
        );
        let most = (quiet.slowest() * SLOWER).max(QUICK);
        ensure!(during.slowest() <= most, "others are too slow: {said}");
        ensure!(left.0 <= most_left.0, "memory is left behind: {said}");
        ensure!(left.1 <= most_left.1, "{} sockets are left behind: {said}", left.1);
        Ok(said)
    }

    /// Returns the memory and the sockets that are in use once they are no more than these, or after
    /// the time that the server may take.
    async fn wait_for_what_is_left(&self, most: (u64, usize)) -> Result<(u64, usize)> {
        let watch = Stopwatch::start();
        loop {
            let left = observer::measure(&self.server)?;
            if (left.0 <= most.0 && left.1 <= most.1) || watch.elapsed() > GIVES_BACK {
                return Ok(left);
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

async fn count_events(database: &str) -> Result<u64> {
    install_default_drivers();
    let pool = AnyPool::connect(database).await?;
    let events: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM events").fetch_one(&pool).await?;
    pool.close().await;
    Ok(events.try_into()?)
}
