//! What permits or forbids calls: numbers that must not be called, consents, quiet times, holidays,
//! each client's rules, and the decision about each call.

pub mod attempts;
pub mod consents;
pub mod decisions;
pub mod explain;
pub mod holidays;
pub mod import;
pub mod lines;
pub mod lists;
pub mod packs;
pub mod plan;
pub mod quiet_times;
pub mod rules;
pub mod suppressions;
pub mod trial;

use crate::services::ServiceError;
use crate::services::customers::matching::Numbers;
use crate::services::providers::accounts::AccountCache;
use crate::storage::{Client, Store};

/// Returns a client, and the reader of its numbers.
pub async fn client_with_numbers(
    store: &Store,
    accounts: &AccountCache,
    client_id: &str,
) -> Result<(Client, Numbers), ServiceError> {
    let found = store.clients().find_client(client_id).await?;
    let client = found.ok_or_else(ServiceError::unknown_client)?;
    let numbers = Numbers::of_client(store, accounts, &client).await?;
    Ok((client, numbers))
}
