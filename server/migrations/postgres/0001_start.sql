-- Times are milliseconds since 1970 in UTC, ids are made by the server, JSON is text.
-- The client leads every key: that is what keeps clients apart, and databases that spread
-- rows over machines by their key need it too.

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE clients (
    client_id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    plan TEXT NOT NULL,
    call_limit BIGINT,               -- null: the plan's
    features TEXT,                   -- JSON list; null: the plan's
    allowed_domains TEXT NOT NULL,   -- JSON list; empty: every domain
    time_zone TEXT NOT NULL,         -- IANA name
    default_country TEXT,            -- ISO 3166 alpha-2
    suspended_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE api_keys (
    client_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    key_hash TEXT NOT NULL,          -- SHA-256 in hex; the key itself is not kept
    prefix TEXT NOT NULL,            -- its first ten characters, to tell keys apart
    scopes TEXT NOT NULL,            -- JSON list
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    last_used_at BIGINT,
    PRIMARY KEY (client_id, key_id)
);
CREATE UNIQUE INDEX api_keys_by_hash ON api_keys (key_hash);

CREATE TABLE agents (
    client_id TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    name TEXT,
    dialer_user_id TEXT,
    PRIMARY KEY (client_id, agent_id)
);

CREATE TABLE customers (
    client_id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    name TEXT,
    phone TEXT,                      -- as it was given
    dial_number TEXT,                -- as it is dialed, to find who calls
    email TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, customer_id)
);
CREATE INDEX customers_by_number ON customers (client_id, dial_number);

-- One row a call. `state` is what follows from its facts (shared::call::Call as JSON); the
-- other columns are read off it, so that lists need not open it.
CREATE TABLE calls (
    client_id TEXT NOT NULL,
    call_sid TEXT NOT NULL,
    session_id TEXT NOT NULL,
    direction TEXT NOT NULL,
    phone TEXT,
    status TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    connected_at BIGINT,
    ended_at BIGINT,
    duration BIGINT,                 -- seconds; null while active
    customer_id TEXT,
    customer_name TEXT,
    customer TEXT,                   -- customerData as it was sent
    call_type TEXT,
    agent_id TEXT,
    agent_name TEXT,
    reason TEXT,
    provider TEXT,                   -- null: only the page told of it
    voice TEXT,
    last_seq BIGINT NOT NULL,        -- the call's latest event
    last_event TEXT NOT NULL,
    last_event_at BIGINT NOT NULL,
    last_activity_at BIGINT NOT NULL, -- when the server last heard of it
    state TEXT NOT NULL,
    PRIMARY KEY (client_id, call_sid)
);
CREATE UNIQUE INDEX calls_by_session ON calls (client_id, session_id);
CREATE INDEX calls_by_start ON calls (client_id, started_at, call_sid);
CREATE INDEX calls_by_customer ON calls (client_id, customer_id, started_at);
CREATE INDEX calls_active ON calls (client_id, agent_id) WHERE status = 'active';
CREATE INDEX calls_silent ON calls (last_activity_at) WHERE status = 'active';

-- The log and the live feed in one: `seq` counts 1, 2, 3 for each client without a gap.
CREATE TABLE events (
    client_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    log_id TEXT NOT NULL,
    call_sid TEXT NOT NULL,
    session_id TEXT NOT NULL,
    event TEXT NOT NULL,
    source TEXT NOT NULL,            -- page, provider or system
    at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    event_id TEXT,
    dedup_key TEXT NOT NULL,
    fingerprint TEXT,                -- of the request; null: never in conflict
    status TEXT NOT NULL,            -- the call's, after this event
    audience TEXT,                   -- the one agent it concerns; null: all
    data TEXT NOT NULL,              -- JSON as it was sent
    domain TEXT,
    PRIMARY KEY (client_id, seq)
);
CREATE UNIQUE INDEX events_once ON events (client_id, dedup_key);
CREATE INDEX events_by_call ON events (client_id, call_sid, at);
CREATE INDEX events_by_time ON events (client_id, at);
CREATE INDEX events_by_name ON events (client_id, event, at);

CREATE TABLE feed_heads (
    client_id TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL
);

CREATE TABLE usage (
    client_id TEXT NOT NULL,
    month TEXT NOT NULL,             -- YYYY-MM in the client's time zone
    calls BIGINT NOT NULL,
    PRIMARY KEY (client_id, month)
);
