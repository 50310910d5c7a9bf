//! `cargo xtask schemathesis`: tries the server against its own OpenAPI document, with thousands
//! of requests that the document allows and forbids.
//!
//! What is tried, and what is excepted with which reason, stands in server/tests/schemathesis.

use std::{
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
            let folder = paths::target()?.join(format!("schemathesis-{}", process::id()));
            std::fs::create_dir_all(&folder)?;
            let address = format!("sqlite:{}", folder.join("call-ribbon.db").display());
            let outcome = try_on(tools, &address, &on_sqlite);
            std::fs::remove_dir_all(&folder)?;
            outcome
        })
        .step("trying it on PostgreSQL", move |tools| {
            let postgres = tools.postgres.as_ref().context("the set-up left PostgreSQL out")?;
            let name = format!("call_ribbon_schemathesis_{}", process::id());
            let sql = |sql: String| {
                exec::run(tools.command("psql").args([
                    "-q",
                    postgres.address.as_str(),
                    "-c",
                    sql.as_str(),
                ]))
            };
            sql(format!("CREATE DATABASE {name}"))?;
            let (server, _) =
                postgres.address.rsplit_once('/').context("an address names a database")?;
            let outcome = try_on(tools, &format!("{server}/{name}"), &on_postgres);
            sql(format!("DROP DATABASE {name} WITH (FORCE)"))?;
            outcome
        })
        .run()
}

/// Starts a server on this database and lets schemathesis at it.
fn try_on(tools: &Tools, database: &str, more: &[String]) -> Result<()> {
    let server = Running::start(database)?;
    let program = tools.schemathesis.as_ref().context("the set-up left schemathesis out")?;
    let mut run = tools.command(&program.to_string_lossy());
    run.arg("--config-file").arg(Path::new(SETTINGS)).arg("run");
    run.arg(format!("{}/api/openapi.json", server.url)).args(more);
    run.env("CALL_RIBBON_URL", &server.url).env("CALL_RIBBON_API_KEY", API_KEY);
    run.env("CALL_RIBBON_ADMIN_TOKEN", ADMIN_TOKEN).env("CALL_RIBBON_DIALER_API_KEY", DIALER_KEY);
    exec::run(&mut run)
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
            "--init-rate",
            "0",
            "--write-rate",
            "0",
        ]);
        // A stream without an end would be waited for until the request's time is over.
        command.args(["--stream-timeout", "1"]);
        command.args(["--database", database]);
        command.env("CALL_RIBBON_ADMIN_TOKEN", ADMIN_TOKEN);
        command.env("CALL_RIBBON_DIALER_API_KEY", DIALER_KEY);
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
