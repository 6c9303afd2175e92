-- Payloads are written once, read once and dropped with their day; compressing them cost more than it saved.
ALTER TABLE outbox ALTER COLUMN payload SET STORAGE EXTERNAL;
