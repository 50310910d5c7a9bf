//! Creates, lists and revokes tokens for one client's staff: for its admins, who may change what is
//! the client's own, and for viewers, who may only read.

use super::operator::Operator;
use crate::secret::Secret;
use crate::services::ServiceError;
use crate::services::clients::client;
use crate::storage::AdminTokenRow;
use crate::time;
use serde::Serialize;
use utoipa::ToSchema;

/// What a staff token permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = TokenRole)]
pub enum Role {
    /// Change what is the client's own: providers, agents, keys, tokens and settings, but not its
    /// plan, its limit, or whether it is suspended.
    Admin,
    /// Read only.
    Viewer,
}

impl Role {
    /// Parses a role's name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "admin" => Some(Self::Admin),
            "viewer" => Some(Self::Viewer),
            _ => None,
        }
    }

    /// Returns the role's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Viewer => "viewer",
        }
    }
}

/// The answer to the creation of a token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenMade {
    #[schema(examples("token_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    pub token_id: String,
    /// The token in full; it is shown only this once.
    #[schema(examples("crt_…"))]
    pub token: String,
    name: String,
    role: Role,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    created_at: String,
}

/// A token as it is listed later.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenShown {
    #[schema(examples("token_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    pub token_id: String,
    /// Its first ten characters, to tell tokens apart.
    #[schema(examples("crt_0a1b2c..."))]
    pub token: String,
    /// Its owner or its purpose.
    #[schema(examples("Asha, team lead"))]
    pub name: String,
    #[schema(value_type = Role)]
    pub role: String,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub created_at: String,
    /// Accurate to about a minute; null if it was never used.
    #[schema(required = true, format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub last_used_at: Option<String>,
    #[schema(required = true, format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub revoked_at: Option<String>,
}

/// All tokens of a client.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenList {
    /// The oldest first.
    pub tokens: Vec<TokenShown>,
}

/// Creates a token.
pub async fn create_token(
    operator: &Operator<'_>,
    client_id: &str,
    name: String,
    role: Role,
) -> Result<TokenMade, ServiceError> {
    let now = operator.now;
    // The prefix lets scanners for leaked secrets recognise it.
    let token = Secret::new(format!("crt_{}", operator.ids.random_hex::<32>()));
    let row = AdminTokenRow {
        token_id: operator.ids.new_id("token", now),
        name,
        role: role.as_str().to_owned(),
        prefix: token.prefix(),
        created_at: now,
        last_used_at: None,
        revoked_at: None,
    };
    if !operator
        .store
        .credentials()
        .create_admin_token(client_id, &row, &token, operator.by)
        .await?
    {
        return Err(client::unknown_client());
    }
    Ok(TokenMade {
        token_id: row.token_id,
        token: token.expose().to_owned(),
        name: row.name,
        role,
        created_at: time::format(now),
    })
}

/// Lists all tokens of a client, including revoked ones.
pub async fn list_tokens(
    operator: &Operator<'_>,
    client_id: &str,
) -> Result<TokenList, ServiceError> {
    client::find_client(operator, client_id).await?;
    let rows = operator.store.credentials().list_admin_tokens(client_id).await?;
    Ok(TokenList { tokens: rows.into_iter().map(show_token).collect() })
}

/// Revokes a token permanently. A token revoked before stays as it is.
pub async fn revoke_token(
    operator: &Operator<'_>,
    client_id: &str,
    token_id: &str,
) -> Result<TokenShown, ServiceError> {
    let row = operator
        .store
        .credentials()
        .revoke_admin_token(client_id, token_id, operator.stamp())
        .await?;
    row.map(show_token).ok_or_else(|| ServiceError::Unknown("There is no such token.".to_owned()))
}

fn show_token(row: AdminTokenRow) -> TokenShown {
    TokenShown {
        token_id: row.token_id,
        token: row.prefix + "...",
        name: row.name,
        role: row.role,
        created_at: time::format(row.created_at),
        last_used_at: row.last_used_at.map(time::format),
        revoked_at: row.revoked_at.map(time::format),
    }
}
