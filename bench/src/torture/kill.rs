//! Kills the server at full speed, again and again.

use super::Arguments;
use super::sender_group::SenderGroup;
use crate::server::Server;
use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use std::time::Duration;

/// The time that a server has to become ready again.
const READY_WITHIN: Duration = Duration::from_secs(2);

pub async fn run(arguments: &Arguments) -> Result<()> {
    let place = arguments.create_database().await?;
    let setup = arguments.server_setup(place.database_url())?;
    let mut random = StdRng::seed_from_u64(arguments.seed);
    let mut slowest = Duration::ZERO;
    let mut crowd = SenderGroup::new(arguments);
    let mut server = setup.start().await?;
    for round in 1..=arguments.rounds {
        let life = Duration::from_millis(random.random_range(20..=arguments.life.max(20)));
        crowd = run_and_kill(crowd, server, life).await?;
        server = setup.start().await?;
        slowest = slowest.max(server.ready_after);
        if round % 10 == 0 || round == arguments.rounds {
            println!("killed {round} times, {} events acknowledged", crowd.acknowledged_events());
        }
    }
    let judged = crowd.check_results(&setup, server).await?;
    println!(
        "{} kills of the server on {:?}, ready again within {} ms: {judged}",
        arguments.rounds,
        arguments.database,
        slowest.as_millis(),
    );
    ensure!(slowest <= READY_WITHIN, "the server took longer than 2 s to be ready again");
    Ok(())
}

/// Runs all senders, and kills the server after a while.
async fn run_and_kill(crowd: SenderGroup, server: Server, life: Duration) -> Result<SenderGroup> {
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
