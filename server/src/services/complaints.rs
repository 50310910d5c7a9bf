//! The file for a complaint: every attempt to reach a person, why it was permitted, and proof of it.

mod collecting;
mod content;
mod pages;
mod proving;
mod report;
mod turns;

use crate::seal::file::{CALLS, Manifest, PROOF, REPORT, VERIFIER, write_file};
use crate::services::ServiceError;
use crate::services::access::numbers::text::hide_numbers;
use crate::services::access::operator::Operator;
use crate::services::customers::matching::Numbers;
use crate::services::customers::personal_data::erasure_mark;
use crate::services::seals::{keys, seal_client};
use crate::storage::{Client, StoreError};
use crate::time;
use crate::vault::Vault;
use call_ribbon_shared::Millis;
use collecting::collect;
pub use turns::FileTurns;

/// The page that checks a file in a browser.
pub const VERIFIER_PAGE: &str = include_str!("complaints/verify.html");
/// Seals that are made before a file, so that it has what happened a moment ago.
const MOST_SEALS: usize = 1000;

/// About whom a file is.
#[derive(Debug)]
pub struct FileOrder {
    pub customer_id: Option<String>,
    /// The number as E.164.
    pub number: Option<String>,
    /// Calls that began from the first time on, before the second.
    pub range: (Millis, Millis),
    /// Why the file is made.
    pub reason: String,
}

/// Makes a file, and records in the audit log who did and why.
pub async fn make_file(
    operator: &Operator<'_>,
    vault: &Vault,
    turns: &FileTurns,
    numbers: &Numbers,
    client: &Client,
    order: &FileOrder,
) -> Result<Vec<u8>, ServiceError> {
    let _turn = turns.wait_for_turn(&client.id).await?;
    let (store, now) = (operator.store, operator.now);
    let key = keys::find_or_create_key(store, vault, operator.ids, now).await?;
    seal_client(store, &client.id, &key, operator.ids, now, MOST_SEALS).await?;
    let subject = subject(&client.id, order);
    let reason = hide_numbers(&order.reason).unwrap_or_else(|| order.reason.clone());
    let entry = format!("{subject} {reason}");
    let stamp = operator.stamp();
    store.audit().write_audit(&client.id, "complaint-file.made", Some(&entry), stamp).await?;
    let head = store.seals().find_seal_head(&client.id).await?;
    let file_id = operator.ids.new_id("file", now);
    let (calls, proof) = collect(operator, numbers, client, order, &subject, &file_id).await?;
    let manifest = Manifest {
        version: 1,
        file_id,
        client: client.id.clone(),
        made_at: time::format(now),
        seal: head.number,
        seal_hash: head.hash,
        members: Vec::new(),
        key: String::new(),
    };
    let packed = tokio::task::spawn_blocking(move || {
        let pdf = report::write_report(&calls);
        let calls = serde_json::to_vec_pretty(&calls).map_err(|error| error.to_string())?;
        let proof = serde_json::to_vec(&proof).map_err(|error| error.to_string())?;
        let members: [(&str, &[u8]); 4] = [
            (CALLS, &calls),
            (PROOF, &proof),
            (REPORT, &pdf),
            (VERIFIER, VERIFIER_PAGE.as_bytes()),
        ];
        write_file(manifest, &members, &key).map_err(|error| error.to_string())
    });
    let packed = packed.await.map_err(|error| error.to_string()).and_then(|packed| packed);
    packed.map_err(|error| {
        ServiceError::Unavailable(StoreError::Unavailable(sqlx::Error::Protocol(error)))
    })
}

/// Returns the name of the person in the audit log, which must not name anybody.
fn subject(client_id: &str, order: &FileOrder) -> String {
    let who = order.customer_id.as_deref().or(order.number.as_deref());
    erasure_mark(client_id, who.unwrap_or_default())
}
