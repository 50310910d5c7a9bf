-- Accounts at telephony providers, what goes there and comes back, and who of a client may look
-- after them.

-- Counts each change of one of the client's accounts, so that what a server remembers of them is
-- known to be old the moment another one has changed them.
ALTER TABLE clients ADD COLUMN accounts_version BIGINT NOT NULL DEFAULT 0;

-- An account's texts are sealed by a key that is not in this database. Where there is none,
-- `key_name` is empty and they are as they are: only an account without secrets is kept so.
CREATE TABLE provider_accounts (
    client_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    name TEXT,
    enabled BIGINT NOT NULL,            -- 1 or 0
    is_default BIGINT NOT NULL,         -- 1 for one of a client's at the most
    settings TEXT NOT NULL,             -- JSON, sealed
    webhook_secret TEXT NOT NULL,       -- stands in the address that the provider calls; sealed
    webhook_secret_hash TEXT NOT NULL,  -- SHA-256 in hex, to find the account by
    previous_webhook_hash TEXT,         -- the one before, for calls that are under way
    previous_webhook_until BIGINT,
    key_name TEXT NOT NULL,             -- which key opens the sealed texts
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, account_id)
);
CREATE UNIQUE INDEX provider_accounts_by_webhook ON provider_accounts (webhook_secret_hash);
CREATE UNIQUE INDEX provider_accounts_by_previous ON provider_accounts (previous_webhook_hash);

-- What was said to a provider and by it, secrets and numbers masked.
CREATE TABLE provider_requests (
    client_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    direction TEXT NOT NULL,            -- out or in
    purpose TEXT NOT NULL,
    method TEXT NOT NULL,
    url TEXT NOT NULL,
    status BIGINT,                      -- null: there was no answer
    took_ms BIGINT,
    request TEXT NOT NULL,
    answer TEXT NOT NULL,
    trouble TEXT,
    session_id TEXT,
    PRIMARY KEY (client_id, request_id)
);
CREATE INDEX provider_requests_by_time ON provider_requests (client_id, at, request_id);
CREATE INDEX provider_requests_of_call ON provider_requests (client_id, session_id, at)
    WHERE session_id IS NOT NULL;

-- Where an agent is reached at a provider.
ALTER TABLE agents ADD COLUMN phone TEXT;               -- E.164
ALTER TABLE agents ADD COLUMN provider_user_id TEXT;

-- Those who look after one client alone.
CREATE TABLE admin_tokens (
    client_id TEXT NOT NULL,
    token_id TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,                 -- admin or viewer
    token_hash TEXT NOT NULL,           -- SHA-256 in hex; the token itself is not kept
    prefix TEXT NOT NULL,               -- its first ten characters, to tell tokens apart
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    last_used_at BIGINT,
    PRIMARY KEY (client_id, token_id)
);
CREATE UNIQUE INDEX admin_tokens_by_hash ON admin_tokens (token_hash);

-- As in 0004: what is usual, so that each list is read from the index made for it.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('provider_requests', 'sqlite_autoindex_provider_requests_1', '1000000 300000 1'),
    ('provider_requests', 'provider_requests_by_time', '1000000 300000 2 1'),
    ('provider_requests', 'provider_requests_of_call', '1000000 300000 6 1');
