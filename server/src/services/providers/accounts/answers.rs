//! Describes provider accounts and their webhook URLs for an operator.

use super::management::{AccountAdmin, AccountShown, Made, Webhook};
use super::sealing::{self, OpenSecrets};
use super::{fields, webhook_path};
use crate::providers;
use crate::secret::Secret;
use crate::storage::AccountRow;
use crate::time;
use serde_json::Value;

/// Describes an account without its secrets.
pub(super) fn show_account(admin: &AccountAdmin<'_>, row: &AccountRow) -> AccountShown {
    let (settings, trouble) = match sealing::open_secrets(admin.vault, row) {
        Ok(open) => {
            let trouble = providers::Settings::from_json(&row.provider, &open.settings).err();
            (
                fields::mask_secrets(&row.provider, &open.settings),
                trouble.map(|error| error.sentence),
            )
        }
        Err(why) => (Value::Null, Some(format!("The settings cannot be decrypted: {why}."))),
    };
    AccountShown {
        account_id: row.account_id.clone(),
        provider: row.provider.clone(),
        name: row.name.clone(),
        enabled: row.enabled == 1,
        default: row.is_default == 1,
        settings,
        trouble,
        created_at: time::format(row.created_at),
        updated_at: time::format(row.updated_at),
    }
}

/// Describes a new account and the URL that its provider has to call.
pub(super) fn show_made(admin: &AccountAdmin<'_>, row: &AccountRow, open: &OpenSecrets) -> Made {
    let webhook_url = webhook_url(admin, &row.provider, &open.webhook_secret);
    Made { account: show_account(admin, row), webhook_url }
}

/// Describes an account's webhook URL, and until when the one before is valid.
pub(super) fn show_webhook(admin: &AccountAdmin<'_>, row: &AccountRow, secret: &Secret) -> Webhook {
    let until = row.previous_webhook_until.filter(|until| *until > admin.operator.now);
    Webhook {
        account_id: row.account_id.clone(),
        provider: row.provider.clone(),
        name: row.name.clone(),
        webhook_url: webhook_url(admin, &row.provider, secret),
        previous_until: until.map(time::format),
    }
}

fn webhook_url(admin: &AccountAdmin<'_>, provider: &str, secret: &Secret) -> String {
    let path = webhook_path(provider, secret);
    admin.public_url.map_or_else(|| path.clone(), |public_url| public_url.join_path(&path))
}
