//! Groups the store's methods by domain: `store.calls().find_call(…)`.

use super::Store;
use std::ops::Deref;

/// Defines a borrowed view of the store for each domain, and the method that returns it.
macro_rules! define_domains {
    ($($(#[$doc:meta])* $method:ident => $name:ident,)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name<'a>(&'a Store);

            impl Deref for $name<'_> {
                type Target = Store;

                fn deref(&self) -> &Store {
                    self.0
                }
            }
        )+

        impl Store {
            $(
                $(#[$doc])*
                pub const fn $method(&self) -> $name<'_> {
                    $name(self)
                }
            )+
        }
    };
}

define_domains! {
    /// Agents and the names by which providers know them.
    agents => AgentStore,
    /// What clients are alerted of, and the messages about it.
    alerts => AlertStore,
    /// Sums of calls over time, and their recount.
    analytics => AnalyticsStore,
    /// The record of what staff changed.
    audit => AuditStore,
    /// Calls, their events and their notes.
    calls => CallStore,
    /// Clients, their settings and their retention.
    clients => ClientStore,
    /// API keys, dialer keys and staff tokens.
    credentials => CredentialStore,
    /// Customers, their numbers and their erasure.
    customers => CustomerStore,
    /// The fields of customers' contexts, and sums by their values.
    fields => FieldStore,
    /// Leads and their campaigns.
    leads => LeadStore,
    /// What permits or forbids calls.
    permission => PermissionStore,
    /// The people who sign in to the dashboard, and their sessions.
    people => PeopleStore,
    /// Provider accounts, requests, webhooks, and the calls that providers carry.
    providers => ProviderStore,
    /// Receivers of webhooks, and the messages to them.
    receivers => ReceiverStore,
    /// The views of the dashboard that people saved.
    saved_views => SavedViewStore,
    /// Seals over events and decisions, and the keys that sign them.
    seals => SealStore,
    /// Teams of agents, and their supervisors.
    teams => TeamStore,
}
