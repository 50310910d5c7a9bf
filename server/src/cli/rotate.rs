//! The command `call-ribbon rotate-secrets`, to be run after the secret key was changed.

use super::operator::{DatabaseArgs, open_store, print_text};
use crate::config::SecretKeys;
use crate::ids::Ids;
use crate::services::access::agent_tokens::keys;
use crate::services::providers::accounts::rotation;
use crate::services::seals;
use crate::vault::Vault;
use clap::Args;
use std::error::Error;
use std::fmt::Write as _;

/// The database and the keys.
#[derive(Debug, Args)]
pub struct RotateArgs {
    #[command(flatten)]
    pub keys: SecretKeys,
    #[command(flatten)]
    pub on: DatabaseArgs,
}

/// Encrypts everything under the newest key. Returns an error if something could not be decrypted.
pub async fn run(mut rotate: RotateArgs) -> Result<(), Box<dyn Error>> {
    rotate.keys.read_files()?;
    let vault = Vault::new(rotate.keys.secret_key.as_ref(), &rotate.keys.previous_secret_keys);
    let store = open_store(&rotate.on).await?;
    let ids = Ids::random();
    let rotated = rotation::rotate_accounts(&store, &vault, &ids).await;
    let secrets = keys::reseal_secrets(&store, &vault, &ids).await;
    let seal_keys = seals::keys::reencrypt_keys(&store, &vault, &ids).await;
    store.close().await;
    let rotated = rotated?;
    let mut said = format!("Provider accounts re-encrypted: {}\n", rotated.resealed);
    // Writing to a String cannot fail.
    let _ = writeln!(said, "Secrets for agent tokens re-encrypted: {}", secrets?);
    let _ = writeln!(said, "Keys that sign seals re-encrypted: {}", seal_keys?);
    for (client, account, why) in &rotated.left {
        // Writing to a String cannot fail.
        let _ = writeln!(said, "Not changed: {account} of {client}: {why}");
    }
    print_text(&said)?;
    if rotated.left.is_empty() {
        Ok(())
    } else {
        Err("some accounts could not be decrypted; add their keys to \
             CALL_RIBBON_PREVIOUS_SECRET_KEYS"
            .into())
    }
}
