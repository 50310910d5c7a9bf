//! Decides whether the browser files must be built again.
//!
//! Trunk builds from the start each time, which takes over a minute when nothing changed.
//! What the files are made from is therefore hashed, by content: times change with every
//! checkout.

use std::{fs, io, path::Path};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// What the browser files are made from, as paths in the workspace.
const INPUTS: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "index.html",
    "rust-toolchain.toml",
    "shared",
    "widget",
    "xtask/src/browser.rs",
    "xtask/src/pack.rs",
    "xtask/src/pack",
];

/// Folders within them that no browser file is made from.
const SKIPPED: &[&str] = &["node_modules", "target", "tests"];

/// One hash over all inputs.
pub fn of_browser_inputs(workspace: &Path) -> Result<String> {
    let mut hasher = Sha256::new();
    for input in INPUTS {
        add(&mut hasher, &workspace.join(input), input)
            .with_context(|| format!("{input} could not be read"))?;
    }
    Ok(hex(&hasher.finalize()))
}

/// The first 16 hexadecimal digits of a content's SHA-256: enough to never meet twice, short
/// enough for a file's name.
pub fn short_hash(content: &[u8]) -> String {
    let mut digits = hex(&Sha256::digest(content));
    digits.truncate(16);
    digits
}

fn add(hasher: &mut Sha256, path: &Path, name: &str) -> io::Result<()> {
    if path.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path)?
            .map(|entry| entry.map(|entry| entry.file_name()))
            .collect::<io::Result<_>>()?;
        entries.sort();
        for entry in entries {
            let entry = entry.to_string_lossy();
            if !entry.starts_with('.') && !SKIPPED.contains(&entry.as_ref()) {
                add(hasher, &path.join(entry.as_ref()), &format!("{name}/{entry}"))?;
            }
        }
    } else {
        let content = fs::read(path)?;
        // The lengths keep two neighbours from being read as one.
        hasher.update(format!("{name}\n{}\n", content.len()));
        hasher.update(content);
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |digits, byte| digits + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_hash_is_the_start_of_sha_256() {
        assert_eq!(short_hash(b"abc"), "ba7816bf8f01cfea");
    }
}
