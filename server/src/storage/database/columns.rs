//! Column lists that several queries use, each defined once.
//!
//! They are macros, not constants, so that `concat!` joins list and query at compile time: sqlx
//! requires an explicit assertion for SQL text built at run time.

/// The columns of a [`CallRow`](crate::storage::CallRow): from `calls`.
macro_rules! call_columns {
    () => {
        "client_id, call_sid, session_id, direction, phone, status, started_at, connected_at, \
         ended_at, duration, customer, customer_id, customer_name, agent_id, agent_name, reason, \
         provider, state"
    };
}

/// The columns of a [`NotedCall`](crate::storage::NotedCall): from `calls` as `c` and their
/// `call_notes` as `n`.
macro_rules! noted_call_columns {
    () => {
        "c.client_id, c.call_sid, c.session_id, c.direction, c.phone, c.status, c.started_at, \
         c.connected_at, c.ended_at, c.duration, c.customer, c.customer_id, c.customer_name, \
         c.agent_id, c.agent_name, c.reason, c.provider, c.state, c.context, n.notes, n.disposition, \
         n.fields, n.follow_up_at, n.follow_up_note, n.agent_id AS follow_up_agent_id"
    };
}

/// The columns of a [`CallWithNotes`](crate::storage::CallWithNotes) that stands for a follow-up
/// without a call: from `follow_ups` as `f`. Its `call_sid` is empty.
macro_rules! uncalled_columns {
    () => {
        "f.client_id, '' AS call_sid, f.follow_up_id AS session_id, 'outbound' AS direction, \
         f.phone, 'failed' AS status, f.created_at AS started_at, \
         CAST(NULL AS BIGINT) AS connected_at, CAST(NULL AS BIGINT) AS ended_at, \
         CAST(NULL AS BIGINT) AS duration, f.customer, f.customer_id, \
         CAST(NULL AS TEXT) AS customer_name, f.agent_id, f.agent_name, 'no_call' AS reason, \
         CAST(NULL AS TEXT) AS provider, '{}' AS state, CAST(NULL AS TEXT) AS context, \
         CAST(NULL AS TEXT) AS notes, CAST(NULL AS TEXT) AS disposition, \
         CAST(NULL AS TEXT) AS fields, f.follow_up_at, f.follow_up_note, \
         f.agent_id AS follow_up_agent_id"
    };
}

/// The data of an event as it was sent: from `events` as `e` and their `calls` as `c`. The call's
/// customer is stored once and put back here.
macro_rules! event_data {
    () => {
        "CASE WHEN e.customer_at IS NULL THEN e.data
            ELSE SUBSTR(e.data, 1, CAST(e.customer_at AS INTEGER)) || COALESCE(c.customer, 'null')
                || SUBSTR(e.data, CAST(e.customer_at + 1 AS INTEGER)) END AS data"
    };
}

/// The columns of a [`FeedRow`](crate::storage::FeedRow): from `events` as `e` and their `calls` as
/// `c`.
macro_rules! feed_columns {
    () => {
        concat!(
            "e.seq, e.log_id, e.event_id, e.event, e.source, e.at, c.session_id, c.call_sid, \
             e.status, e.audience, ",
            event_data!(),
            ", c.phone, c.direction, c.agent_id, c.agent_name, c.provider, c.voice, c.duration, \
             c.reason, c.customer"
        )
    };
}

/// The columns of a [`ProviderCallRow`](crate::storage::ProviderCallRow): from `provider_calls`.
macro_rules! provider_call_columns {
    () => {
        "client_id, session_id, call_sid, account_id, provider_call_id, raw_status, \
         recording_url, matched_by, checks"
    };
}

/// The columns read of an existing lead: from `leads`.
macro_rules! lead_columns {
    () => {
        "id, dialer_lead_id, phone, full_name, email, customer_id, fields, created_at"
    };
}

/// The columns of a [`AgentRow`](crate::storage::AgentRow): from `agents`.
macro_rules! agent_columns {
    () => {
        "agent_id, name, dialer_user_id, phone, provider_user_id"
    };
}

/// The columns of an [`AccountRow`](crate::storage::AccountRow): from `provider_accounts`.
macro_rules! account_columns {
    () => {
        "client_id, account_id, provider, name, enabled, is_default, settings, webhook_secret, \
         webhook_secret_hash, previous_webhook_hash, previous_webhook_until, key_name, \
         created_at, updated_at"
    };
}

/// The columns of a [`ProviderRequestRow`](crate::storage::ProviderRequestRow): from
/// `provider_requests`.
macro_rules! provider_request_columns {
    () => {
        "client_id, request_id, account_id, at, direction, purpose, method, url, status, \
         took_ms, request, answer, trouble, session_id, outcome"
    };
}

/// The columns of a [`CredentialRow`](crate::storage::CredentialRow): from `credentials`.
macro_rules! credential_columns {
    () => {
        "credential_id, prefix, label, scopes, numbers, role, created_at, last_used_at, revoked_at"
    };
}

/// The columns of a [`PersonRow`](crate::storage::PersonRow): from `people`.
macro_rules! person_columns {
    () => {
        "client_id, person_id, email, name, role, password_hash, created_at, disabled_at, \
         last_sign_in_at"
    };
}

/// The columns of a [`SuppressionRow`](crate::storage::SuppressionRow): from `suppressions` as `s`.
macro_rules! suppression_columns {
    () => {
        "s.entry_id, s.number, s.scope, s.scope_value, s.reason, s.source, s.session_id, \
         s.listed_at, s.until, s.by_name, s.by_id, s.created_at, s.removed_at, s.removed_by, \
         s.removed_reason"
    };
}

/// The columns of a [`ConsentRow`](crate::storage::ConsentRow): from `consents` as `c`.
macro_rules! consent_columns {
    () => {
        "c.consent_id, c.number, c.customer_id, c.purpose, c.kind, c.given_at, c.expires_at, \
         c.proof, c.by_name, c.by_id, c.created_at, c.withdrawn_at, c.withdrawn_by, \
         c.withdrawn_reason, c.withdrawn_in"
    };
}

/// The columns of a [`QuietTimeRow`](crate::storage::QuietTimeRow): from `quiet_times` as `q`.
macro_rules! quiet_time_columns {
    () => {
        "q.entry_id, q.number, q.customer_id, q.kind, q.weekdays, q.from_minute, q.to_minute, \
         q.since, q.until, q.reason, q.session_id, q.by_name, q.by_id, q.created_at, \
         q.removed_at, q.removed_by, q.removed_reason"
    };
}

/// The columns of a [`SealableEvent`](crate::storage::seals::rows::SealableEvent): from `events` as
/// `e` and their `calls` as `c`.
macro_rules! sealable_event {
    () => {
        concat!(
            "e.seq, e.call_seq, c.call_sid, c.session_id, e.log_id, e.event_id, e.event, e.source, \
             e.at, e.received_at, e.status, e.audience, e.domain, ",
            event_data!()
        )
    };
}

/// The columns of a [`SealableDecision`](crate::storage::seals::rows::SealableDecision): from
/// `decisions`.
macro_rules! sealable_decision {
    () => {
        "seq, decision_id, session_id, at, agent_id, customer_id, number, outcome, packs, \
         facts_hash, decision, override_reason"
    };
}

pub(in crate::storage) use {
    account_columns, agent_columns, call_columns, consent_columns, credential_columns, event_data,
    feed_columns, lead_columns, noted_call_columns, person_columns, provider_call_columns,
    provider_request_columns, quiet_time_columns, sealable_decision, sealable_event,
    suppression_columns, uncalled_columns,
};
