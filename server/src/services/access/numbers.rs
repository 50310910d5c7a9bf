//! Hides phone numbers from readers who may not see them, and gives them handles to dial by.

pub mod answers;
pub mod handles;
pub mod json;
pub mod restore;
pub mod text;

use self::handles::NumberHandles;
use super::credential_ref::CredentialRef;
use super::operator::Operator;
use super::role::Role;
use crate::services::ServiceError;
use crate::storage::{CredentialRow, Store, StoreError};

/// Returns whether a credential may not see phone numbers.
pub async fn hides_numbers(
    store: &Store,
    client_id: &str,
    credential: &CredentialRef,
) -> Result<bool, StoreError> {
    let role = match credential {
        CredentialRef::Operator(_) => return Ok(false),
        CredentialRef::ApiKey(id) | CredentialRef::StaffToken(id) => {
            let found = store.credentials().find(client_id, id).await?;
            if found.as_ref().is_some_and(CredentialRow::is_masked_key) {
                return Ok(true);
            }
            found.and_then(|found| found.role)
        }
        CredentialRef::Session(id) => store.people().find_session_role(client_id, id).await?,
    };
    Ok(role.as_deref().and_then(Role::parse).is_some_and(Role::hides_numbers))
}

/// Returns the number behind a handle, and writes who asked and why to the audit log.
pub async fn reveal_number(
    operator: &Operator<'_>,
    handles: &NumberHandles,
    client_id: &str,
    handle: &str,
    reason: &str,
) -> Result<String, ServiceError> {
    operator
        .store
        .clients()
        .find_client(client_id)
        .await?
        .ok_or_else(ServiceError::unknown_client)?;
    let number = handles.open_handle(client_id, handle).ok_or_else(|| ServiceError::Invalid {
        field: "handle",
        sentence: "handle is not one of this client's; send a phoneNumberHandle of an answer."
            .to_owned(),
    })?;
    // The log names the handle: it is read by staff who may not see the number.
    let reason = text::hide_numbers(reason).unwrap_or_else(|| reason.to_owned());
    let subject = format!("{handle}: {reason}");
    let stamp = operator.stamp();
    operator.store.audit().write_audit(client_id, "number.revealed", Some(&subject), stamp).await?;
    Ok(number)
}
