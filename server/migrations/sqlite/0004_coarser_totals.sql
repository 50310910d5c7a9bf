-- Sums by which figures over long times need not read a row for each call.

-- What each customer had in a week of UTC (`week` is its first millisecond; as 1970 did, weeks
-- begin on a Thursday). The customers with the most calls are found in it.
CREATE TABLE customer_weeks (
    client_id TEXT NOT NULL,
    week BIGINT NOT NULL,
    customer_id TEXT NOT NULL,
    calls BIGINT NOT NULL,
    duration BIGINT NOT NULL,        -- seconds
    PRIMARY KEY (client_id, week, customer_id)
) WITHOUT ROWID;
-- Most customers call once or twice a week. Those are never looked for here, so the index
-- costs nothing for them.
CREATE INDEX customer_weeks_busy ON customer_weeks (client_id, week, calls, customer_id)
    WHERE calls > 2;

-- Events of each name in the 15 minutes of UTC in which they happened.
CREATE TABLE event_totals (
    client_id TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    event TEXT NOT NULL,
    events BIGINT NOT NULL,
    PRIMARY KEY (client_id, bucket, event)
) WITHOUT ROWID;

-- Lists by start and direction, also of one customer, are read from the index alone up to where
-- a page begins.
DROP INDEX calls_by_start;
CREATE INDEX calls_by_start ON calls (client_id, started_at, call_sid, direction);
DROP INDEX calls_by_customer;
CREATE INDEX calls_by_customer ON calls (client_id, customer_id, started_at, call_sid, direction);

-- What is there already. The remainder is taken twice, so that times before 1970 fall into the
-- bucket below them.
INSERT INTO customer_weeks (client_id, week, customer_id, calls, duration)
SELECT client_id, week, customer_id, SUM(calls), SUM(duration)
FROM (
    SELECT client_id, customer_id, calls, duration,
        bucket - ((bucket % 604800000) + 604800000) % 604800000 AS week
    FROM customer_totals
) AS counted
GROUP BY client_id, week, customer_id HAVING SUM(calls) <> 0;

INSERT INTO event_totals (client_id, bucket, event, events)
SELECT client_id, bucket, event, COUNT(*)
FROM (
    SELECT client_id, event, at - ((at % 900000) + 900000) % 900000 AS bucket FROM events
) AS counted
GROUP BY client_id, bucket, event;

-- Without figures SQLite takes a client to have some ten rows, and would go through those of all
-- customers to find one's. These say what is usual; they need not be right, only of the size.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('calls', 'sqlite_autoindex_calls_1', '10000000 3000000 1'),
    ('calls', 'calls_by_session', '10000000 3000000 1'),
    ('calls', 'calls_by_start', '10000000 3000000 2 1 1'),
    ('calls', 'calls_by_customer', '10000000 3000000 6 2 1 1'),
    ('calls', 'calls_active', '1000 300 1'),
    ('calls', 'calls_silent', '1000 1'),
    ('customer_totals', 'customer_totals', '10000000 3000000 80 1'),
    ('customer_totals', 'customer_totals_by_customer', '10000000 3000000 6 1');
