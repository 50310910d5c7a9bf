-- Calls that a provider carries, and what providers send by themselves.

-- Which account carries a call, and what the provider calls it.
CREATE TABLE provider_calls (
    client_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    call_sid TEXT NOT NULL,
    account_id TEXT NOT NULL,
    provider_call_id TEXT,           -- null: not known yet
    phone TEXT,                      -- the other side, while the provider's name is not known
    raw_status TEXT,                 -- the provider's own latest word
    recording_url TEXT,
    matched_by TEXT,                 -- why we think that it is this customer
    opened_at BIGINT NOT NULL,
    check_at BIGINT,                 -- when the provider is asked how it stands; null: never more
    checks BIGINT NOT NULL,          -- how often it was asked
    PRIMARY KEY (client_id, session_id)
);
CREATE UNIQUE INDEX provider_calls_by_their_id
    ON provider_calls (client_id, account_id, provider_call_id);
CREATE INDEX provider_calls_by_sid ON provider_calls (client_id, call_sid);
CREATE INDEX provider_calls_to_check ON provider_calls (check_at) WHERE check_at IS NOT NULL;

-- What a provider sent, until it is worked on; and afterwards that it was, so that the same
-- again is known. What it said is then gone.
CREATE TABLE webhook_inbox (
    client_id TEXT NOT NULL,
    message_id TEXT NOT NULL,        -- of the account and all that was sent
    account_id TEXT NOT NULL,
    content_type TEXT,
    query TEXT NOT NULL,
    body TEXT NOT NULL,              -- Base64
    received_at BIGINT NOT NULL,
    try_at BIGINT,                   -- null: it was worked on
    tries BIGINT NOT NULL,
    trouble TEXT,
    PRIMARY KEY (client_id, message_id)
);
CREATE INDEX webhook_inbox_waiting ON webhook_inbox (try_at) WHERE try_at IS NOT NULL;
CREATE INDEX webhook_inbox_by_time ON webhook_inbox (received_at);

-- A customer's further numbers, as they are dialed.
CREATE TABLE customer_numbers (
    client_id TEXT NOT NULL,
    dial_number TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    PRIMARY KEY (client_id, dial_number, customer_id)
);
CREATE INDEX customer_numbers_of_customer ON customer_numbers (client_id, customer_id);
