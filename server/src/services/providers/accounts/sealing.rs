//! Encrypts an account's secrets before they are stored and decrypts them after reading.

use crate::ids::Ids;
use crate::secret::Secret;
use crate::services::ServiceError;
use crate::storage::AccountRow;
use crate::vault::{SealContext, Vault, VaultError};
use serde_json::Value;

const NO_KEY: &str = "Set CALL_RIBBON_SECRET_KEY and restart the server before you enter a \
    provider's secrets: without the key anyone who reads the database could read them.";

/// An account's secrets, decrypted.
#[derive(Debug)]
pub struct OpenSecrets {
    pub settings: Value,
    pub webhook_secret: Secret,
}

/// Decrypts an account, or says why that failed.
pub fn open_secrets(vault: &Vault, row: &AccountRow) -> Result<OpenSecrets, String> {
    let text = |column, sealed: &str| {
        if row.key_name.is_empty() {
            return Ok(Secret::new(sealed));
        }
        vault.open(row_place(row, column), sealed)
    };
    let why = |error: VaultError| error.to_string();
    let settings = text("settings", &row.settings).map_err(why)?;
    Ok(OpenSecrets {
        settings: serde_json::from_str(settings.expose())
            .map_err(|_| "its settings are not JSON".to_owned())?,
        webhook_secret: text("webhook_secret", &row.webhook_secret).map_err(why)?,
    })
}

/// Writes settings and webhook secret into a row. Without a key, settings with secrets are refused,
/// and others are stored as they are.
pub fn seal_secrets(
    vault: &Vault,
    ids: &Ids,
    row: &mut AccountRow,
    open: &OpenSecrets,
    has_secrets: bool,
) -> Result<(), ServiceError> {
    let settings = open.settings.to_string();
    let Some(key_name) = vault.newest_key_name() else {
        if has_secrets {
            return Err(ServiceError::Conflict(NO_KEY.to_owned()));
        }
        row.settings = settings;
        open.webhook_secret.expose().clone_into(&mut row.webhook_secret);
        row.key_name = String::new();
        return Ok(());
    };
    let sealed = |column, text: &str| {
        vault
            .seal(ids, row_place(row, column), text)
            .map_err(|error| ServiceError::Conflict(format!("This cannot be stored: {error}.")))
    };
    let settings = sealed("settings", &settings)?;
    let webhook_secret = sealed("webhook_secret", open.webhook_secret.expose())?;
    row.settings = settings;
    row.webhook_secret = webhook_secret;
    key_name.clone_into(&mut row.key_name);
    Ok(())
}

fn row_place<'a>(row: &'a AccountRow, column: &'static str) -> SealContext<'a> {
    SealContext { client_id: &row.client_id, account_id: &row.account_id, column }
}
