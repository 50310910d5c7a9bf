//! The command `call-ribbon verify`: checks a file for a complaint, without a server or a database.

use super::operator::print_text;
use crate::seal::file::{Verified, check_file};
use clap::Args;
use std::error::Error;
use std::path::PathBuf;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1024 * 1024 * 1024;

/// The file, and the key that must have signed it.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The zip.
    file: PathBuf,
    /// The id of the key that must have signed it, as the company's server publishes it
    /// (/api/seal-keys). Without it, compare the printed key yourself: anybody can sign with a key
    /// of their own.
    #[arg(long, value_name = "KEY_ID")]
    key: Option<String>,
}

/// Checks the file. The error names everything that was altered.
pub fn run(asked: &VerifyArgs) -> Result<(), Box<dyn Error>> {
    let size = std::fs::metadata(&asked.file)
        .map_err(|error| format!("{} cannot be read: {error}", asked.file.display()))?
        .len();
    if size > LARGEST {
        return Err(format!("{} is too large for such a file", asked.file.display()).into());
    }
    let bytes = std::fs::read(&asked.file)
        .map_err(|error| format!("{} cannot be read: {error}", asked.file.display()))?;
    let Verified { manifest, findings } = check_file(&bytes)
        .map_err(|wrong| format!("this file is not valid: {}", wrong.join("; ")))?;
    if let Some(key) = &asked.key
        && *key != manifest.key
    {
        return Err(
            format!("this file is signed by the key {}, and not by {key}", manifest.key).into()
        );
    }
    print_text(&format!(
        "This file is as it was made, at {} for {}.\n\
         Events and decisions: {} complete, {} erased with the person, {} removed after their time \
         of retention.\n\
         Signed by the key {}.\n",
        manifest.made_at,
        manifest.client,
        findings.kept,
        findings.erased,
        findings.expired,
        manifest.key
    ))
}
