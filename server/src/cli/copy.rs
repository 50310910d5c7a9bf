//! The command `call-ribbon copy-db`: copies or compares databases.

use crate::services::copy::{self, Compared};
use clap::Args;
use std::error::Error;
use std::io::Write as _;

#[derive(Debug, Args)]
pub struct CopyDb {
    /// The database to copy, sqlite:PATH or `postgres://USER@HOST/NAME`. It may be in use.
    #[arg(long)]
    from: String,
    /// The database to copy to, written in the same way. It must be empty.
    #[arg(long)]
    to: String,
    /// Only compares the two.
    #[arg(long)]
    compare: bool,
}

/// Copies a database or compares two; returns an error if they differ.
pub async fn run(command: CopyDb) -> Result<(), Box<dyn Error>> {
    let CopyDb { from, to, compare } = command;
    let tables = if compare {
        copy::compare_databases(&from, &to).await?
    } else {
        let progress = |table: &str, rows| tracing::info!(table, rows, "copying");
        copy::copy_database(&from, &to, progress).await?
    };
    let mut out = std::io::stdout();
    for table in &tables {
        writeln!(out, "{}", format_table(table))?;
    }
    let different = tables.iter().filter(|table| !table.is_same()).count();
    if different > 0 {
        return Err(format!("the two databases differ in {different} tables").into());
    }
    let rows: u64 = tables.iter().map(|table| table.source.rows).sum();
    writeln!(out, "Both databases contain the same data: {} tables, {rows} rows.", tables.len())?;
    Ok(())
}

fn format_table(Compared { table, source, target }: &Compared) -> String {
    if source == target {
        return format!("{table}\t{}\t{:032x}\tsame", source.rows, source.sum);
    }
    format!(
        "{table}\t{}\t{:032x}\tDIFFERENT: {}\t{:032x}",
        source.rows, source.sum, target.rows, target.sum
    )
}
