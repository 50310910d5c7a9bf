-- The words by which a client's agents say what came of a call.
ALTER TABLE clients ADD COLUMN dispositions TEXT;   -- JSON list of {code, label}; null: the product's

-- Calls of each disposition in the 15 minutes of UTC in which they began. One that is longer than
-- a code may be counts as `other`.
CREATE TABLE disposition_totals (
    client_id TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    disposition TEXT NOT NULL,
    calls BIGINT NOT NULL,
    PRIMARY KEY (client_id, bucket, disposition)
);

-- What is there already. The remainder is taken twice, so that times before 1970 fall into the
-- bucket below them.
INSERT INTO disposition_totals (client_id, bucket, disposition, calls)
SELECT client_id, bucket, disposition, COUNT(*)
FROM (
    SELECT n.client_id,
        c.started_at - ((c.started_at % 900000) + 900000) % 900000 AS bucket,
        CASE WHEN LENGTH(n.disposition) > 64 THEN 'other' ELSE n.disposition END AS disposition
    FROM call_notes n JOIN calls c ON c.client_id = n.client_id AND c.call_sid = n.call_sid
    WHERE n.disposition IS NOT NULL AND n.disposition <> ''
) AS counted
GROUP BY client_id, bucket, disposition;
