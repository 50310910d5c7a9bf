//! The keys with which the server encrypts others' secrets and signs its own tickets.

use super::secret_files::{self, SecretFileError};
use crate::secret::Secret;
use clap::Args;
use std::path::PathBuf;

/// The current secret key and earlier ones.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Server")]
pub struct SecretKeys {
    /// The key that signs tickets and encrypts telephony providers' secrets. Without it, the server
    /// makes one for tickets and keeps it in the database; it then accepts no providers' secrets,
    /// because their key would be stored beside them.
    #[arg(long, env = "CALL_RIBBON_SECRET_KEY", hide_env_values = true)]
    pub secret_key: Option<Secret>,
    /// Earlier secret keys, which still decrypt what was encrypted with them. Repeat it, or separate
    /// several with commas; a key with a comma must be in the file. `call-ribbon rotate-secrets`
    /// makes them unnecessary.
    #[arg(
        long,
        env = "CALL_RIBBON_PREVIOUS_SECRET_KEYS",
        hide_env_values = true,
        value_delimiter = ',',
        value_name = "KEY"
    )]
    pub previous_secret_keys: Vec<Secret>,
    /// A file with the value of --secret-key.
    #[arg(
        long,
        env = "CALL_RIBBON_SECRET_KEY_FILE",
        value_name = "FILE",
        help_heading = "Secrets in files"
    )]
    pub secret_key_file: Option<PathBuf>,
    /// A file with the value of --previous-secret-keys, one key per line.
    #[arg(
        long,
        env = "CALL_RIBBON_PREVIOUS_SECRET_KEYS_FILE",
        value_name = "FILE",
        help_heading = "Secrets in files"
    )]
    pub previous_secret_keys_file: Option<PathBuf>,
}

impl SecretKeys {
    /// Reads the keys from their files.
    pub fn read_files(&mut self) -> Result<(), SecretFileError> {
        secret_files::read_secret(
            "secret_key",
            &mut self.secret_key,
            self.secret_key_file.as_deref(),
        )?;
        let mut previous = None;
        let name = "previous_secret_keys";
        secret_files::read_secret(name, &mut previous, self.previous_secret_keys_file.as_deref())?;
        if let Some(lines) = previous {
            let keys = lines.expose().lines().map(str::trim).filter(|line| !line.is_empty());
            self.previous_secret_keys.extend(keys.map(Secret::new));
        }
        Ok(())
    }
}
