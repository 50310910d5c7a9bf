//! Creates, changes and removes the people on a client's staff, for its admins and the operator.

use super::operator::Operator;
use super::passwords::Passwords;
use super::role::Role;
use crate::secret::Secret;
use crate::services::ServiceError;
use crate::storage::{PersonChange, PersonOutcome, PersonRow};
use crate::time;
use serde::Serialize;
use utoipa::ToSchema;

/// The longest e-mail address, in characters (RFC 5321, 4.5.3.1.3, less its brackets).
pub const MAX_EMAIL_CHARS: usize = 254;

/// A person as the client's staff sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Person)]
pub struct PersonShown {
    #[schema(examples("person_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    pub person_id: String,
    /// In lower case.
    #[schema(examples("asha@example.com"))]
    pub email: String,
    #[schema(examples("Asha Rao"))]
    pub name: String,
    #[schema(value_type = Role)]
    pub role: String,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub created_at: String,
    /// When this person was disabled; null if that is not so.
    #[schema(required = true, format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub disabled_at: Option<String>,
    /// Null if the person never signed in.
    #[schema(required = true, format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub last_sign_in_at: Option<String>,
}

/// All people of a client.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonList {
    /// In the order in which they were created.
    pub people: Vec<PersonShown>,
}

/// A person to create.
#[derive(Debug)]
pub struct NewPerson {
    /// Validated, in lower case.
    pub email: String,
    pub name: String,
    pub role: Role,
    pub password: Secret,
}

/// A change to a person; fields not named stay as they are.
#[derive(Debug, Default)]
pub struct PersonUpdate {
    pub name: Option<String>,
    pub role: Option<Role>,
    pub disabled: Option<bool>,
    pub password: Option<Secret>,
}

/// Validates an e-mail address and converts it to lower case, as people type it in any case.
pub fn normalize_email(text: &str) -> Result<String, ServiceError> {
    let email = text.trim().to_lowercase();
    // As it was sent: the document's limit knows no trimming.
    let is_one = text.chars().count() <= MAX_EMAIL_CHARS
        && !email.contains(|c: char| c.is_whitespace() || c.is_control())
        && email.split_once('@').is_some_and(|(name, domain)| {
            !name.is_empty() && !domain.is_empty() && !domain.contains('@')
        });
    if is_one {
        return Ok(email);
    }
    let sentence = "email must be an e-mail address, like asha@example.com.".to_owned();
    Err(ServiceError::Invalid { field: "email", sentence })
}

/// Creates a person.
pub async fn create_person(
    operator: &Operator<'_>,
    passwords: &Passwords,
    client_id: &str,
    new: NewPerson,
) -> Result<PersonShown, ServiceError> {
    // No password is hashed for an unknown client.
    operator
        .store
        .clients()
        .find_client(client_id)
        .await?
        .ok_or_else(ServiceError::unknown_client)?;
    let row = PersonRow {
        client_id: client_id.to_owned(),
        person_id: operator.ids.new_id("person", operator.now),
        email: new.email,
        name: new.name,
        role: new.role.as_str().to_owned(),
        password_hash: passwords.hash_password(&new.password, operator.ids).await?,
        created_at: operator.now,
        disabled_at: None,
        last_sign_in_at: None,
    };
    match operator.store.people().create_person(client_id, &row, operator.stamp()).await? {
        PersonOutcome::Done => Ok(show_person(row)),
        PersonOutcome::UnknownClient => Err(ServiceError::unknown_client()),
        PersonOutcome::EmailTaken => {
            let sentence = "Somebody on this client's staff has this e-mail address already.";
            Err(ServiceError::Conflict(sentence.to_owned()))
        }
    }
}

/// Lists all people of a client.
pub async fn list_people(
    operator: &Operator<'_>,
    client_id: &str,
) -> Result<PersonList, ServiceError> {
    operator
        .store
        .clients()
        .find_client(client_id)
        .await?
        .ok_or_else(ServiceError::unknown_client)?;
    let rows = operator.store.people().list_people(client_id).await?;
    Ok(PersonList { people: rows.into_iter().map(show_person).collect() })
}

/// Changes the named fields of a person. Disabling a person or setting a password ends the person's
/// sessions.
pub async fn change_person(
    operator: &Operator<'_>,
    passwords: &Passwords,
    client_id: &str,
    person_id: &str,
    changes: PersonUpdate,
) -> Result<PersonShown, ServiceError> {
    find_person(operator, client_id, person_id).await?;
    let password_hash = match &changes.password {
        Some(password) => Some(passwords.hash_password(password, operator.ids).await?),
        None => None,
    };
    let change = PersonChange {
        name: changes.name,
        role: changes.role.map(Role::as_str),
        disabled: changes.disabled,
        password_hash,
    };
    let (store, stamp) = (operator.store, operator.stamp());
    if !store.people().change_person(client_id, person_id, &change, None, stamp).await? {
        return Err(unknown_person());
    }
    find_person(operator, client_id, person_id).await
}

/// Removes a person, ends its sessions, and returns it as it was.
pub async fn remove_person(
    operator: &Operator<'_>,
    client_id: &str,
    person_id: &str,
) -> Result<PersonShown, ServiceError> {
    let person = find_person(operator, client_id, person_id).await?;
    if !operator.store.people().delete_person(client_id, person_id, operator.stamp()).await? {
        return Err(unknown_person());
    }
    Ok(person)
}

async fn find_person(
    operator: &Operator<'_>,
    client_id: &str,
    person_id: &str,
) -> Result<PersonShown, ServiceError> {
    operator
        .store
        .people()
        .find_person(client_id, person_id)
        .await?
        .map(show_person)
        .ok_or_else(unknown_person)
}

fn unknown_person() -> ServiceError {
    ServiceError::Unknown("There is no such person.".to_owned())
}

fn show_person(row: PersonRow) -> PersonShown {
    PersonShown {
        person_id: row.person_id,
        email: row.email,
        name: row.name,
        role: row.role,
        created_at: time::format(row.created_at),
        disabled_at: row.disabled_at.map(time::format),
        last_sign_in_at: row.last_sign_in_at.map(time::format),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_whatever_its_letters() {
        assert_eq!(normalize_email(" Asha.Rao@Example.COM ").unwrap(), "asha.rao@example.com");
        let long = format!("{}@example.com", "a".repeat(250));
        for wrong in ["", "asha", "@example.com", "asha@", "a@b@c", "a b@c", "a@b\u{0}", &long] {
            assert!(normalize_email(wrong).is_err(), "{wrong}");
        }
    }
}
