-- Lists of calls, customers and leads that are searched and sorted.

-- The longest and the shortest calls. Those that are not over have no length yet.
CREATE INDEX calls_by_length ON calls (client_id, duration, started_at, call_sid)
    WHERE duration IS NOT NULL;
-- All calls of a number, those of customers too.
DROP INDEX calls_of_number;
CREATE INDEX calls_by_number ON calls (client_id, phone, started_at, call_sid);

-- The campaign that the dialer named, out of what it sent.
ALTER TABLE leads ADD COLUMN campaign TEXT;
UPDATE leads SET campaign = json_extract(fields, '$.campaign');
CREATE INDEX leads_by_campaign ON leads (client_id, campaign, id) WHERE campaign IS NOT NULL;
CREATE INDEX leads_of_agent ON leads (client_id, agent_id, id);

-- As in 0004: what is usual, so that each list is read from the index made for it.
DELETE FROM sqlite_stat1 WHERE idx = 'calls_of_number';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('calls', 'calls_by_length', '10000000 3000000 5000 2 1'),
    ('calls', 'calls_by_number', '10000000 3000000 5 2 1'),
    ('leads', 'sqlite_autoindex_leads_1', '1000000 300000 1'),
    ('leads', 'leads_by_dialer_id', '1000000 300000 1'),
    ('leads', 'leads_by_number', '1000000 300000 1'),
    ('leads', 'leads_by_campaign', '1000000 300000 10000 1'),
    ('leads', 'leads_of_agent', '1000000 300000 5000 1');
