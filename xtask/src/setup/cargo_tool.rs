//! Installs tools that are crates and are needed in an exact version.

use std::{
    fs,
    path::{Path, PathBuf},
    process,
};

use anyhow::{Context, Result};

use crate::{exec, paths};

/// A program that `cargo install` builds.
pub struct CargoTool {
    /// The program's name.
    pub name: &'static str,
    /// The name of its crate.
    pub package: &'static str,
    /// The only accepted version.
    pub version: String,
}

/// Tools that need none of their default features here.
const WITHOUT_FEATURES: &[&str] = &["trunk", "wasm-bindgen-cli"];

/// A folder for compiling tools. It is shared, so that common dependencies of two tools are
/// compiled once, and removed at the end, because it is large.
pub struct BuildFolder(PathBuf);

impl BuildFolder {
    /// Names the folder; the first installation creates it.
    pub fn new() -> Result<Self> {
        Ok(Self(paths::cache()?.join(format!("build-{}", process::id()))))
    }
}

impl Drop for BuildFolder {
    fn drop(&mut self) {
        // A folder that remains costs only space.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl CargoTool {
    /// Installs the program if this version is not found; returns its folder unless that is on the
    /// search path.
    pub fn ensure_tool(&self, workshop: &BuildFolder) -> Result<Option<PathBuf>> {
        if paths::on_path(self.name).is_some_and(|program| self.has_version(&program)) {
            return Ok(None);
        }
        let kept = paths::tools()?.join(format!("{}-{}", self.name, self.version));
        let folder = kept.join("bin");
        if !self.has_version(&folder.join(self.name)) {
            println!(
                "      installing {} {}, which takes some minutes",
                self.package, self.version
            );
            self.install_tool(&kept, workshop).with_context(|| self.manual_command())?;
        }
        Ok(Some(folder))
    }

    fn manual_command(&self) -> String {
        let Self { name, package, version } = self;
        format!(
            "{name} {version} is missing and could not be installed: run `cargo install {package} --version {version}`"
        )
    }

    fn has_version(&self, program: &Path) -> bool {
        let answer = exec::read_output(exec::command(program).arg("--version"));
        answer.is_some_and(|text| names_version(&text, &self.version))
    }

    /// Installs beside the final place and renames, so that an interrupted installation is never
    /// taken for a complete one.
    fn install_tool(&self, kept: &Path, workshop: &BuildFolder) -> Result<()> {
        let partial = kept.with_file_name(format!(".{}-{}", self.package, process::id()));
        fs::create_dir_all(&partial)?;
        let built =
            self.download_binary(&partial).or_else(|_| self.compile_tool(&partial, workshop));
        let placed = built.and_then(|()| {
            if kept.exists() {
                fs::remove_dir_all(kept)?;
            }
            Ok(fs::rename(&partial, kept)?)
        });
        if placed.is_err() {
            let _ = fs::remove_dir_all(&partial);
        }
        placed
    }

    /// Downloads a prebuilt program, if the machine has cargo-binstall.
    fn download_binary(&self, root: &Path) -> Result<()> {
        let tool = paths::on_path("cargo-binstall").context("cargo-binstall is not here")?;
        let crate_version = format!("{}@{}", self.package, self.version);
        let mut binstall = exec::command(tool);
        binstall.args(["binstall", "--no-confirm", "--root"]).arg(root).arg(crate_version);
        exec::run_quiet(&mut binstall, &format!("installing {}", self.package))
    }

    fn compile_tool(&self, root: &Path, workshop: &BuildFolder) -> Result<()> {
        let mut cargo = exec::command("cargo");
        cargo.args(["install", self.package, "--version", &format!("={}", self.version)]);
        // Unoptimised builds take a fraction of the time, and none of the tools is slow.
        cargo.args(["--debug", "--root"]).arg(root);
        cargo.env("CARGO_TARGET_DIR", &workshop.0).env("CARGO_PROFILE_DEV_DEBUG", "0");
        // The default features add TLS for downloads and serving; neither is used.
        if WITHOUT_FEATURES.contains(&self.package) {
            cargo.arg("--no-default-features");
        }
        // wasm-bindgen-cli's own lock file is too old for current compilers.
        if self.package != "wasm-bindgen-cli" {
            cargo.arg("--locked");
        }
        exec::run_quiet(&mut cargo, &format!("compiling {}", self.package))
    }
}

/// Returns whether a `--version` line names exactly this version, as in `trunk 0.21.14`.
fn names_version(text: &str, version: &str) -> bool {
    text.split_whitespace().any(|word| word == version)
}

#[cfg(test)]
mod tests {
    use super::names_version;

    #[test]
    fn only_the_whole_version_counts() {
        assert!(names_version("wasm-bindgen 0.2.130\n", "0.2.130"));
        assert!(!names_version("wasm-bindgen 0.2.13\n", "0.2.130"));
        assert!(!names_version("trunk 0.21.14-beta.1", "0.21.14"));
    }
}
