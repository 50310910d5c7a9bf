//! Re-encrypts all accounts under the newest key, so that older keys are no longer needed.

use super::sealing;
use crate::ids::Ids;
use crate::services::ServiceError;
use crate::storage::Store;
use crate::vault::Vault;

/// How many passes are made at most if servers change accounts meanwhile.
const MAX_PASSES: usize = 5;

/// How many accounts are encrypted under which keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeyCounts {
    /// Under the newest key, or without secrets and so under none.
    pub newest: i64,
    /// Under an older key that is known.
    pub older: i64,
    /// Under a key that is not known: they cannot be decrypted.
    pub unknown: i64,
}

/// The result of a rotation.
#[derive(Debug)]
pub struct Rotated {
    pub resealed: usize,
    /// Accounts that could not be decrypted, as client, account and reason.
    pub left: Vec<(String, String, String)>,
}

/// Counts accounts by key, given the names of keys with their numbers of accounts.
pub fn count_keys(vault: &Vault, names: &[(String, i64)]) -> KeyCounts {
    let mut keys = KeyCounts::default();
    for (name, accounts) in names {
        let of = match name.as_str() {
            name if name.is_empty() || Some(name) == vault.newest_key_name() => &mut keys.newest,
            name if vault.can_open(name) => &mut keys.older,
            _ => &mut keys.unknown,
        };
        *of += accounts;
    }
    keys
}

/// Re-encrypts every account that is not under the newest key. Servers may run meanwhile.
pub async fn rotate_accounts(
    store: &Store,
    vault: &Vault,
    ids: &Ids,
) -> Result<Rotated, ServiceError> {
    let newest = vault.newest_key_name().ok_or_else(|| {
        ServiceError::Conflict("Set CALL_RIBBON_SECRET_KEY to the current key.".to_owned())
    })?;
    let mut rotated = Rotated { resealed: 0, left: Vec::new() };
    for _ in 0..MAX_PASSES {
        rotated.left.clear();
        let mut overtaken = false;
        for row in store.providers().system_list_accounts().await? {
            if row.key_name == newest {
                continue;
            }
            match sealing::open_secrets(vault, &row) {
                Ok(open) => {
                    let mut sealed = row.clone();
                    sealing::seal_secrets(vault, ids, &mut sealed, &open, true)?;
                    if store.providers().reseal_account(&row.client_id, &row, &sealed).await? {
                        rotated.resealed += 1;
                    } else {
                        overtaken = true;
                    }
                }
                Err(why) => rotated.left.push((row.client_id, row.account_id, why)),
            }
        }
        if !overtaken {
            break;
        }
    }
    Ok(rotated)
}
