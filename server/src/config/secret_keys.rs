//! The keys under which the server keeps secrets of others, and signs its own tickets.

use super::secret_files::{self, SecretFileError};
use crate::secret::Secret;
use clap::Args;
use std::path::PathBuf;

/// The key of now, and those of before.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Server")]
pub struct SecretKeys {
    /// Signs tickets, and encrypts what gives access to telephony providers. Without one, the
    /// server makes one for tickets and keeps it in the database; it then takes no secrets of
    /// providers, as their key would lie beside them.
    #[arg(long, env = "CALL_RIBBON_SECRET_KEY", hide_env_values = true)]
    pub secret_key: Option<Secret>,
    /// Secret keys of before, which still open what was encrypted under them; may be given several
    /// times, or with commas; one that holds a comma goes into the file. `call-ribbon rotate-secrets` makes them needless.
    #[arg(
        long,
        env = "CALL_RIBBON_PREVIOUS_SECRET_KEYS",
        hide_env_values = true,
        value_delimiter = ',',
        value_name = "KEY"
    )]
    pub previous_secret_keys: Vec<Secret>,
    /// A file that holds what --secret-key would.
    #[arg(
        long,
        env = "CALL_RIBBON_SECRET_KEY_FILE",
        value_name = "FILE",
        help_heading = "Secrets in files"
    )]
    pub secret_key_file: Option<PathBuf>,
    /// A file that holds what --previous-secret-keys would, a key a line.
    #[arg(
        long,
        env = "CALL_RIBBON_PREVIOUS_SECRET_KEYS_FILE",
        value_name = "FILE",
        help_heading = "Secrets in files"
    )]
    pub previous_secret_keys_file: Option<PathBuf>,
}

impl SecretKeys {
    /// Takes in the keys that stand in files.
    pub fn read_files(&mut self) -> Result<(), SecretFileError> {
        secret_files::take("secret_key", &mut self.secret_key, self.secret_key_file.as_deref())?;
        let mut previous = None;
        let name = "previous_secret_keys";
        secret_files::take(name, &mut previous, self.previous_secret_keys_file.as_deref())?;
        if let Some(lines) = previous {
            let keys = lines.expose().lines().map(str::trim).filter(|line| !line.is_empty());
            self.previous_secret_keys.extend(keys.map(Secret::new));
        }
        Ok(())
    }
}
