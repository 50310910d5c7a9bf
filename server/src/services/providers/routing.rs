//! Chooses the account that carries a call.

use super::accounts::{Account, AccountCache};
use crate::providers::{self, Settings, simulator};
use crate::services::ServiceError;
use crate::storage::{CallOrigin, Client, Store};
use std::sync::Arc;

/// What carries a call.
#[derive(Debug, Clone)]
pub enum Carrier {
    /// This server plays it, as the client has no accounts.
    Simulated,
    /// An account at a provider.
    Account(Arc<Account>),
}

impl Carrier {
    /// Returns the carrier's settings.
    pub fn settings(&self) -> &Settings {
        match self {
            Self::Simulated => &Settings::Simulator,
            Self::Account(account) => &account.settings,
        }
    }

    /// Returns the origin stored in a call's row.
    pub fn origin(&self) -> CallOrigin {
        origin_of(self.settings())
    }

    /// Returns the account that requests are sent through; `None` if this server plays the call
    /// itself.
    pub fn account(&self) -> Option<&Arc<Account>> {
        match self {
            Self::Account(account) if account.settings.provider_name() != simulator::NAME => {
                Some(account)
            }
            _ => None,
        }
    }
}

/// Returns the origin that calls of an account have in their rows.
pub fn origin_of(settings: &Settings) -> CallOrigin {
    CallOrigin { provider: settings.provider_name(), voice: settings.voice_name() }
}

/// Returns the carriers an agent may choose from, the default first; a single one if there is no
/// choice.
pub async fn offered_carriers(
    accounts: &AccountCache,
    client: &Client,
) -> Result<Vec<Carrier>, ServiceError> {
    let accounts = accounts.of_client(client).await?;
    if accounts.is_empty() {
        return Ok(vec![Carrier::Simulated]);
    }
    let mut enabled: Vec<_> = accounts.iter().filter(|account| account.enabled).cloned().collect();
    enabled.sort_by_key(|account| !account.default);
    Ok(enabled.into_iter().map(|account| Carrier::Account(Arc::new(account))).collect())
}

/// Returns whether the simulator is among the carriers an agent may choose from.
pub async fn offers_simulator(
    accounts: &AccountCache,
    client: &Client,
) -> Result<bool, ServiceError> {
    let carriers = offered_carriers(accounts, client).await?;
    Ok(carriers.iter().any(|carrier| carrier.settings().provider_name() == simulator::NAME))
}

/// Returns the carrier of a call: the one requested, by its account's id or its provider's name,
/// else the client's default, else the only one. If several remain, the caller has to choose.
pub async fn choose_carrier(
    accounts: &AccountCache,
    client: &Client,
    asked: Option<&str>,
) -> Result<Carrier, ServiceError> {
    let mut left = offered_carriers(accounts, client).await?;
    if left.is_empty() {
        return Err(ServiceError::Conflict(
            "No telephony provider is enabled for this client; ask its administrator.".to_owned(),
        ));
    }
    if let Some(asked) = asked {
        left.retain(|carrier| is_asked(carrier, asked));
        if left.is_empty() {
            let sentence = format!("No provider named {asked:?} is set up.");
            return Err(ServiceError::Invalid { field: "provider", sentence });
        }
    }
    let is_default = |carrier: &Carrier| match carrier {
        Carrier::Simulated => true,
        Carrier::Account(account) => account.default,
    };
    let chosen = match left.as_slice() {
        [first, ..] if left.len() == 1 || is_default(first) => first.clone(),
        several => {
            let names: Vec<String> = several.iter().map(offer_name).collect();
            return Err(ServiceError::Invalid {
                field: "provider",
                sentence: format!(
                    "Choose a provider, as none is the default; provider must be one of: {}.",
                    names.join(", "),
                ),
            });
        }
    };
    Ok(chosen)
}

/// Returns the carrier of a call that was started before.
pub async fn carrier_of_call(
    store: &Store,
    accounts: &AccountCache,
    client: &Client,
    session_id: &str,
) -> Result<Carrier, ServiceError> {
    let Some(row) = store.providers().find_provider_call(&client.id, session_id).await? else {
        return Ok(Carrier::Simulated);
    };
    match accounts.by_id(&client.id, &row.account_id).await? {
        Some(account) => Ok(Carrier::Account(Arc::new(account))),
        None => Err(ServiceError::Conflict(
            "The account that carries this call no longer exists.".to_owned(),
        )),
    }
}

fn is_asked(carrier: &Carrier, asked: &str) -> bool {
    carrier.settings().provider_name() == asked
        || matches!(carrier, Carrier::Account(account) if account.account_id == asked)
}

/// Returns the id to request it by, followed by its display name if it has one.
fn offer_name(carrier: &Carrier) -> String {
    match carrier {
        Carrier::Simulated => simulator::NAME.to_owned(),
        Carrier::Account(account) => match &account.name {
            Some(name) => format!("{} ({name})", account.account_id),
            None => account.account_id.clone(),
        },
    }
}

/// Returns the controls that a carrier's calls support.
pub fn carrier_features(carrier: &Carrier) -> &'static [&'static str] {
    providers::voice_features(Some(carrier.settings().voice_name()))
}
