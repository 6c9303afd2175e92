-- Functions that run as the owner are for the relay alone; protect-tables grants them by name. What one may drop is no
-- argument of a caller's: with other numbers it would drop what is still needed.
DROP FUNCTION drop_old_partitions(integer, integer);
--> statement-breakpoint
CREATE FUNCTION drop_old_partitions() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  inbox_days CONSTANT integer := 8;
  outbox_days CONSTANT integer := 14;
  part record;
  waiting boolean;
  dropped integer := 0;
BEGIN
  FOR part IN
    SELECT c.relname, p.relname AS parent, to_date(right(c.relname, 8), 'YYYYMMDD') AS day
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
    WHERE p.relname IN ('inbox', 'outbox') AND c.relname ~ '_[0-9]{8}$'
  LOOP
    CONTINUE WHEN part.parent = 'inbox' AND part.day > current_date - inbox_days;
    CONTINUE WHEN part.parent = 'outbox' AND part.day > current_date - outbox_days;
    IF part.parent = 'outbox' THEN
      EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE published_at IS NULL)', part.relname) INTO waiting;
      CONTINUE WHEN waiting;
    END IF;
    EXECUTE format('DROP TABLE %I', part.relname);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END $$;
--> statement-breakpoint
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
--> statement-breakpoint
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
