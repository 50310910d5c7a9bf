//! The JSON objects of credentials, as the admin API returns them.

use crate::services::access::role::Role;
use crate::storage::{CredentialKind, CredentialRow};
use crate::time;
use serde::Serialize;
use utoipa::ToSchema;

/// A kind of credential as the API lists it, without its secret.
pub trait CredentialObject: Sized {
    const KIND: CredentialKind;

    /// Describes a credential of this kind.
    fn from_row(row: CredentialRow) -> Self;
}

/// The answer to the creation of an API key.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedApiKey {
    #[schema(examples("key_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    pub key_id: String,
    /// The key in full; it is shown only this once.
    #[schema(examples("crk_…"))]
    pub api_key: String,
    /// What the key may be used for.
    pub scopes: Vec<String>,
    /// What it sees of phone numbers: `full` or `masked`.
    pub numbers: String,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub created_at: String,
}

/// An API key as it is listed later.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKey)]
pub struct ApiKeyObject {
    #[schema(examples("key_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    pub key_id: String,
    /// Its first ten characters, to tell keys apart.
    #[schema(examples("demo-api-k..."))]
    pub api_key: String,
    /// What the key may be used for.
    pub scopes: Vec<String>,
    /// What it sees of phone numbers: `full` or `masked`.
    pub numbers: String,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub created_at: String,
    /// Accurate to about a minute; null if it was never used.
    #[schema(required = true, format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub last_used_at: Option<String>,
    #[schema(required = true, format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub revoked_at: Option<String>,
}

/// All API keys of a client.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyList {
    /// The oldest first.
    pub keys: Vec<ApiKeyObject>,
}

/// The answer to the creation of a dialer key.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedDialerKey {
    #[schema(examples("key_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    pub key_id: String,
    /// The key in full; it is shown only this once.
    #[schema(examples("crd_…"))]
    pub dialer_key: String,
    /// The URL to which a dialer that can set no header sends a GET or a form. It contains the key
    /// and is shown only this once. Without `--public-url` it is a path on this server.
    #[schema(examples("https://calls.example.com/api/leads/from-dialer/crd_…"))]
    pub lead_url: String,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub created_at: String,
}

/// A dialer key as it is listed later.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DialerKey)]
pub struct DialerKeyObject {
    #[schema(examples("key_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    key_id: String,
    /// Its first ten characters, to tell keys apart.
    #[schema(examples("crd_0a1b2c..."))]
    dialer_key: String,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    created_at: String,
    #[schema(required = true, format = DateTime, examples("2025-10-12T10:30:00Z"))]
    revoked_at: Option<String>,
}

/// All dialer keys of a client.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DialerKeyList {
    /// The oldest first.
    pub dialer_keys: Vec<DialerKeyObject>,
}

/// The answer to the creation of a staff token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedStaffToken {
    #[schema(examples("token_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    pub token_id: String,
    /// The token in full; it is shown only this once.
    #[schema(examples("crt_…"))]
    pub token: String,
    pub name: String,
    pub role: Role,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub created_at: String,
}

/// A staff token as it is listed later.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = StaffToken)]
pub struct StaffTokenObject {
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

/// All staff tokens of a client.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaffTokenList {
    /// The oldest first.
    pub tokens: Vec<StaffTokenObject>,
}

impl CredentialObject for ApiKeyObject {
    const KIND: CredentialKind = CredentialKind::ApiKey;

    fn from_row(row: CredentialRow) -> Self {
        Self {
            key_id: row.credential_id,
            api_key: row.prefix + "...",
            scopes: row.scopes.0,
            numbers: row.numbers.unwrap_or_default(),
            created_at: time::format(row.created_at),
            last_used_at: row.last_used_at.map(time::format),
            revoked_at: row.revoked_at.map(time::format),
        }
    }
}

impl CredentialObject for DialerKeyObject {
    const KIND: CredentialKind = CredentialKind::DialerKey;

    fn from_row(row: CredentialRow) -> Self {
        Self {
            key_id: row.credential_id,
            dialer_key: row.prefix + "...",
            created_at: time::format(row.created_at),
            revoked_at: row.revoked_at.map(time::format),
        }
    }
}

impl CredentialObject for StaffTokenObject {
    const KIND: CredentialKind = CredentialKind::StaffToken;

    fn from_row(row: CredentialRow) -> Self {
        Self {
            token_id: row.credential_id,
            token: row.prefix + "...",
            name: row.label.unwrap_or_default(),
            role: row.role.unwrap_or_default(),
            created_at: time::format(row.created_at),
            last_used_at: row.last_used_at.map(time::format),
            revoked_at: row.revoked_at.map(time::format),
        }
    }
}
