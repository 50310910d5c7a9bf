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
