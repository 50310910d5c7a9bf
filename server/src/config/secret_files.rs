//! Reads secrets from files of their own, as container platforms provide them.

use super::Config;
use crate::secret::Secret;
use clap::Args;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Files that hold nothing but a secret; a line's end after it does not belong to it.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Secrets in files")]
pub struct SecretFiles {
    /// A file with the value of --admin-token.
    #[arg(long, env = "CALL_RIBBON_ADMIN_TOKEN_FILE", value_name = "FILE")]
    pub admin_token_file: Option<PathBuf>,
    /// A file with the value of --dialer-api-key.
    #[arg(long, env = "CALL_RIBBON_DIALER_API_KEY_FILE", value_name = "FILE")]
    pub dialer_api_key_file: Option<PathBuf>,
    /// A file with the value of --smtp-password.
    #[arg(long, env = "CALL_RIBBON_SMTP_PASSWORD_FILE", value_name = "FILE")]
    pub smtp_password_file: Option<PathBuf>,
    /// A file with the value of --otlp-headers.
    #[arg(long, env = "CALL_RIBBON_OTLP_HEADERS_FILE", value_name = "FILE")]
    pub otlp_headers_file: Option<PathBuf>,
}

/// Why a secret could not be read from its file.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// The secret is given both directly and as a file.
    #[error("{0} is set both directly and as a file; remove one of them")]
    Twice(&'static str),
    /// The file cannot be read.
    #[error("the file {file:?} for {name} cannot be read")]
    Read {
        /// The setting.
        name: &'static str,
        /// The file.
        file: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The file is empty.
    #[error("the file {file:?} for {name} is empty")]
    Empty {
        /// The setting.
        name: &'static str,
        /// The file.
        file: PathBuf,
    },
}

impl Config {
    /// Reads the secrets from their files.
    pub fn read_secret_files(&mut self) -> Result<(), SecretFileError> {
        self.keys.read_files()?;
        self.oidc.read_file()?;
        let files = &self.secret_files;
        for (name, secret, file) in [
            ("admin_token", &mut self.admin_token, &files.admin_token_file),
            ("dialer_api_key", &mut self.dialer_api_key, &files.dialer_api_key_file),
            ("smtp_password", &mut self.smtp.smtp_password, &files.smtp_password_file),
            ("otlp_headers", &mut self.traces.otlp_headers, &files.otlp_headers_file),
        ] {
            read_secret(name, secret, file.as_deref())?;
        }
        Ok(())
    }
}

/// Reads one secret from its file, if it has one.
pub(super) fn read_secret(
    name: &'static str,
    secret: &mut Option<Secret>,
    file: Option<&Path>,
) -> Result<(), SecretFileError> {
    let Some(file) = file else { return Ok(()) };
    if secret.is_some() {
        return Err(SecretFileError::Twice(name));
    }
    let text = fs::read_to_string(file).map_err(|source| SecretFileError::Read {
        name,
        file: file.to_owned(),
        source,
    })?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(SecretFileError::Empty { name, file: file.to_owned() });
    }
    *secret = Some(Secret::new(text));
    Ok(())
}
