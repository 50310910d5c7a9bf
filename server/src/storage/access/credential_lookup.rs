//! Looks up credentials in batches, once for all requests that wait for the same one.
//!
//! Every request has a credential, and most have the same few. A cache would accept one for a while
//! after it was revoked, perhaps by another server. So nothing is cached: while one lookup runs,
//! the next one gathers requests, and each request gets a result that was read after it had asked.

use super::credentials::{CredentialKind, CredentialRow};
use crate::storage::client_row::{Client, ClientRow};
use crate::storage::database::pools::{Pools, begin_work, query_read};
use crate::storage::{CredentialStore, StoreError};
use futures_util::future::join_all;
use sqlx::FromRow;
use std::collections::HashMap;
use std::io;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// Requests that may wait for a lookup; further ones are refused and have to retry.
const MAX_WAITING: usize = 4096;
/// Credentials that are looked up at once.
const BATCH: usize = 256;

/// A stored credential with its client.
#[derive(Debug, Clone)]
pub struct FoundCredential {
    pub hash: String,
    pub credential: CredentialRow,
    pub client: Client,
}

#[derive(FromRow)]
struct FoundRow {
    hash: String,
    #[sqlx(flatten)]
    credential: CredentialRow,
    #[sqlx(flatten)]
    client: ClientRow,
}

type LookupResult = Result<Option<FoundCredential>, StoreError>;

/// A waiting request.
struct LookupRequest {
    kind: CredentialKind,
    hash: String,
    answer: oneshot::Sender<LookupResult>,
}

/// The channel to the lookup task.
#[derive(Debug)]
pub struct CredentialLookups {
    requests: mpsc::Sender<LookupRequest>,
}

/// The lookup task.
struct LookupTask {
    pools: Pools,
}

impl CredentialStore<'_> {
    /// Returns the credential of this kind with this hash, of any client: the caller is not known
    /// before.
    pub async fn system_find(
        self,
        kind: CredentialKind,
        hash: &str,
    ) -> Result<Option<FoundCredential>, StoreError> {
        let _work = begin_work!(self.pools);
        let (answer, found) = oneshot::channel();
        let request = LookupRequest { kind, hash: hash.to_owned(), answer };
        self.credential_lookups
            .requests
            .try_send(request)
            .map_err(|_| unavailable_error("its queue is full".to_owned()))?;
        found.await.unwrap_or_else(|_| Err(unavailable_error("it is shutting down".to_owned())))
    }
}

impl CredentialLookups {
    /// Creates the channel, and the task that runs lookups until it is cancelled.
    pub fn new(pools: Pools, stop: CancellationToken) -> (Self, impl Future<Output = ()>) {
        let (requests, queue) = mpsc::channel(MAX_WAITING);
        (Self { requests }, LookupTask { pools }.run_lookups(queue, stop))
    }
}

impl LookupTask {
    async fn run_lookups(self, mut queue: mpsc::Receiver<LookupRequest>, stop: CancellationToken) {
        let mut requests = Vec::with_capacity(BATCH);
        loop {
            let count = tokio::select! {
                () = stop.cancelled() => return,
                count = queue.recv_many(&mut requests, BATCH) => count,
            };
            if count == 0 {
                return;
            }
            let mut waiting: HashMap<(CredentialKind, String), Vec<oneshot::Sender<LookupResult>>> =
                HashMap::new();
            for request in requests.drain(..) {
                let LookupRequest { kind, hash, answer } = request;
                waiting.entry((kind, hash)).or_default().push(answer);
            }
            let each = waiting.into_iter().map(async |((kind, hash), answers)| {
                let found = self.read_credential(kind, &hash).await;
                for answer in answers {
                    // The caller may have gone away.
                    let _ = answer.send(clone_result(&found));
                }
            });
            join_all(each).await;
        }
    }

    async fn read_credential(&self, kind: CredentialKind, hash: &str) -> LookupResult {
        let row: Option<FoundRow> = query_read!(self, |db| {
            sqlx::query_as(
            "SELECT k.hash, k.credential_id, k.prefix, k.label, k.scopes, k.numbers, k.role,
                    k.created_at, k.last_used_at, k.revoked_at, c.client_id, c.name, c.plan, c.call_limit,
                    c.features, c.allowed_domains, c.time_zone, c.suspended_at, c.accounts_version,
                    c.require_agent_token, c.viewers_export
             FROM credentials k JOIN clients c ON c.client_id = k.client_id
             WHERE k.hash = $1 AND k.kind = $2"
        )
        .bind(hash)
        .bind(kind.as_str())
        .fetch_optional(db)
        })?;
        row.map(|row| {
            Ok(FoundCredential {
                hash: row.hash,
                credential: row.credential,
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
