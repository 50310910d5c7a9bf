//! Prepares a machine: finds each tool, or installs it.
//!
//! A tool is searched on the search path, then among those that this project installed before, and
//! only then installed. Each kind of tool has a file in `setup/`; a new kind needs a [`Need`], its
//! file, and a line in [`prepare`].

pub mod apt;
pub mod asterisk;
pub mod bindgen;
pub mod browser;
pub mod cargo_tool;
pub mod influx;
pub mod interpreters;
pub mod kamailio;
pub mod node;
pub mod other_browsers;
pub mod pgbouncer;
pub mod postgres;
pub mod promtool;
pub mod python;
pub mod rust;
pub mod static_build;
pub mod wasm_opt;

use std::{env, ffi::OsString, path::PathBuf, process::Command};

use anyhow::Result;

use crate::{exec, paths, plan::Plan};
use cargo_tool::{BuildFolder, CargoTool};

/// The version for which Trunk.toml and index.html are written.
const TRUNK: &str = "0.21.14";
/// The version for which deny.toml is written.
const CARGO_DENY: &str = "0.20.2";
/// The version for which fuzz/ is written.
const CARGO_FUZZ: &str = "0.13.2";

/// A tool that a command needs on the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Everything that `trunk build` calls.
    BrowserBuild,
    /// Only wasm-bindgen's tools, including the runner of WebAssembly tests.
    WasmTests,
    /// Chromium and its driver.
    Chromium,
    /// Firefox and a WebKit, with their drivers.
    OtherBrowsers,
    /// Node and npm.
    Node,
    /// Node, Python, PHP and Ruby, which run the documents' snippets.
    Interpreters,
    /// A SIP server, for tests of calls in the browser.
    Kamailio,
    /// A PBX, for tests of calls through it.
    Asterisk,
    /// A PostgreSQL server for the tests.
    Postgres,
    /// The tool that tests alert rules for Prometheus.
    Promtool,
    /// A connection pooler, which some tests put before the PostgreSQL server.
    PgBouncer,
    /// What checks the files in `deploy/`. It needs an installed Python.
    Deployment,
    /// The tool that makes the pages of the guides. The browser build takes it if it can be had.
    MdBook,
    /// The target and the C compiler of static binaries.
    StaticBuild,
    /// The tool that checks licences and sources of dependencies.
    CargoDeny,
    /// A nightly compiler, and the tool that builds fuzz targets with it.
    CargoFuzz,
    /// The tool that tests a server against its OpenAPI document. It needs an installed Python.
    Schemathesis,
}

/// The tools that were found or installed.
#[derive(Debug, Default)]
pub struct Tools {
    /// Folders that come first on the search path of every child process.
    folders: Vec<PathBuf>,
    /// The browser, if it was needed.
    pub chromium: Option<browser::Chromium>,
    /// Firefox and a WebKit, if they were needed.
    pub others: Option<other_browsers::OtherBrowsers>,
    /// The server for tests on PostgreSQL, if it was needed. It runs until this is dropped.
    pub postgres: Option<postgres::TestServer>,
    /// PgBouncer's program, if it was needed.
    pub pgbouncer: Option<PathBuf>,
    /// Promtool's program, if it was needed and could be had.
    pub promtool: Option<PathBuf>,
    /// The Python that checks `deploy/`, if it was needed and could be had.
    pub deployment: Option<PathBuf>,
    /// Whether mdBook is there, which makes the pages of the guides.
    pub has_mdbook: bool,
    /// The folder of Asterisk and sipp, if they were needed and could be had.
    pub asterisk: Option<PathBuf>,
    /// Schemathesis's program, if it was needed.
    pub schemathesis: Option<PathBuf>,
}

impl Tools {
    /// Creates a command in the workspace's folder that finds these tools first.
    pub fn command(&self, program: &str) -> Command {
        // A relative program name is searched on the child's path, which is this one.
        let mut command = exec::command(program);
        if let Some(search) = self.search_path() {
            command.env("PATH", search);
        }
        if let Ok(workspace) = paths::workspace() {
            command.current_dir(workspace);
        }
        command
    }

    fn search_path(&self) -> Option<OsString> {
        let inherited = env::var_os("PATH").unwrap_or_default();
        env::join_paths(self.folders.iter().cloned().chain(env::split_paths(&inherited))).ok()
    }

    /// Searches this folder first. A tool found on the search path adds no folder: its neighbours
    /// there may have versions that others in this list replace.
    fn search_first(&mut self, folder: Option<PathBuf>) {
        self.folders.extend(folder);
    }

    fn use_mdbook(&mut self, folder: Option<PathBuf>) {
        self.search_first(folder);
        self.has_mdbook = true;
    }
}

/// Finds or installs everything that is needed.
pub fn prepare(needs: &[Need]) -> Result<Tools> {
    let mut tools = Tools::default();
    let workshop = BuildFolder::new()?;
    // Tools that may ask a question come first, so that nobody has to wait at the terminal for a
    // compiler.
    let compiles = |need: &&Need| {
        matches!(
            need,
            Need::BrowserBuild
                | Need::WasmTests
                | Need::CargoDeny
                | Need::CargoFuzz
                | Need::OtherBrowsers
        )
    };
    let (last, first): (Vec<_>, Vec<_>) = needs.iter().partition(compiles);
    for need in first.into_iter().chain(last) {
        match need {
            Need::BrowserBuild => {
                // Exotel's SDK is an npm package.
                tools.search_first(node::ensure()?);
                rust::ensure_wasm_target()?;
                rust::ensure_sources()?;
                let trunk = CargoTool { name: "trunk", package: "trunk", version: TRUNK.into() };
                tools.search_first(trunk.ensure_tool(&workshop)?);
                tools.search_first(bindgen::ensure(&workshop)?);
                tools.search_first(wasm_opt::ensure()?);
                match python::ensure_mdbook() {
                    Ok(folder) => tools.use_mdbook(folder),
                    Err(error) => println!("      NOT BUILT: the guides ({error:#})"),
                }
            }
            Need::WasmTests => {
                rust::ensure_wasm_target()?;
                tools.search_first(bindgen::ensure(&workshop)?);
            }
            Need::Chromium => tools.chromium = Some(browser::ensure()?),
            Need::OtherBrowsers => tools.others = Some(other_browsers::ensure(&workshop)?),
            Need::Node => tools.search_first(node::ensure()?),
            Need::Interpreters => interpreters::ensure(),
            Need::Kamailio => kamailio::ensure()?,
            Need::Asterisk => tools.asterisk = asterisk::ensure(),
            Need::Schemathesis => tools.schemathesis = Some(python::ensure_schemathesis()?),
            Need::Postgres => tools.postgres = Some(postgres::ensure()?),
            Need::Promtool => tools.promtool = promtool::ensure(),
            Need::PgBouncer => tools.pgbouncer = Some(pgbouncer::ensure()?),
            Need::Deployment => tools.deployment = python::ensure_deployment(),
            Need::MdBook => tools.use_mdbook(python::ensure_mdbook()?),
            Need::StaticBuild => static_build::ensure()?,
            Need::CargoDeny => {
                let version = CARGO_DENY.into();
                let deny = CargoTool { name: "cargo-deny", package: "cargo-deny", version };
                tools.search_first(deny.ensure_tool(&workshop)?);
            }
            Need::CargoFuzz => {
                rust::ensure_nightly()?;
                let version = CARGO_FUZZ.into();
                let fuzz = CargoTool { name: "cargo-fuzz", package: "cargo-fuzz", version };
                tools.search_first(fuzz.ensure_tool(&workshop)?);
            }
        }
    }
    Ok(tools)
}

/// Runs `cargo xtask setup`.
pub fn everything() -> Result<()> {
    let all = [
        Need::BrowserBuild,
        Need::WasmTests,
        Need::Chromium,
        Need::Node,
        Need::Interpreters,
        Need::Kamailio,
        Need::Asterisk,
        Need::Postgres,
        Need::PgBouncer,
        Need::Promtool,
        Need::Deployment,
        Need::CargoDeny,
    ];
    Plan::new(&all).run()
}
