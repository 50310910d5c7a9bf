-- All tables. Times are milliseconds since 1970 in UTC, ids are made by the server, JSON is text.
-- The client leads every key. This keeps clients apart, and databases that distribute rows over
-- machines by key need it.

-- Settings of the installation.

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Clients and their agents.

CREATE TABLE clients (
    client_id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    plan TEXT NOT NULL,
    call_limit BIGINT,               -- null: the plan's
    features TEXT,                   -- JSON list; null: the plan's
    allowed_domains TEXT NOT NULL,   -- JSON list; empty: every domain
    time_zone TEXT NOT NULL,         -- IANA name
    default_country TEXT,            -- ISO 3166 alpha-2
    crm_url TEXT,                    -- the page of the client's CRM that a dialer opens for a lead
    dispositions TEXT,               -- JSON list of {code, label, kind}; null: the product's
    field_edges TEXT,                -- edges between which numbers are counted: JSON object of lists by field
    targets TEXT,                    -- what agents should reach on a day: JSON of {everyAgent, agents}; null: no targets
    -- Goes up with each change of an account, so that every server notices that its copy is old.
    accounts_version BIGINT NOT NULL DEFAULT 0,
    suspended_at BIGINT,
    -- 1: an agent's id counts only with a token that the client's server has signed.
    require_agent_token BIGINT NOT NULL DEFAULT 0,
    -- 1: viewers may export calls.
    viewers_export BIGINT NOT NULL DEFAULT 1,
    -- JSON, [{field, name, unit?}], in the order in which fields are shown; NULL: as they are sent.
    field_labels TEXT,
    created_at BIGINT NOT NULL
);

CREATE TABLE agents (
    client_id TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    name TEXT,
    dialer_user_id TEXT,
    phone TEXT,                      -- E.164
    provider_user_id TEXT,
    PRIMARY KEY (client_id, agent_id)
);
CREATE INDEX agents_by_dialer_user ON agents (client_id, dialer_user_id);

-- How long a client keeps data. Calls that began before `counted_from` are deleted, and the totals
-- of that time stay unchanged: a recount begins at `counted_from`.
CREATE TABLE retention (
    client_id TEXT NOT NULL PRIMARY KEY,
    events_days BIGINT,              -- null: for ever
    calls_days BIGINT,               -- null: for ever
    counted_from BIGINT,             -- null: no call was deleted yet
    -- Events from before may have been deleted, whatever the period is now; null: none was.
    events_until BIGINT
);

-- Calls that each client started in a month.
CREATE TABLE usage (
    client_id TEXT NOT NULL,
    month TEXT NOT NULL,             -- YYYY-MM in the client's time zone
    calls BIGINT NOT NULL,
    PRIMARY KEY (client_id, month)
);

-- Addresses within the dashboard that were saved under a name.
CREATE TABLE saved_views (
    client_id TEXT NOT NULL,
    view_id TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    created_by TEXT NOT NULL,        -- a name, as it was then
    created_at BIGINT NOT NULL,
    owner_id TEXT,                   -- who alone sees it; null: everybody of the client
    PRIMARY KEY (client_id, view_id)
);

-- Alerts and digests.

-- What a client is alerted of, and where messages go.
CREATE TABLE alert_settings (
    client_id TEXT NOT NULL PRIMARY KEY,
    settings TEXT NOT NULL,          -- JSON (services/clients/alerts/settings.rs)
    digest_day TEXT                  -- the day of the latest digest, YYYY-MM-DD in the client's time zone
);

-- Rules that are or were broken.
CREATE TABLE alerts (
    client_id TEXT NOT NULL,
    rule TEXT NOT NULL,
    is_raised BIGINT NOT NULL,       -- 1: broken now
    told_at BIGINT NOT NULL,         -- when the latest message about it was written
    PRIMARY KEY (client_id, rule)
);

-- Messages that wait to be sent, and those of late.
CREATE TABLE alert_messages (
    client_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    channel TEXT NOT NULL,           -- email or webhook
    recipient TEXT NOT NULL,         -- an e-mail address or a URL
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    try_at BIGINT,                   -- null: it was sent, or is given up
    tries BIGINT NOT NULL,
    sent_at BIGINT,
    trouble TEXT,                    -- why the latest try failed
    PRIMARY KEY (client_id, message_id)
);
CREATE INDEX alert_messages_waiting ON alert_messages (try_at) WHERE try_at IS NOT NULL;
CREATE INDEX alert_messages_by_time ON alert_messages (client_id, created_at, message_id);

-- Servers of a client's own that are told of its events (docs/webhooks.md).
CREATE TABLE receivers (
    client_id TEXT NOT NULL,
    receiver_id TEXT NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    types TEXT NOT NULL,             -- JSON list of the types of its messages; empty: all
    hides_numbers BIGINT NOT NULL,   -- 1: messages have handles instead of phone numbers
    is_on BIGINT NOT NULL,
    key_number BIGINT NOT NULL,      -- goes up whenever the key is exchanged
    previous_key_until BIGINT,       -- until when messages are also signed with the previous key
    -- Events and decisions up to these numbers are among its deliveries.
    seq BIGINT NOT NULL,
    decisions BIGINT NOT NULL,
    failing_since BIGINT,            -- null: the latest message arrived
    paused_until BIGINT,             -- while it fails, nothing is sent before
    created_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, receiver_id)
);

-- Messages to receivers. Their bodies are written when they are sent.
CREATE TABLE deliveries (
    client_id TEXT NOT NULL,
    receiver_id TEXT NOT NULL,
    place BIGINT NOT NULL,           -- the order of the messages about a call: twice the event's seq
    message_id TEXT NOT NULL,        -- the same for every receiver
    subject TEXT NOT NULL,           -- session_id of the call; else the decision's own id
    type TEXT NOT NULL,
    queued_at BIGINT NOT NULL,       -- when it was added, or was asked for again
    try_at BIGINT,                   -- null: it arrived, or was given up
    tries BIGINT NOT NULL,
    sent_at BIGINT,                  -- when it arrived
    tried_at BIGINT,
    status BIGINT,                   -- the receiver's latest answer
    trouble TEXT,                    -- why the latest try failed
    PRIMARY KEY (client_id, receiver_id, message_id)
);
CREATE INDEX deliveries_waiting ON deliveries (try_at) WHERE try_at IS NOT NULL;
CREATE INDEX deliveries_due ON deliveries (client_id, receiver_id, place) WHERE try_at IS NOT NULL;
CREATE INDEX deliveries_of_call ON deliveries (client_id, receiver_id, subject, place)
    WHERE try_at IS NOT NULL;
CREATE INDEX deliveries_by_time ON deliveries (client_id, receiver_id, queued_at, message_id);
CREATE INDEX deliveries_open ON deliveries (client_id, receiver_id, queued_at, message_id)
    WHERE sent_at IS NULL;

-- Access. Of keys and tokens only the SHA-256 in hex is stored, and the first ten characters to
-- tell them apart.

-- Credentials of pages, dialers and staff, each valid for one client.
CREATE TABLE credentials (
    client_id TEXT NOT NULL,
    credential_id TEXT NOT NULL,
    kind TEXT NOT NULL,              -- api_key, dialer_key or staff_token
    hash TEXT NOT NULL,
    prefix TEXT NOT NULL,
    label TEXT,                      -- a staff token's owner or purpose
    scopes TEXT,                     -- an API key's scopes, as a JSON list
    numbers TEXT,                    -- what an API key sees of phone numbers: full or masked
    role TEXT,                       -- a staff token's role: admin, viewer or masked-viewer
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    last_used_at BIGINT,             -- to the minute; of dialer keys it is not recorded
    PRIMARY KEY (client_id, credential_id)
);
-- A credential is looked up as one kind, so a secret of another kind is never found.
CREATE UNIQUE INDEX credentials_by_hash ON credentials (hash, kind);

-- Keys by which a client's own server signs who its agents are.
CREATE TABLE agent_token_keys (
    client_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    kind TEXT NOT NULL,              -- secret, jwks or jwksUrl
    content TEXT NOT NULL,           -- the secret, encrypted; a JSON Web Key Set; or its address
    key_name TEXT NOT NULL,          -- the key that encrypted the content; empty: not encrypted
    created_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, key_id)
);

-- Staff of one client who sign in with an e-mail address and a password, or by an OpenID Connect
-- provider, which identifies them by issuer and subject.
CREATE TABLE people (
    client_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    email TEXT NOT NULL,             -- in lower case; unique within the client
    name TEXT NOT NULL,
    role TEXT NOT NULL,              -- admin, viewer, masked-viewer or supervisor
    password_hash TEXT NOT NULL,     -- Argon2id, as a PHC string; empty: no password
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    last_sign_in_at BIGINT,
    oidc_issuer TEXT,
    oidc_subject TEXT,
    PRIMARY KEY (client_id, person_id)
);
CREATE UNIQUE INDEX people_by_email ON people (email, client_id);
CREATE UNIQUE INDEX people_by_subject ON people (oidc_subject, oidc_issuer, client_id);

-- Teams of agents. A person with the role supervisor sees only the agents of their teams; agents are
-- named by the ids that pages send, so a team may hold agents that are not in `agents`.
CREATE TABLE teams (
    client_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, team_id)
);
CREATE TABLE team_agents (
    client_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    PRIMARY KEY (client_id, team_id, agent_id)
);
CREATE TABLE team_supervisors (
    client_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    PRIMARY KEY (client_id, team_id, person_id)
);
CREATE INDEX team_supervisors_of_person ON team_supervisors (client_id, person_id, team_id);

-- A person's session in the dashboard. It ends at `expires_at`, or when its row is deleted.
CREATE TABLE person_sessions (
    client_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    oidc_session_id TEXT,            -- of the provider's own session
    PRIMARY KEY (client_id, session_id)
);
CREATE UNIQUE INDEX person_sessions_by_hash ON person_sessions (token_hash);
CREATE INDEX person_sessions_by_oidc ON person_sessions (oidc_session_id);
CREATE INDEX person_sessions_of_person ON person_sessions (client_id, person_id, created_at);

-- What an operator or a client's staff changed.
CREATE TABLE audit_log (
    client_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    act TEXT NOT NULL,
    by_name TEXT,                    -- as it was then
    by_id TEXT,                      -- of the token or person; null: the operator
    PRIMARY KEY (client_id, seq)
);

-- Calls and their events.

-- One row a call. `state` is what its facts add up to (JSON as shared/src/call/state/stored.rs
-- writes it, with the customer in `customer`); the other columns repeat parts of it, so that lists need not
-- parse it.
CREATE TABLE calls (
    client_id TEXT NOT NULL,
    call_sid TEXT NOT NULL,
    session_id TEXT NOT NULL,
    call_seq BIGINT NOT NULL,        -- the `seq` of the call's first event: its short key in `events`
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
    context TEXT,                    -- JSON: context and metadata of an earlier event, if the latest customerData has none
    call_type TEXT,
    agent_id TEXT,
    agent_name TEXT,
    disposition TEXT,                -- a copy of call_notes.disposition, for the totals
    reason TEXT,
    provider TEXT,                   -- null: only the page reported the call
    voice TEXT,
    last_seq BIGINT NOT NULL,        -- the call's latest event
    last_event TEXT NOT NULL,
    last_event_at BIGINT NOT NULL,
    last_activity_at BIGINT NOT NULL, -- when the server last received an event
    state TEXT NOT NULL,
    PRIMARY KEY (client_id, call_sid)
);
CREATE UNIQUE INDEX calls_by_session ON calls (client_id, session_id);
CREATE UNIQUE INDEX calls_by_seq ON calls (client_id, call_seq);
-- Lists by start and direction, also of one customer, read the index alone up to the first row of
-- a page.
CREATE INDEX calls_by_start ON calls (client_id, started_at, call_sid, direction);
CREATE INDEX calls_by_customer ON calls (client_id, customer_id, started_at, call_sid, direction);
CREATE INDEX calls_by_number ON calls (client_id, phone, started_at, call_sid);
CREATE INDEX calls_by_agent ON calls (client_id, agent_id, started_at, call_sid)
    WHERE agent_id IS NOT NULL;
-- A call that is not over has no length.
CREATE INDEX calls_by_length ON calls (client_id, duration, started_at, call_sid)
    WHERE duration IS NOT NULL;
-- Calls that rang for every agent, and no agent answered.
CREATE INDEX calls_missed_by_all ON calls (client_id, started_at, call_sid)
    WHERE agent_id IS NULL AND status = 'missed';
CREATE INDEX calls_missed ON calls (client_id, started_at, call_sid)
    WHERE direction = 'inbound' AND status IN ('missed', 'no_answer');
CREATE INDEX calls_active ON calls (client_id, agent_id) WHERE status = 'active';
CREATE INDEX calls_silent ON calls (last_activity_at) WHERE status = 'active';

-- The log and the live feed in one: `seq` counts 1, 2, 3 for each client without a gap.
CREATE TABLE events (
    client_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    call_seq BIGINT NOT NULL,        -- of the call
    log_id TEXT NOT NULL,
    event TEXT NOT NULL,
    source TEXT NOT NULL,            -- page, provider or system
    at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    event_id TEXT,
    -- Finds repeated events (storage/recording/dedup.rs). Two events may have the same number.
    dedup BIGINT NOT NULL,
    fingerprint TEXT,                -- of the request; null: never in conflict
    status TEXT NOT NULL,            -- the call's, after this event
    audience TEXT,                   -- the one agent it concerns; null: all
    data TEXT NOT NULL,              -- JSON as it was sent, without what `customer_at` says
    -- Where `calls.customer` was cut out of `data`, in characters from its start; null: nowhere.
    customer_at BIGINT,
    domain TEXT,
    PRIMARY KEY (client_id, seq)
) WITHOUT ROWID;
CREATE INDEX events_once ON events (client_id, dedup);
CREATE INDEX events_by_call ON events (client_id, call_seq);
CREATE INDEX events_by_time ON events (client_id, at);
-- Nearly every call has the two events that are left out: `events_by_time` soon finds them.
CREATE INDEX events_by_name ON events (client_id, event, at)
    WHERE event NOT IN ('connected', 'callEnded');

-- The numbers of each client's latest event and latest decision.
CREATE TABLE feed_heads (
    client_id TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    decisions BIGINT NOT NULL DEFAULT 0
);

-- Proof that events and decisions were not changed later (docs/complaint-file.md).

-- Stretches of a client's events and decisions. `text` names the stretch, a hash over its rows and
-- the hash of the seal before; `signature` signs it.
CREATE TABLE seals (
    client_id TEXT NOT NULL,
    number BIGINT NOT NULL,          -- counts 1, 2, 3 for each client
    first_event BIGINT NOT NULL,     -- one more than last_event: the seal has none
    last_event BIGINT NOT NULL,
    first_decision BIGINT NOT NULL,
    last_decision BIGINT NOT NULL,
    text TEXT NOT NULL,              -- JSON
    signature TEXT NOT NULL,         -- Ed25519, in Base64
    slots TEXT NOT NULL,             -- one line for each row (seal/slot.rs)
    PRIMARY KEY (client_id, number)
);
CREATE INDEX seals_by_event ON seals (client_id, last_event, number);
CREATE INDEX seals_by_decision ON seals (client_id, last_decision, number);

-- Each client's latest seal.
CREATE TABLE seal_heads (
    client_id TEXT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    last_event BIGINT NOT NULL,
    last_decision BIGINT NOT NULL,
    sealed_at BIGINT NOT NULL,
    hash TEXT NOT NULL,              -- of the seal's text
    -- Goes up when persons are erased, so that nobody seals what was read before.
    erasures BIGINT NOT NULL
);

-- The keys that sign seals; the newest that can be opened is used.
CREATE TABLE seal_keys (
    number BIGINT NOT NULL PRIMARY KEY,
    key_id TEXT NOT NULL,
    public_key TEXT NOT NULL,        -- Base64
    secret TEXT NOT NULL,            -- encrypted, unless the server has no secret key
    key_name TEXT NOT NULL,          -- the key that encrypted it; empty: not encrypted
    created_at BIGINT NOT NULL
);

-- What an agent writes after a call. Only facts change the row in `calls`, so it is a table apart.
CREATE TABLE call_notes (
    client_id TEXT NOT NULL,
    call_sid TEXT NOT NULL,
    notes TEXT,
    disposition TEXT,
    fields TEXT,                     -- what was entered with the disposition: a JSON object
    follow_up_at BIGINT,
    follow_up_note TEXT,
    follow_up_by TEXT,               -- 'outcome' if the disposition made the follow-up, not a person
    agent_id TEXT,                   -- who had the call when the notes were written: the follow-up is theirs
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, call_sid)
);
CREATE INDEX call_notes_to_follow_up ON call_notes (client_id, follow_up_at, call_sid)
    WHERE follow_up_at IS NOT NULL;
CREATE INDEX call_notes_of_agent ON call_notes (client_id, agent_id, follow_up_at, call_sid)
    WHERE follow_up_at IS NOT NULL;

-- Follow-ups for customers without a call: rules may forbid a call until later. The follow-up of a
-- call is in `call_notes`: it shares the version of the notes, and an outcome may replace it.
CREATE TABLE follow_ups (
    client_id TEXT NOT NULL,
    follow_up_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,      -- a later talk with the customer makes the follow-up done
    customer_id TEXT,
    phone TEXT NOT NULL,             -- as in calls
    customer TEXT,                   -- customerData as the page sent it
    agent_id TEXT NOT NULL,          -- who has to make it
    agent_name TEXT,                 -- as the page sent it; null once staff reassign it
    follow_up_at BIGINT,             -- null: done
    follow_up_note TEXT,
    PRIMARY KEY (client_id, follow_up_id)
);
CREATE INDEX follow_ups_by_time ON follow_ups (client_id, follow_up_at, follow_up_id);
CREATE INDEX follow_ups_of_agent ON follow_ups (client_id, agent_id, follow_up_at, follow_up_id);

-- What was promised in calls, as their outcomes say.
CREATE TABLE promises (
    client_id TEXT NOT NULL,
    call_sid TEXT NOT NULL,
    at BIGINT NOT NULL,              -- when the call began
    customer_id TEXT,
    account TEXT,                    -- what it is about, such as a loan
    campaign TEXT,
    amount BIGINT NOT NULL,          -- in ten-thousandths
    day TEXT NOT NULL,               -- the last day, in the client's time zone
    PRIMARY KEY (client_id, call_sid)
);
CREATE INDEX promises_by_time ON promises (client_id, at, call_sid);
CREATE INDEX promises_of_customer ON promises (client_id, customer_id, at)
    WHERE customer_id IS NOT NULL;

-- What customers paid, as the client's own system says.
CREATE TABLE payments (
    client_id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    account TEXT,                    -- what it is for, if known
    amount BIGINT NOT NULL,          -- in ten-thousandths
    currency TEXT,
    paid_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, payment_id)
);
CREATE INDEX payments_of_customer ON payments (client_id, customer_id, paid_at);
CREATE INDEX payments_by_time ON payments (client_id, paid_at);

-- What staff decided about missed calls.
CREATE TABLE missed_calls (
    client_id TEXT NOT NULL,
    call_sid TEXT NOT NULL,
    agent_id TEXT,                   -- who has to call back; null: the agent for whom it rang
    done_at BIGINT,                  -- since then nobody has to call back
    done_by TEXT,                    -- a name, as it was then
    PRIMARY KEY (client_id, call_sid)
);
CREATE INDEX missed_calls_of_agent ON missed_calls (client_id, agent_id)
    WHERE agent_id IS NOT NULL;

-- Customers and leads.

CREATE TABLE customers (
    client_id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    name TEXT,
    phone TEXT,                      -- as it was sent
    dial_number TEXT,                -- as it is dialed; finds the customer who calls
    email TEXT,
    company TEXT,
    tags TEXT,                       -- JSON list as it was sent
    custom_fields TEXT,              -- JSON object as it was sent
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, customer_id)
);
CREATE INDEX customers_by_number ON customers (client_id, dial_number);

-- A customer's further numbers, as they are dialed.
CREATE TABLE customer_numbers (
    client_id TEXT NOT NULL,
    dial_number TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    PRIMARY KEY (client_id, dial_number, customer_id)
);
CREATE INDEX customer_numbers_of_customer ON customer_numbers (client_id, customer_id);

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
    campaign TEXT,                   -- a copy of the field that the dialer sent
    fields TEXT NOT NULL,            -- JSON object of what the dialer sent
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, id)
);
CREATE INDEX leads_by_dialer_id ON leads (client_id, dialer_lead_id);
CREATE INDEX leads_by_number ON leads (client_id, dial_number);
CREATE INDEX leads_by_campaign ON leads (client_id, campaign, id) WHERE campaign IS NOT NULL;
CREATE INDEX leads_of_agent ON leads (client_id, agent_id, id);
CREATE INDEX leads_of_customer ON leads (client_id, customer_id, id);
CREATE INDEX leads_by_time ON leads (client_id, created_at, customer_id);

-- The latest id of each client's leads. A transaction that locks this row first keeps two requests
-- about one lead apart.
CREATE TABLE lead_heads (
    client_id TEXT NOT NULL PRIMARY KEY,
    last_id BIGINT NOT NULL
);

-- Permission to call.

-- Numbers that must not be called. A removed entry stays, so that it is known why a number could be
-- called again.
CREATE TABLE suppressions (
    client_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,          -- sorts by the time of entry
    number TEXT NOT NULL,            -- E.164
    scope TEXT NOT NULL,             -- all, purpose or account
    scope_value TEXT NOT NULL,       -- which purpose or account; empty: all
    reason TEXT,
    source TEXT NOT NULL,            -- agent, customer, staff, import or registry:<name>
    session_id TEXT NOT NULL,        -- the call whose disposition made it; empty: none
    import_id TEXT NOT NULL,         -- the latest file that had it; empty: none
    listed_at BIGINT NOT NULL,       -- since when the number must not be called
    until BIGINT,                    -- null: without end
    by_name TEXT,                    -- who entered it, as it was then
    by_id TEXT,                      -- of the token, person or agent; null: the operator
    created_at BIGINT NOT NULL,
    removed_at BIGINT,
    removed_by TEXT,
    removed_reason TEXT,
    PRIMARY KEY (client_id, entry_id)
);
-- Finds what stops a call, and enters the same thing once.
CREATE UNIQUE INDEX suppressions_once
    ON suppressions (client_id, number, scope, scope_value, source, session_id)
    WHERE removed_at IS NULL;
CREATE INDEX suppressions_by_number ON suppressions (client_id, number, entry_id);
CREATE INDEX suppressions_by_source ON suppressions (client_id, source, entry_id);
CREATE INDEX suppressions_removed ON suppressions (client_id, entry_id)
    WHERE removed_at IS NOT NULL;
CREATE INDEX suppressions_of_source ON suppressions (client_id, source, import_id)
    WHERE import_id <> '' AND removed_at IS NULL;
CREATE INDEX suppressions_of_call ON suppressions (client_id, session_id)
    WHERE session_id <> '';

-- Files from which suppressions came, with the progress of their import.
CREATE TABLE suppression_imports (
    client_id TEXT NOT NULL,
    import_id TEXT NOT NULL,         -- sorts by time
    source TEXT NOT NULL,            -- as in suppressions
    as_of BIGINT NOT NULL,           -- the date of the file
    started_at BIGINT NOT NULL,
    finished_at BIGINT,              -- null: in progress, or interrupted
    lines BIGINT NOT NULL,
    entries BIGINT NOT NULL,         -- lines that are on the list now
    bad_lines BIGINT NOT NULL,
    report TEXT NOT NULL,            -- JSON list of the first bad lines
    by_name TEXT,
    by_id TEXT,
    PRIMARY KEY (client_id, import_id)
);

-- What customers agreed to. A withdrawn consent stays.
CREATE TABLE consents (
    client_id TEXT NOT NULL,
    consent_id TEXT NOT NULL,        -- sorts by the time of entry
    number TEXT,                     -- E.164; null: all numbers of the customer
    customer_id TEXT,
    purpose TEXT NOT NULL,           -- empty: every purpose
    kind TEXT NOT NULL,              -- explicit, inferred, direct_prior, purchase or enquiry
    given_at BIGINT NOT NULL,
    expires_at BIGINT,               -- null: without end
    proof TEXT,                      -- JSON object
    by_name TEXT,
    by_id TEXT,
    created_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    withdrawn_by TEXT,
    withdrawn_reason TEXT,
    withdrawn_in TEXT,               -- the session_id of the call whose disposition withdrew it
    PRIMARY KEY (client_id, consent_id)
);
CREATE INDEX consents_by_number ON consents (client_id, number, consent_id)
    WHERE number IS NOT NULL;
CREATE INDEX consents_withdrawn_in ON consents (client_id, withdrawn_in)
    WHERE withdrawn_in IS NOT NULL;
CREATE INDEX consents_by_customer ON consents (client_id, customer_id, consent_id)
    WHERE customer_id IS NOT NULL;

-- When customers do not want to be called: a time of the week, or an occasion. A removed entry stays.
CREATE TABLE quiet_times (
    client_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,          -- sorts by the time of entry
    number TEXT,                     -- E.164; null: all numbers of the customer
    customer_id TEXT,                -- null: the number alone
    kind TEXT NOT NULL,              -- weekly, bereavement, calamity, wedding, festival or other
    weekdays BIGINT NOT NULL,        -- on which it begins: bit 0 is Monday; 0: an occasion
    from_minute BIGINT NOT NULL,     -- minutes after midnight, where the customer is
    to_minute BIGINT NOT NULL,       -- up to 1440; less than from_minute: on the next day
    since BIGINT NOT NULL,
    until BIGINT,                    -- null: without end
    reason TEXT,                     -- what was said
    session_id TEXT,                 -- the call in which it was said
    by_name TEXT,
    by_id TEXT,
    created_at BIGINT NOT NULL,
    removed_at BIGINT,
    removed_by TEXT,
    removed_reason TEXT,
    PRIMARY KEY (client_id, entry_id)
);
CREATE INDEX quiet_times_by_number ON quiet_times (client_id, number, entry_id)
    WHERE number IS NOT NULL;
CREATE INDEX quiet_times_by_customer ON quiet_times (client_id, customer_id, entry_id)
    WHERE customer_id IS NOT NULL;

-- Public holidays, as a client has entered them.
CREATE TABLE holidays (
    client_id TEXT NOT NULL,
    region TEXT NOT NULL,            -- such as AU or US-AL
    day TEXT NOT NULL,               -- such as 2026-12-25
    name TEXT NOT NULL,
    PRIMARY KEY (client_id, region, day)
);

-- Packs of rules that clients have written.
CREATE TABLE own_packs (
    client_id TEXT NOT NULL,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,         -- goes up with each change, and does not begin again
    pack TEXT,                       -- JSON (call_ribbon_rules::Pack); null: removed
    changed_at BIGINT NOT NULL,
    by_name TEXT,
    by_id TEXT,
    PRIMARY KEY (client_id, name)
);

-- Which rules of calling a client has switched on.
CREATE TABLE call_rules (
    client_id TEXT NOT NULL PRIMARY KEY,
    settings TEXT NOT NULL           -- JSON (permission/settings.rs)
);

-- Whether a call was permitted, one row for each that was asked for; never changed, except when a
-- person is erased.
CREATE TABLE decisions (
    client_id TEXT NOT NULL,
    decision_id TEXT NOT NULL,       -- sorts by time
    seq BIGINT NOT NULL,             -- counts 1, 2, 3 for each client without a gap
    session_id TEXT,                 -- the call; null: it was not made
    at BIGINT NOT NULL,
    agent_id TEXT,
    customer_id TEXT,
    number TEXT,
    account TEXT,                    -- that the call was about; null: unknown
    outcome TEXT NOT NULL,           -- allowed, warned, overridden or refused
    packs TEXT NOT NULL,             -- JSON list of {name, version}: the rules that judged it
    facts_hash TEXT NOT NULL,        -- SHA-256 in hex of the facts as JSON
    decision TEXT NOT NULL,          -- JSON (call_ribbon_rules::Decision)
    override_reason TEXT,            -- null: no rule was overridden
    PRIMARY KEY (client_id, decision_id)
);
CREATE INDEX decisions_in_order ON decisions (client_id, seq);
CREATE INDEX decisions_by_time ON decisions (client_id, at, decision_id);
CREATE INDEX decisions_by_outcome ON decisions (client_id, outcome, at, decision_id);
CREATE INDEX decisions_of_call ON decisions (client_id, session_id) WHERE session_id IS NOT NULL;
CREATE INDEX decisions_by_customer ON decisions (client_id, customer_id, at)
    WHERE customer_id IS NOT NULL;
CREATE INDEX decisions_by_number ON decisions (client_id, number, at) WHERE number IS NOT NULL;

-- Telephony providers.

-- A client's accounts. A key that is not in this database seals the texts. Without such a key
-- `key_name` is empty and the texts are plain: only an account without secrets is stored so.
CREATE TABLE provider_accounts (
    client_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    name TEXT,
    enabled BIGINT NOT NULL,            -- 1 or 0
    is_default BIGINT NOT NULL,         -- 1 for at most one account of a client
    settings TEXT NOT NULL,             -- JSON, sealed
    webhook_secret TEXT NOT NULL,       -- part of the address that the provider calls; sealed
    webhook_secret_hash TEXT NOT NULL,  -- SHA-256 in hex; finds the account
    previous_webhook_hash TEXT,         -- the one before, for calls in progress
    previous_webhook_until BIGINT,
    key_name TEXT NOT NULL,             -- the key that opens the sealed texts
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, account_id)
);
CREATE UNIQUE INDEX provider_accounts_by_webhook ON provider_accounts (webhook_secret_hash);
CREATE UNIQUE INDEX provider_accounts_by_previous ON provider_accounts (previous_webhook_hash);

-- Which server listens to the events of an account's provider. Another one may after held_until.
CREATE TABLE provider_event_streams (
    client_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    holder TEXT NOT NULL,            -- a random name of the server
    held_until BIGINT NOT NULL,
    PRIMARY KEY (client_id, account_id)
);

-- Which account carries a call, and the provider's id of it.
CREATE TABLE provider_calls (
    client_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    call_sid TEXT NOT NULL,
    account_id TEXT NOT NULL,
    provider_call_id TEXT,           -- null: not known yet
    phone TEXT,                      -- the other side, until the provider's id is known
    raw_status TEXT,                 -- the provider's own latest status
    recording_url TEXT,
    matched_by TEXT,                 -- how the customer was found
    opened_at BIGINT NOT NULL,
    check_at BIGINT,                 -- when the provider is polled next; null: never again
    checks BIGINT NOT NULL,          -- how often it was polled
    PRIMARY KEY (client_id, session_id)
);
CREATE UNIQUE INDEX provider_calls_by_their_id
    ON provider_calls (client_id, account_id, provider_call_id);
CREATE INDEX provider_calls_by_sid ON provider_calls (client_id, call_sid);
CREATE INDEX provider_calls_to_check ON provider_calls (check_at) WHERE check_at IS NOT NULL;

-- Webhooks that wait to be processed. A processed one stays for a while, without its body, so that
-- a repetition is recognized.
CREATE TABLE webhook_inbox (
    client_id TEXT NOT NULL,
    message_id TEXT NOT NULL,        -- a hash of the account and all that was sent
    account_id TEXT NOT NULL,
    content_type TEXT,
    query TEXT NOT NULL,
    body TEXT NOT NULL,              -- Base64
    received_at BIGINT NOT NULL,
    try_at BIGINT,                   -- null: it was processed
    tries BIGINT NOT NULL,
    trouble TEXT,
    PRIMARY KEY (client_id, message_id)
);
CREATE INDEX webhook_inbox_waiting ON webhook_inbox (try_at) WHERE try_at IS NOT NULL;
CREATE INDEX webhook_inbox_by_time ON webhook_inbox (received_at);

-- Requests to a provider and from it, with secrets and numbers masked.
CREATE TABLE provider_requests (
    client_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    direction TEXT NOT NULL,         -- out or in
    purpose TEXT NOT NULL,
    method TEXT NOT NULL,
    url TEXT NOT NULL,
    status BIGINT,                   -- null: no answer came
    took_ms BIGINT,
    request TEXT NOT NULL,
    answer TEXT NOT NULL,
    trouble TEXT,
    outcome TEXT,                    -- what a webhook led to
    session_id TEXT,
    PRIMARY KEY (client_id, request_id)
);
CREATE INDEX provider_requests_by_time ON provider_requests (client_id, at, request_id);
CREATE INDEX provider_requests_of_call ON provider_requests (client_id, session_id, at)
    WHERE session_id IS NOT NULL;

-- Totals. The transaction that changes a call also changes them: what the call counts now, less
-- what it counted before. A bucket is the 15 minutes of UTC in which calls began, named by its first
-- millisecond; the hours and days of every time zone are sums of buckets.

CREATE TABLE totals (
    client_id TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    inbound BIGINT NOT NULL,
    outbound BIGINT NOT NULL,
    missed BIGINT NOT NULL,          -- inbound, over, never connected
    connected BIGINT NOT NULL,       -- both sides talked
    duration BIGINT NOT NULL,        -- seconds
    to_30s BIGINT NOT NULL,          -- calls under 30 seconds, and calls that are not over
    to_1m BIGINT NOT NULL,
    to_3m BIGINT NOT NULL,
    to_5m BIGINT NOT NULL,
    over_5m BIGINT NOT NULL,         -- calls of 5 minutes or more
    PRIMARY KEY (client_id, bucket)
) WITHOUT ROWID;

-- The same for each customer; a call without a customer's id is in `totals` alone.
CREATE TABLE customer_totals (
    client_id TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    customer_id TEXT NOT NULL,
    calls BIGINT NOT NULL,
    inbound BIGINT NOT NULL,
    outbound BIGINT NOT NULL,
    missed BIGINT NOT NULL,
    connected BIGINT NOT NULL,
    duration BIGINT NOT NULL,
    to_30s BIGINT NOT NULL,
    to_1m BIGINT NOT NULL,
    to_3m BIGINT NOT NULL,
    to_5m BIGINT NOT NULL,
    over_5m BIGINT NOT NULL,
    PRIMARY KEY (client_id, bucket, customer_id)
) WITHOUT ROWID;
CREATE INDEX customer_totals_by_customer ON customer_totals (client_id, customer_id, bucket);

-- A customer's calls in a week of UTC (`week` is its first millisecond; weeks begin on a Thursday,
-- as 1970 did). Finds the customers with the most calls.
CREATE TABLE customer_weeks (
    client_id TEXT NOT NULL,
    week BIGINT NOT NULL,
    customer_id TEXT NOT NULL,
    calls BIGINT NOT NULL,
    duration BIGINT NOT NULL,        -- seconds
    PRIMARY KEY (client_id, week, customer_id)
) WITHOUT ROWID;
-- Most customers call once or twice a week and are never the busiest, so the index leaves them out.
CREATE INDEX customer_weeks_busy ON customer_weeks (client_id, week, calls, customer_id)
    WHERE calls > 2;

-- Events of each name by the bucket in which they happened.
CREATE TABLE event_totals (
    client_id TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    event TEXT NOT NULL,
    events BIGINT NOT NULL,
    PRIMARY KEY (client_id, bucket, event)
) WITHOUT ROWID;

-- Sums of calls by the values of a field. One text holds all values of a field
-- (storage/analytics/fields/sums.rs). The field `*` stands for all calls, and the values of the
-- empty field are the fields themselves.
CREATE TABLE field_totals (
    client_id TEXT NOT NULL,
    field TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    sums TEXT NOT NULL,
    PRIMARY KEY (client_id, field, bucket)
) WITHOUT ROWID;

-- The same by whole days, for days before `field_days_until.until`. A day begins
-- `field_days_until.begins` milliseconds after midnight in UTC.
CREATE TABLE field_days (
    client_id TEXT NOT NULL,
    field TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    sums TEXT NOT NULL,
    PRIMARY KEY (client_id, field, bucket)
) WITHOUT ROWID;
CREATE TABLE field_days_until (
    client_id TEXT NOT NULL PRIMARY KEY,
    until BIGINT NOT NULL,
    begins BIGINT NOT NULL
);

-- The values of a field that are counted separately, and how many calls have them. All other values
-- are counted together, as the value `o`.
CREATE TABLE field_values (
    client_id TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    calls BIGINT NOT NULL,
    PRIMARY KEY (client_id, field, value)
) WITHOUT ROWID;

-- Without statistics SQLite assumes about ten rows a client, and would scan the rows of all
-- customers, or the events of a client, to find those of one. These rows state a usual size; only
-- the magnitude matters.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('calls', 'sqlite_autoindex_calls_1', '10000000 3000000 1'),
    ('calls', 'calls_by_session', '10000000 3000000 1'),
    ('calls', 'calls_by_seq', '10000000 3000000 1'),
    ('calls', 'calls_by_start', '10000000 3000000 2 1 1'),
    ('calls', 'calls_by_customer', '10000000 3000000 6 2 1 1'),
    ('calls', 'calls_by_number', '10000000 3000000 5 2 1'),
    ('calls', 'calls_by_agent', '10000000 3000000 50000 2 1'),
    ('calls', 'calls_by_length', '10000000 3000000 5000 2 1'),
    ('calls', 'calls_missed_by_all', '100000 30000 2 1'),
    ('calls', 'calls_missed', '1000000 300000 2 1'),
    ('calls', 'calls_active', '1000 300 1'),
    ('calls', 'calls_silent', '1000 1'),
    ('events', 'events', '30000000 9000000 1'),
    ('events', 'events_once', '30000000 9000000 1'),
    ('events', 'events_by_call', '30000000 9000000 3'),
    ('events', 'events_by_time', '30000000 9000000 2'),
    ('events', 'events_by_name', '12000000 3600000 800000 2'),
    ('promises', 'sqlite_autoindex_promises_1', '500000 150000 1'),
    ('promises', 'promises_by_time', '500000 150000 2 1'),
    ('promises', 'promises_of_customer', '500000 150000 3 1'),
    ('payments', 'sqlite_autoindex_payments_1', '500000 150000 1'),
    ('payments', 'payments_of_customer', '500000 150000 3 1'),
    ('payments', 'payments_by_time', '500000 150000 2'),
    ('call_notes', 'sqlite_autoindex_call_notes_1', '5000000 1500000 1'),
    ('call_notes', 'call_notes_to_follow_up', '1000000 300000 2 1'),
    ('call_notes', 'call_notes_of_agent', '1000000 300000 5000 2 1'),
    ('follow_ups', 'sqlite_autoindex_follow_ups_1', '100000 30000 1'),
    ('follow_ups', 'follow_ups_by_time', '100000 30000 2 1'),
    ('follow_ups', 'follow_ups_of_agent', '100000 30000 100 2 1'),
    ('customer_totals', 'customer_totals', '10000000 3000000 80 1'),
    ('customer_totals', 'customer_totals_by_customer', '10000000 3000000 6 1'),
    ('leads', 'sqlite_autoindex_leads_1', '1000000 300000 1'),
    ('leads', 'leads_by_dialer_id', '1000000 300000 1'),
    ('leads', 'leads_by_number', '1000000 300000 1'),
    ('leads', 'leads_by_campaign', '1000000 300000 10000 1'),
    ('leads', 'leads_of_agent', '1000000 300000 5000 1'),
    ('suppressions', 'sqlite_autoindex_suppressions_1', '1000000 300000 1'),
    ('suppressions', 'suppressions_once', '1000000 300000 2 2 2 2 1'),
    ('suppressions', 'suppressions_by_number', '1000000 300000 2 1'),
    ('suppressions', 'suppressions_by_source', '1000000 300000 100000 1'),
    ('suppressions', 'suppressions_removed', '100000 30000 1'),
    ('suppressions', 'suppressions_of_source', '1000000 300000 100000 50000'),
    ('suppressions', 'suppressions_of_call', '100000 30000 1'),
    ('consents', 'sqlite_autoindex_consents_1', '1000000 300000 1'),
    ('consents', 'consents_by_number', '1000000 300000 2 1'),
    ('consents', 'consents_by_customer', '1000000 300000 2 1'),
    ('quiet_times', 'sqlite_autoindex_quiet_times_1', '100000 30000 1'),
    ('quiet_times', 'quiet_times_by_number', '100000 30000 2 1'),
    ('quiet_times', 'quiet_times_by_customer', '100000 30000 2 1'),
    ('decisions', 'sqlite_autoindex_decisions_1', '10000000 3000000 1'),
    ('decisions', 'decisions_in_order', '10000000 3000000 1'),
    ('seals', 'sqlite_autoindex_seals_1', '100000 30000 1'),
    ('seals', 'seals_by_event', '100000 30000 2 1'),
    ('seals', 'seals_by_decision', '100000 30000 10 1'),
    ('decisions', 'decisions_by_time', '10000000 3000000 2 1'),
    ('decisions', 'decisions_by_outcome', '10000000 3000000 800000 2 1'),
    ('decisions', 'decisions_of_call', '10000000 3000000 1'),
    ('decisions', 'decisions_by_customer', '10000000 3000000 6 1'),
    ('decisions', 'decisions_by_number', '10000000 3000000 6 1'),
    ('provider_requests', 'sqlite_autoindex_provider_requests_1', '1000000 300000 1'),
    ('provider_requests', 'provider_requests_by_time', '1000000 300000 2 1'),
    ('provider_requests', 'provider_requests_of_call', '1000000 300000 6 1');
-- This connection reads the rows now. Otherwise the server that has made the database would work
-- without them until it ends.
ANALYZE sqlite_schema;
