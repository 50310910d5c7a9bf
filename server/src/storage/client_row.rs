//! A client's row, which access reads along with a credential.

use crate::storage::StoreError;
use call_ribbon_shared::Millis;
use call_ribbon_shared::plan::Plan;
use chrono_tz::Tz;
use sqlx::FromRow;

/// A client with what the rules need.
#[derive(Debug, Clone)]
pub struct Client {
    pub id: String,
    pub name: String,
    pub plan: Plan,
    /// Calls that it may start in a month.
    pub limit: i64,
    /// Features that it may use.
    pub features: Vec<String>,
    /// Domains whose pages may use its key; if empty, all domains.
    pub allowed_domains: Vec<String>,
    /// The time zone in which its days and months begin and end.
    pub time_zone: Tz,
    pub suspended: bool,
    /// Counts the changes of its provider accounts; 0 if it never had one.
    pub accounts_version: i64,
    /// Whether an agent's id counts only with a token that the client's server has signed.
    pub require_agent_token: bool,
    /// Whether its viewers may export calls.
    pub viewers_export: bool,
}

/// A client's row.
#[derive(FromRow)]
pub struct ClientRow {
    client_id: String,
    name: String,
    plan: String,
    call_limit: Option<i64>,
    features: Option<String>,
    allowed_domains: String,
    time_zone: String,
    suspended_at: Option<Millis>,
    accounts_version: i64,
    require_agent_token: i64,
    viewers_export: i64,
}

impl TryFrom<ClientRow> for Client {
    type Error = StoreError;

    fn try_from(row: ClientRow) -> Result<Self, StoreError> {
        let plan =
            Plan::parse(&row.plan).ok_or_else(|| invalid_row(format!("plan {}", row.plan)))?;
        let features = match &row.features {
            Some(features) => decode_list(features)?,
            None => plan.features().into_iter().map(str::to_owned).collect(),
        };
        Ok(Self {
            limit: row.call_limit.unwrap_or_else(|| i64::from(plan.calls_per_month())),
            plan,
            features,
            allowed_domains: decode_list(&row.allowed_domains)?,
            time_zone: parse_zone(&row.time_zone)?,
            suspended: row.suspended_at.is_some(),
            accounts_version: row.accounts_version,
            require_agent_token: row.require_agent_token != 0,
            viewers_export: row.viewers_export != 0,
            id: row.client_id,
            name: row.name,
        })
    }
}

/// Decodes a list stored as JSON.
pub fn decode_list(json: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(json).map_err(invalid_row)
}

/// Encodes a list of texts for storage.
pub fn encode_list(list: &[String]) -> String {
    // Texts always serialise.
    serde_json::to_string(list).unwrap_or_default()
}

/// Parses the name of a time zone.
pub fn parse_zone(name: &str) -> Result<Tz, StoreError> {
    name.parse().map_err(invalid_row)
}

/// Error for a row that this server did not write.
pub fn invalid_row(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::Unavailable(sqlx::Error::Decode(what.into()))
}
