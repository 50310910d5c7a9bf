//! Looks up API keys in batches, once for all requests that wait for the same key.
//!
//! Every request has a key, and most have the same few. A cache would accept a key for a while
//! after it was revoked, perhaps by another server. So nothing is cached: while one lookup runs,
//! the next one gathers requests, and each request gets a result that was read after it had asked.

use crate::storage::clients::client::{Client, ClientRow, decode_list};
use crate::storage::database::pools::{Pools, query_read};
use crate::storage::{CredentialStore, StoreError};
use call_ribbon_shared::Millis;
use futures_util::future::join_all;
use sqlx::FromRow;
use std::collections::HashMap;
use std::io;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// Requests that may wait for a lookup; further ones are refused and have to retry.
const MAX_WAITING: usize = 4096;
/// Keys that are looked up at once.
const BATCH: usize = 256;

/// An API key with its client.
#[derive(Debug, Clone)]
pub struct FoundKey {
    pub key_id: String,
    pub key_hash: String,
    pub scopes: Vec<String>,
    pub revoked: bool,
    /// The last recorded use; uses within a minute are recorded as one.
    pub last_used_at: Option<Millis>,
    pub client: Client,
}

#[derive(FromRow)]
struct FoundKeyRow {
    key_id: String,
    key_hash: String,
    scopes: String,
    revoked_at: Option<Millis>,
    last_used_at: Option<Millis>,
    #[sqlx(flatten)]
    client: ClientRow,
}

type LookupResult = Result<Option<FoundKey>, StoreError>;

/// A waiting request.
struct LookupRequest {
    hash: String,
    answer: oneshot::Sender<LookupResult>,
}

/// The channel to the lookup task.
#[derive(Debug)]
pub struct KeyLookups {
    asked: mpsc::Sender<LookupRequest>,
}

/// The lookup task.
struct LookupTask {
    pools: Pools,
}

impl CredentialStore<'_> {
    /// Returns the key with this hash, of any client: the caller is not known before.
    pub async fn system_find_key(self, hash: &str) -> Result<Option<FoundKey>, StoreError> {
        let (answer, found) = oneshot::channel();
        let asked = LookupRequest { hash: hash.to_owned(), answer };
        self.key_reads
            .asked
            .try_send(asked)
            .map_err(|_| unavailable_error("its queue is full".to_owned()))?;
        found.await.unwrap_or_else(|_| Err(unavailable_error("it is shutting down".to_owned())))
    }
}

impl KeyLookups {
    /// Creates the channel, and the task that runs lookups until it is cancelled.
    pub fn new(pools: Pools, stop: CancellationToken) -> (Self, impl Future<Output = ()>) {
        let (asked, queue) = mpsc::channel(MAX_WAITING);
        (Self { asked }, LookupTask { pools }.run_lookups(queue, stop))
    }
}

impl LookupTask {
    async fn run_lookups(self, mut queue: mpsc::Receiver<LookupRequest>, stop: CancellationToken) {
        let mut asked = Vec::with_capacity(BATCH);
        loop {
            let count = tokio::select! {
                () = stop.cancelled() => return,
                count = queue.recv_many(&mut asked, BATCH) => count,
            };
            if count == 0 {
                return;
            }
            let mut waiting: HashMap<String, Vec<oneshot::Sender<LookupResult>>> = HashMap::new();
            for one in asked.drain(..) {
                waiting.entry(one.hash).or_default().push(one.answer);
            }
            let each = waiting.into_iter().map(async |(hash, answers)| {
                let found = self.read_key(&hash).await;
                for answer in answers {
                    // The caller may have gone away.
                    let _ = answer.send(clone_result(&found));
                }
            });
            join_all(each).await;
        }
    }

    async fn read_key(&self, hash: &str) -> LookupResult {
        let row: Option<FoundKeyRow> = query_read!(self, |db| {
            sqlx::query_as(
                "SELECT k.key_id, k.key_hash, k.scopes, k.revoked_at, k.last_used_at, c.client_id,
                    c.name, c.plan, c.call_limit, c.features, c.allowed_domains, c.time_zone,
                    c.suspended_at, c.accounts_version
             FROM api_keys k JOIN clients c ON c.client_id = k.client_id WHERE k.key_hash = $1",
            )
            .bind(hash)
            .fetch_optional(db)
        })?;
        row.map(|row| {
            Ok(FoundKey {
                scopes: decode_list(&row.scopes)?,
                key_id: row.key_id,
                key_hash: row.key_hash,
                revoked: row.revoked_at.is_some(),
                last_used_at: row.last_used_at,
                client: row.client.try_into()?,
            })
        })
        .transpose()
    }
}

/// Copies a result. An error cannot be cloned, but its text can.
fn clone_result(found: &LookupResult) -> LookupResult {
    match found {
        Ok(row) => Ok(row.clone()),
        Err(StoreError::Unavailable(error)) => Err(unavailable_error(error.to_string())),
        Err(error) => Err(unavailable_error(error.to_string())),
    }
}

fn unavailable_error(why: String) -> StoreError {
    StoreError::Unavailable(sqlx::Error::Io(io::Error::other(why)))
}
