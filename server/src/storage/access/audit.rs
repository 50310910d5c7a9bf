//! The audit log: what was done to a client, when, and by whom.

use crate::storage::clients::changes::lock_client;
use crate::storage::database::pools::{Tx, again, reading, within};
use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// Who does something, as the audit log says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor<'a> {
    /// The name now; never an e-mail address.
    pub name: &'a str,
    /// The id of the client's token or person; `None`: the operator.
    pub id: Option<&'a str>,
}

impl Actor<'static> {
    /// The operator, with the operator's token.
    pub const OPERATOR: Self = Actor { name: "operator", id: None };
    /// The operator, on the machine that has the database.
    pub const COMMAND_LINE: Self = Actor { name: "command line", id: None };
}

/// Who does something, and when.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    pub by: Actor<'a>,
    pub now: Millis,
}

/// A line of the log.
#[derive(Debug, Clone, FromRow)]
pub struct AuditRow {
    /// Counts up for each client.
    pub seq: i64,
    pub at: Millis,
    /// What was done, with a space before the id of what it was done to.
    pub act: String,
    pub by_name: Option<String>,
    pub by_id: Option<String>,
}

impl Store {
    /// Writes down what was done; false where there is no such client.
    pub async fn write_audit(
        &self,
        client_id: &str,
        act: &str,
        subject: Option<&str>,
        stamp: Stamp<'_>,
    ) -> Result<bool, StoreError> {
        again!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(false);
            }
            audit(&mut tx, client_id, act, subject, stamp).await?;
            tx.commit().await?;
            Ok(true)
        })
    }

    /// What was done to a client, the newest first, before the line with this number.
    pub async fn audit_log(
        &self,
        client_id: &str,
        before: i64,
        most: i64,
    ) -> Result<Vec<AuditRow>, StoreError> {
        Ok(reading!(self, |db| sqlx::query_as(
            "SELECT seq, at, act, by_name, by_id FROM audit_log
             WHERE client_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3"
        )
        .bind(client_id)
        .bind(before)
        .bind(most)
        .fetch_all(db))?)
    }
}

/// Writes down what was done, and to which of the client's things, in the transaction that does
/// it. Numbers count up for each client, so its row must be held.
pub(in crate::storage) async fn audit(
    tx: &mut Tx,
    client_id: &str,
    act: &str,
    subject: Option<&str>,
    stamp: Stamp<'_>,
) -> Result<(), sqlx::Error> {
    // An act is one word, so what follows the first space is whom it was done to.
    let act = subject.map_or_else(|| act.to_owned(), |subject| format!("{act} {subject}"));
    within!(*tx, |db| sqlx::query(
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
