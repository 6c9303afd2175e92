-- Whatever is older or later than the months that are made ahead. Not forced, as every partition: see ensure_partition.
CREATE TABLE events_default PARTITION OF events DEFAULT;
--> statement-breakpoint
ALTER TABLE events_default ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
-- Months outside of the window were made because an event named them; their events move to the default partition.
DO $$
DECLARE
  part name;
BEGIN
  FOR part IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'events'::regclass AND c.relname ~ '^events_[0-9]{8,}$'
      AND right(c.relname, -7) NOT IN (
        SELECT to_char(date_trunc('month', now(), 'UTC') AT TIME ZONE 'UTC' + m * interval '1 month', 'YYYYMMDD') FROM generate_series(-24, 2) m)
  LOOP
    EXECUTE format('ALTER TABLE events DETACH PARTITION %I', part);
    EXECUTE format('INSERT INTO events_default SELECT * FROM %I', part);
    EXECUTE format('DROP TABLE %I', part);
  END LOOP;
END $$;
