//! Installs Schemathesis in a Python environment of this project.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::{exec, paths};

/// The version for which server/tests/schemathesis is written.
const VERSION: &str = "4.32.5";
/// The oldest Python that it runs on.
const OLDEST: (u32, u32) = (3, 10);

/// Finds schemathesis, or installs it from Python's package index. Returns the program's path.
pub fn ensure_schemathesis() -> Result<PathBuf> {
    let folder = paths::tools()?.join(format!("schemathesis-{VERSION}"));
    let program = folder.join("bin/schemathesis");
    if has_version(&program) {
        return Ok(program);
    }
    let python = exec::read_output(exec::command("python3").arg("--version"));
    if python.as_deref().and_then(parse_version).is_none_or(|version| version < OLDEST) {
        let (major, minor) = OLDEST;
        bail!(
            "schemathesis needs Python {major}.{minor} or newer as `python3`, with its module venv \
             (on Debian: apt-get install python3 python3-venv)"
        );
    }
    println!("      installing schemathesis {VERSION}");
    exec::run(exec::command("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut pip = exec::command(folder.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check"]);
    exec::run_quiet(pip.arg(format!("schemathesis=={VERSION}")), "installing schemathesis")?;
    if !has_version(&program) {
        bail!("schemathesis was installed, but does not start");
    }
    Ok(program)
}

fn has_version(program: &Path) -> bool {
    let said = exec::read_output(exec::command(program).arg("--version"));
    said.is_some_and(|said| said.trim().ends_with(VERSION))
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
