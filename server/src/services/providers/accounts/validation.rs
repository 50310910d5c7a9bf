//! Tests whether a provider accepts an account's credentials.

use super::management::{AccountAdmin, open_account};
use crate::services::ServiceError;
use crate::services::providers::transport::ProviderClient;
use serde::Serialize;
use utoipa::ToSchema;

/// The result of a test.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProviderValidation)]
pub struct Validation {
    /// Whether the provider accepts the credentials.
    pub ok: bool,
    /// In plain words.
    #[schema(examples("Connection successful"))]
    pub message: String,
}

/// Asks an account's provider, without calling anyone, whether it accepts the credentials. A
/// disabled account can be tested as well.
pub async fn validate_account(
    admin: &AccountAdmin<'_>,
    lines: &ProviderClient,
    client_id: &str,
    account_id: &str,
) -> Result<Validation, ServiceError> {
    let account = match open_account(admin, client_id, account_id).await? {
        Ok(account) => account,
        Err(why) => return Ok(Validation { ok: false, message: why }),
    };
    let said = account.settings.check_credentials(&lines.to_account(&account, None)).await;
    let operator = &admin.operator;
    let (act, stamp) = ("provider.validated", operator.stamp());
    operator.store.audit().write_audit(client_id, act, Some(account_id), stamp).await?;
    Ok(match said {
        Ok(()) => Validation { ok: true, message: "Connection successful".to_owned() },
        Err(error) => Validation { ok: false, message: error.reason() },
    })
}
