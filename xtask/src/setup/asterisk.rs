//! Finds or unpacks Asterisk, a real PBX, and sipp, which plays the phones at both ends.
//!
//! Debian's releases of today have no Asterisk; bullseye has. Its packages and what they need are
//! downloaded with lists of their own and unpacked, so nothing on the machine is changed.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process,
};

use anyhow::{Context, Result, bail};

use crate::{exec, paths};

/// Names the folder for the tests of the server.
pub const FOLDER: &str = "CALL_RIBBON_TEST_ASTERISK";
/// The release of Debian that has Asterisk.
const RELEASE: &str = "bullseye";
const PACKAGES: [&str; 2] = ["asterisk", "sip-tester"];
/// Where Debian keeps the keys of its archive.
const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
/// Where Debian is if the machine's own lists do not say.
const USUAL_MIRROR: &str = "http://deb.debian.org/debian";

/// Finds Asterisk, or unpacks it; returns the folder. The other tests run without it; this says
/// then what is not tested.
pub fn ensure() -> Option<PathBuf> {
    match find_or_unpack() {
        Ok(folder) => Some(folder),
        Err(error) => {
            println!(
                "      NOT TESTED: calls through a real Asterisk, because it could not be unpacked ({error:#}). Its recorded events are tested."
            );
            None
        }
    }
}

/// Finds Asterisk, or unpacks it; returns the folder.
pub fn find_or_unpack() -> Result<PathBuf> {
    let folder = paths::tools()?.join(format!("asterisk-{RELEASE}"));
    if folder.join("usr/sbin/asterisk").is_file() && folder.join("usr/bin/sipp").is_file() {
        return Ok(folder);
    }
    for program in ["apt-get", "dpkg-deb"] {
        if paths::on_path(program).is_none() {
            bail!("Debian's {program} is not on this machine");
        }
    }
    println!("      downloading Asterisk and sipp");
    let partial = folder.with_file_name(format!(".asterisk-{}", process::id()));
    let unpacked = download(&partial).and_then(|()| unpack(&partial)).and_then(|()| {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::rename(partial.join("files"), &folder)?;
        Ok(())
    });
    let removed = fs::remove_dir_all(&partial);
    unpacked?;
    removed.with_context(|| format!("{} could not be removed", partial.display()))?;
    Ok(folder)
}

/// Downloads the packages into `partial`, with an apt that knows nothing of this machine but what is
/// installed.
fn download(partial: &Path) -> Result<()> {
    for folder in ["lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(partial.join(folder))?;
    }
    let (mirror, own) = (mirror(), own_release()?);
    let source = |release: &str| format!("deb [signed-by={KEYS}] {mirror} {release} main\n");
    let mut sources = source(RELEASE);
    if own != RELEASE {
        sources.push_str(&source(&own));
    }
    fs::write(partial.join("sources.list"), sources)?;
    // Only what the machine's own release lacks comes from the other.
    let pin = format!("Package: *\nPin: release n={RELEASE}\nPin-Priority: 100\n");
    fs::write(partial.join("preferences"), pin)?;
    apt_get(partial, &["update"])?;
    let mut install = vec!["install", "--yes", "--download-only", "--no-install-recommends"];
    install.extend(PACKAGES);
    apt_get(partial, &install)
}

fn apt_get(partial: &Path, arguments: &[&str]) -> Result<()> {
    let at = |name: &str| partial.join(name).display().to_string();
    let mut command = exec::command("apt-get");
    for (option, value) in [
        ("Dir::Etc::sourcelist", at("sources.list")),
        ("Dir::Etc::sourceparts", "/dev/null".to_owned()),
        ("Dir::Etc::preferences", at("preferences")),
        ("Dir::Etc::preferencesparts", "/dev/null".to_owned()),
        ("Dir::State::lists", at("lists")),
        ("Dir::Cache", at("cache")),
        ("Debug::NoLocking", "true".to_owned()),
        // Nobody renews the lists of a release past its support.
        ("Acquire::Check-Valid-Until", "false".to_owned()),
    ] {
        command.arg("-o").arg(format!("{option}={value}"));
    }
    command.arg("--quiet=2").args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    exec::run_quiet(&mut command, "downloading Asterisk")
}

fn unpack(partial: &Path) -> Result<()> {
    let files = partial.join("files");
    fs::create_dir_all(&files)?;
    for entry in fs::read_dir(partial.join("cache/archives"))? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new("deb")) {
            let mut command = exec::command("dpkg-deb");
            command.arg("--extract").arg(&path).arg(&files);
            exec::run_quiet(&mut command, "unpacking Asterisk")?;
        }
    }
    for program in ["usr/sbin/asterisk", "usr/bin/sipp"] {
        if !files.join(program).is_file() {
            bail!("the packages hold no {program}");
        }
    }
    Ok(())
}

/// Returns the mirror of Debian that this machine uses.
fn mirror() -> String {
    let mut command = exec::command("apt-get");
    command.args(["indextargets", "--format", "$(ORIGIN)|$(COMPONENT)|$(REPO_URI)"]);
    let listed = exec::read_output(command.arg("Created-By: Packages")).unwrap_or_default();
    find_mirror(&listed).unwrap_or(USUAL_MIRROR).to_owned()
}

/// Returns the mirror in a list of `origin|component|address`, leaving out that of security fixes.
fn find_mirror(listed: &str) -> Option<&str> {
    listed.lines().find_map(|line| {
        let address = line.strip_prefix("Debian|main|")?.trim_end_matches('/');
        (!address.contains("security")).then_some(address)
    })
}

/// Returns the code name of this machine's release of Debian.
fn own_release() -> Result<String> {
    let about = fs::read_to_string("/etc/os-release").context("/etc/os-release is missing")?;
    let value = |name: &str| about.lines().find_map(|line| line.strip_prefix(name));
    if value("ID=").map(|id| id.trim_matches('"')) != Some("debian") {
        bail!("this machine does not run Debian");
    }
    let name = value("VERSION_CODENAME=").context("/etc/os-release has no code name")?;
    Ok(name.trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::find_mirror;

    #[test]
    fn the_mirror_is_the_machines_own() {
        let listed = "Google|main|https://packages.example/apt/\n\
                      Debian|main|http://mirror.example/debian-security/\n\
                      Debian|main|http://mirror.example/debian/\n";
        assert_eq!(find_mirror(listed), Some("http://mirror.example/debian"));
        assert_eq!(find_mirror(""), None);
    }
}
