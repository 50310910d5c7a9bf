//! Stores named views of the dashboard.

use crate::storage::access::audit::{Stamp, insert_audit};
use crate::storage::database::pools::{query_read, query_tx, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::{SavedViewStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A saved view.
#[derive(Debug, Clone, FromRow)]
pub struct SavedViewRow {
    pub view_id: String,
    pub name: String,
    /// A path within the dashboard.
    pub path: String,
    /// The name of the person who saved it.
    pub created_by: String,
    pub created_at: Millis,
    /// The id of the person or token that alone sees it; `None`: all staff of the client.
    pub owner_id: Option<String>,
}

/// Outcome of saving a view.
#[derive(Debug)]
pub enum ViewOutcome {
    Done,
    /// The client does not exist.
    UnknownClient,
    /// The client has the maximum number of views.
    TooMany,
}

impl SavedViewStore<'_> {
    /// Returns the views that all staff of a client see and the reader's own, in the order of their
    /// names.
    pub async fn list_saved_views(
        self,
        client_id: &str,
        reader_id: Option<&str>,
    ) -> Result<Vec<SavedViewRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT view_id, name, path, created_by, created_at, owner_id FROM saved_views
             WHERE client_id = $1 AND (owner_id IS NULL OR owner_id = $2) ORDER BY name, view_id"
        )
        .bind(client_id)
        .bind(reader_id)
        .fetch_all(db))?)
    }

    /// Saves a view unless its owner already has `most` views, or the client has as many for
    /// everybody.
    pub async fn save_view(
        self,
        client_id: &str,
        row: &SavedViewRow,
        most: i64,
        stamp: Stamp<'_>,
    ) -> Result<ViewOutcome, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(ViewOutcome::UnknownClient);
            }
            let had: i64 = query_tx!(tx, |db| sqlx::query_scalar(
                "SELECT COUNT(*) FROM saved_views
                 WHERE client_id = $1 AND COALESCE(owner_id, '') = $2"
            )
            .bind(client_id)
            .bind(row.owner_id.as_deref().unwrap_or_default())
            .fetch_one(db))?;
            if had >= most {
                return Ok(ViewOutcome::TooMany);
            }
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO saved_views (client_id, view_id, name, path, created_by, created_at,
                    owner_id)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)"
            )
            .bind(client_id)
            .bind(&row.view_id)
            .bind(&row.name)
            .bind(&row.path)
            .bind(&row.created_by)
            .bind(row.created_at)
            .bind(&row.owner_id)
            .execute(db))?;
            insert_audit(&mut tx, client_id, "view.saved", Some(&row.view_id), stamp).await?;
            tx.commit().await?;
            Ok(ViewOutcome::Done)
        })
    }

    /// Removes and returns a view; `None` if it does not exist or may not be removed. One's own view
    /// may, and with `may_change` those that everybody sees.
    pub async fn delete_view(
        self,
        client_id: &str,
        view_id: &str,
        may_change: bool,
        stamp: Stamp<'_>,
    ) -> Result<Option<SavedViewRow>, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(None);
            }
            let row: Option<SavedViewRow> = query_tx!(tx, |db| sqlx::query_as(
                "SELECT view_id, name, path, created_by, created_at, owner_id FROM saved_views
                 WHERE client_id = $1 AND view_id = $2
                   AND (owner_id = $3 OR (owner_id IS NULL AND CAST($4 AS BIGINT) = 1))"
            )
            .bind(client_id)
            .bind(view_id)
            .bind(stamp.by.id)
            .bind(i64::from(may_change))
            .fetch_optional(db))?;
            if row.is_none() {
                return Ok(None);
            }
            query_tx!(tx, |db| sqlx::query(
                "DELETE FROM saved_views WHERE client_id = $1 AND view_id = $2"
            )
            .bind(client_id)
            .bind(view_id)
            .execute(db))?;
            insert_audit(&mut tx, client_id, "view.removed", Some(view_id), stamp).await?;
            tx.commit().await?;
            Ok(row)
        })
    }
}
