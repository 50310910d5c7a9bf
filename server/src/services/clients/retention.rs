//! Removes a client's expired data: on request of an operator, and automatically every hour.
//!
//! It works in batches. Each is a short transaction that finds its own work, so a run may stop
//! anywhere and be repeated, and several servers running it only share the work.

use crate::services::ServiceError;
use crate::services::access::operator::Operator;
use crate::storage::{Client, RemovedCounts, Retention, Store, StoreError};
use crate::time;
use call_ribbon_shared::Millis;
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

/// How often the server removes expired data.
pub const INTERVAL: Duration = Duration::from_hours(1);
/// How long one run may take; the next run removes the rest.
const MAX_RUN: Duration = Duration::from_mins(5);
/// Events or calls removed in one transaction: few enough that other transactions hardly wait.
const BATCH: i64 = 500;
const DAY: Millis = 24 * 60 * 60 * 1000;

/// How long a client keeps its data, in days; null means forever.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Retention)]
pub struct RetentionShown {
    #[schema(required, minimum = 1, maximum = 36500)]
    events_days: Option<i64>,
    #[schema(required, minimum = 1, maximum = 36500)]
    calls_days: Option<i64>,
}

/// What is kept, and how much is removed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RetentionReport)]
pub struct Report {
    pub retention: RetentionShown,
    /// Events that happened earlier are not kept; null if all are.
    #[schema(required, format = DateTime)]
    pub events_before: Option<String>,
    /// Calls that began earlier are not kept; null if all are.
    #[schema(required, format = DateTime)]
    pub calls_before: Option<String>,
    /// Whether nothing was removed, and the numbers say what would be.
    pub dry_run: bool,
    pub calls: i64,
    pub events: i64,
    pub notes: i64,
    /// Whether everything expired was removed; otherwise the next run removes the rest.
    pub complete: bool,
}

/// The times before which nothing is kept; the earliest possible time if everything is.
#[derive(Debug, Clone, Copy)]
struct Limits {
    events: Millis,
    calls: Millis,
}

impl From<Retention> for RetentionShown {
    fn from(retention: Retention) -> Self {
        Self { events_days: retention.events_days, calls_days: retention.calls_days }
    }
}

impl Limits {
    fn of_retention(retention: Retention, now: Millis) -> Self {
        let before = |days: Option<i64>| {
            days.map_or(Millis::MIN, |days| now.saturating_sub(days.saturating_mul(DAY)))
        };
        Self { events: before(retention.events_days), calls: before(retention.calls_days) }
    }
}

/// Returns how long a client keeps its data, and what would be removed now.
pub async fn preview_removal(
    operator: &Operator<'_>,
    client_id: &str,
) -> Result<Report, ServiceError> {
    operator
        .store
        .clients()
        .find_client(client_id)
        .await?
        .ok_or_else(ServiceError::unknown_client)?;
    let retention = operator.store.clients().find_retention(client_id).await?;
    let limits = Limits::of_retention(retention, operator.now);
    let gone =
        operator.store.clients().count_removable(client_id, limits.events, limits.calls).await?;
    Ok(build_report(retention, limits, gone, true, true))
}

/// Removes a client's expired data.
pub async fn remove_expired(
    operator: &Operator<'_>,
    client_id: &str,
) -> Result<Report, ServiceError> {
    let client = operator
        .store
        .clients()
        .find_client(client_id)
        .await?
        .ok_or_else(ServiceError::unknown_client)?;
    let retention = operator.store.clients().find_retention(client_id).await?;
    let limits = Limits::of_retention(retention, operator.now);
    operator.store.audit().write_audit(client_id, "retention.run", None, operator.stamp()).await?;
    let (gone, complete) = remove_batches(operator.store, &client, limits).await?;
    Ok(build_report(retention, limits, gone, false, complete))
}

/// Removes the expired data of all clients.
pub async fn remove_for_all_clients(store: &Store, now: Millis) {
    if let Err(error) = enforce_all(store, now).await {
        tracing::warn!("expired data could not be deleted: {error}");
    }
}

async fn enforce_all(store: &Store, now: Millis) -> Result<(), StoreError> {
    for client_id in store.clients().system_clients_with_retention().await? {
        let Some(client) = store.clients().find_client(&client_id).await? else { continue };
        let limits = Limits::of_retention(store.clients().find_retention(&client_id).await?, now);
        let (gone, complete) = remove_batches(store, &client, limits).await?;
        if gone != RemovedCounts::default() {
            let RemovedCounts { calls, events, notes } = gone;
            tracing::info!(client_id, calls, events, notes, complete, "expired data was deleted");
        }
    }
    Ok(())
}

/// Removes what is older than the limits; returns how much, and whether it was all.
async fn remove_batches(
    store: &Store,
    client: &Client,
    limits: Limits,
) -> Result<(RemovedCounts, bool), StoreError> {
    let mut gone = RemovedCounts::default();
    let work = async {
        if limits.calls > Millis::MIN {
            let mut more = true;
            while more {
                let (went, left) = store
                    .clients()
                    .remove_calls(&client.id, client.time_zone, limits.calls, BATCH)
                    .await?;
                gone.calls += went.calls;
                gone.events += went.events;
                gone.notes += went.notes;
                more = left;
            }
        }
        if limits.events > Millis::MIN {
            let mut from = Millis::MIN;
            while let Some((went, next)) =
                store.clients().remove_events(&client.id, from, limits.events, BATCH).await?
            {
                gone.events += went;
                from = next;
            }
        }
        Ok::<_, StoreError>(())
    };
    // A cancelled transaction leaves nothing behind.
    let complete = match tokio::time::timeout(MAX_RUN, work).await {
        Ok(done) => done.map(|()| true)?,
        Err(_) => false,
    };
    Ok((gone, complete))
}

fn build_report(
    retention: Retention,
    limits: Limits,
    gone: RemovedCounts,
    dry_run: bool,
    complete: bool,
) -> Report {
    let before = |limit: Millis| (limit > Millis::MIN).then(|| time::format(limit));
    Report {
        retention: retention.into(),
        events_before: before(limits.events),
        calls_before: before(limits.calls),
        dry_run,
        calls: gone.calls,
        events: gone.events,
        notes: gone.notes,
        complete,
    }
}
