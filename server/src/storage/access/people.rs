//! Stores people, the staff that sign in.

use super::audit::{Stamp, insert_audit};
use crate::storage::database::columns::person_columns;
use crate::storage::database::pools::{Tx, query_read, query_tx, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::{PeopleStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A person of the staff of one client.
#[derive(Debug, Clone, FromRow)]
pub struct PersonRow {
    pub client_id: String,
    pub person_id: String,
    /// In lower case.
    pub email: String,
    pub name: String,
    /// The name of a role.
    pub role: String,
    /// A PHC string; empty if the person signs in by a provider alone.
    pub password_hash: String,
    pub created_at: Millis,
    pub disabled_at: Option<Millis>,
    pub last_sign_in_at: Option<Millis>,
}

/// A change of a person. Fields that are not set stay as they are.
#[derive(Debug, Clone, Default)]
pub struct PersonChange {
    pub name: Option<String>,
    pub role: Option<&'static str>,
    pub disabled: Option<bool>,
    pub password_hash: Option<String>,
}

/// The result of creating a person.
#[derive(Debug)]
pub enum PersonOutcome {
    Done,
    /// The client does not exist.
    UnknownClient,
    /// Another person of this client has this e-mail address.
    EmailTaken,
}

impl PersonChange {
    /// Returns the actions for the audit log, one entry each.
    fn audit_actions(&self) -> Vec<&'static str> {
        let disabled =
            self.disabled.map(|on| if on { "person.disabled" } else { "person.enabled" });
        let password = self.password_hash.is_some().then_some("person.password");
        let rest = (self.name.is_some() || self.role.is_some()).then_some("person.changed");
        [rest, password, disabled].into_iter().flatten().collect()
    }

    /// Returns whether the change ends the person's sessions.
    fn ends_sessions(&self) -> bool {
        self.disabled == Some(true) || self.password_hash.is_some()
    }
}

impl PeopleStore<'_> {
    /// Returns the people with this e-mail address in lower case, of one client or of any: the
    /// caller is not known before. The latest to sign in come first.
    pub async fn system_find_people(
        self,
        email: &str,
        client_id: Option<&str>,
        limit: u32,
    ) -> Result<Vec<PersonRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            person_columns!(),
            " FROM people WHERE email = $1 AND client_id = COALESCE($2, client_id)
              ORDER BY COALESCE(last_sign_in_at, 0) DESC, created_at, client_id LIMIT $3"
        ))
        .bind(email)
        .bind(client_id)
        .bind(i64::from(limit))
        .fetch_all(db))?)
    }

    /// Returns all people of a client, in order of creation.
    pub async fn list_people(self, client_id: &str) -> Result<Vec<PersonRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            person_columns!(),
            " FROM people WHERE client_id = $1 ORDER BY created_at, person_id"
        ))
        .bind(client_id)
        .fetch_all(db))?)
    }

    /// Returns one of a client's people.
    pub async fn find_person(
        self,
        client_id: &str,
        person_id: &str,
    ) -> Result<Option<PersonRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            person_columns!(),
            " FROM people WHERE client_id = $1 AND person_id = $2"
        ))
        .bind(client_id)
        .bind(person_id)
        .fetch_optional(db))?)
    }

    /// Creates a person.
    pub async fn create_person(
        self,
        client_id: &str,
        row: &PersonRow,
        stamp: Stamp<'_>,
    ) -> Result<PersonOutcome, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(PersonOutcome::UnknownClient);
            }
            let done = query_tx!(tx, |db| sqlx::query(
                "INSERT INTO people (client_id, person_id, email, name, role, password_hash,
                        created_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (email, client_id) DO NOTHING"
            )
            .bind(client_id)
            .bind(&row.person_id)
            .bind(&row.email)
            .bind(&row.name)
            .bind(&row.role)
            .bind(&row.password_hash)
            .bind(row.created_at)
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(PersonOutcome::EmailTaken);
            }
            insert_audit(&mut tx, client_id, "person.created", Some(&row.person_id), stamp).await?;
            tx.commit().await?;
            Ok(PersonOutcome::Done)
        })
    }

    /// Changes the given fields of a person. Returns false if the person does not exist. Disabling
    /// a person or setting a password ends the person's sessions, except the one to keep.
    pub async fn change_person(
        self,
        client_id: &str,
        person_id: &str,
        change: &PersonChange,
        keep_session: Option<&str>,
        stamp: Stamp<'_>,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(false);
            }
            let disabled = change.disabled.map_or(0_i64, |on| if on { 1 } else { 2 });
            let done = query_tx!(tx, |db| sqlx::query(
                "UPDATE people SET name = COALESCE($3, name), role = COALESCE($4, role),
                        password_hash = COALESCE($5, password_hash),
                        disabled_at = CASE CAST($6 AS BIGINT)
                            WHEN 1 THEN COALESCE(disabled_at, CAST($7 AS BIGINT))
                            WHEN 2 THEN NULL ELSE disabled_at END
                     WHERE client_id = $1 AND person_id = $2"
            )
            .bind(client_id)
            .bind(person_id)
            .bind(&change.name)
            .bind(change.role)
            .bind(&change.password_hash)
            .bind(disabled)
            .bind(stamp.now)
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            if change.role.is_some_and(|role| role != "supervisor") {
                leave_teams(&mut tx, client_id, person_id).await?;
            }
            if change.ends_sessions() {
                end_sessions(&mut tx, client_id, person_id, keep_session).await?;
            }
            for act in change.audit_actions() {
                insert_audit(&mut tx, client_id, act, Some(person_id), stamp).await?;
            }
            tx.commit().await?;
            Ok(true)
        })
    }

    /// Deletes a person and ends the person's sessions. Returns false if the person does not exist.
    pub async fn delete_person(
        self,
        client_id: &str,
        person_id: &str,
        stamp: Stamp<'_>,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(false);
            }
            end_sessions(&mut tx, client_id, person_id, None).await?;
            leave_teams(&mut tx, client_id, person_id).await?;
            query_tx!(tx, |db| sqlx::query(
                "DELETE FROM saved_views WHERE client_id = $1 AND owner_id = $2"
            )
            .bind(client_id)
            .bind(person_id)
            .execute(db))?;
            let done = query_tx!(tx, |db| sqlx::query(
                "DELETE FROM people WHERE client_id = $1 AND person_id = $2"
            )
            .bind(client_id)
            .bind(person_id)
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            insert_audit(&mut tx, client_id, "person.removed", Some(person_id), stamp).await?;
            tx.commit().await?;
            Ok(true)
        })
    }
}

/// Removes a person from all teams.
async fn leave_teams(tx: &mut Tx, client_id: &str, person_id: &str) -> Result<(), sqlx::Error> {
    query_tx!(*tx, |db| sqlx::query(
        "DELETE FROM team_supervisors WHERE client_id = $1 AND person_id = $2"
    )
    .bind(client_id)
    .bind(person_id)
    .execute(db))?;
    Ok(())
}

/// Ends a person's sessions, except one. Returns how many.
pub(super) async fn end_sessions(
    tx: &mut Tx,
    client_id: &str,
    person_id: &str,
    keep: Option<&str>,
) -> Result<u64, sqlx::Error> {
    let ended = query_tx!(*tx, |db| {
        sqlx::query(
        "DELETE FROM person_sessions WHERE client_id = $1 AND person_id = $2 AND session_id <> $3"
    )
    .bind(client_id)
    .bind(person_id)
    // No session has an empty id.
    .bind(keep.unwrap_or_default())
    .execute(db)
    })?;
    Ok(ended.rows_affected())
}
