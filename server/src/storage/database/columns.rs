//! The columns that are read in more than one place, each list written once.
//!
//! They are macros and no constants, so that `concat!` makes one text of list and query before
//! the program runs: a text put together while it runs would have to be vouched for.

/// What a [`CallRow`](crate::storage::CallRow) is read from: columns of `calls`.
macro_rules! call_columns {
    () => {
        "client_id, call_sid, session_id, direction, phone, status, started_at, connected_at, \
         ended_at, duration, customer, customer_id, customer_name, agent_id, agent_name, reason, \
         provider, state"
    };
}

/// What a [`NotedCall`](crate::storage::NotedCall) is read from: `calls` as `c`, their `call_notes` as `n`.
macro_rules! noted_call_columns {
    () => {
        "c.client_id, c.call_sid, c.session_id, c.direction, c.phone, c.status, c.started_at, \
         c.connected_at, c.ended_at, c.duration, c.customer, c.customer_id, c.customer_name, \
         c.agent_id, c.agent_name, c.reason, c.provider, c.state, c.context, n.notes, n.disposition, \
         n.follow_up_at, n.follow_up_note"
    };
}

/// What a [`FeedRow`](crate::storage::FeedRow) is read from: `events` as `e`, their `calls` as `c`.
macro_rules! feed_columns {
    () => {
        "e.seq, e.log_id, e.event_id, e.event, e.source, e.at, e.session_id, e.call_sid, \
         e.status, e.audience, e.data, c.phone, c.direction, c.agent_id, c.agent_name, \
         c.provider, c.voice, c.duration, c.reason, c.customer"
    };
}

/// What a [`ProviderCallRow`](crate::storage::ProviderCallRow) is read from: columns of `provider_calls`.
macro_rules! provider_call_columns {
    () => {
        "client_id, session_id, call_sid, account_id, provider_call_id, raw_status, \
         recording_url, matched_by, checks"
    };
}

/// What is read of a lead that comes again: columns of `leads`.
macro_rules! lead_columns {
    () => {
        "id, dialer_lead_id, phone, full_name, email, customer_id, fields, created_at"
    };
}

/// What a [`FullAgentRow`](crate::storage::FullAgentRow) is read from: columns of `agents`.
macro_rules! agent_columns {
    () => {
        "agent_id, name, dialer_user_id, phone, provider_user_id"
    };
}

/// What an [`AccountRow`](crate::storage::AccountRow) is read from: columns of `provider_accounts`.
macro_rules! account_columns {
    () => {
        "client_id, account_id, provider, name, enabled, is_default, settings, webhook_secret, \
         webhook_secret_hash, previous_webhook_hash, previous_webhook_until, key_name, \
         created_at, updated_at"
    };
}

/// What a [`ProviderRequestRow`](crate::storage::ProviderRequestRow) is read from: columns of
/// `provider_requests`.
macro_rules! provider_request_columns {
    () => {
        "client_id, request_id, account_id, at, direction, purpose, method, url, status, \
         took_ms, request, answer, trouble, session_id, outcome"
    };
}

/// What a [`PersonRow`](crate::storage::PersonRow) is read from: columns of `people`.
macro_rules! person_columns {
    () => {
        "client_id, person_id, email, name, role, password_hash, created_at, disabled_at, \
         last_sign_in_at"
    };
}

pub(in crate::storage) use {
    account_columns, agent_columns, call_columns, feed_columns, lead_columns, noted_call_columns,
    person_columns, provider_call_columns, provider_request_columns,
};
