-- Lists for an agent: recent calls, and whom to call again.

-- Whose follow-up it is: the agent's who had the call when it was written down.
ALTER TABLE call_notes ADD COLUMN agent_id TEXT;
UPDATE call_notes SET agent_id = (SELECT c.agent_id FROM calls c
    WHERE c.client_id = call_notes.client_id AND c.call_sid = call_notes.call_sid);
CREATE INDEX call_notes_to_follow_up ON call_notes (client_id, follow_up_at, call_sid)
    WHERE follow_up_at IS NOT NULL;
CREATE INDEX call_notes_of_agent ON call_notes (client_id, agent_id, follow_up_at, call_sid)
    WHERE follow_up_at IS NOT NULL;

CREATE INDEX calls_by_agent ON calls (client_id, agent_id, started_at, call_sid)
    WHERE agent_id IS NOT NULL;
-- Calls that rang for everybody, and nobody answered.
CREATE INDEX calls_missed_by_all ON calls (client_id, started_at, call_sid)
    WHERE agent_id IS NULL AND status = 'missed';
-- Whether a number without a customer was called again.
CREATE INDEX calls_of_number ON calls (client_id, phone, started_at)
    WHERE customer_id IS NULL;

-- As in 0004: what is usual, so that each list is read from the index made for it.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('calls', 'calls_by_agent', '10000000 3000000 50000 2 1'),
    ('calls', 'calls_missed_by_all', '100000 30000 2 1'),
    ('calls', 'calls_of_number', '1000000 300000 6 2'),
    ('call_notes', 'sqlite_autoindex_call_notes_1', '5000000 1500000 1'),
    ('call_notes', 'call_notes_to_follow_up', '1000000 300000 2 1'),
    ('call_notes', 'call_notes_of_agent', '1000000 300000 5000 2 1');
