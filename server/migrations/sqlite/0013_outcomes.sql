-- What came of a request that a provider sent by itself.
ALTER TABLE provider_requests ADD COLUMN outcome TEXT;
