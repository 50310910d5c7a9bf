-- Sums of calls by the 15 minutes of UTC in which they began (`bucket` is the first millisecond
-- of them), from which the hours and days of every time zone can be put together. They are
-- changed in the transaction that changes the call: what it counts now less what it counted.

CREATE TABLE totals (
    client_id TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    inbound BIGINT NOT NULL,
    outbound BIGINT NOT NULL,
    missed BIGINT NOT NULL,          -- inbound, over, never connected
    connected BIGINT NOT NULL,       -- both sides talked
    duration BIGINT NOT NULL,        -- seconds
    to_30s BIGINT NOT NULL,          -- calls under 30 seconds; also those not over
    to_1m BIGINT NOT NULL,
    to_3m BIGINT NOT NULL,
    to_5m BIGINT NOT NULL,
    over_5m BIGINT NOT NULL,         -- calls of 5 minutes or more
    PRIMARY KEY (client_id, bucket)
);

-- The same for each customer; a call without a customer's id is in `totals` alone.
CREATE TABLE customer_totals (
    client_id TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    customer_id TEXT NOT NULL,
    calls BIGINT NOT NULL,
    inbound BIGINT NOT NULL,
    outbound BIGINT NOT NULL,
    missed BIGINT NOT NULL,          -- inbound, over, never connected
    connected BIGINT NOT NULL,       -- both sides talked
    duration BIGINT NOT NULL,        -- seconds
    to_30s BIGINT NOT NULL,          -- calls under 30 seconds; also those not over
    to_1m BIGINT NOT NULL,
    to_3m BIGINT NOT NULL,
    to_5m BIGINT NOT NULL,
    over_5m BIGINT NOT NULL,         -- calls of 5 minutes or more
    PRIMARY KEY (client_id, bucket, customer_id)
);
CREATE INDEX customer_totals_by_customer ON customer_totals (client_id, customer_id, bucket);

-- The calls that are there already.
INSERT INTO totals (client_id, bucket, calls, inbound, outbound, missed, connected, duration,
    to_30s, to_1m, to_3m, to_5m, over_5m)
SELECT client_id, bucket, COUNT(*),
    SUM(CASE WHEN direction = 'inbound' THEN 1 ELSE 0 END),
    SUM(CASE WHEN direction = 'inbound' THEN 0 ELSE 1 END),
    SUM(CASE WHEN direction = 'inbound' AND ended_at IS NOT NULL AND talked = 0 THEN 1 ELSE 0 END),
    SUM(talked), SUM(seconds),
    SUM(CASE WHEN seconds < 30 THEN 1 ELSE 0 END),
    SUM(CASE WHEN seconds >= 30 AND seconds < 60 THEN 1 ELSE 0 END),
    SUM(CASE WHEN seconds >= 60 AND seconds < 180 THEN 1 ELSE 0 END),
    SUM(CASE WHEN seconds >= 180 AND seconds < 300 THEN 1 ELSE 0 END),
    SUM(CASE WHEN seconds >= 300 THEN 1 ELSE 0 END)
FROM (
    -- The remainder is taken twice, so that times before 1970 fall into the bucket below them.
    SELECT client_id, customer_id, direction, ended_at,
        started_at - ((started_at % 900000) + 900000) % 900000 AS bucket,
        COALESCE(duration, 0) AS seconds,
        CASE WHEN connected_at IS NOT NULL OR COALESCE(duration, 0) > 0 THEN 1 ELSE 0 END AS talked
    FROM calls
) AS counted
GROUP BY client_id, bucket;

INSERT INTO customer_totals (client_id, bucket, customer_id, calls, inbound, outbound, missed,
    connected, duration, to_30s, to_1m, to_3m, to_5m, over_5m)
SELECT client_id, bucket, customer_id, COUNT(*),
    SUM(CASE WHEN direction = 'inbound' THEN 1 ELSE 0 END),
    SUM(CASE WHEN direction = 'inbound' THEN 0 ELSE 1 END),
    SUM(CASE WHEN direction = 'inbound' AND ended_at IS NOT NULL AND talked = 0 THEN 1 ELSE 0 END),
    SUM(talked), SUM(seconds),
    SUM(CASE WHEN seconds < 30 THEN 1 ELSE 0 END),
    SUM(CASE WHEN seconds >= 30 AND seconds < 60 THEN 1 ELSE 0 END),
    SUM(CASE WHEN seconds >= 60 AND seconds < 180 THEN 1 ELSE 0 END),
    SUM(CASE WHEN seconds >= 180 AND seconds < 300 THEN 1 ELSE 0 END),
    SUM(CASE WHEN seconds >= 300 THEN 1 ELSE 0 END)
FROM (
    -- The remainder is taken twice, so that times before 1970 fall into the bucket below them.
    SELECT client_id, customer_id, direction, ended_at,
        started_at - ((started_at % 900000) + 900000) % 900000 AS bucket,
        COALESCE(duration, 0) AS seconds,
        CASE WHEN connected_at IS NOT NULL OR COALESCE(duration, 0) > 0 THEN 1 ELSE 0 END AS talked
    FROM calls
) AS counted
WHERE customer_id IS NOT NULL
GROUP BY client_id, bucket, customer_id;
