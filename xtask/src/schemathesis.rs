//! `cargo xtask schemathesis`: tries the server against its own OpenAPI document, with thousands
//! of requests that the document allows and forbids.
//!
//! What is tried, and what is excepted with which reason, stands in server/tests/schemathesis.

use std::{
    collections::BTreeMap,
    fmt, fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{self, Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{
    exec, paths,
    plan::Plan,
    server::{self, Profile},
    setup::{Need, Tools},
};

const SETTINGS: &str = "server/tests/schemathesis/schemathesis.toml";
/// The demo client's key, with which the run calls.
const API_KEY: &str = "demo-api-key-789";
const ADMIN_TOKEN: &str = "admin-token-of-schemathesis";
const DIALER_KEY: &str = "dialer-key-of-schemathesis";
/// With which the server keeps the secrets of accounts.
const SECRET_KEY: &str = "a secret key for schemathesis alone";

/// Options of `cargo xtask schemathesis`.
#[derive(Args)]
pub struct SchemathesisArguments {
    /// Passed on to `schemathesis run`, such as --max-examples=50 or --include-name=…
    #[arg(last = true)]
    run: Vec<String>,
}

/// `cargo xtask schemathesis`.
pub fn schemathesis(arguments: &SchemathesisArguments) -> Result<()> {
    let (on_sqlite, on_postgres) = (arguments.run.clone(), arguments.run.clone());
    Plan::new(&[Need::Postgres, Need::Schemathesis])
        .step("building the server", |tools| server::compile(tools, Profile::Dev))
        .step("trying it on SQLite", move |tools| {
            try_on_sqlite(tools, &on_sqlite).map(|counts| println!("      {counts}"))
        })
        .step("trying it on PostgreSQL", move |tools| {
            try_on_postgres(tools, &on_postgres).map(|counts| println!("      {counts}"))
        })
        .run()
}

/// Builds the server and tries it on both databases; returns a sentence with the counts.
pub fn run_all(tools: &Tools, more: &[String]) -> Result<String> {
    server::compile(tools, Profile::Dev)?;
    let (sqlite, postgres) = (try_on_sqlite(tools, more), try_on_postgres(tools, more));
    Ok(format!("SQLite: {}. PostgreSQL: {}", sqlite?, postgres?))
}

fn try_on_sqlite(tools: &Tools, more: &[String]) -> Result<String> {
    let folder = paths::target()?.join(format!("schemathesis-{}", process::id()));
    fs::create_dir_all(&folder)?;
    let address = format!("sqlite:{}", folder.join("call-ribbon.db").display());
    let outcome = try_on(tools, &address, more);
    fs::remove_dir_all(&folder)?;
    outcome
}

fn try_on_postgres(tools: &Tools, more: &[String]) -> Result<String> {
    let postgres = tools.postgres.as_ref().context("the set-up left PostgreSQL out")?;
    let name = format!("call_ribbon_schemathesis_{}", process::id());
    let sql =
        |sql: String| exec::run(tools.command("psql").args(["-q", &postgres.address, "-c", &sql]));
    sql(format!("CREATE DATABASE {name}"))?;
    let (server, _) = postgres.address.rsplit_once('/').context("an address names a database")?;
    let outcome = try_on(tools, &format!("{server}/{name}"), more);
    sql(format!("DROP DATABASE {name} WITH (FORCE)"))?;
    outcome
}

/// Starts a server on this database and lets schemathesis at it. Fails if an operation never
/// succeeded, unless only some were tried.
fn try_on(tools: &Tools, database: &str, more: &[String]) -> Result<String> {
    let server = Running::start(database)?;
    let program = tools.schemathesis.as_ref().context("the set-up left schemathesis out")?;
    let mut run = tools.command(&program.to_string_lossy());
    run.arg("--config-file").arg(Path::new(SETTINGS)).arg("run");
    run.arg(format!("{}/api/openapi.json", server.url)).args(more);
    run.env("CALL_RIBBON_URL", &server.url).env("CALL_RIBBON_API_KEY", API_KEY);
    run.env("CALL_RIBBON_ADMIN_TOKEN", ADMIN_TOKEN).env("CALL_RIBBON_DIALER_API_KEY", DIALER_KEY);
    let statuses = paths::target()?.join(format!("schemathesis-statuses-{}", process::id()));
    run.env("CALL_RIBBON_STATUSES", &statuses);
    let outcome = exec::run(&mut run);
    let counted = fs::read_to_string(&statuses).context("no statuses were counted")?;
    fs::remove_file(&statuses)?;
    let counts = Counts::parse(&counted)?;
    outcome?;
    let failed = counts.without_success();
    if !failed.is_empty() && more.is_empty() {
        bail!("never successful: {}", failed.join("; "));
    }
    Ok(counts.to_string())
}

/// How often each operation was answered with each status.
struct Counts(BTreeMap<String, BTreeMap<u16, u64>>);

impl Counts {
    /// Parses lines such as `callHistory 200 17`, which server/tests/schemathesis/hooks.py writes.
    fn parse(text: &str) -> Result<Self> {
        let mut counts = BTreeMap::<_, BTreeMap<_, _>>::new();
        for line in text.lines() {
            let mut words = line.split(' ');
            let (Some(operation), Some(status), Some(count)) =
                (words.next(), words.next(), words.next())
            else {
                bail!("a line of statuses is {line:?}");
            };
            counts.entry(operation.to_owned()).or_default().insert(status.parse()?, count.parse()?);
        }
        Ok(Self(counts))
    }

    /// Returns each operation that was never answered with success, with its statuses.
    fn without_success(&self) -> Vec<String> {
        let failed = self.0.iter().filter(|(_, statuses)| !statuses.keys().any(|s| *s < 400));
        failed.map(|(operation, statuses)| format!("{operation} {statuses:?}")).collect()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        let all = || self.0.values().flatten();
        let requests: u64 = all().map(|(_, count)| count).sum();
        let successes: u64 = all().filter(|(status, _)| **status < 400).map(|(_, n)| n).sum();
        let operations = self.0.len();
        let failed = self.without_success().len();
        write!(
            to,
            "{requests} requests to {operations} operations, {successes} of them successful; \
             {failed} operations never succeeded"
        )
    }
}

/// A server that ends with this.
struct Running {
    url: String,
    server: Child,
}

impl Running {
    fn start(database: &str) -> Result<Self> {
        let mut command: Command = exec::command(server::program(Profile::Dev)?);
        command.args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--log-rate",
            "0",
            "--wrong-secret-rate",
            "0",
            "--init-rate",
            "0",
            "--write-rate",
            "0",
        ]);
        // Receivers are told of events at the server's own address, so that nothing leaves.
        command.args(["--allow-private-addresses", "127.0.0.1"]);
        // A stream without an end would be waited for until the request's time is over.
        command.args(["--stream-timeout", "1"]);
        command.args(["--database", database]);
        command.env("CALL_RIBBON_ADMIN_TOKEN", ADMIN_TOKEN);
        command.env("CALL_RIBBON_DIALER_API_KEY", DIALER_KEY);
        command.env("CALL_RIBBON_SECRET_KEY", SECRET_KEY);
        // A line for each of tens of thousands of requests would hide the outcome.
        command.env("CALL_RIBBON_LOG", "warn");
        let mut server = command.stdout(Stdio::piped()).spawn()?;
        let said = server.stdout.take().context("the server's output is not there")?;
        let mut running = Self { url: String::new(), server };
        for line in BufReader::new(said).lines() {
            let line = line?;
            if let Some(at) = line.find("http://127.0.0.1:") {
                let address = line[at..].split_whitespace().next().unwrap_or_default();
                address.trim_end_matches('/').clone_into(&mut running.url);
                return Ok(running);
            }
        }
        bail!("the server did not start (its own words stand above)")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A server that has ended already needs no signal.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_that_never_succeeded_is_found() -> Result<()> {
        let counts = Counts::parse("one 200 3\none 404 1\ntwo 401 5\nthree 302 1\n")?;
        assert_eq!(counts.without_success(), ["two {401: 5}"]);
        let said =
            "10 requests to 3 operations, 4 of them successful; 1 operations never succeeded";
        assert_eq!(counts.to_string(), said);
        Ok(())
    }
}
