//! Kills the server at full speed, again and again.

use super::sender_group::SenderGroup;
use super::{Arguments, Kind};
use crate::server::{Server, Setup};
use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use std::ops::RangeInclusive;
use std::time::Duration;

/// The time that a server has to become ready again.
const READY_WITHIN: Duration = Duration::from_secs(2);
/// The milliseconds that a server lives.
pub const LIFE: RangeInclusive<u64> = 20..=800;

pub async fn run(arguments: &Arguments, kind: Kind) -> Result<String> {
    let place = arguments.create_database(kind).await?;
    let setup = arguments.server_setup(place.database_url())?;
    kill_repeatedly(arguments, &setup, arguments.rounds(), |_| Ok(())).await
}

/// Kills the server so often, does something after each kill, and compares everything at the end.
pub async fn kill_repeatedly(
    arguments: &Arguments,
    setup: &Setup,
    rounds: u32,
    mut after_kill: impl FnMut(&mut StdRng) -> Result<()>,
) -> Result<String> {
    let mut random = StdRng::seed_from_u64(arguments.seed);
    let mut slowest = Duration::ZERO;
    let mut crowd = SenderGroup::new(arguments);
    let mut server = setup.start().await?;
    for round in 1..=rounds {
        let life = Duration::from_millis(random.random_range(LIFE));
        crowd = run_and_kill(crowd, server, life).await?;
        after_kill(&mut random)?;
        server = setup.start().await?;
        slowest = slowest.max(server.ready_after);
        if round % 10 == 0 || round == rounds {
            println!(
                "killed {round} times, {} events acknowledged",
                crowd.acknowledged_ids().len()
            );
        }
    }
    let result = crowd.check_results(setup, server).await?;
    let slowest_ms = slowest.as_millis();
    ensure!(slowest <= READY_WITHIN, "the server took {slowest_ms} ms to be ready again");
    Ok(format!("{rounds} kills of the server, ready again within {slowest_ms} ms: {result}"))
}

/// Runs all senders, and kills the server after a while.
pub async fn run_and_kill(
    crowd: SenderGroup,
    server: Server,
    life: Duration,
) -> Result<SenderGroup> {
    let address = server.address;
    let senders = crowd.senders.into_iter().map(|mut sender| {
        tokio::spawn(async move {
            sender.send_until_broken(address).await?;
            anyhow::Ok(sender)
        })
    });
    let senders: Vec<_> = senders.collect();
    tokio::time::sleep(life).await;
    server.kill().await?;
    let senders = try_join_all(senders).await?.into_iter().collect::<Result<_>>()?;
    Ok(SenderGroup { senders })
}
