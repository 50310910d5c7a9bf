//! Stores which people an OpenID Connect provider identifies.

use super::audit::{Stamp, insert_audit};
use super::people::{PersonRow, end_sessions};
use crate::storage::database::columns::person_columns;
use crate::storage::database::pools::{Tx, query_read, query_tx, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::{PeopleStore, StoreError};

/// The most people of one identity: a person has at most one row at each client.
const MAX_PEOPLE: i64 = 1_000;

/// What a provider says about a person.
#[derive(Debug)]
pub struct Identity<'a> {
    pub issuer: &'a str,
    /// The person's id at the provider; it never changes.
    pub subject: &'a str,
    /// In lower case.
    pub email: &'a str,
    /// Whether a person with this e-mail address, whom no provider identifies, is the same.
    pub match_email: bool,
    pub name: &'a str,
    pub role: &'static str,
    /// The id if a person has to be created.
    pub new_person_id: &'a str,
}

/// The result of storing an identity.
#[derive(Debug)]
pub enum IdentityOutcome {
    /// The person, with the role and the name that the provider says.
    Person(Box<PersonRow>),
    /// The client does not exist.
    UnknownClient,
    /// Another person of this client has the e-mail address.
    EmailTaken,
}

impl PeopleStore<'_> {
    /// Finds the person of an identity, and stores the name, the e-mail address and the role. A
    /// person is created, or found by the e-mail address, if the identity is new. A person found by
    /// the address has no password from then on, so that the provider alone decides who gets in.
    pub async fn put_identity(
        self,
        client_id: &str,
        identity: &Identity<'_>,
        stamp: Stamp<'_>,
    ) -> Result<IdentityOutcome, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(IdentityOutcome::UnknownClient);
            }
            let person_id = match find_person_id(&mut tx, client_id, identity).await? {
                Some(found) => {
                    update_person(&mut tx, client_id, &found, identity, stamp).await?;
                    found
                }
                None if connect_by_email(&mut tx, client_id, identity, stamp).await? => {
                    find_person_id(&mut tx, client_id, identity).await?.unwrap_or_default()
                }
                None if create_person(&mut tx, client_id, identity, stamp).await? => {
                    identity.new_person_id.to_owned()
                }
                None => return Ok(IdentityOutcome::EmailTaken),
            };
            let person = query_tx!(tx, |db| sqlx::query_as(concat!(
                "SELECT ",
                person_columns!(),
                " FROM people WHERE client_id = $1 AND person_id = $2"
            ))
            .bind(client_id)
            .bind(&person_id)
            .fetch_one(db))?;
            tx.commit().await?;
            Ok(IdentityOutcome::Person(Box::new(person)))
        })
    }

    /// Returns the people of an identity, at all clients: the caller is a provider.
    pub async fn system_list_identity_people(
        self,
        issuer: &str,
        subject: &str,
    ) -> Result<Vec<PersonRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            person_columns!(),
            " FROM people WHERE oidc_subject = $2 AND oidc_issuer = $1
              ORDER BY client_id LIMIT $3"
        ))
        .bind(issuer)
        .bind(subject)
        .bind(MAX_PEOPLE)
        .fetch_all(db))?)
    }

    /// Returns the people who have signed in during one of the provider's sessions.
    pub async fn system_list_session_people(
        self,
        issuer: &str,
        oidc_session_id: &str,
    ) -> Result<Vec<PersonRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            person_columns!(),
            " FROM people p WHERE oidc_issuer = $1 AND EXISTS (
                SELECT 1 FROM person_sessions s WHERE s.oidc_session_id = $2
                    AND s.client_id = p.client_id AND s.person_id = p.person_id)
              ORDER BY client_id LIMIT $3"
        ))
        .bind(issuer)
        .bind(oidc_session_id)
        .bind(MAX_PEOPLE)
        .fetch_all(db))?)
    }

    /// Ends all sessions of a person.
    pub async fn end_person_sessions(
        self,
        client_id: &str,
        person_id: &str,
        stamp: Stamp<'_>,
    ) -> Result<(), StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(());
            }
            if end_sessions(&mut tx, client_id, person_id, None).await? > 0 {
                insert_audit(&mut tx, client_id, "person.signed-out", Some(person_id), stamp)
                    .await?;
            }
            tx.commit().await?;
            Ok(())
        })
    }
}

async fn find_person_id(
    tx: &mut Tx,
    client_id: &str,
    identity: &Identity<'_>,
) -> Result<Option<String>, sqlx::Error> {
    query_tx!(*tx, |db| sqlx::query_scalar(
        "SELECT person_id FROM people
         WHERE oidc_subject = $3 AND oidc_issuer = $2 AND client_id = $1"
    )
    .bind(client_id)
    .bind(identity.issuer)
    .bind(identity.subject)
    .fetch_optional(db))
}

/// Stores what the provider says now. An e-mail address that another person has is not taken over.
async fn update_person(
    tx: &mut Tx,
    client_id: &str,
    person_id: &str,
    identity: &Identity<'_>,
    stamp: Stamp<'_>,
) -> Result<(), sqlx::Error> {
    let changed = query_tx!(*tx, |db| sqlx::query(
        "UPDATE people SET name = $3, role = $4, email = CASE
                WHEN EXISTS (SELECT 1 FROM people AS other WHERE other.client_id = $1
                    AND other.email = $5 AND other.person_id <> $2) THEN email ELSE $5 END
             WHERE client_id = $1 AND person_id = $2
                AND (name <> $3 OR role <> $4 OR email <> $5)"
    )
    .bind(client_id)
    .bind(person_id)
    .bind(identity.name)
    .bind(identity.role)
    .bind(identity.email)
    .execute(db))?;
    if changed.rows_affected() > 0 {
        insert_audit(tx, client_id, "person.changed", Some(person_id), stamp).await?;
    }
    Ok(())
}

/// Connects a person whom no provider identifies yet. Returns false if there is none.
async fn connect_by_email(
    tx: &mut Tx,
    client_id: &str,
    identity: &Identity<'_>,
    stamp: Stamp<'_>,
) -> Result<bool, sqlx::Error> {
    if !identity.match_email {
        return Ok(false);
    }
    let found: Option<String> = query_tx!(*tx, |db| sqlx::query_scalar(
        "SELECT person_id FROM people
         WHERE email = $2 AND client_id = $1 AND oidc_subject IS NULL"
    )
    .bind(client_id)
    .bind(identity.email)
    .fetch_optional(db))?;
    let Some(person_id) = found else { return Ok(false) };
    query_tx!(*tx, |db| sqlx::query(
        "UPDATE people SET oidc_issuer = $3, oidc_subject = $4, name = $5, role = $6,
                password_hash = ''
             WHERE client_id = $1 AND person_id = $2"
    )
    .bind(client_id)
    .bind(&person_id)
    .bind(identity.issuer)
    .bind(identity.subject)
    .bind(identity.name)
    .bind(identity.role)
    .execute(db))?;
    end_sessions(tx, client_id, &person_id, None).await?;
    insert_audit(tx, client_id, "person.changed", Some(&person_id), stamp).await?;
    insert_audit(tx, client_id, "person.password", Some(&person_id), stamp).await?;
    Ok(true)
}

/// Creates the person, without a password. Returns false if the e-mail address is taken.
async fn create_person(
    tx: &mut Tx,
    client_id: &str,
    identity: &Identity<'_>,
    stamp: Stamp<'_>,
) -> Result<bool, sqlx::Error> {
    let created = query_tx!(*tx, |db| {
        sqlx::query(
        "INSERT INTO people (client_id, person_id, email, name, role, password_hash, created_at,
                oidc_issuer, oidc_subject)
             VALUES ($1, $2, $3, $4, $5, '', $6, $7, $8) ON CONFLICT (email, client_id) DO NOTHING"
    )
    .bind(client_id)
    .bind(identity.new_person_id)
    .bind(identity.email)
    .bind(identity.name)
    .bind(identity.role)
    .bind(stamp.now)
    .bind(identity.issuer)
    .bind(identity.subject)
    .execute(db)
    })?;
    if created.rows_affected() == 0 {
        return Ok(false);
    }
    insert_audit(tx, client_id, "person.created", Some(identity.new_person_id), stamp).await?;
    Ok(true)
}
