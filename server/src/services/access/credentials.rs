//! Creates, lists and revokes a client's credentials: API keys and, for its admins too, dialer keys
//! and staff tokens.

pub mod objects;

use super::operator::Operator;
use super::role::Role;
use crate::config::PublicUrl;
use crate::ids::Ids;
use crate::secret::Secret;
use crate::services::ServiceError;
use crate::storage::{CredentialGrant, CredentialKind, NewCredential, Numbers, SCOPES};
use crate::time;
use call_ribbon_shared::Millis;
use objects::{CreatedApiKey, CreatedDialerKey, CreatedStaffToken, CredentialObject};

/// Generates a credential. The secret's prefix lets scanners for leaked secrets recognise it.
pub fn generate_credential(ids: &Ids, now: Millis, grant: CredentialGrant) -> NewCredential {
    let (id_prefix, secret_prefix) = match grant.kind() {
        CredentialKind::ApiKey => ("key", "crk"),
        CredentialKind::DialerKey => ("key", "crd"),
        CredentialKind::StaffToken => ("token", "crt"),
    };
    NewCredential {
        credential_id: ids.new_id(id_prefix, now),
        secret: Secret::new(format!("{secret_prefix}_{}", ids.random_hex::<32>())),
        grant,
    }
}

/// Returns the grant of an API key with all scopes.
pub fn all_scopes() -> CredentialGrant {
    CredentialGrant::ApiKey { scopes: SCOPES.map(str::to_owned).to_vec(), numbers: Numbers::Full }
}

/// Creates an API key; without scopes, it may do everything.
pub async fn create_api_key(
    operator: &Operator<'_>,
    client_id: &str,
    scopes: Option<Vec<String>>,
    numbers: Numbers,
) -> Result<CreatedApiKey, ServiceError> {
    let scopes = check_scopes(scopes)?;
    let grant = CredentialGrant::ApiKey { scopes: scopes.clone(), numbers };
    let new = create_credential(operator, client_id, grant).await?;
    Ok(CreatedApiKey {
        key_id: new.credential_id,
        api_key: new.secret.expose().to_owned(),
        scopes,
        numbers: numbers.as_str().to_owned(),
        created_at: time::format(operator.now),
    })
}

/// Creates a dialer key. `public_url` is where dialers reach the server.
pub async fn create_dialer_key(
    operator: &Operator<'_>,
    client_id: &str,
    public_url: Option<&PublicUrl>,
) -> Result<CreatedDialerKey, ServiceError> {
    let new = create_credential(operator, client_id, CredentialGrant::DialerKey).await?;
    let dialer_key = new.secret.expose().to_owned();
    let path = format!("/api/leads/from-dialer/{dialer_key}");
    let lead_url =
        public_url.map_or_else(|| path.clone(), |public_url| public_url.join_path(&path));
    let created_at = time::format(operator.now);
    Ok(CreatedDialerKey { key_id: new.credential_id, dialer_key, lead_url, created_at })
}

/// Creates a staff token. `name` is its owner or purpose.
pub async fn create_staff_token(
    operator: &Operator<'_>,
    client_id: &str,
    name: String,
    role: Role,
) -> Result<CreatedStaffToken, ServiceError> {
    let grant = CredentialGrant::StaffToken { label: name.clone(), role: role.as_str() };
    let new = create_credential(operator, client_id, grant).await?;
    Ok(CreatedStaffToken {
        token_id: new.credential_id,
        token: new.secret.expose().to_owned(),
        name,
        role,
        created_at: time::format(operator.now),
    })
}

/// Lists all credentials of one kind of a client, including revoked ones, oldest first.
pub async fn list_credentials<T: CredentialObject>(
    operator: &Operator<'_>,
    client_id: &str,
) -> Result<Vec<T>, ServiceError> {
    let store = operator.store;
    store.clients().find_client(client_id).await?.ok_or_else(ServiceError::unknown_client)?;
    let rows = store.credentials().list(client_id, T::KIND).await?;
    Ok(rows.into_iter().map(T::from_row).collect())
}

/// Revokes a credential permanently. A credential revoked before stays as it is.
pub async fn revoke_credential<T: CredentialObject>(
    operator: &Operator<'_>,
    client_id: &str,
    credential_id: &str,
) -> Result<T, ServiceError> {
    let stamp = operator.stamp();
    let row = operator.store.credentials().revoke(client_id, T::KIND, credential_id, stamp).await?;
    row.map(T::from_row).ok_or_else(|| {
        let name = match T::KIND {
            CredentialKind::ApiKey => "key",
            CredentialKind::DialerKey => "dialer key",
            CredentialKind::StaffToken => "token",
        };
        ServiceError::Unknown(format!("There is no such {name}."))
    })
}

/// Generates and stores a credential.
async fn create_credential(
    operator: &Operator<'_>,
    client_id: &str,
    grant: CredentialGrant,
) -> Result<NewCredential, ServiceError> {
    let new = generate_credential(operator.ids, operator.now, grant);
    if !operator.store.credentials().create(client_id, &new, operator.stamp()).await? {
        return Err(ServiceError::unknown_client());
    }
    Ok(new)
}

/// Validates the scopes of a new key and returns each once, in the usual order.
fn check_scopes(scopes: Option<Vec<String>>) -> Result<Vec<String>, ServiceError> {
    let all = || SCOPES.iter().map(|&scope| scope.to_owned());
    let Some(named) = scopes else { return Ok(all().collect()) };
    if named.is_empty() || named.iter().any(|scope| !SCOPES.contains(&scope.as_str())) {
        let sentence = format!("scopes must be some of {}.", SCOPES.join(", "));
        return Err(ServiceError::Invalid { field: "scopes", sentence });
    }
    Ok(all().filter(|scope| named.contains(scope)).collect())
}
