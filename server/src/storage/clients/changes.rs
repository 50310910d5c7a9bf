//! Creates and changes clients, and records each change in the audit log.

use crate::patch::Patch;
use crate::storage::access::audit::{Stamp, insert_audit};
use crate::storage::access::credentials::upsert_credential;
use crate::storage::client_row::encode_list;
use crate::storage::database::pools::{Tx, query_tx, retry_tx};
use crate::storage::{ClientStore, NewCredential, StoreError};
use call_ribbon_shared::plan::Plan;
use call_ribbon_shared::wire::{Disposition, FieldLabel, Targets};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// Changes of a client. Fields that are not set keep their value, or get the plan's default.
#[derive(Debug, Clone, Default)]
pub struct ClientChange {
    pub name: Option<String>,
    pub plan: Option<Plan>,
    pub limit: Patch<i64>,
    pub features: Patch<Vec<String>>,
    pub allowed_domains: Option<Vec<String>>,
    pub time_zone: Option<Tz>,
    pub default_country: Patch<String>,
    /// The URL of the CRM page that shows a lead.
    pub crm_url: Patch<String>,
    pub suspended: Option<bool>,
    pub require_agent_token: Option<bool>,
    pub viewers_export: Option<bool>,
    /// The names and units of its fields, in the order in which they are shown.
    pub field_labels: Patch<Vec<FieldLabel>>,
    /// Dispositions that its agents can choose from.
    pub dispositions: Patch<Vec<Disposition>>,
    /// Edges of the ranges in which numbers are counted, by field.
    pub field_edges: Patch<BTreeMap<String, Vec<f64>>>,
    /// What its agents should reach on a day.
    pub targets: Patch<Targets>,
    /// Days for which events, and calls, are kept.
    pub events_days: Patch<i64>,
    pub calls_days: Patch<i64>,
}

impl ClientStore<'_> {
    /// Creates a client and its first API key.
    pub async fn create_client(
        self,
        client_id: &str,
        change: &ClientChange,
        key: &NewCredential,
        stamp: Stamp<'_>,
    ) -> Result<(), StoreError> {
        let now = stamp.now;
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO clients (client_id, name, plan, call_limit, features, allowed_domains,
                        time_zone, default_country, suspended_at, created_at, crm_url, dispositions,
                        field_edges, require_agent_token, viewers_export, field_labels, targets)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
                        $16, $17)"
            )
            .bind(client_id)
            .bind(change.name.as_deref().unwrap_or_default())
            .bind(change.plan.unwrap_or(Plan::Trial).as_str())
            .bind(change.limit.value())
            .bind(change.features.value().map(|list| encode_list(list)))
            .bind(encode_list(change.allowed_domains.as_deref().unwrap_or_default()))
            .bind(change.time_zone.unwrap_or(Tz::UTC).name())
            .bind(change.default_country.value())
            .bind(change.suspended.unwrap_or(false).then_some(now))
            .bind(now)
            .bind(change.crm_url.value())
            .bind(change.dispositions.value().map(encode_dispositions))
            .bind(change.field_edges.value().map(encode_field_edges))
            .bind(i64::from(change.require_agent_token.unwrap_or(false)))
            .bind(i64::from(change.viewers_export.unwrap_or(true)))
            .bind(change.field_labels.value().map(encode_field_labels))
            .bind(change.targets.value().map(encode_targets))
            .execute(db))?;
            upsert_credential(&mut tx, client_id, key, now).await?;
            upsert_retention(&mut tx, client_id, change).await?;
            insert_audit(&mut tx, client_id, "client.created", None, stamp).await?;
            tx.commit().await?;
            Ok(())
        })
    }

    /// Changes the given fields of a client; returns false if it does not exist.
    pub async fn change_client(
        self,
        client_id: &str,
        change: &ClientChange,
        stamp: Stamp<'_>,
    ) -> Result<bool, StoreError> {
        let now = stamp.now;
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            let suspended = change.suspended.map_or(0_i64, |on| if on { 1 } else { 2 });
            let done = query_tx!(tx, |db| sqlx::query(
                "UPDATE clients SET name = COALESCE($2, name), plan = COALESCE($3, plan),
                        allowed_domains = COALESCE($4, allowed_domains),
                        time_zone = COALESCE($5, time_zone),
                        call_limit = CASE CAST($6 AS BIGINT) WHEN 1 THEN CAST($7 AS BIGINT)
                            ELSE call_limit END,
                        features = CASE CAST($8 AS BIGINT) WHEN 1 THEN $9 ELSE features END,
                        default_country = CASE CAST($10 AS BIGINT) WHEN 1 THEN $11
                            ELSE default_country END,
                        crm_url = CASE CAST($14 AS BIGINT) WHEN 1 THEN $15 ELSE crm_url END,
                        dispositions = CASE CAST($16 AS BIGINT) WHEN 1 THEN $17
                            ELSE dispositions END,
                        field_edges = CASE CAST($18 AS BIGINT) WHEN 1 THEN $19
                            ELSE field_edges END,
                        require_agent_token = COALESCE($20, require_agent_token),
                        viewers_export = COALESCE($21, viewers_export),
                        field_labels = CASE CAST($22 AS BIGINT) WHEN 1 THEN $23
                            ELSE field_labels END,
                        targets = CASE CAST($24 AS BIGINT) WHEN 1 THEN $25 ELSE targets END,
                        suspended_at = CASE CAST($12 AS BIGINT)
                            WHEN 1 THEN COALESCE(suspended_at, CAST($13 AS BIGINT))
                            WHEN 2 THEN NULL ELSE suspended_at END
                     WHERE client_id = $1"
            )
            .bind(client_id)
            .bind(&change.name)
            .bind(change.plan.map(Plan::as_str))
            .bind(change.allowed_domains.as_ref().map(|list| encode_list(list)))
            .bind(change.time_zone.map(Tz::name))
            .bind(change.limit.set_flag())
            .bind(change.limit.value())
            .bind(change.features.set_flag())
            .bind(change.features.value().map(|list| encode_list(list)))
            .bind(change.default_country.set_flag())
            .bind(change.default_country.value())
            .bind(suspended)
            .bind(now)
            .bind(change.crm_url.set_flag())
            .bind(change.crm_url.value())
            .bind(change.dispositions.set_flag())
            .bind(change.dispositions.value().map(encode_dispositions))
            .bind(change.field_edges.set_flag())
            .bind(change.field_edges.value().map(encode_field_edges))
            .bind(change.require_agent_token.map(i64::from))
            .bind(change.viewers_export.map(i64::from))
            .bind(change.field_labels.set_flag())
            .bind(change.field_labels.value().map(encode_field_labels))
            .bind(change.targets.set_flag())
            .bind(change.targets.value().map(encode_targets))
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            upsert_retention(&mut tx, client_id, change).await?;
            let act = match change.suspended {
                Some(true) => "client.suspended",
                _ => "client.changed",
            };
            insert_audit(&mut tx, client_id, act, None, stamp).await?;
            tx.commit().await?;
            Ok(true)
        })
    }
}

/// Stores the given retention periods.
async fn upsert_retention(
    tx: &mut Tx,
    client_id: &str,
    change: &ClientChange,
) -> Result<(), sqlx::Error> {
    if change.events_days.set_flag() + change.calls_days.set_flag() == 0 {
        return Ok(());
    }
    query_tx!(*tx, |db| sqlx::query(
        "INSERT INTO retention (client_id, events_days, calls_days) VALUES ($1, $2, $3)
         ON CONFLICT (client_id) DO UPDATE SET
            events_days = CASE CAST($4 AS BIGINT) WHEN 1 THEN excluded.events_days
                ELSE retention.events_days END,
            calls_days = CASE CAST($5 AS BIGINT) WHEN 1 THEN excluded.calls_days
                ELSE retention.calls_days END"
    )
    .bind(client_id)
    .bind(change.events_days.value())
    .bind(change.calls_days.value())
    .bind(change.events_days.set_flag())
    .bind(change.calls_days.set_flag())
    .execute(db))?;
    Ok(())
}

/// Encodes dispositions for storage.
fn encode_dispositions(list: &Vec<Disposition>) -> String {
    // Texts always serialise.
    serde_json::to_string(list).unwrap_or_default()
}

/// Encodes the names of fields for storage.
fn encode_field_labels(labels: &Vec<FieldLabel>) -> String {
    // Texts always serialise.
    serde_json::to_string(labels).unwrap_or_default()
}

/// Encodes targets for storage.
fn encode_targets(targets: &Targets) -> String {
    // Texts and numbers always serialise.
    serde_json::to_string(targets).unwrap_or_default()
}

/// Encodes range edges for storage.
fn encode_field_edges(edges: &BTreeMap<String, Vec<f64>>) -> String {
    // Texts and numbers always serialise.
    serde_json::to_string(edges).unwrap_or_default()
}
