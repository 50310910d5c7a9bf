//! Installs Debian packages.

use std::{
    env,
    ffi::OsStr,
    fs,
    io::{self, IsTerminal, Write},
    path::Path,
    process::{self, Command},
    sync::OnceLock,
};

use anyhow::{Context, Result, bail};

use crate::{exec, paths};

/// Whether `--yes` was given.
static AGREED: OnceLock<()> = OnceLock::new();

/// Installs without asking from now on.
pub fn agree_to_all() {
    AGREED.get_or_init(|| ());
}

/// Installs packages. `what` names them, `purpose` is their purpose, as in "to test pages". Asks
/// first if a person is at the terminal.
pub fn install(what: &str, purpose: &str, packages: &[&str]) -> Result<()> {
    let by_hand = format!(
        "{what} is missing and could not be installed: run `apt-get install {}` as root, or install it in your system's own way",
        packages.join(" ")
    );
    if paths::on_path("apt-get").is_none() {
        bail!(by_hand);
    }
    let ci = env::var_os("CI");
    if needs_question(AGREED.get().is_some(), ci.as_deref(), io::stdin().is_terminal()) {
        println!("      {what} is needed {purpose}, and it is not on this machine.");
        print!("      Install {} with apt-get? [Y/n] ", packages.join(", "));
        io::stdout().flush()?;
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        if !is_yes(&answer) {
            bail!(
                "{what} was not installed: run `apt-get install {}` yourself, or answer yes",
                packages.join(" ")
            );
        }
    }
    println!("      installing {what}");
    // A fresh system has no package lists, and old lists name files that no longer exist.
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

/// Downloads a package and unpacks it into `folder`, without installing it: a package of a server
/// would also start that server.
pub fn unpack(package: &str, folder: &Path) -> Result<()> {
    if paths::on_path("apt-get").is_none() || paths::on_path("dpkg-deb").is_none() {
        bail!("Debian's apt-get and dpkg-deb are not on this machine");
    }
    if !is_listed(package) {
        apt_get(&["update"])?;
    }
    let partial = folder.with_file_name(format!(".{package}-{}", process::id()));
    fs::create_dir_all(&partial)?;
    let unpacked = download_into(package, &partial).and_then(|()| {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::rename(partial.join("files"), folder)?;
        Ok(())
    });
    let removed = fs::remove_dir_all(&partial);
    unpacked?;
    removed.with_context(|| format!("{} could not be removed", partial.display()))
}

/// Downloads a package and unpacks it into the folder `files` of `partial`.
fn download_into(package: &str, partial: &Path) -> Result<()> {
    let mut download = exec::command("apt-get");
    download.args(["--quiet", "download", package]).current_dir(partial);
    exec::run_quiet(&mut download, &format!("downloading {package}"))?;
    let archive = fs::read_dir(partial)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension() == Some(OsStr::new("deb")))
        .with_context(|| format!("apt-get downloaded no file of {package}"))?;
    let mut unpack = exec::command("dpkg-deb");
    unpack.arg("--extract").arg(archive).arg(partial.join("files"));
    exec::run_quiet(&mut unpack, &format!("unpacking {package}"))
}

/// Returns whether to ask: not after `--yes`, and not on a build machine, where nobody could
/// answer.
fn needs_question(agreed: bool, ci: Option<&OsStr>, is_terminal: bool) -> bool {
    !agreed && is_terminal && ci.is_none_or(OsStr::is_empty)
}

/// Returns whether an answer to `[Y/n]` agrees. At the end of input the answer is empty, without a
/// line end, and does not agree.
fn is_yes(answer: &str) -> bool {
    let word = answer.trim();
    !answer.is_empty()
        && (word.is_empty() || ["y", "yes"].iter().any(|yes| word.eq_ignore_ascii_case(yes)))
}

fn is_listed(package: &str) -> bool {
    let shown =
        exec::read_output(exec::command("apt-cache").args(["show", "--no-all-versions", package]));
    shown.is_some_and(|text| !text.trim().is_empty())
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = as_root()?;
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]).args(arguments);
    exec::run_quiet(&mut command, "installing packages")
}

/// Returns `env`, run as root.
fn as_root() -> Result<Command> {
    let user = exec::read_output(exec::command("id").arg("-u"));
    if user.is_some_and(|id| id.trim() == "0") {
        return Ok(exec::command("env"));
    }
    let sudo = paths::on_path("sudo").context("this needs root's rights, and sudo is not here")?;
    let mut command = exec::command(sudo);
    // Without a terminal, nobody could enter a password.
    if !io::stdin().is_terminal() {
        command.arg("--non-interactive");
    }
    command.arg("env");
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_person_at_a_terminal_is_asked() {
        let ci = |value| Some(OsStr::new(value));
        let cases = [
            (false, None, true, true),
            (false, ci(""), true, true),
            (false, ci("true"), true, false),
            (false, None, false, false),
            (true, None, true, false),
        ];
        for (agreed, ci, is_terminal, asked) in cases {
            assert_eq!(
                needs_question(agreed, ci, is_terminal),
                asked,
                "{agreed} {ci:?} {is_terminal}"
            );
        }
    }

    #[test]
    fn yes_is_the_answer_of_a_person_who_only_presses_enter() {
        for (answer, agrees) in [
            ("\n", true),
            ("y\n", true),
            ("YES\n", true),
            ("n\n", false),
            ("what\n", false),
            ("", false),
        ] {
            assert_eq!(is_yes(answer), agrees, "{answer:?}");
        }
    }
}
