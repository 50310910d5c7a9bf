//! Tests whether a provider accepts an account's credentials.

use super::managing::{Keeper, opened};
use crate::services::ServiceError;
use crate::services::providers::transport::Lines;
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
pub async fn validate(
    keeper: &Keeper<'_>,
    lines: &Lines,
    client_id: &str,
    account_id: &str,
) -> Result<Validation, ServiceError> {
    let account = match opened(keeper, client_id, account_id).await? {
        Ok(account) => account,
        Err(why) => return Ok(Validation { ok: false, message: why }),
    };
    let said = account.settings.validate(&lines.to(&account, None)).await;
    let operator = &keeper.operator;
    let (act, stamp) = ("provider.validated", operator.stamp());
    operator.store.write_audit(client_id, act, Some(account_id), stamp).await?;
    Ok(match said {
        Ok(()) => Validation { ok: true, message: "Connection successful".to_owned() },
        Err(error) => Validation { ok: false, message: error.reason() },
    })
}
