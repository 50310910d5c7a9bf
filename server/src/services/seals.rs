//! Seals events and decisions, so that a later change of them is found (docs/complaint-file.md).

pub mod keys;

use crate::ids::Ids;
use crate::seal::signing::SigningKey;
use crate::services::ServiceError;
use crate::storage::{SealHead, SealOutcome, Store};
use crate::time;
use crate::vault::Vault;
use call_ribbon_shared::Millis;
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

/// How often everything new is sealed.
pub const INTERVAL: Duration = Duration::from_mins(1);
/// The most seals of one pass. What is left is sealed by the next one.
const MOST_SEALS: usize = 4000;
const HOUR: Millis = 60 * 60 * 1000;

/// How far a client's events and decisions are sealed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SealState {
    /// The number of the latest seal; 0: there is none.
    pub seal: i64,
    pub sealed_at: Option<String>,
    /// The SHA-256 of the latest seal's text, in Base64. Who notes it can tell later that no earlier
    /// seal was replaced.
    pub hash: String,
    /// The text of the latest seal, which is signed.
    pub text: Option<String>,
    /// Its Ed25519 signature, in Base64.
    pub signature: Option<String>,
    /// Events that are not sealed yet.
    pub waiting_events: i64,
    /// Decisions that are not sealed yet.
    pub waiting_decisions: i64,
}

/// Runs one pass over all clients. What fails is sealed by a later pass.
pub async fn seal_all(store: &Store, vault: &Vault, ids: &Ids, now: Millis) {
    if let Err(error) = seal_clients(store, vault, ids, now).await {
        tracing::warn!("events and decisions could not be sealed: {error}");
    }
}

async fn seal_clients(
    store: &Store,
    vault: &Vault,
    ids: &Ids,
    now: Millis,
) -> Result<(), ServiceError> {
    let clients = store.seals().system_list_unsealed().await?;
    if clients.is_empty() {
        return Ok(());
    }
    let key = keys::find_or_create_key(store, vault, ids, now).await?;
    let mut left = MOST_SEALS;
    for client_id in clients {
        left = seal_client(store, &client_id, &key, ids, now, left).await?;
    }
    Ok(())
}

/// Seals what a client has, with at most so many seals. Returns how many seals are left.
pub async fn seal_client(
    store: &Store,
    client_id: &str,
    key: &SigningKey,
    ids: &Ids,
    now: Millis,
    most: usize,
) -> Result<usize, ServiceError> {
    let mut before = store.seals().find_seal_head(client_id).await?.sealed_at;
    for left in (0..most).rev() {
        match store.seals().seal_next(client_id, key, ids, now).await? {
            SealOutcome::Sealed(head) => {
                log_each_hour(client_id, before, &head);
                before = head.sealed_at;
            }
            // The other server goes on with it; after an erasure the next attempt succeeds.
            SealOutcome::Overtaken => {}
            SealOutcome::Complete => return Ok(left + 1),
        }
    }
    Ok(0)
}

/// Publishes the first seal of each hour in the log, from where nobody can take it back.
fn log_each_hour(client_id: &str, before: Millis, head: &SealHead) {
    if before.div_euclid(HOUR) != head.sealed_at.div_euclid(HOUR) {
        let (seal, hash) = (head.number, head.hash.as_str());
        tracing::info!(client = client_id, seal, hash, "events and decisions are sealed");
    }
}

/// Returns how far a client's events and decisions are sealed.
pub async fn show_state(store: &Store, client_id: &str) -> Result<SealState, ServiceError> {
    store.clients().find_client(client_id).await?.ok_or_else(ServiceError::unknown_client)?;
    let head = store.seals().find_seal_head(client_id).await?;
    let (last_event, last_decision) = store.seals().find_last_numbers(client_id).await?;
    let seal = store.seals().find_seal(client_id, head.number).await?;
    let (text, signature) = seal.map(|seal| (seal.text, seal.signature)).unzip();
    Ok(SealState {
        seal: head.number,
        sealed_at: (head.number > 0).then(|| time::format(head.sealed_at)),
        hash: head.hash,
        text,
        signature,
        waiting_events: (last_event - head.last_event).max(0),
        waiting_decisions: (last_decision - head.last_decision).max(0),
    })
}
