//! Kills PostgreSQL with all its processes at full speed, while the server stays up.

use super::sender_group::SenderGroup;
use super::{Arguments, Kind};
use crate::clock::Stopwatch;
use anyhow::{Context, Result, ensure};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use std::time::Duration;

/// The least number of events between two kills.
const BETWEEN: u64 = 100;
/// The time that a server has to log again after its database is back.
const RECOVERED_WITHIN: Duration = Duration::from_secs(5);

pub async fn run(arguments: &Arguments) -> Result<String> {
    let (rounds, away) = (arguments.amount(50, 3), arguments.amount(30, 3));
    let mut place = arguments.create_database(Kind::Postgres).await?;
    let setup = arguments.server_setup(place.database_url())?;
    let postgres = place.postgres.as_mut().context("PostgreSQL was started")?;
    let mut random = StdRng::seed_from_u64(arguments.seed);
    let server = setup.start().await?;
    let at_work = SenderGroup::new(arguments).start(&[server.address]);
    let mut slowest = Duration::ZERO;
    for round in 1..=rounds {
        at_work.until_logged(BETWEEN, Duration::from_mins(1)).await?;
        tokio::time::sleep(Duration::from_millis(random.random_range(0..500))).await;
        postgres.kill().await?;
        if round == rounds {
            // The last outage is a long one.
            tokio::time::sleep(Duration::from_secs(away)).await;
        }
        postgres.restart().await?;
        let watch = Stopwatch::start();
        at_work.until_logged(1, Duration::from_mins(1)).await?;
        slowest = slowest.max(watch.elapsed());
        if round % 10 == 0 || round == rounds {
            println!("killed PostgreSQL {round} times");
        }
    }
    let judged = at_work.stop().await?.check_results(&setup, server).await?;
    let slowest_ms = slowest.as_millis();
    ensure!(slowest <= RECOVERED_WITHIN, "the server took {slowest_ms} ms to log again");
    Ok(format!(
        "{rounds} kills of PostgreSQL, the last one for {away} s, logging again within \
         {slowest_ms} ms: {judged}"
    ))
}
