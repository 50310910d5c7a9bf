//! Stores a client's credentials: API keys, dialer keys and staff tokens.

use super::audit::{Stamp, insert_audit};
use crate::secret::Secret;
use crate::storage::client_row::{decode_list, encode_list};
use crate::storage::database::columns::credential_columns;
use crate::storage::database::pools::{Tx, query_read, query_tx, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::{CredentialStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// All scopes of API keys.
pub const SCOPES: [&str; 4] = ["ribbon", "read", "export", "write"];

/// A kind of credential. A secret of one kind is never accepted as another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialKind {
    /// A key of pages and servers.
    ApiKey,
    /// A key of a dialer, which can only send leads.
    DialerKey,
    /// A token of staff who administer one client.
    StaffToken,
}

impl CredentialKind {
    /// Returns the kind's name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::DialerKey => "dialer_key",
            Self::StaffToken => "staff_token",
        }
    }

    /// Returns the audit log's action for a new credential.
    const fn created_action(self) -> &'static str {
        match self {
            Self::ApiKey => "key.created",
            Self::DialerKey => "dialer-key.created",
            Self::StaffToken => "token.created",
        }
    }

    /// Returns the audit log's action for a revoked credential.
    const fn revoked_action(self) -> &'static str {
        match self {
            Self::ApiKey => "key.revoked",
            Self::DialerKey => "dialer-key.revoked",
            Self::StaffToken => "token.revoked",
        }
    }
}

/// What an API key sees of phone numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// All digits.
    Full,
    /// A few digits, and a handle to dial by.
    Masked,
}

impl Numbers {
    /// Parses the word for it.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "full" => Some(Self::Full),
            "masked" => Some(Self::Masked),
            _ => None,
        }
    }

    /// Returns the word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Masked => "masked",
        }
    }
}

/// What a new credential permits, by its kind.
#[derive(Debug, Clone)]
pub enum CredentialGrant {
    /// What pages and servers may do within these scopes.
    /// `numbers` is what the key sees of phone numbers.
    ApiKey { scopes: Vec<String>, numbers: Numbers },
    /// Sending leads.
    DialerKey,
    /// What the role allows; the label names the owner or purpose.
    StaffToken { label: String, role: &'static str },
}

impl CredentialGrant {
    /// Returns the kind of credential that has such a grant.
    pub const fn kind(&self) -> CredentialKind {
        match self {
            Self::ApiKey { .. } => CredentialKind::ApiKey,
            Self::DialerKey => CredentialKind::DialerKey,
            Self::StaffToken { .. } => CredentialKind::StaffToken,
        }
    }
}

/// A credential to store.
#[derive(Debug)]
pub struct NewCredential {
    pub credential_id: String,
    pub secret: Secret,
    pub grant: CredentialGrant,
}

/// The scopes of an API key; other kinds of credentials have none.
#[derive(Debug, Clone, Default)]
pub struct Scopes(pub Vec<String>);

impl TryFrom<Option<String>> for Scopes {
    type Error = StoreError;

    fn try_from(json: Option<String>) -> Result<Self, StoreError> {
        json.map_or_else(|| Ok(Self::default()), |json| decode_list(&json).map(Self))
    }
}

/// A stored credential without its secret.
#[derive(Debug, Clone, FromRow)]
pub struct CredentialRow {
    pub credential_id: String,
    pub prefix: String,
    /// The owner or purpose of a staff token; other kinds have none.
    pub label: Option<String>,
    #[sqlx(try_from = "Option<String>")]
    pub scopes: Scopes,
    /// `full` or `masked` for an API key; other kinds have none.
    pub numbers: Option<String>,
    /// The role's name for a staff token; other kinds have none.
    pub role: Option<String>,
    pub created_at: Millis,
    /// The last recorded use; uses within a minute are recorded as one.
    pub last_used_at: Option<Millis>,
    pub revoked_at: Option<Millis>,
}

impl CredentialRow {
    /// Returns whether this is an API key that may not see phone numbers.
    pub fn is_masked_key(&self) -> bool {
        self.numbers.as_deref() == Some(Numbers::Masked.as_str())
    }
}

impl CredentialStore<'_> {
    /// Creates a credential. Returns false if the client does not exist.
    pub async fn create(
        self,
        client_id: &str,
        new: &NewCredential,
        stamp: Stamp<'_>,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(false);
            }
            upsert_credential(&mut tx, client_id, new, stamp.now).await?;
            let action = new.grant.kind().created_action();
            insert_audit(&mut tx, client_id, action, Some(&new.credential_id), stamp).await?;
            tx.commit().await?;
            Ok(true)
        })
    }

    /// Stores a credential that the server's settings contain. It replaces the secret of an earlier
    /// one with the same id.
    pub async fn put(
        self,
        client_id: &str,
        new: &NewCredential,
        now: Millis,
    ) -> Result<(), StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            upsert_credential(&mut tx, client_id, new, now).await?;
            tx.commit().await?;
            Ok(())
        })
    }

    /// Returns all credentials of this kind of a client, oldest first.
    pub async fn list(
        self,
        client_id: &str,
        kind: CredentialKind,
    ) -> Result<Vec<CredentialRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            credential_columns!(),
            " FROM credentials WHERE client_id = $1 AND kind = $2
             ORDER BY created_at, credential_id"
        ))
        .bind(client_id)
        .bind(kind.as_str())
        .fetch_all(db))?)
    }

    /// Revokes a credential and returns it; `None` if the client has none of this kind with this
    /// id. A credential that was already revoked keeps its time, and no second audit entry is
    /// written.
    pub async fn revoke(
        self,
        client_id: &str,
        kind: CredentialKind,
        credential_id: &str,
        stamp: Stamp<'_>,
    ) -> Result<Option<CredentialRow>, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(None);
            }
            let result = query_tx!(tx, |db| sqlx::query(
                "UPDATE credentials SET revoked_at = $4
                     WHERE client_id = $1 AND kind = $2 AND credential_id = $3
                        AND revoked_at IS NULL"
            )
            .bind(client_id)
            .bind(kind.as_str())
            .bind(credential_id)
            .bind(stamp.now)
            .execute(db))?;
            if result.rows_affected() > 0 {
                let action = kind.revoked_action();
                insert_audit(&mut tx, client_id, action, Some(credential_id), stamp).await?;
            }
            let row = query_tx!(tx, |db| sqlx::query_as(concat!(
                "SELECT ",
                credential_columns!(),
                " FROM credentials WHERE client_id = $1 AND kind = $2 AND credential_id = $3"
            ))
            .bind(client_id)
            .bind(kind.as_str())
            .bind(credential_id)
            .fetch_optional(db))?;
            tx.commit().await?;
            Ok(row)
        })
    }

    /// Returns the ids of a client's valid credentials of all kinds; none if the client is
    /// suspended.
    pub async fn list_valid_ids(self, client_id: &str) -> Result<Vec<String>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT k.credential_id FROM credentials k JOIN clients c ON c.client_id = k.client_id
             WHERE k.client_id = $1 AND k.revoked_at IS NULL AND c.suspended_at IS NULL"
        )
        .bind(client_id)
        .fetch_all(db))?)
    }

    /// Returns one of a client's credentials.
    pub async fn find(
        self,
        client_id: &str,
        credential_id: &str,
    ) -> Result<Option<CredentialRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            credential_columns!(),
            " FROM credentials WHERE client_id = $1 AND credential_id = $2"
        ))
        .bind(client_id)
        .bind(credential_id)
        .fetch_optional(db))?)
    }

    /// Records the use of a credential, unless a use after `before` is already recorded: another
    /// server may have written one.
    pub async fn record_use(
        self,
        client_id: &str,
        credential_id: &str,
        now: Millis,
        before: Millis,
    ) -> Result<(), StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            query_tx!(tx, |db| sqlx::query(
                "UPDATE credentials SET last_used_at = $3
                     WHERE client_id = $1 AND credential_id = $2
                        AND (last_used_at IS NULL OR last_used_at <= $4)"
            )
            .bind(client_id)
            .bind(credential_id)
            .bind(now)
            .bind(before)
            .execute(db))?;
            tx.commit().await?;
            Ok(())
        })
    }
}

/// Stores a credential in a transaction. A credential with this id gets the new secret and keeps
/// everything else.
pub(in crate::storage) async fn upsert_credential(
    tx: &mut Tx,
    client_id: &str,
    new: &NewCredential,
    now: Millis,
) -> Result<(), sqlx::Error> {
    let (label, scopes, numbers, role) = match &new.grant {
        CredentialGrant::ApiKey { scopes, numbers } => {
            (None, Some(encode_list(scopes)), Some(numbers.as_str()), None)
        }
        CredentialGrant::DialerKey => (None, None, None, None),
        CredentialGrant::StaffToken { label, role } => (Some(label), None, None, Some(*role)),
    };
    query_tx!(*tx, |db| sqlx::query(
        "INSERT INTO credentials (client_id, credential_id, kind, hash, prefix, label, scopes,
                numbers, role, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (client_id, credential_id) DO UPDATE SET hash = excluded.hash,
                prefix = excluded.prefix"
    )
    .bind(client_id)
    .bind(&new.credential_id)
    .bind(new.grant.kind().as_str())
    .bind(new.secret.hash())
    .bind(new.secret.prefix())
    .bind(label)
    .bind(scopes)
    .bind(numbers)
    .bind(role)
    .bind(now)
    .execute(db))?;
    Ok(())
}
