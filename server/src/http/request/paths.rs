//! The parameters in routes' paths. Each type both reads a path and describes it in the OpenAPI
//! document.

use serde::Deserialize;
use utoipa::IntoParams;

/// `{sessionId}`
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct CallPath {
    /// The server's id for the call.
    #[param(example = "ses_0199d7d2c5e07c3f9a3be2b1f0c44a10")]
    pub session_id: String,
}

/// `{followUpId}`
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct FollowUpPath {
    /// The follow-up's id: its `sessionId` in the list.
    #[param(example = "flw_0199d7d2c5e07c3f9a3be2b1f0c44a10")]
    pub follow_up_id: String,
}

/// `{customerId}`
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct CustomerPath {
    /// The customer's id in the integrator's system, percent-encoded.
    #[param(example = "CUST-1001")]
    pub customer_id: String,
}

/// `{clientId}`
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct ClientPath {
    /// The client's id.
    #[param(example = "client-demo")]
    pub client_id: String,
}

/// `{clientId}`, `{agentId}`
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct AgentPath {
    /// The client's id.
    #[param(example = "client-demo")]
    pub client_id: String,
    /// The agent's id.
    #[param(example = "agent1")]
    pub agent_id: String,
}

/// `{clientId}`, `{accountId}`
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct AccountPath {
    /// The client's id.
    #[param(example = "client-demo")]
    pub client_id: String,
    /// The account's id.
    #[param(example = "account_0199d7d2c5e07c3f9a3be2b1f0c44a10")]
    pub account_id: String,
}

/// `{clientId}`, `{customerId}`
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct ClientCustomerPath {
    /// The client's id.
    #[param(example = "client-demo")]
    pub client_id: String,
    /// The customer's id, percent-encoded.
    #[param(example = "CUST-1001")]
    pub customer_id: String,
}

/// `{clientId}`, `{sessionId}`
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct ClientCallPath {
    /// The client's id.
    #[param(example = "client-demo")]
    pub client_id: String,
    /// The server's id for the call.
    #[param(example = "ses_0199d7d2c5e07c3f9a3be2b1f0c44a10")]
    pub session_id: String,
}

/// `{clientId}`, `{teamId}`
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct TeamPath {
    /// The client's id.
    #[param(example = "client-demo")]
    pub client_id: String,
    /// The team's id, from the list.
    #[param(example = "team_0199d7d2c5e07c3f9a3be2b1f0c44a10")]
    pub team_id: String,
}

/// `{clientId}`, `{viewId}`
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct ViewPath {
    /// The client's id.
    #[param(example = "client-demo")]
    pub client_id: String,
    /// The view's id, from the list.
    #[param(example = "view_0199d7d2c5e07c3f9a3be2b1f0c44a10")]
    pub view_id: String,
}

/// `{clientId}`, `{entryId}`
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct SuppressionPath {
    /// The client's id.
    #[param(example = "client-demo")]
    pub client_id: String,
    /// The entry's id, from the list.
    #[param(example = "sup_0199d7d2c5e07c3f9a3be2b1f0c44a10")]
    pub entry_id: String,
}

/// `{clientId}`, `{receiverId}`
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct ReceiverPath {
    /// The client's id.
    #[param(example = "client-demo")]
    pub client_id: String,
    /// The receiver's id, from the list.
    #[param(example = "receiver_0199d7d2c5e07c3f9a3be2b1f0c44a10")]
    pub receiver_id: String,
}

/// `{clientId}`, `{receiverId}`, `{messageId}`
#[expect(clippy::struct_field_names, reason = "the names of the path's parameters")]
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct DeliveryPath {
    /// The client's id.
    #[param(example = "client-demo")]
    pub client_id: String,
    /// The receiver's id, from the list.
    #[param(example = "receiver_0199d7d2c5e07c3f9a3be2b1f0c44a10")]
    pub receiver_id: String,
    /// The message's id, from the list.
    #[param(example = "log_0199d7d2c5e07c3f9a3be2b1f0c44a10")]
    pub message_id: String,
}

/// `{clientId}`, `{consentId}`
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct ConsentPath {
    /// The client's id.
    #[param(example = "client-demo")]
    pub client_id: String,
    /// The consent's id, from the list.
    #[param(example = "con_0199d7d2c5e07c3f9a3be2b1f0c44a10")]
    pub consent_id: String,
}

/// `{clientId}`, `{quietTimeId}`
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct ClientQuietTimePath {
    /// The client's id.
    #[param(example = "client-demo")]
    pub client_id: String,
    /// The entry's id, from the list.
    #[param(example = "qui_0199d7d2c5e07c3f9a3be2b1f0c44a10")]
    pub quiet_time_id: String,
}

/// `{quietTimeId}`
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct QuietTimePath {
    /// The entry's id, as it was returned when it was made.
    #[param(example = "qui_0199d7d2c5e07c3f9a3be2b1f0c44a10")]
    pub quiet_time_id: String,
}

/// `{clientId}`, `{packName}`
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct PackPath {
    /// The client's id.
    #[param(example = "client-demo")]
    pub client_id: String,
    /// The pack's name, which begins with `own-`.
    #[param(max_length = 100, pattern = "^own-[a-z0-9-]+$", example = "own-lunch")]
    pub pack_name: String,
}

/// `{clientId}`, `{keyId}`
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct KeyPath {
    /// The client's id.
    #[param(example = "client-demo")]
    pub client_id: String,
    /// The key's id, from the list.
    #[param(example = "key_0199d7d2c5e07c3f9a3be2b1f0c44a10")]
    pub key_id: String,
}

/// `{clientId}`, `{tokenId}`
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct TokenPath {
    /// The client's id.
    #[param(example = "client-demo")]
    pub client_id: String,
    /// The token's id, from the list.
    #[param(example = "token_0199d7d2c5e07c3f9a3be2b1f0c44a10")]
    pub token_id: String,
}

/// `{provider}`, `{secret}`
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct WebhookPath {
    /// The provider's name.
    #[param(example = "exotel")]
    pub provider: String,
    /// The account's secret, as in `webhookUrl`; or the account's id, with the secret in the header
    /// `X-Webhook-Secret` or as the password of `Authorization: Basic`.
    pub secret: String,
}
