//! A client's accounts at telephony providers. What is secret comes sealed and stays so.

use crate::storage::access::audit::{Actor, Stamp, audit};
use crate::storage::clients::changes::lock_client;
use crate::storage::database::columns::account_columns;
use crate::storage::database::pools::{Tx, again, reading, within};
use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// An account as it is kept.
#[derive(Debug, Clone, FromRow)]
pub struct AccountRow {
    pub client_id: String,
    pub account_id: String,
    pub provider: String,
    pub name: Option<String>,
    /// 1 or 0.
    pub enabled: i64,
    /// 1 for one of a client's at the most.
    pub is_default: i64,
    /// JSON, sealed.
    pub settings: String,
    /// Sealed.
    pub webhook_secret: String,
    /// SHA-256 in hexadecimal.
    pub webhook_secret_hash: String,
    /// The secret before that one, and until when it is good as well.
    pub previous_webhook_hash: Option<String>,
    pub previous_webhook_until: Option<Millis>,
    /// Which key opens what is sealed; empty where nothing is.
    pub key_name: String,
    pub created_at: Millis,
    pub updated_at: Millis,
}

/// What came of a change of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountDone {
    Done,
    /// There is no such client, or it has no such account.
    Unknown,
    /// Somebody has changed the client's accounts since they were read.
    MovedOn,
    /// Calls that it may carry are in progress.
    InUse,
}

impl Store {
    /// All accounts of a client, the oldest first.
    pub async fn accounts(&self, client_id: &str) -> Result<Vec<AccountRow>, StoreError> {
        Ok(reading!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            account_columns!(),
            " FROM provider_accounts WHERE client_id = $1 ORDER BY created_at, account_id"
        ))
        .bind(client_id)
        .fetch_all(db))?)
    }

    /// One of a client's accounts.
    pub async fn account(
        &self,
        client_id: &str,
        account_id: &str,
    ) -> Result<Option<AccountRow>, StoreError> {
        Ok(reading!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            account_columns!(),
            " FROM provider_accounts WHERE client_id = $1 AND account_id = $2"
        ))
        .bind(client_id)
        .bind(account_id)
        .fetch_optional(db))?)
    }

    /// The account in whose webhook's address this secret stands, or stood before, whichever
    /// client's it is: who calls is not known before.
    pub async fn system_account_by_webhook(
        &self,
        hash: &str,
    ) -> Result<Option<AccountRow>, StoreError> {
        Ok(reading!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            account_columns!(),
            " FROM provider_accounts WHERE webhook_secret_hash = $1 OR previous_webhook_hash = $1"
        ))
        .bind(hash)
        .fetch_optional(db))?)
    }

    /// Makes an account.
    pub async fn create_account(
        &self,
        client_id: &str,
        row: &AccountRow,
        by: Actor<'_>,
    ) -> Result<AccountDone, StoreError> {
        again!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(AccountDone::Unknown);
            }
            within!(tx, |db| sqlx::query(
                "INSERT INTO provider_accounts (client_id, account_id, provider, name, enabled,
                        is_default, settings, webhook_secret, webhook_secret_hash,
                        previous_webhook_hash, previous_webhook_until, key_name, created_at,
                        updated_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
            )
            .bind(client_id)
            .bind(&row.account_id)
            .bind(&row.provider)
            .bind(&row.name)
            .bind(row.enabled)
            .bind(row.is_default)
            .bind(&row.settings)
            .bind(&row.webhook_secret)
            .bind(&row.webhook_secret_hash)
            .bind(&row.previous_webhook_hash)
            .bind(row.previous_webhook_until)
            .bind(&row.key_name)
            .bind(row.created_at)
            .bind(row.updated_at)
            .execute(db))?;
            changed(&mut tx, client_id, row, "provider.created", by).await?;
            tx.commit().await?;
            Ok(AccountDone::Done)
        })
    }

    /// Puts an account in the place of what it was, unless the client's accounts have changed
    /// since their version was this. `act` is what the audit log calls it.
    pub async fn replace_account(
        &self,
        client_id: &str,
        row: &AccountRow,
        version: i64,
        act: &str,
        by: Actor<'_>,
    ) -> Result<AccountDone, StoreError> {
        again!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(AccountDone::Unknown);
            }
            let now: i64 = within!(tx, |db| sqlx::query_scalar(
                "SELECT accounts_version FROM clients WHERE client_id = $1"
            )
            .bind(client_id)
            .fetch_one(db))?;
            if now != version {
                return Ok(AccountDone::MovedOn);
            }
            let done = within!(tx, |db| sqlx::query(
                "UPDATE provider_accounts SET name = $3, enabled = $4, is_default = $5,
                        settings = $6, webhook_secret = $7, webhook_secret_hash = $8,
                        previous_webhook_hash = $9, previous_webhook_until = $10, key_name = $11,
                        updated_at = $12
                     WHERE client_id = $1 AND account_id = $2"
            )
            .bind(client_id)
            .bind(&row.account_id)
            .bind(&row.name)
            .bind(row.enabled)
            .bind(row.is_default)
            .bind(&row.settings)
            .bind(&row.webhook_secret)
            .bind(&row.webhook_secret_hash)
            .bind(&row.previous_webhook_hash)
            .bind(row.previous_webhook_until)
            .bind(&row.key_name)
            .bind(row.updated_at)
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(AccountDone::Unknown);
            }
            changed(&mut tx, client_id, row, act, by).await?;
            tx.commit().await?;
            Ok(AccountDone::Done)
        })
    }

    /// Removes an account, unless calls of its provider are in progress: what becomes of them
    /// would no longer be heard.
    pub async fn remove_account(
        &self,
        client_id: &str,
        account_id: &str,
        stamp: Stamp<'_>,
    ) -> Result<AccountDone, StoreError> {
        again!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(AccountDone::Unknown);
            }
            let in_progress: i64 = within!(tx, |db| sqlx::query_scalar(
                "SELECT COUNT(*) FROM calls c
                     JOIN provider_accounts a ON a.client_id = c.client_id
                        AND a.provider = c.provider
                     WHERE c.client_id = $1 AND c.status = 'active' AND a.account_id = $2
                        AND NOT EXISTS (SELECT p.session_id FROM provider_calls p
                            WHERE p.client_id = c.client_id AND p.session_id = c.session_id
                              AND p.account_id <> a.account_id)"
            )
            .bind(client_id)
            .bind(account_id)
            .fetch_one(db))?;
            if in_progress > 0 {
                return Ok(AccountDone::InUse);
            }
            let done = within!(tx, |db| sqlx::query(
                "DELETE FROM provider_accounts WHERE client_id = $1 AND account_id = $2"
            )
            .bind(client_id)
            .bind(account_id)
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(AccountDone::Unknown);
            }
            next_version(&mut tx, client_id).await?;
            audit(&mut tx, client_id, "provider.removed", Some(account_id), stamp).await?;
            tx.commit().await?;
            Ok(AccountDone::Done)
        })
    }

    /// All accounts of all clients, for a change of keys.
    pub async fn system_accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
        Ok(reading!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            account_columns!(),
            " FROM provider_accounts ORDER BY client_id, account_id"
        ))
        .fetch_all(db))?)
    }

    /// How many accounts are sealed under each key, by the keys' names.
    pub async fn system_account_keys(&self) -> Result<Vec<(String, i64)>, StoreError> {
        Ok(reading!(self, |db| sqlx::query_as(
            "SELECT key_name, COUNT(*) FROM provider_accounts GROUP BY key_name ORDER BY key_name"
        )
        .fetch_all(db))?)
    }

    /// Puts newly sealed texts in the place of those that were read; false where others stand
    /// there by now. They say the same, so nothing else changes.
    pub async fn reseal_account(
        &self,
        client_id: &str,
        read: &AccountRow,
        sealed: &AccountRow,
    ) -> Result<bool, StoreError> {
        again!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            let done = within!(tx, |db| sqlx::query(
                "UPDATE provider_accounts SET settings = $5, webhook_secret = $6, key_name = $7
                     WHERE client_id = $1 AND account_id = $2 AND settings = $3
                        AND webhook_secret = $4"
            )
            .bind(client_id)
            .bind(&read.account_id)
            .bind(&read.settings)
            .bind(&read.webhook_secret)
            .bind(&sealed.settings)
            .bind(&sealed.webhook_secret)
            .bind(&sealed.key_name)
            .execute(db))?;
            tx.commit().await?;
            Ok(done.rows_affected() > 0)
        })
    }
}

/// What follows from an account's being as it is now: no other one is the client's default.
async fn changed(
    tx: &mut Tx,
    client_id: &str,
    row: &AccountRow,
    act: &str,
    by: Actor<'_>,
) -> Result<(), sqlx::Error> {
    if row.is_default == 1 {
        within!(*tx, |db| sqlx::query(
            "UPDATE provider_accounts SET is_default = 0
             WHERE client_id = $1 AND account_id <> $2 AND is_default = 1"
        )
        .bind(client_id)
        .bind(&row.account_id)
        .execute(db))?;
    }
    next_version(tx, client_id).await?;
    let stamp = Stamp { by, now: row.updated_at };
    audit(tx, client_id, act, Some(&row.account_id), stamp).await
}

/// Has every server read the client's accounts anew.
async fn next_version(tx: &mut Tx, client_id: &str) -> Result<(), sqlx::Error> {
    within!(*tx, |db| sqlx::query(
        "UPDATE clients SET accounts_version = accounts_version + 1 WHERE client_id = $1"
    )
    .bind(client_id)
    .execute(db))?;
    Ok(())
}
