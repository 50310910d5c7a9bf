//! Listens to providers that tell of their calls on a connection that this server opens.
//!
//! Among all servers on one database, one listens to an account: it holds a lease, which it renews
//! while it lives. When it stops it gives the lease back, and when it dies the lease ends. The next
//! listener asks the provider for the calls in progress, so what was told to nobody is found.

mod listening;
mod log_pace;

use crate::ids::Ids;
use crate::providers::asterisk;
use crate::services::calls::telephony::Telephony;
use crate::storage::{EventStreamRow, StoreError};
use call_ribbon_shared::Millis;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often to look for accounts without a listener, and for those that have changed.
pub const INTERVAL: Duration = Duration::from_secs(1);
/// How long a server that died keeps others from listening, in milliseconds.
const HELD_FOR: Millis = 8_000;
/// How often a listener renews its lease.
const RENEWAL: Duration = Duration::from_secs(2);

/// The accounts that this server listens to.
#[derive(Debug)]
pub struct Listeners {
    /// The name of this server in leases.
    name: String,
    running: Mutex<HashMap<AccountKey, Listener>>,
}

/// An account by its client's id and its own.
type AccountKey = (String, String);

#[derive(Debug)]
struct Listener {
    /// The account's version: a changed account is listened to with its new settings.
    updated_at: Millis,
    stop: CancellationToken,
}

impl Listeners {
    /// Creates an empty list, with a random name for this server.
    pub fn new(ids: &Ids) -> Self {
        Self { name: ids.random_hex::<16>(), running: Mutex::default() }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<AccountKey, Listener>> {
        // Each change is one insertion or removal, so a panic elsewhere leaves nothing half done.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops listening to accounts that are not in the list, or have changed since.
    fn stop_outdated(&self, rows: &[EventStreamRow]) {
        let versions: HashMap<(&str, &str), Millis> = rows
            .iter()
            .map(|row| ((row.client_id.as_str(), row.account_id.as_str()), row.updated_at))
            .collect();
        for ((client, account), listener) in self.lock().iter() {
            let version = versions.get(&(client.as_str(), account.as_str()));
            if version != Some(&listener.updated_at) {
                listener.stop.cancel();
            }
        }
    }
}

/// Listens to all accounts that no other server listens to.
pub async fn listen_to_all(telephony: &Arc<Telephony>) {
    let provider = asterisk::NAME;
    let rows = match telephony.store.providers().system_list_event_streams(provider).await {
        Ok(rows) => rows,
        Err(error) => {
            return tracing::warn!("the accounts to listen to could not be read: {error}");
        }
    };
    telephony.listeners.stop_outdated(&rows);
    for row in rows {
        if let Err(error) = listen_to_account(telephony, &row).await {
            let account = row.account_id;
            tracing::warn!(account, "the events of a provider are delayed: {error}");
        }
    }
}

/// Starts to listen to an account unless a server does.
async fn listen_to_account(
    telephony: &Arc<Telephony>,
    row: &EventStreamRow,
) -> Result<(), StoreError> {
    let key = (row.client_id.clone(), row.account_id.clone());
    let name = &telephony.listeners.name;
    let held = row.held_until.is_some_and(|until| until >= telephony.now());
    let by_other = held && row.holder.as_ref() != Some(name);
    if by_other || telephony.listeners.lock().contains_key(&key) {
        return Ok(());
    }
    let Some(account) = telephony.accounts.by_id(&row.client_id, &row.account_id).await? else {
        return Ok(());
    };
    if !hold(telephony, &key).await? {
        return Ok(());
    }
    let stop = telephony.background.stop_token().child_token();
    let listener = Listener { updated_at: row.updated_at, stop: stop.clone() };
    telephony.listeners.lock().insert(key.clone(), listener);
    let telephony = Arc::clone(telephony);
    // The server waits for its end, so that another one can listen at once.
    telephony.background.clone().spawn(async move {
        let lease = async {
            keep_lease(&telephony, &key).await;
            stop.cancel();
            // The listener finishes what it has begun.
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = lease => {}
            () = listening::listen(&telephony, &account, &stop) => {}
        }
        let (client_id, account_id) = &key;
        let name = &telephony.listeners.name;
        let released =
            telephony.store.providers().release_event_stream(client_id, account_id, name).await;
        if let Err(error) = released {
            tracing::warn!(account = account_id, "a lease could not be given back: {error}");
        }
        telephony.listeners.lock().remove(&key);
    });
    Ok(())
}

/// Takes or renews the lease of an account; returns false if another server has it.
async fn hold(telephony: &Telephony, key: &AccountKey) -> Result<bool, StoreError> {
    let (client_id, account_id) = key;
    let now = telephony.now();
    let (name, until) = (&telephony.listeners.name, now + HELD_FOR);
    telephony.store.providers().hold_event_stream(client_id, account_id, name, now, until).await
}

/// Renews a lease until it is lost: another server may listen then.
async fn keep_lease(telephony: &Telephony, key: &AccountKey) {
    let mut held_until = telephony.now() + HELD_FOR;
    loop {
        tokio::time::sleep(RENEWAL).await;
        match hold(telephony, key).await {
            Ok(true) => held_until = telephony.now() + HELD_FOR,
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(account = key.1, "a lease could not be renewed: {error}");
                if telephony.now() >= held_until {
                    return;
                }
            }
        }
    }
}
