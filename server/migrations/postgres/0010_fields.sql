-- Figures by any field of a call.

-- What an agent said came of a call stands with the call, as figures are kept of it. Of
-- `disposition_totals` only those sums stay whose calls have gone, until they are taken over.
ALTER TABLE calls ADD COLUMN disposition TEXT;
UPDATE calls SET disposition = (
    SELECT n.disposition FROM call_notes n
    WHERE n.client_id = calls.client_id AND n.call_sid = calls.call_sid
);
DELETE FROM disposition_totals WHERE NOT EXISTS (
    SELECT r.client_id FROM retention r
    WHERE r.client_id = disposition_totals.client_id AND r.counted_from > disposition_totals.bucket
);

-- Context and metadata of an earlier event, where the latest customerData has none: JSON.
ALTER TABLE calls ADD COLUMN context TEXT;

-- The edges between which a client wants numbers counted: JSON object of lists, by field.
ALTER TABLE clients ADD COLUMN field_edges TEXT;

-- What calls add up to by the values of a field, in the 15 minutes of UTC in which they began.
-- All values of a field stand in one text (storage/fields/sums.rs). The field `*` is of all calls,
-- and of the empty one the values are the fields themselves.
CREATE TABLE field_totals (
    client_id TEXT NOT NULL,
    field TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    sums TEXT NOT NULL,
    PRIMARY KEY (client_id, field, bucket)
);

-- The same by whole days, which begin so many milliseconds after midnight in UTC, for days before
-- the moment that `field_days_until` names.
CREATE TABLE field_days (
    client_id TEXT NOT NULL,
    field TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    sums TEXT NOT NULL,
    PRIMARY KEY (client_id, field, bucket)
);
CREATE TABLE field_days_until (
    client_id TEXT NOT NULL PRIMARY KEY,
    until BIGINT NOT NULL,
    begins BIGINT NOT NULL
);

-- The values of a field that are told apart, with the calls that have them; all others are counted
-- together, as the value `o`. Of the empty field, the fields.
CREATE TABLE field_values (
    client_id TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    calls BIGINT NOT NULL,
    PRIMARY KEY (client_id, field, value)
);
