-- Lists of calls, customers and leads that are searched and sorted.

-- The longest and the shortest calls. Those that are not over have no length yet.
CREATE INDEX calls_by_length ON calls (client_id, duration, started_at, call_sid)
    WHERE duration IS NOT NULL;
-- All calls of a number, those of customers too.
DROP INDEX calls_of_number;
CREATE INDEX calls_by_number ON calls (client_id, phone, started_at, call_sid);

-- The campaign that the dialer named, out of what it sent.
ALTER TABLE leads ADD COLUMN campaign TEXT;
UPDATE leads SET campaign = CAST(fields AS JSON) ->> 'campaign';
CREATE INDEX leads_by_campaign ON leads (client_id, campaign, id) WHERE campaign IS NOT NULL;
CREATE INDEX leads_of_agent ON leads (client_id, agent_id, id);
