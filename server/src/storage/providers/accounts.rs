//! Stores a client's accounts at telephony providers. Secrets arrive sealed and stay sealed.

use crate::storage::access::audit::{Actor, Stamp, insert_audit};
use crate::storage::database::columns::account_columns;
use crate::storage::database::pools::{Tx, query_read, query_tx, query_write, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::{ProviderStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A stored account.
#[derive(Debug, Clone, FromRow)]
pub struct AccountRow {
    pub client_id: String,
    pub account_id: String,
    pub provider: String,
    pub name: Option<String>,
    /// 1 if the account is enabled, else 0.
    pub enabled: i64,
    /// 1 for the client's default account, else 0. A client has at most one.
    pub is_default: i64,
    /// Sealed JSON.
    pub settings: String,
    /// Sealed text.
    pub webhook_secret: String,
    /// SHA-256 of the secret, in hexadecimal.
    pub webhook_secret_hash: String,
    /// SHA-256 of the previous secret, and until when it is accepted.
    pub previous_webhook_hash: Option<String>,
    pub previous_webhook_until: Option<Millis>,
    /// Name of the key that opens the sealed texts; empty if nothing is sealed.
    pub key_name: String,
    pub created_at: Millis,
    pub updated_at: Millis,
}

/// Outcome of a change of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountOutcome {
    Done,
    /// The client or the account does not exist.
    NotFound,
    /// The client's accounts have changed since they were read.
    VersionConflict,
    /// Calls that the account may carry are in progress.
    InUse,
    /// The client has as many accounts as it may have.
    TooMany,
}

impl ProviderStore<'_> {
    /// Returns all accounts of a client, the oldest first.
    pub async fn list_accounts(self, client_id: &str) -> Result<Vec<AccountRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            account_columns!(),
            " FROM provider_accounts WHERE client_id = $1 ORDER BY created_at, account_id"
        ))
        .bind(client_id)
        .fetch_all(db))?)
    }

    /// Returns the account with this id.
    pub async fn find_account(
        self,
        client_id: &str,
        account_id: &str,
    ) -> Result<Option<AccountRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            account_columns!(),
            " FROM provider_accounts WHERE client_id = $1 AND account_id = $2"
        ))
        .bind(client_id)
        .bind(account_id)
        .fetch_optional(db))?)
    }

    /// Returns the account whose current or previous webhook secret has this hash, among all
    /// clients, because a webhook's sender is not known before.
    pub async fn system_find_account_by_webhook(
        self,
        hash: &str,
    ) -> Result<Option<AccountRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            account_columns!(),
            " FROM provider_accounts WHERE webhook_secret_hash = $1 OR previous_webhook_hash = $1"
        ))
        .bind(hash)
        .fetch_optional(db))?)
    }

    /// Creates an account, unless the client has `most`.
    pub async fn create_account(
        self,
        client_id: &str,
        row: &AccountRow,
        most: i64,
        by: Actor<'_>,
    ) -> Result<AccountOutcome, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(AccountOutcome::NotFound);
            }
            let count: i64 = query_tx!(tx, |db| sqlx::query_scalar(
                "SELECT COUNT(*) FROM provider_accounts WHERE client_id = $1"
            )
            .bind(client_id)
            .fetch_one(db))?;
            if count >= most {
                return Ok(AccountOutcome::TooMany);
            }
            query_tx!(tx, |db| sqlx::query(
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
            finish_account_change(&mut tx, client_id, row, "provider.created", by).await?;
            tx.commit().await?;
            Ok(AccountOutcome::Done)
        })
    }

    /// Replaces an account, unless the client's accounts have changed since `version`. `act` is the
    /// action's name in the audit log.
    pub async fn replace_account(
        self,
        client_id: &str,
        row: &AccountRow,
        version: i64,
        act: &str,
        by: Actor<'_>,
    ) -> Result<AccountOutcome, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(AccountOutcome::NotFound);
            }
            let now: i64 = query_tx!(tx, |db| sqlx::query_scalar(
                "SELECT accounts_version FROM clients WHERE client_id = $1"
            )
            .bind(client_id)
            .fetch_one(db))?;
            if now != version {
                return Ok(AccountOutcome::VersionConflict);
            }
            let done = query_tx!(tx, |db| sqlx::query(
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
                return Ok(AccountOutcome::NotFound);
            }
            finish_account_change(&mut tx, client_id, row, act, by).await?;
            tx.commit().await?;
            Ok(AccountOutcome::Done)
        })
    }

    /// Removes an account, unless calls of its provider are in progress, whose reports would no
    /// longer be accepted.
    pub async fn remove_account(
        self,
        client_id: &str,
        account_id: &str,
        stamp: Stamp<'_>,
    ) -> Result<AccountOutcome, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(AccountOutcome::NotFound);
            }
            let in_progress: i64 = query_tx!(tx, |db| sqlx::query_scalar(
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
                return Ok(AccountOutcome::InUse);
            }
            let done = query_tx!(tx, |db| sqlx::query(
                "DELETE FROM provider_accounts WHERE client_id = $1 AND account_id = $2"
            )
            .bind(client_id)
            .bind(account_id)
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(AccountOutcome::NotFound);
            }
            increment_accounts_version(&mut tx, client_id).await?;
            insert_audit(&mut tx, client_id, "provider.removed", Some(account_id), stamp).await?;
            tx.commit().await?;
            Ok(AccountOutcome::Done)
        })
    }

    /// Returns all accounts of all clients, for a change of keys.
    pub async fn system_list_accounts(self) -> Result<Vec<AccountRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            account_columns!(),
            " FROM provider_accounts ORDER BY client_id, account_id"
        ))
        .fetch_all(db))?)
    }

    /// Counts the accounts that are sealed under each key, by the key's name.
    pub async fn system_count_accounts_by_key(self) -> Result<Vec<(String, i64)>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT key_name, COUNT(*) FROM (
                SELECT key_name FROM provider_accounts
                UNION ALL SELECT key_name FROM agent_token_keys WHERE key_name <> '') AS sealed
             GROUP BY key_name ORDER BY key_name"
        )
        .fetch_all(db))?)
    }

    /// Replaces the sealed texts that were read by newly sealed ones; returns false if they have
    /// changed since. The plain texts are the same, so nothing else changes.
    pub async fn reseal_account(
        self,
        client_id: &str,
        read: &AccountRow,
        sealed: &AccountRow,
    ) -> Result<bool, StoreError> {
        let result = query_write!(self, |db| sqlx::query(
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
        Ok(result.rows_affected() > 0)
    }
}

/// Completes a change of an account: clears the default flag of other accounts if this one is the
/// default, raises the version, and writes the audit log.
async fn finish_account_change(
    tx: &mut Tx,
    client_id: &str,
    row: &AccountRow,
    act: &str,
    by: Actor<'_>,
) -> Result<(), sqlx::Error> {
    if row.is_default == 1 {
        query_tx!(*tx, |db| sqlx::query(
            "UPDATE provider_accounts SET is_default = 0
             WHERE client_id = $1 AND account_id <> $2 AND is_default = 1"
        )
        .bind(client_id)
        .bind(&row.account_id)
        .execute(db))?;
    }
    increment_accounts_version(tx, client_id).await?;
    let stamp = Stamp { by, now: row.updated_at };
    insert_audit(tx, client_id, act, Some(&row.account_id), stamp).await
}

/// Makes every server read the client's accounts again.
async fn increment_accounts_version(tx: &mut Tx, client_id: &str) -> Result<(), sqlx::Error> {
    query_tx!(*tx, |db| sqlx::query(
        "UPDATE clients SET accounts_version = accounts_version + 1 WHERE client_id = $1"
    )
    .bind(client_id)
    .execute(db))?;
    Ok(())
}
