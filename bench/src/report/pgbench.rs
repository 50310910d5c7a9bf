//! Measures how many transactions PostgreSQL commits, by its own `pgbench`.

use crate::postgres::Postgres;
use anyhow::{Context, Result, ensure};
use std::path::Path;
use tokio::process::Command;

/// Rows of pgbench's tables are this many times 100,000.
const SCALE: &str = "5";
const CONNECTIONS: &str = "32";

/// Makes pgbench's tables.
pub async fn prepare(programs: &Path, postgres: &Postgres) -> Result<()> {
    let mut command = Command::new(programs.join("pgbench"));
    command.args(["--initialize", "--quiet", "--scale", SCALE]).arg(postgres.address());
    let done = command.output().await.context("pgbench could not be started")?;
    ensure!(done.status.success(), "pgbench: {}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}

/// Returns the transactions per second of `pgbench -N`: one row changed, one read, one added.
pub async fn measure(programs: &Path, postgres: &Postgres, seconds: u64) -> Result<f64> {
    let mut command = Command::new(programs.join("pgbench"));
    command.args(["-N", "-c", CONNECTIONS, "-j", "2", "-T", &seconds.to_string()]);
    let done = command.arg(postgres.address()).output().await?;
    ensure!(done.status.success(), "pgbench: {}", String::from_utf8_lossy(&done.stderr));
    read_rate(&String::from_utf8_lossy(&done.stdout)).context("pgbench says no rate")
}

/// Reads the rate from pgbench's words.
fn read_rate(said: &str) -> Option<f64> {
    let line = said.lines().find_map(|line| line.strip_prefix("tps = "))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read() {
        let said = "latency average = 7.9 ms\ntps = 4034.27 (without initial connection time)\n";
        assert_eq!(read_rate(said), Some(4034.27));
        assert_eq!(read_rate("tps is unknown"), None);
    }
}
