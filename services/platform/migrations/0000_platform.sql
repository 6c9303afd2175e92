-- What every service's database has besides its own tables: the outbox, the inbox, dead letters and remembered answers.
CREATE TABLE outbox (
  tenant_id uuid NOT NULL,
  event_id uuid NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  type text NOT NULL,
  payload bytea NOT NULL,
  trace text,
  created_at timestamptz NOT NULL DEFAULT now(),
  published_at timestamptz,
  PRIMARY KEY (tenant_id, event_id, created_at)
) PARTITION BY RANGE (created_at);
--> statement-breakpoint
CREATE INDEX outbox_id ON outbox (id);
--> statement-breakpoint
CREATE INDEX outbox_unpublished ON outbox (id) WHERE published_at IS NULL;
--> statement-breakpoint
CREATE TABLE outbox_default PARTITION OF outbox DEFAULT;
--> statement-breakpoint
-- The day comes out of the event's id, so that a copy of the event always meets the row of its first delivery.
CREATE TABLE inbox (
  tenant_id uuid NOT NULL,
  consumer text NOT NULL,
  event_id uuid NOT NULL,
  event_day date NOT NULL,
  handled_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, consumer, event_id, event_day)
) PARTITION BY RANGE (event_day);
--> statement-breakpoint
CREATE INDEX inbox_by_consumer ON inbox (consumer, event_id);
--> statement-breakpoint
CREATE TABLE inbox_default PARTITION OF inbox DEFAULT;
--> statement-breakpoint
CREATE TABLE dead_letters (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  consumer text NOT NULL,
  event_id text NOT NULL,
  subject text NOT NULL,
  payload bytea NOT NULL,
  error text NOT NULL,
  deliveries integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  replayed_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT dead_letters_once UNIQUE (tenant_id, consumer, event_id)
);
--> statement-breakpoint
CREATE TABLE idempotency_keys (
  tenant_id uuid NOT NULL,
  command text NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  response jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, command, key)
);
--> statement-breakpoint
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
--> statement-breakpoint
CREATE TABLE known_tenants (
  tenant_id uuid PRIMARY KEY,
  zone text NOT NULL DEFAULT 'Asia/Shanghai',
  currency text NOT NULL DEFAULT 'CNY'
);
--> statement-breakpoint
-- Makes the partition of one table that holds the given day or month. Runs as the owner, because the application role
-- may not create tables; the table's name is checked against the partitioned tables of this schema.
CREATE FUNCTION ensure_partition(parent text, moment timestamptz, unit text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  lower timestamptz := date_trunc(unit, moment, 'UTC');
  upper timestamptz := lower + ('1 ' || unit)::interval;
  child text := parent || '_' || to_char(lower AT TIME ZONE 'UTC', 'YYYYMMDD');
BEGIN
  IF unit NOT IN ('day', 'month') OR NOT EXISTS (
    SELECT 1 FROM pg_class WHERE relname = parent AND relkind = 'p' AND relnamespace = 'public'::regnamespace
  ) THEN
    RAISE EXCEPTION 'not a partitioned table or unit: % %', parent, unit;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('ensure_partition'), hashtext(parent));
  IF to_regclass('public.' || quote_ident(child)) IS NULL THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', child, parent, lower, upper);
    -- Not forced: the owner must see what waits in a day before it is dropped. Nobody else has rights on a partition.
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', child);
  END IF;
END $$;
--> statement-breakpoint
-- Drops what nobody needs any more: inbox days older than the streams keep events, and outbox days that are both old
-- and wholly published. Until then the outbox is what lost streams are rebuilt from.
CREATE FUNCTION drop_old_partitions(inbox_days integer, outbox_days integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
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
