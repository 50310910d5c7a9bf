//! Runs all checks that are no tests.

use anyhow::Result;

use crate::{
    browser, documents, exec, paths,
    plan::Plan,
    setup::{Need, Tools, rust::WASM_TARGET},
    sizes, words,
};

/// Tests are looked at as well, and no warning stays.
const LINTS: &[&str] = &["--all-targets", "--", "-D", "warnings"];

/// `cargo xtask check`.
pub fn check() -> Result<()> {
    Plan::new(&[Need::BrowserBuild, Need::CargoDeny, Need::Deployment])
        .step("checking the formatting", |tools| cargo(tools, &["fmt", "--all", "--check"]))
        .step("counting phrases that are not plain English", |_| words::check())
        .step("looking up the paths that the documents name", |_| documents::check())
        .step("checking the files for production", deployment)
        // The server embeds the browser files, so even a look at its code needs them.
        .step("building the browser files", browser::build)
        .step("looking for mistakes", |tools| {
            let all = ["--workspace", "--all-features"];
            cargo(tools, &[&["clippy"], &all[..], LINTS].concat())
        })
        .step("looking for mistakes in what a browser runs", |tools| {
            let widget = ["--package", "call-ribbon-widget", "--all-features"];
            let target = ["--target", WASM_TARGET];
            cargo(tools, &[&["clippy"], &widget[..], &target, LINTS].concat())
        })
        .step("building the documentation", |tools| {
            let mut doc = tools.command("cargo");
            doc.args(["doc", "--no-deps", "--workspace", "--all-features"])
                .env("RUSTDOCFLAGS", "-D warnings");
            exec::run(&mut doc)
        })
        .step("checking licences and sources of dependencies", |tools| {
            cargo(tools, &["deny", "check", "bans", "licenses", "sources"])
        })
        .step("checking for known vulnerabilities", vulnerabilities)
        .step("measuring what a page downloads", |_| sizes::check())
        .run()
}

/// The database of vulnerabilities lies on the internet, which a build machine need not reach.
fn vulnerabilities(tools: &Tools) -> Result<()> {
    let mut fetch = tools.command("cargo");
    fetch.args(["deny", "fetch", "db"]).stderr(std::process::Stdio::null());
    if exec::run_quiet(&mut fetch, "fetching the list of vulnerabilities").is_err() {
        println!(
            "      not checked: the database of known vulnerabilities cannot be reached from here"
        );
        return Ok(());
    }
    cargo(tools, &["deny", "check", "advisories"])
}

/// Checks `deploy/` and the workflows; the set-up has said so if the tools are missing.
fn deployment(tools: &Tools) -> Result<()> {
    let Some(python) = &tools.deployment else { return Ok(()) };
    exec::run(exec::command(python).arg(paths::workspace()?.join("deploy/check.py")))
}

fn cargo(tools: &Tools, arguments: &[&str]) -> Result<()> {
    exec::run(tools.command("cargo").args(arguments))
}
