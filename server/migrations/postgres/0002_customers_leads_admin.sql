-- What a client keeps of its customers beyond a call, what its dialer brings, what an agent
-- writes after a call, and what an operator does.

ALTER TABLE customers ADD COLUMN company TEXT;
ALTER TABLE customers ADD COLUMN tags TEXT;            -- JSON list as it was sent
ALTER TABLE customers ADD COLUMN custom_fields TEXT;   -- JSON object as it was sent

-- The page of the client's CRM that a dialer opens for a lead.
ALTER TABLE clients ADD COLUMN crm_url TEXT;

CREATE TABLE dialer_keys (
    client_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    key_hash TEXT NOT NULL,          -- SHA-256 in hex; the key itself is not kept
    prefix TEXT NOT NULL,            -- its first ten characters, to tell keys apart
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (client_id, key_id)
);
CREATE UNIQUE INDEX dialer_keys_by_hash ON dialer_keys (key_hash);
CREATE INDEX agents_by_dialer_user ON agents (client_id, dialer_user_id);

-- The last number given to a lead of the client. Taking this row first also keeps two requests
-- about one lead apart.
CREATE TABLE lead_heads (
    client_id TEXT NOT NULL PRIMARY KEY,
    last_id BIGINT NOT NULL
);

CREATE TABLE leads (
    client_id TEXT NOT NULL,
    id BIGINT NOT NULL,              -- counts 1, 2, 3 for each client
    dialer_lead_id TEXT,
    phone TEXT,
    dial_number TEXT,
    full_name TEXT,
    email TEXT,
    agent_id TEXT NOT NULL,
    agent_name TEXT,
    customer_id TEXT NOT NULL,
    fields TEXT NOT NULL,            -- JSON object of what the dialer sent
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, id)
);
CREATE INDEX leads_by_dialer_id ON leads (client_id, dialer_lead_id);
CREATE INDEX leads_by_number ON leads (client_id, dial_number);

-- What an agent writes down after a call. Beside the call's row, which only its facts change.
CREATE TABLE call_notes (
    client_id TEXT NOT NULL,
    call_sid TEXT NOT NULL,
    notes TEXT,
    disposition TEXT,
    follow_up_at BIGINT,
    follow_up_note TEXT,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, call_sid)
);

-- What an operator did to a client.
CREATE TABLE audit_log (
    client_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    act TEXT NOT NULL,
    PRIMARY KEY (client_id, seq)
);
