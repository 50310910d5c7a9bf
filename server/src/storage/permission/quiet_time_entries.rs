//! Lists, enters and removes the times at which customers do not want to be called.

use super::consent_entries::PersonFilter;
use super::quiet_times::{QuietTimeRow, quiet_times_for_call};
use crate::storage::access::audit::{Stamp, insert_audit};
use crate::storage::database::columns::quiet_time_columns;
use crate::storage::database::pools::{query_read, query_tx, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::spellings::first_five_spellings;
use crate::storage::{PermissionStore, StoreError};

/// What became of an entry that was to be made.
#[derive(Debug)]
pub enum QuietTimeAdded {
    Added,
    /// The same is entered already.
    Repeated(Box<QuietTimeRow>),
    /// The number or the customer has as many as it may have.
    TooMany,
    UnknownClient,
}

impl PermissionStore<'_> {
    /// Returns entries, the latest first, before the entry with this id. Removed ones and those that
    /// have ended are among them.
    pub async fn list_quiet_times(
        self,
        client_id: &str,
        filter: &PersonFilter,
        before: &str,
        most: i64,
    ) -> Result<Vec<QuietTimeRow>, StoreError> {
        Ok(match filter {
            PersonFilter::All => query_read!(self, |db| sqlx::query_as(concat!(
                "SELECT ",
                quiet_time_columns!(),
                " FROM quiet_times q WHERE q.client_id = $1 AND q.entry_id < $2
                 ORDER BY q.entry_id DESC LIMIT $3"
            ))
            .bind(client_id)
            .bind(before)
            .bind(most)
            .fetch_all(db))?,
            PersonFilter::Number(spellings) => {
                let ways = first_five_spellings(spellings);
                query_read!(self, |db| sqlx::query_as(concat!(
                    "SELECT ",
                    quiet_time_columns!(),
                    " FROM quiet_times q WHERE q.client_id = $1
                        AND q.number IN ($2, $3, $4, $5, $6) AND q.entry_id < $7
                     ORDER BY q.entry_id DESC LIMIT $8"
                ))
                .bind(client_id)
                .bind(ways[0])
                .bind(ways[1])
                .bind(ways[2])
                .bind(ways[3])
                .bind(ways[4])
                .bind(before)
                .bind(most)
                .fetch_all(db))?
            }
            PersonFilter::Customer(customer_id) => {
                query_read!(self, |db| sqlx::query_as(concat!(
                    "SELECT ",
                    quiet_time_columns!(),
                    " FROM quiet_times q WHERE q.client_id = $1 AND q.customer_id = $2
                    AND q.entry_id < $3 ORDER BY q.entry_id DESC LIMIT $4"
                ))
                .bind(client_id)
                .bind(customer_id)
                .bind(before)
                .bind(most)
                .fetch_all(db))?
            }
        })
    }

    /// Enters a time, unless the same is entered, or its number or customer has `most` that are in
    /// force or will be. An entry whose `since` is the time of the entry is the same as an earlier
    /// one.
    pub async fn add_quiet_time(
        self,
        client_id: &str,
        row: &QuietTimeRow,
        most: usize,
        stamp: Stamp<'_>,
    ) -> Result<QuietTimeAdded, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(QuietTimeAdded::UnknownClient);
            }
            let number: Vec<String> = row.number.iter().cloned().collect();
            let customer_id = row.customer_id.as_deref();
            let known =
                quiet_times_for_call(&mut tx, client_id, &number, customer_id, stamp.now).await?;
            if let Some(same) = known.iter().find(|one| is_same(one, row)) {
                return Ok(QuietTimeAdded::Repeated(Box::new(same.clone())));
            }
            let of_number = |one: &&QuietTimeRow| row.number.is_some() && one.number == row.number;
            let of_customer =
                |one: &&QuietTimeRow| customer_id.is_some() && one.customer_id == row.customer_id;
            if known.iter().filter(of_number).count() >= most
                || known.iter().filter(of_customer).count() >= most
            {
                return Ok(QuietTimeAdded::TooMany);
            }
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO quiet_times (client_id, entry_id, number, customer_id, kind, weekdays,
                    from_minute, to_minute, since, until, reason, session_id, by_name, by_id,
                    created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
            )
            .bind(client_id)
            .bind(&row.entry_id)
            .bind(&row.number)
            .bind(&row.customer_id)
            .bind(&row.kind)
            .bind(row.weekdays)
            .bind(row.from_minute)
            .bind(row.to_minute)
            .bind(row.since)
            .bind(row.until)
            .bind(&row.reason)
            .bind(&row.session_id)
            .bind(&row.by_name)
            .bind(&row.by_id)
            .bind(row.created_at)
            .execute(db))?;
            let subject = Some(row.entry_id.as_str());
            insert_audit(&mut tx, client_id, "quietTime.added", subject, stamp).await?;
            tx.commit().await?;
            Ok(QuietTimeAdded::Added)
        })
    }

    /// Removes an entry, which stays as history; `None` if it does not exist. One that was removed
    /// before stays as it is.
    pub async fn remove_quiet_time(
        self,
        client_id: &str,
        entry_id: &str,
        reason: &str,
        stamp: Stamp<'_>,
    ) -> Result<Option<QuietTimeRow>, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(None);
            }
            let done = query_tx!(tx, |db| sqlx::query(
                "UPDATE quiet_times SET removed_at = $3, removed_by = $4, removed_reason = $5
                 WHERE client_id = $1 AND entry_id = $2 AND removed_at IS NULL"
            )
            .bind(client_id)
            .bind(entry_id)
            .bind(stamp.now)
            .bind(stamp.by.name)
            .bind(reason)
            .execute(db))?;
            let row: Option<QuietTimeRow> = query_tx!(tx, |db| sqlx::query_as(concat!(
                "SELECT ",
                quiet_time_columns!(),
                " FROM quiet_times q WHERE q.client_id = $1 AND q.entry_id = $2"
            ))
            .bind(client_id)
            .bind(entry_id)
            .fetch_optional(db))?;
            if done.rows_affected() > 0 {
                insert_audit(&mut tx, client_id, "quietTime.removed", Some(entry_id), stamp)
                    .await?;
            }
            tx.commit().await?;
            Ok(row)
        })
    }
}

/// Returns whether a new entry says nothing that a stored one does not say.
fn is_same(stored: &QuietTimeRow, new: &QuietTimeRow) -> bool {
    let said = |row: &QuietTimeRow| QuietTimeRow {
        entry_id: String::new(),
        by_name: None,
        by_id: None,
        created_at: 0,
        since: 0,
        ..row.clone()
    };
    let begins_now = new.since == new.created_at && stored.since <= new.since;
    (stored.since == new.since || begins_now) && said(stored) == said(new)
}
