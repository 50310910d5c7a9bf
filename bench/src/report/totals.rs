//! Measures the cost of maintaining totals: the same load with and without their rows.

use super::measure::Rounds;
use super::{ROUNDS, Report, measure_load};
use crate::load::target::Events;
use crate::server::Setup;
use anyhow::Result;
use sqlx::{AnyPool, AssertSqlSafe, any::install_default_drivers};

/// The tables that hold totals.
const TABLES: [&str; 6] =
    ["totals", "customer_totals", "customer_weeks", "event_totals", "field_totals", "field_values"];

/// Measures with and without totals, in turn.
pub async fn compare(report: &Report, batch: u64) -> Result<(Rounds, Rounds)> {
    let load = report.load(batch, Events::NewCalls);
    let (mut with, mut without) = (Rounds::default(), Rounds::default());
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir()?;
        with.add(&measure_load(&report.sqlite_setup(folder.path()), load).await?);
        let folder = tempfile::tempdir()?;
        let setup = report.sqlite_setup(folder.path());
        block_totals(&setup).await?;
        without.add(&measure_load(&setup, load).await?);
    }
    Ok((with, without))
}

/// Creates the database with triggers that keep all rows out of its totals.
async fn block_totals(setup: &Setup) -> Result<()> {
    setup.start().await?.stop().await?;
    install_default_drivers();
    let pool = AnyPool::connect(&setup.database).await?;
    for table in TABLES {
        let sql = format!(
            "CREATE TRIGGER no_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(IGNORE); END"
        );
        sqlx::query(AssertSqlSafe(sql)).execute(&pool).await?;
    }
    pool.close().await;
    Ok(())
}
