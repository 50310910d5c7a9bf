//! The audit log: records who did what to a client, and when.

use crate::storage::database::pools::{Tx, query_read, query_tx, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::{AuditStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;
use std::collections::HashMap;

/// The actor of a change, as named in the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor<'a> {
    /// The current name; never an e-mail address.
    pub name: &'a str,
    /// The id of the client's staff token or person; `None`: the operator.
    pub id: Option<&'a str>,
}

impl Actor<'static> {
    /// The operator, authenticated by the operator's token.
    pub const OPERATOR: Self = Actor { name: "operator", id: None };
    /// The server itself.
    pub const SERVER: Self = Actor { name: "server", id: None };
    /// The operator, using the command line on the machine that has the database.
    pub const COMMAND_LINE: Self = Actor { name: "command line", id: None };
}

/// The actor and time of a change.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    pub by: Actor<'a>,
    pub now: Millis,
}

/// An entry of the audit log.
#[derive(Debug, Clone, FromRow)]
pub struct AuditRow {
    /// The entry's number within its client.
    pub seq: i64,
    pub at: Millis,
    /// The action, followed by a space and the id of its subject.
    pub act: String,
    pub by_name: Option<String>,
    pub by_id: Option<String>,
}

impl AuditStore<'_> {
    /// Writes an audit entry. Returns false if the client does not exist.
    pub async fn write_audit(
        self,
        client_id: &str,
        act: &str,
        subject: Option<&str>,
        stamp: Stamp<'_>,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(false);
            }
            insert_audit(&mut tx, client_id, act, subject, stamp).await?;
            tx.commit().await?;
            Ok(true)
        })
    }

    /// Returns a client's audit entries, newest first, before the entry with this number.
    pub async fn list_audit_log(
        self,
        client_id: &str,
        before: i64,
        most: i64,
    ) -> Result<Vec<AuditRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT seq, at, act, by_name, by_id FROM audit_log
             WHERE client_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3"
        )
        .bind(client_id)
        .bind(before)
        .bind(most)
        .fetch_all(db))?)
    }

    /// Returns the current names of everything that the client's entries may name, by id: people,
    /// keys and tokens, agents, teams, saved views, receivers and provider accounts. What was removed has none.
    pub async fn list_subject_names(
        self,
        client_id: &str,
    ) -> Result<HashMap<String, String>, StoreError> {
        let names: Vec<(String, String)> = query_read!(self, |db| sqlx::query_as(
            "SELECT person_id, name FROM people WHERE client_id = $1
             UNION ALL SELECT credential_id, COALESCE(label, prefix || '…') FROM credentials
             WHERE client_id = $1
             UNION ALL SELECT agent_id, name FROM agents
             WHERE client_id = $1 AND name IS NOT NULL
             UNION ALL SELECT view_id, name FROM saved_views WHERE client_id = $1
             UNION ALL SELECT team_id, name FROM teams WHERE client_id = $1
             UNION ALL SELECT receiver_id, name FROM receivers WHERE client_id = $1
             UNION ALL SELECT account_id, COALESCE(name, provider) FROM provider_accounts
             WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_all(db))?;
        Ok(names.into_iter().collect())
    }
}

/// Writes an audit entry with its subject, in the transaction of the change. Entries are numbered
/// per client, so the client's row must be locked.
pub(in crate::storage) async fn insert_audit(
    tx: &mut Tx,
    client_id: &str,
    act: &str,
    subject: Option<&str>,
    stamp: Stamp<'_>,
) -> Result<(), sqlx::Error> {
    // An action is one word, so its subject follows the first space.
    let act = subject.map_or_else(|| act.to_owned(), |subject| format!("{act} {subject}"));
    query_tx!(*tx, |db| sqlx::query(
        "INSERT INTO audit_log (client_id, seq, at, act, by_name, by_id)
         SELECT $1, COALESCE(MAX(seq), 0) + 1, CAST($2 AS BIGINT), $3, $4, $5
         FROM audit_log WHERE client_id = $1"
    )
    .bind(client_id)
    .bind(stamp.now)
    .bind(act)
    .bind(stamp.by.name)
    .bind(stamp.by.id)
    .execute(db))?;
    Ok(())
}
