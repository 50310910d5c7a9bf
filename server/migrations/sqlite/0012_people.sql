-- People who sign in with an e-mail address and a password, what they keep, and who did what.

-- Somebody who looks after one client.
CREATE TABLE people (
    client_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    email TEXT NOT NULL,                -- in lower case; one person's alone over all clients
    name TEXT NOT NULL,
    role TEXT NOT NULL,                 -- admin or viewer
    password_hash TEXT NOT NULL,        -- Argon2id, as a PHC string with its salt and costs
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    last_sign_in_at BIGINT,
    PRIMARY KEY (client_id, person_id)
);
CREATE UNIQUE INDEX people_by_email ON people (email);

-- Somebody's being signed in. It ends by being removed, or by its time.
CREATE TABLE person_sessions (
    client_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    token_hash TEXT NOT NULL,           -- SHA-256 in hex; the token itself is not kept
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, session_id)
);
CREATE UNIQUE INDEX person_sessions_by_hash ON person_sessions (token_hash);
CREATE INDEX person_sessions_of_person ON person_sessions (client_id, person_id, created_at);

-- Addresses within the dashboard that somebody gave a name.
CREATE TABLE saved_views (
    client_id TEXT NOT NULL,
    view_id TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    created_by TEXT NOT NULL,           -- the name of the one who saved it
    created_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, view_id)
);

-- Who did it: a name as it was then, and the id of the token or person; without an id it was the
-- operator. Both are empty in lines from before this.
ALTER TABLE audit_log ADD COLUMN by_name TEXT;
ALTER TABLE audit_log ADD COLUMN by_id TEXT;
