//! Gets a machine ready: finds each tool, or installs it.
//!
//! A tool is looked for on the search path, then among those this project installed before,
//! and only then installed. One file in `setup/` for each kind of tool; a new kind is a
//! [`Need`], its file, and a line in [`prepare`].

pub mod apt;
pub mod bindgen;
pub mod browser;
pub mod cargo_tool;
pub mod kamailio;
pub mod node;
pub mod others;
pub mod pgbouncer;
pub mod postgres;
pub mod python;
pub mod rust;
pub mod wasm_opt;

use std::{env, ffi::OsString, path::PathBuf, process::Command};

use anyhow::Result;

use crate::{exec, paths, plan::Plan};
use cargo_tool::{CargoTool, Workshop};

/// The version that Trunk.toml and index.html are written for.
const TRUNK: &str = "0.21.14";
/// The version that deny.toml is written for.
const CARGO_DENY: &str = "0.20.2";

/// What a command needs to find on the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Everything that `trunk build` calls.
    BrowserBuild,
    /// wasm-bindgen's tools alone, among them the runner of WebAssembly tests.
    WasmTests,
    /// Chromium and its driver.
    Chromium,
    /// Firefox and a WebKit, with their drivers.
    OtherBrowsers,
    /// Node and npm.
    Node,
    /// A SIP server, with which calls in the browser are tested.
    Kamailio,
    /// A PostgreSQL server for the tests.
    Postgres,
    /// A pooler that stands before it in some tests.
    PgBouncer,
    /// The check of licences and of where dependencies come from.
    CargoDeny,
    /// What tries a server against its OpenAPI document. It needs a Python that is there already.
    Schemathesis,
}

/// What the set-up found.
#[derive(Debug, Default)]
pub struct Tools {
    /// Folders that come first on the search path of everything started from here.
    folders: Vec<PathBuf>,
    /// The browser, when it was asked for.
    pub chromium: Option<browser::Chromium>,
    /// Firefox and a WebKit, when they were asked for.
    pub others: Option<others::Others>,
    /// The server for tests on PostgreSQL, when it was asked for. It runs as long as this is
    /// kept.
    pub postgres: Option<postgres::TestServer>,
    /// PgBouncer's program, when it was asked for.
    pub pgbouncer: Option<PathBuf>,
    /// The program, when it was asked for.
    pub schemathesis: Option<PathBuf>,
}

impl Tools {
    /// A command in the workspace's folder that finds the tools first.
    pub fn command(&self, program: &str) -> Command {
        // A relative program name is searched on the path of the child, which is this one.
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

    /// Searches this folder first. A tool that is on the search path already brings none: its
    /// neighbours there may be of versions that others in this list replace.
    fn search_first(&mut self, folder: Option<PathBuf>) {
        self.folders.extend(folder);
    }
}

/// Finds or installs all that is needed.
pub fn prepare(needs: &[Need]) -> Result<Tools> {
    let mut tools = Tools::default();
    let workshop = Workshop::new()?;
    // What may ask a question comes first; nobody waits at a terminal for a compiler to end.
    let compiles = |need: &&Need| {
        matches!(need, Need::BrowserBuild | Need::WasmTests | Need::CargoDeny | Need::OtherBrowsers)
    };
    let (last, first): (Vec<_>, Vec<_>) = needs.iter().partition(compiles);
    for need in first.into_iter().chain(last) {
        match need {
            Need::BrowserBuild => {
                // Exotel's SDK is an npm package.
                node::ensure()?;
                rust::ensure_wasm_target()?;
                rust::ensure_sources()?;
                let trunk = CargoTool { name: "trunk", package: "trunk", version: TRUNK.into() };
                tools.search_first(trunk.ensure(&workshop)?);
                tools.search_first(bindgen::ensure(&workshop)?);
                tools.search_first(wasm_opt::ensure()?);
            }
            Need::WasmTests => {
                rust::ensure_wasm_target()?;
                tools.search_first(bindgen::ensure(&workshop)?);
            }
            Need::Chromium => tools.chromium = Some(browser::ensure()?),
            Need::OtherBrowsers => tools.others = Some(others::ensure(&workshop)?),
            Need::Node => node::ensure()?,
            Need::Kamailio => kamailio::ensure()?,
            Need::Schemathesis => tools.schemathesis = Some(python::ensure_schemathesis()?),
            Need::Postgres => tools.postgres = Some(postgres::ensure()?),
            Need::PgBouncer => tools.pgbouncer = Some(pgbouncer::ensure()?),
            Need::CargoDeny => {
                let version = CARGO_DENY.into();
                let deny = CargoTool { name: "cargo-deny", package: "cargo-deny", version };
                tools.search_first(deny.ensure(&workshop)?);
            }
        }
    }
    Ok(tools)
}

/// `cargo xtask setup`.
pub fn everything() -> Result<()> {
    let all = [
        Need::BrowserBuild,
        Need::WasmTests,
        Need::Chromium,
        Need::Node,
        Need::Kamailio,
        Need::Postgres,
        Need::PgBouncer,
        Need::CargoDeny,
    ];
    Plan::new(&all).run()
}
