//! Debian packages.

use std::{io::IsTerminal, process::Command};

use anyhow::{Context, Result, bail};

use crate::{exec, paths};

/// Installs packages; `what` names them in the sentence that a failure is reported by.
pub fn install(what: &str, packages: &[&str]) -> Result<()> {
    let by_hand = format!(
        "{what} is missing and could not be installed: run `apt-get install {}` as root, or install it in your system's own way",
        packages.join(" ")
    );
    if paths::on_path("apt-get").is_none() {
        bail!(by_hand);
    }
    println!("      installing {what}");
    // A fresh system has no package lists at all, and old lists name files that are gone.
    let listed = packages.iter().all(|package| is_listed(package));
    if !listed {
        apt_get(&["update"]).with_context(|| by_hand.clone())?;
    }
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages);
    if apt_get(&arguments).is_ok() {
        return Ok(());
    }
    if listed {
        apt_get(&["update"]).with_context(|| by_hand.clone())?;
        return apt_get(&arguments).context(by_hand);
    }
    bail!(by_hand)
}

fn is_listed(package: &str) -> bool {
    let shown =
        exec::answer(exec::command("apt-cache").args(["show", "--no-all-versions", package]));
    shown.is_some_and(|text| !text.trim().is_empty())
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = as_root()?;
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]).args(arguments);
    exec::run_quiet(&mut command, "installing packages")
}

/// `env`, with root's rights.
fn as_root() -> Result<Command> {
    let user = exec::answer(exec::command("id").arg("-u"));
    if user.is_some_and(|id| id.trim() == "0") {
        return Ok(exec::command("env"));
    }
    let sudo = paths::on_path("sudo").context("this needs root's rights, and sudo is not here")?;
    let mut command = exec::command(sudo);
    // Without a terminal nobody could answer the question for a password.
    if !std::io::stdin().is_terminal() {
        command.arg("--non-interactive");
    }
    command.arg("env");
    Ok(command)
}
