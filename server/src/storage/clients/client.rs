//! Clients.

use crate::storage::database::pools::reading;
use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;
use call_ribbon_shared::plan::Plan;
use call_ribbon_shared::wire::Disposition;
use chrono_tz::Tz;
use sqlx::FromRow;

/// A client as the rules need it.
#[derive(Debug, Clone)]
pub struct Client {
    pub id: String,
    pub name: String,
    pub plan: Plan,
    /// Calls it may start in a month.
    pub limit: i64,
    /// What it may use.
    pub features: Vec<String>,
    /// Domains whose pages may use its key; empty: all.
    pub allowed_domains: Vec<String>,
    /// Where its months and days begin and end.
    pub time_zone: Tz,
    pub suspended: bool,
    /// Changes with each change of its accounts at providers; 0: it has never had one.
    pub accounts_version: i64,
}

/// A client's row as it is read.
#[derive(FromRow)]
pub struct ClientColumns {
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

impl Store {
    /// A client by its id.
    pub async fn client(&self, client_id: &str) -> Result<Option<Client>, StoreError> {
        let row: Option<ClientColumns> = reading!(self, |db| sqlx::query_as(
            "SELECT client_id, name, plan, call_limit, features, allowed_domains, time_zone,
                    suspended_at, accounts_version
             FROM clients WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        row.map(Client::try_from).transpose()
    }

    /// The lists of allowed domains of all clients that are served.
    pub async fn system_allow_lists(&self) -> Result<Vec<Vec<String>>, StoreError> {
        let lists: Vec<String> = reading!(self, |db| sqlx::query_scalar(
            "SELECT DISTINCT allowed_domains FROM clients WHERE suspended_at IS NULL"
        )
        .fetch_all(db))?;
        lists.iter().map(|json| list(json)).collect()
    }

    /// What only an operator sees of a client: its default country and the page of its CRM.
    pub async fn client_extras(
        &self,
        client_id: &str,
    ) -> Result<(Option<String>, Option<String>), StoreError> {
        let found: Option<(Option<String>, Option<String>)> = reading!(self, |db| sqlx::query_as(
            "SELECT default_country, crm_url FROM clients WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        Ok(found.unwrap_or_default())
    }

    /// The list of dispositions that a client has set, where it has.
    pub async fn dispositions(
        &self,
        client_id: &str,
    ) -> Result<Option<Vec<Disposition>>, StoreError> {
        let own: Option<Option<String>> = reading!(self, |db| sqlx::query_scalar(
            "SELECT dispositions FROM clients WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        own.flatten().map(|json| serde_json::from_str(&json).map_err(unreadable)).transpose()
    }

    /// The name of one of a client's agents.
    pub async fn agent_name(
        &self,
        client_id: &str,
        agent_id: &str,
    ) -> Result<Option<String>, StoreError> {
        let name: Option<Option<String>> = reading!(self, |db| sqlx::query_scalar(
            "SELECT name FROM agents WHERE client_id = $1 AND agent_id = $2"
        )
        .bind(client_id)
        .bind(agent_id)
        .fetch_optional(db))?;
        Ok(name.flatten())
    }
}

impl TryFrom<ClientColumns> for Client {
    type Error = StoreError;

    fn try_from(row: ClientColumns) -> Result<Self, StoreError> {
        let plan =
            Plan::parse(&row.plan).ok_or_else(|| unreadable(format!("plan {}", row.plan)))?;
        let features = match &row.features {
            Some(features) => list(features)?,
            None => plan.features().into_iter().map(str::to_owned).collect(),
        };
        Ok(Self {
            limit: row.call_limit.unwrap_or_else(|| i64::from(plan.calls_per_month())),
            plan,
            features,
            allowed_domains: list(&row.allowed_domains)?,
            time_zone: zone(&row.time_zone)?,
            suspended: row.suspended_at.is_some(),
            accounts_version: row.accounts_version,
            id: row.client_id,
            name: row.name,
        })
    }
}

/// Reads a list kept as JSON.
pub(in crate::storage) fn list(json: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(json).map_err(unreadable)
}

/// Reads a time zone's name.
pub fn zone(name: &str) -> Result<Tz, StoreError> {
    name.parse().map_err(unreadable)
}

/// A row that this server did not write.
fn unreadable(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::Unavailable(sqlx::Error::Decode(what.into()))
}
