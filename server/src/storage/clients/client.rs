//! Reads clients and their settings.

use crate::storage::database::pools::query_read;
use crate::storage::{ClientStore, StoreError};
use call_ribbon_shared::Millis;
use call_ribbon_shared::plan::Plan;
use call_ribbon_shared::wire::Disposition;
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
}

impl ClientStore<'_> {
    /// Returns the client with this id.
    pub async fn find_client(self, client_id: &str) -> Result<Option<Client>, StoreError> {
        let row: Option<ClientRow> = query_read!(self, |db| sqlx::query_as(
            "SELECT client_id, name, plan, call_limit, features, allowed_domains, time_zone,
                    suspended_at, accounts_version
             FROM clients WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        row.map(Client::try_from).transpose()
    }

    /// Returns the lists of allowed domains of all clients that are not suspended.
    pub async fn system_list_allowed_domains(self) -> Result<Vec<Vec<String>>, StoreError> {
        let lists: Vec<String> = query_read!(self, |db| sqlx::query_scalar(
            "SELECT DISTINCT allowed_domains FROM clients WHERE suspended_at IS NULL"
        )
        .fetch_all(db))?;
        lists.iter().map(|json| decode_list(json)).collect()
    }

    /// Returns a client's default country, and the URL template of its CRM page for a lead.
    pub async fn find_client_extras(
        self,
        client_id: &str,
    ) -> Result<(Option<String>, Option<String>), StoreError> {
        let found: Option<(Option<String>, Option<String>)> =
            query_read!(self, |db| sqlx::query_as(
                "SELECT default_country, crm_url FROM clients WHERE client_id = $1"
            )
            .bind(client_id)
            .fetch_optional(db))?;
        Ok(found.unwrap_or_default())
    }

    /// Returns the client's own dispositions, if it has set any.
    pub async fn find_dispositions(
        self,
        client_id: &str,
    ) -> Result<Option<Vec<Disposition>>, StoreError> {
        let own: Option<Option<String>> = query_read!(self, |db| sqlx::query_scalar(
            "SELECT dispositions FROM clients WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        own.flatten().map(|json| serde_json::from_str(&json).map_err(invalid_row)).transpose()
    }

    /// Returns the name of an agent.
    pub async fn find_agent_name(
        self,
        client_id: &str,
        agent_id: &str,
    ) -> Result<Option<String>, StoreError> {
        let name: Option<Option<String>> = query_read!(self, |db| sqlx::query_scalar(
            "SELECT name FROM agents WHERE client_id = $1 AND agent_id = $2"
        )
        .bind(client_id)
        .bind(agent_id)
        .fetch_optional(db))?;
        Ok(name.flatten())
    }
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
            id: row.client_id,
            name: row.name,
        })
    }
}

/// Decodes a list stored as JSON.
pub(in crate::storage) fn decode_list(json: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(json).map_err(invalid_row)
}

/// Parses the name of a time zone.
pub fn parse_zone(name: &str) -> Result<Tz, StoreError> {
    name.parse().map_err(invalid_row)
}

/// Error for a row that this server did not write.
fn invalid_row(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::Unavailable(sqlx::Error::Decode(what.into()))
}
