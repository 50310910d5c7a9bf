//! Reads clients and their settings.

use crate::storage::client_row::{Client, ClientRow, decode_list, invalid_row};
use crate::storage::database::pools::query_read;
use crate::storage::{ClientStore, StoreError};
use call_ribbon_shared::wire::{Disposition, FieldLabel, Targets};

impl ClientStore<'_> {
    /// Returns the client with this id.
    pub async fn find_client(self, client_id: &str) -> Result<Option<Client>, StoreError> {
        let row: Option<ClientRow> = query_read!(self, |db| sqlx::query_as(
            "SELECT client_id, name, plan, call_limit, features, allowed_domains, time_zone,
                    suspended_at, accounts_version, require_agent_token, viewers_export
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

    /// Returns how the client names its fields, in the order in which it shows them.
    pub async fn find_field_labels(self, client_id: &str) -> Result<Vec<FieldLabel>, StoreError> {
        let own: Option<Option<String>> = query_read!(self, |db| sqlx::query_scalar(
            "SELECT field_labels FROM clients WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        let own = own.flatten().map(|json| serde_json::from_str(&json).map_err(invalid_row));
        Ok(own.transpose()?.unwrap_or_default())
    }

    /// Returns the client's targets for its agents.
    pub async fn find_targets(self, client_id: &str) -> Result<Targets, StoreError> {
        let json: Option<Option<String>> = query_read!(self, |db| sqlx::query_scalar(
            "SELECT targets FROM clients WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        let Some(json) = json.flatten() else { return Ok(Targets::default()) };
        serde_json::from_str(&json).map_err(invalid_row)
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
