-- Rows that are there already stay without a kind, as do those that an earlier release adds; see warehouse/kind.ts.
ALTER TABLE events ADD COLUMN kind text;
