//! Every test: Rust's own, WebAssembly in Chromium, and end to end.

mod end_to_end;

use std::process::Command;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::{
    browser, exec, paths,
    plan::Plan,
    server::{self, Profile},
    setup::{self, Need, Tools, asterisk, node, pgbouncer, postgres, rust::WASM_TARGET},
};

/// The package that is built for browsers.
const WIDGET: &str = "call-ribbon-widget";

/// Names the file with the statements that the tests sent to PostgreSQL.
const STATEMENT_LOG: &str = "CALL_RIBBON_TEST_STATEMENT_LOG";
/// The test that looks through it.
const STATEMENTS: &str =
    "database::sql::every_statement_that_was_sent_keeps_to_what_distributed_databases_have";

/// Options of `cargo xtask test`.
#[derive(Args)]
pub struct TestArguments {
    /// Run one kind of tests
    #[arg(long)]
    only: Option<Suite>,
}

/// A kind of tests.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Suite {
    /// What runs on this machine itself
    Rust,
    /// What runs as WebAssembly in Chromium
    Wasm,
    /// The server and the pages in Chromium
    E2e,
}

/// `cargo xtask test`.
pub fn test(arguments: &TestArguments) -> Result<()> {
    let wanted = |suite| arguments.only.is_none_or(|only| only == suite);
    let (native, wasm, e2e) = (wanted(Suite::Rust), wanted(Suite::Wasm), wanted(Suite::E2e));

    let mut needs = Vec::new();
    if native || e2e {
        needs.push(Need::BrowserBuild);
    }
    if native {
        needs.extend([Need::Interpreters, Need::Postgres, Need::PgBouncer, Need::Promtool]);
        needs.push(Need::Asterisk);
    }
    if wasm {
        needs.push(Need::WasmTests);
    }
    if wasm || e2e {
        needs.push(Need::Chromium);
    }
    if e2e {
        // The guides' commands use Python and, where they are about PostgreSQL, a server.
        needs.extend([Need::Node, Need::Kamailio]);
        let also = [Need::Interpreters, Need::Postgres, Need::Asterisk];
        needs.extend(also.into_iter().filter(|_| !native));
    }

    let mut plan = Plan::new(&needs);
    if native || e2e {
        plan = plan.step("building the browser files", browser::build);
    }
    if native {
        plan = plan.step("testing the server on SQLite, and what it shares", |tools| {
            exec::run(native_tests(tools).env_remove(postgres::ADDRESS))
        });
        plan = plan.step("testing the server on PostgreSQL", |tools| {
            let server = tools.postgres.as_ref().context("the set-up left PostgreSQL out")?;
            // Nothing is compiled again: the tests choose their database when they run.
            let mut cargo = native_tests(tools);
            cargo.args(["--test", "api"]).env(postgres::ADDRESS, &server.address);
            if let Some(program) = &tools.pgbouncer {
                cargo.env(pgbouncer::PROGRAM, program);
            }
            exec::run(&mut cargo)
        });
        plan = plan.step("looking through what was sent to PostgreSQL", |tools| {
            let server = tools.postgres.as_ref().context("the set-up left PostgreSQL out")?;
            let Some(log) = &server.log else {
                println!("the server is somebody else's, and its log is not known here");
                return Ok(());
            };
            let mut cargo = native_tests(tools);
            cargo.args(["--test", "api", "--", "--exact", STATEMENTS]).env(STATEMENT_LOG, log);
            exec::run(&mut cargo)
        });
        plan = plan.step("testing calls through Asterisk", calls_through_asterisk);
        plan = plan.step("testing the alert rules", alert_rules);
        plan = plan.step("testing the widget's logic", |tools| {
            let logic = ["--package", WIDGET, "--lib", "--all-features"];
            exec::run(tools.command("cargo").arg("test").args(logic))
        });
        // Separately, as `cargo xtask` has compiled it already: together with the others its
        // dependencies would have other features, and all be compiled again.
        plan = plan.step("testing the developer commands", |tools| {
            exec::run(tools.command("cargo").args(["test", "--package", "xtask"]))
        });
    }
    if wasm {
        plan = plan.step("testing WebAssembly in Chromium", in_chromium);
    }
    if e2e {
        plan = plan
            .step("building the server", |tools| server::compile(tools, Profile::Dev))
            .step("installing what the tests end to end need", install_node_modules)
            .step("testing end to end", end_to_end::run);
    }
    plan.run()
}

/// The tests of the server and of what it shares with browsers.
fn native_tests(tools: &Tools) -> Command {
    let mut cargo = tools.command("cargo");
    cargo.args(["test", "--no-fail-fast", "--workspace", "--exclude", WIDGET]);
    cargo.args(["--exclude", "xtask"]);
    cargo
}

/// Tests calls through a real Asterisk; the set-up has said so if there is none. Asterisk, its phones
/// and the servers take turns in real time, so what fails on a busy machine runs once more, and is then
/// named as unstable.
fn calls_through_asterisk(tools: &Tools) -> Result<()> {
    let Some(folder) = &tools.asterisk else { return Ok(()) };
    let run = || {
        let mut cargo = native_tests(tools);
        cargo.env_remove(postgres::ADDRESS).env(asterisk::FOLDER, folder);
        exec::run(cargo.args(["--test", "api", "providers::asterisk"]))
    };
    if run().is_err() {
        println!("      failed, and run again");
        run()?;
        println!("      UNSTABLE, failed once and passed: calls through Asterisk");
    }
    Ok(())
}

/// Tests the rules for Prometheus; the set-up has said so if promtool is missing.
fn alert_rules(tools: &Tools) -> Result<()> {
    let Some(promtool) = &tools.promtool else { return Ok(()) };
    let mut test = exec::command(promtool);
    test.args(["test", "rules", "alerts.test.yml"]);
    test.current_dir(paths::workspace()?.join("monitoring"));
    exec::run(&mut test)
}

/// `cargo xtask screenshots`.
pub fn screenshots() -> Result<()> {
    setup::browser::ensure_fonts()?;
    in_node("taking the screenshots", "screenshots.mjs")
}

/// `cargo xtask page-cost`.
pub fn page_cost() -> Result<()> {
    in_node("loading pages with and without the ribbon", "page-cost.mjs")
}

/// Runs a script of end2end/ on a fresh build.
fn in_node(step: &'static str, script: &'static str) -> Result<()> {
    Plan::new(&[Need::BrowserBuild, Need::Chromium, Need::Node])
        .step("building the browser files", browser::build)
        .step("building the server", |tools| server::compile(tools, Profile::Dev))
        .step("installing what the scripts need", install_node_modules)
        .step(step, move |tools| exec::run(node_for_pages(tools)?.arg(script)))
        .run()
}

/// `cargo xtask browsers`.
pub fn browsers() -> Result<()> {
    let mut plan = Plan::new(&[Need::BrowserBuild, Need::OtherBrowsers, Need::Node])
        .step("building the browser files", browser::build)
        .step("building the server", |tools| server::compile(tools, Profile::Dev))
        .step("installing what the tests need", install_node_modules);
    for (kind, step) in [("firefox", "testing in Firefox"), ("webkit", "testing in WebKit")] {
        plan = plan.step(step, move |tools| {
            let others = tools.others.as_ref().context("the set-up left the browsers out")?;
            let mut node = tools.command("node");
            node.current_dir(paths::workspace()?.join("end2end"));
            node.env("CALL_RIBBON_BIN", server::program(Profile::Dev)?).env("BROWSER", kind);
            node.env("FIREFOX", &others.firefox).env("GECKODRIVER", &others.geckodriver);
            node.env("WEBKIT", &others.webkit).env("WEBKIT_DRIVER", &others.webkit_driver);
            exec::run(node.args(["--test", "browsers/everywhere.mjs"]))
        });
    }
    plan.run()
}

/// The options of the browser itself are in widget/webdriver.json.
fn in_chromium(tools: &Tools) -> Result<()> {
    let chromium = tools.chromium.as_ref().context("the set-up left Chromium out")?;
    let mut cargo = tools.command("cargo");
    cargo.args(["test", "--package", WIDGET, "--all-features"]);
    cargo.args(["--target", WASM_TARGET, "--test", "*"]);
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");
    cargo.env("CHROMEDRIVER", &chromium.driver);
    // On a busy machine the first start of a browser alone can take the default of 20 seconds.
    cargo.env("WASM_BINDGEN_TEST_TIMEOUT", "120").env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "30");
    exec::run(&mut cargo)
}

/// Node in the folder of the tests, told where the server and the browser are.
pub fn node_for_pages(tools: &Tools) -> Result<Command> {
    let chromium = tools.chromium.as_ref().context("the set-up left Chromium out")?;
    let mut node = tools.command("node");
    node.current_dir(paths::workspace()?.join("end2end"));
    node.env("CALL_RIBBON_BIN", server::program(Profile::Dev)?);
    node.env("CHROMIUM", &chromium.browser);
    if let Some(server) = &tools.postgres {
        node.env(postgres::ADDRESS, &server.address);
    }
    if let Some(folder) = &tools.asterisk {
        node.env(asterisk::FOLDER, folder);
    }
    Ok(node)
}

/// Installs what end2end/ needs.
pub fn install_node_modules(_: &Tools) -> Result<()> {
    node::install_packages(&paths::workspace()?.join("end2end"))
}
