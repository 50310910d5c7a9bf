//! Measures the cost of maintaining totals: the same load with and without their rows.

use super::Report;
use crate::load::Measured;
use crate::server::Setup;
use anyhow::Result;
use sqlx::{AnyPool, AssertSqlSafe, any::install_default_drivers};

/// The tables that hold totals.
const TABLES: [&str; 4] = ["totals", "customer_totals", "customer_weeks", "event_totals"];
/// How often each variant is measured, alternating, so that other load on the machine affects both.
const TIMES: usize = 2;

/// Measures with and without totals; returns the best of each.
pub async fn compare(report: &Report, batch: u64) -> Result<(Measured, Measured)> {
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let folder = tempfile::tempdir()?;
        with.push(report.measure(&report.sqlite_setup(folder.path()), batch).await?);
        let folder = tempfile::tempdir()?;
        let setup = report.sqlite_setup(folder.path());
        block_totals(&setup).await?;
        without.push(report.measure(&setup, batch).await?);
    }
    let best = |measured: Vec<Measured>| {
        measured.into_iter().max_by(|one, other| one.rate.total_cmp(&other.rate))
    };
    match (best(with), best(without)) {
        (Some(with), Some(without)) => Ok((with, without)),
        _ => anyhow::bail!("nothing was measured"),
    }
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
