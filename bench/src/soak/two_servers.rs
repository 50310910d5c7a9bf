//! Two servers on one database, stopped and started in turn as an upgrade does: a sender only needs
//! to send again, to the other one.

use super::sender_group::SenderGroup;
use super::{Arguments, Kind};
use anyhow::Result;
use std::time::Duration;

/// The least number of events between two stops.
const BETWEEN: u64 = 300;

pub async fn run(arguments: &Arguments) -> Result<String> {
    let rounds = arguments.amount(50, 4);
    let place = arguments.create_database(Kind::Postgres).await?;
    let mut first_setup = arguments.server_setup(place.database_url())?;
    let mut second_setup = first_setup.clone();
    let mut first = first_setup.start().await?;
    let mut second = second_setup.start().await?;
    first_setup.listen = first.address;
    second_setup.listen = second.address;
    let at_work = SenderGroup::new(arguments).start(&[first.address, second.address]);
    for round in 1..=rounds {
        at_work.until_logged(BETWEEN, Duration::from_mins(1)).await?;
        if round % 2 == 1 {
            first.stop().await?;
            first = first_setup.start().await?;
        } else {
            second.stop().await?;
            second = second_setup.start().await?;
        }
        if round % 10 == 0 || round == rounds {
            println!("a server was restarted {round} times");
        }
    }
    let crowd = at_work.stop().await?;
    second.stop().await?;
    let judged = crowd.check_results(&first_setup, first).await?;
    Ok(format!("two servers, {rounds} stops in turn: {judged}"))
}
