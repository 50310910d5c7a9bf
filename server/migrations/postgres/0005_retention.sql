-- How long a client keeps what happened. Calls that began before `counted_from` are gone, and
-- the totals of that time stand as they are: a recount begins there.

CREATE TABLE retention (
    client_id TEXT NOT NULL PRIMARY KEY,
    events_days BIGINT,              -- null: for ever
    calls_days BIGINT,               -- null: for ever
    counted_from BIGINT              -- null: no call has gone yet
);
