//! Stores the sessions of people that are signed in.

use super::audit::{Stamp, insert_audit};
use super::people::PersonRow;
use crate::secret::Secret;
use crate::storage::database::pools::{query_read, query_tx, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::{PeopleStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// The most sessions of one person; a further sign-in ends the oldest one.
const MAX_SESSIONS: i64 = 20;

/// A new session.
#[derive(Debug)]
pub struct NewSession<'a> {
    pub session_id: &'a str,
    pub token: &'a Secret,
    pub expires_at: Millis,
    /// The provider's own session, if the person signed in by one.
    pub oidc_session_id: Option<&'a str>,
}

/// A session as needed to authenticate a request, with data of its person and client.
#[derive(Debug, Clone, FromRow)]
pub struct FoundSession {
    pub client_id: String,
    pub client_name: String,
    pub session_id: String,
    pub person_id: String,
    pub name: String,
    pub email: String,
    pub role: String,
    pub token_hash: String,
    pub expires_at: Millis,
    pub suspended_at: Option<Millis>,
}

impl PeopleStore<'_> {
    /// Returns the session with this hash, of any client: the caller is not known before.
    pub async fn system_find_session(self, hash: &str) -> Result<Option<FoundSession>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT s.client_id, c.name AS client_name, s.session_id, s.person_id, p.name, p.email,
                    p.role, s.token_hash, s.expires_at, c.suspended_at
             FROM person_sessions s
             JOIN people p ON p.client_id = s.client_id AND p.person_id = s.person_id
             JOIN clients c ON c.client_id = s.client_id
             WHERE s.token_hash = $1 AND p.disabled_at IS NULL"
        )
        .bind(hash)
        .fetch_optional(db))?)
    }

    /// Returns the role of the person of a session; `None` if the session has ended.
    pub async fn find_session_role(
        self,
        client_id: &str,
        session_id: &str,
    ) -> Result<Option<String>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT p.role FROM person_sessions s
             JOIN people p ON p.client_id = s.client_id AND p.person_id = s.person_id
             WHERE s.client_id = $1 AND s.session_id = $2"
        )
        .bind(client_id)
        .bind(session_id)
        .fetch_optional(db))?)
    }

    /// Returns the id and the role of the person of a session; `None` if the session has ended.
    pub async fn find_session_person(
        self,
        client_id: &str,
        session_id: &str,
    ) -> Result<Option<(String, String)>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT p.person_id, p.role FROM person_sessions s
             JOIN people p ON p.client_id = s.client_id AND p.person_id = s.person_id
             WHERE s.client_id = $1 AND s.session_id = $2"
        )
        .bind(client_id)
        .bind(session_id)
        .fetch_optional(db))?)
    }

    /// Begins a session of a person who was just identified. Returns false if the person was
    /// disabled, deleted or given another password meanwhile.
    pub async fn begin_session(
        self,
        client_id: &str,
        person: &PersonRow,
        session: &NewSession<'_>,
        stamp: Stamp<'_>,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(false);
            }
            let done = query_tx!(tx, |db| sqlx::query(
                "UPDATE people SET last_sign_in_at = $4
                     WHERE client_id = $1 AND person_id = $2 AND password_hash = $3
                        AND disabled_at IS NULL"
            )
            .bind(client_id)
            .bind(&person.person_id)
            .bind(&person.password_hash)
            .bind(stamp.now)
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            // Delete expired sessions, and the oldest if there are too many.
            query_tx!(tx, |db| sqlx::query(
                "DELETE FROM person_sessions WHERE client_id = $1 AND person_id = $2
                        AND (expires_at <= $3 OR session_id IN (
                            SELECT session_id FROM person_sessions
                            WHERE client_id = $1 AND person_id = $2
                            ORDER BY created_at DESC, session_id DESC LIMIT 1000 OFFSET $4))"
            )
            .bind(client_id)
            .bind(&person.person_id)
            .bind(stamp.now)
            .bind(MAX_SESSIONS - 1)
            .execute(db))?;
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO person_sessions (client_id, session_id, person_id, token_hash,
                        created_at, expires_at, oidc_session_id)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)"
            )
            .bind(client_id)
            .bind(session.session_id)
            .bind(&person.person_id)
            .bind(session.token.hash())
            .bind(stamp.now)
            .bind(session.expires_at)
            .bind(session.oidc_session_id)
            .execute(db))?;
            insert_audit(&mut tx, client_id, "person.signed-in", Some(&person.person_id), stamp)
                .await?;
            tx.commit().await?;
            Ok(true)
        })
    }

    /// Ends a session.
    pub async fn end_session(
        self,
        client_id: &str,
        session_id: &str,
        person_id: &str,
        stamp: Stamp<'_>,
    ) -> Result<(), StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(());
            }
            query_tx!(tx, |db| sqlx::query(
                "DELETE FROM person_sessions WHERE client_id = $1 AND session_id = $2"
            )
            .bind(client_id)
            .bind(session_id)
            .execute(db))?;
            insert_audit(&mut tx, client_id, "person.signed-out", Some(person_id), stamp).await?;
            tx.commit().await?;
            Ok(())
        })
    }

    /// Returns the ids of a client's valid sessions; none if the client is suspended.
    pub async fn list_valid_session_ids(
        self,
        client_id: &str,
        now: Millis,
    ) -> Result<Vec<String>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT s.session_id FROM person_sessions s
             JOIN people p ON p.client_id = s.client_id AND p.person_id = s.person_id
             JOIN clients c ON c.client_id = s.client_id
             WHERE s.client_id = $1 AND s.expires_at > $2 AND p.disabled_at IS NULL
                AND c.suspended_at IS NULL"
        )
        .bind(client_id)
        .bind(now)
        .fetch_all(db))?)
    }
}
