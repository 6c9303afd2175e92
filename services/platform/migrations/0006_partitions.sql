-- Partitions by time, for every kind of key. Times in version 7 ids count milliseconds in the first 48 bits, so a table can
-- be partitioned by its ids: the time is when the row came, a row is found by its id in one partition, and the id stays unique.

-- A moment as a value of the key of a partitioned table.
CREATE FUNCTION partition_bound(parent regclass, moment timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
  SELECT CASE a.atttypid
    WHEN 'uuid'::regtype THEN rpad(lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0'), 32, '0')::uuid::text
    WHEN 'date'::regtype THEN moment::date::text
    ELSE moment::text END
  FROM pg_partitioned_table t JOIN pg_attribute a ON a.attrelid = t.partrelid AND a.attnum = t.partattrs[0]
  WHERE t.partrelid = parent
$$;
--> statement-breakpoint
-- The partitions of a table and the times from and to which each reaches; both are null for the default partition.
CREATE FUNCTION partition_ranges(parent regclass) RETURNS TABLE (part regclass, from_time timestamptz, to_time timestamptz)
LANGUAGE sql STABLE SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
  SELECT b.part, b.times[1], b.times[2] FROM (
    SELECT i.inhrelid::regclass AS part, (
      SELECT array_agg(CASE
          WHEN bound IN ('MINVALUE', 'MAXVALUE') THEN (CASE bound WHEN 'MINVALUE' THEN '-infinity' ELSE 'infinity' END)::timestamptz
          WHEN a.atttypid = 'uuid'::regtype THEN to_timestamp(('x' || left(replace(bound, '-', ''), 12))::bit(48)::bigint / 1000.0)
          ELSE bound::timestamptz END ORDER BY no)
      FROM regexp_matches(pg_get_expr(c.relpartbound, c.oid), '\((?:''([^'']+)''|(MINVALUE|MAXVALUE))\)', 'g') WITH ORDINALITY AS m (found, no),
        LATERAL (SELECT coalesce(found[1], found[2]) AS bound) AS one
    ) AS times
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_partitioned_table t ON t.partrelid = i.inhparent
    JOIN pg_attribute a ON a.attrelid = t.partrelid AND a.attnum = t.partattrs[0]
    WHERE i.inhparent = parent) AS b
$$;
--> statement-breakpoint
-- Makes the partition of one table that holds the given day, week or month, and moves into it the rows that came before it
-- and stand in the default partition. Writers wait meanwhile. Runs as the owner, because the application role may not
-- create tables; the table's name is checked against the partitioned tables of this schema.
CREATE OR REPLACE FUNCTION ensure_partition(parent text, moment timestamptz, unit text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  starts timestamptz := date_trunc(unit, moment, 'UTC');
  ends timestamptz := starts + ('1 ' || unit)::interval;
  child text := parent || '_' || to_char(starts, 'YYYYMMDD');
  whole regclass;
  rest regclass;
  lower text;
  upper text;
  late text;
  is_late boolean := false;
BEGIN
  SELECT c.oid::regclass, format('%1$I >= %2$L AND %1$I < %3$L', a.attname, partition_bound(c.oid, starts), partition_bound(c.oid, ends)),
    partition_bound(c.oid, starts), partition_bound(c.oid, ends), t.partdefid::regclass
  INTO whole, late, lower, upper, rest
  FROM pg_class c JOIN pg_partitioned_table t ON t.partrelid = c.oid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = t.partattrs[0]
  WHERE c.relname = parent AND c.relnamespace = 'public'::regnamespace;
  IF unit NOT IN ('day', 'week', 'month') OR whole IS NULL THEN
    RAISE EXCEPTION 'not a partitioned table or unit: % %', parent, unit;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('ensure_partition'), hashtext(parent));
  -- A table that was partitioned later has one partition for all earlier rows, which ends in the middle of no unit.
  IF EXISTS (SELECT 1 FROM partition_ranges(whole) WHERE from_time < ends AND to_time > starts) THEN
    RETURN;
  END IF;
  IF rest <> 0 THEN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s WHERE %s)', rest, late) INTO is_late;
  END IF;
  IF NOT is_late THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)', child, whole, lower, upper);
  ELSE
    EXECUTE format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', rest);
    EXECUTE format('CREATE TABLE %I (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', child, whole);
    EXECUTE format('WITH late AS (DELETE FROM %s WHERE %s RETURNING *) INSERT INTO %I SELECT * FROM late', rest, late, child);
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', whole, child, lower, upper);
  END IF;
  -- Not forced: the owner must see what waits in a day before it is dropped. Nobody else has rights on a partition.
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', child);
END $$;
--> statement-breakpoint
-- The tables whose rows end after a number of days. The migration of a service writes its own (src/db/keep-partitions.ts): how
-- long rows are kept is no argument of the caller that drops them.
CREATE FUNCTION kept_days() RETURNS TABLE (parent text, days integer)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT NULL::text, NULL::integer WHERE false
$$;
--> statement-breakpoint
-- Drops what nobody needs any more: inbox days older than the streams keep events, outbox days that are both old and wholly
-- published (until then the outbox is what lost streams are rebuilt from), and partitions older than their table keeps rows.
CREATE OR REPLACE FUNCTION drop_old_partitions() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  old record;
  waiting boolean;
  dropped integer := 0;
BEGIN
  FOR old IN
    SELECT k.parent, r.part FROM (VALUES ('inbox', 8), ('outbox', 14)) AS k (parent, days), partition_ranges(k.parent::regclass) r
    WHERE r.to_time <= current_date + 1 - k.days
    UNION ALL
    SELECT k.parent, r.part FROM kept_days() k, partition_ranges(k.parent::regclass) r WHERE r.to_time <= now() - make_interval(days => k.days)
  LOOP
    IF old.parent = 'outbox' THEN
      EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s WHERE published_at IS NULL)', old.part) INTO waiting;
      CONTINUE WHEN waiting;
    END IF;
    EXECUTE format('DROP TABLE %s', old.part);
    dropped := dropped + 1;
  END LOOP;
  -- Rows in a default partition have the time of no other partition.
  FOR old IN
    SELECT format('DELETE FROM %s WHERE %I < %L', t.partdefid::regclass, a.attname,
      partition_bound(t.partrelid, now() - make_interval(days => k.days))) AS statement
    FROM kept_days() k JOIN pg_partitioned_table t ON t.partrelid = k.parent::regclass AND t.partdefid <> 0
    JOIN pg_attribute a ON a.attrelid = t.partrelid AND a.attnum = t.partattrs[0]
  LOOP
    EXECUTE old.statement;
  END LOOP;
  RETURN dropped;
END $$;
--> statement-breakpoint
-- Partitions an existing table by the time in its ids, for migrations. Its rows are not copied: the table becomes the first
-- partition, up to the end of a unit that is more than a day away, and is dropped like any other. A unique index without the id
-- remains there, so that until then replicas of the previous release and of this one find each other's rows by it.
CREATE FUNCTION partition_by_id(name text, unit text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  past text := name || '_past';
  ends timestamptz := date_trunc(unit, now() + interval '1 day', 'UTC') + ('1 ' || unit)::interval;
  made text[];
  step text;
  has_rows boolean;
  bound text;
BEGIN
  -- Old names become free before the same statements make the new indexes, rights and policies.
  SELECT array_agg(s.statement ORDER BY s.place, s.no) INTO made FROM (
    SELECT 1 AS place, i.indexrelid::bigint AS no, CASE WHEN k.conname IS NULL THEN format('ALTER INDEX %I RENAME TO %I', x.relname, x.relname || '_past')
      ELSE format('ALTER TABLE %I RENAME CONSTRAINT %I TO %I', past, k.conname, k.conname || '_past') END AS statement
    FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = 'id'
    WHERE i.indrelid = name::regclass AND (NOT i.indisunique OR a.attnum = ANY (i.indkey))
    UNION ALL
    SELECT 2, i.indexrelid, CASE WHEN k.conname IS NULL THEN pg_get_indexdef(i.indexrelid)
      ELSE format('ALTER TABLE %I ADD CONSTRAINT %I %s', name, k.conname, pg_get_constraintdef(k.oid)) END
    FROM pg_index i LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = 'id'
    WHERE i.indrelid = name::regclass AND (NOT i.indisunique OR a.attnum = ANY (i.indkey))
    UNION ALL
    SELECT 3, g.grantee, format('GRANT %s ON %I TO %I; REVOKE ALL ON %I FROM %3$I', g.privilege_type, name, pg_get_userbyid(g.grantee), past)
    FROM pg_class c, aclexplode(c.relacl) g WHERE c.oid = name::regclass AND g.grantee <> c.relowner
    UNION ALL
    SELECT 4, p.oid, format('DROP POLICY %I ON %I; CREATE POLICY %1$I ON %3$I FOR %4$s TO %5$s USING (%6$s)%7$s', p.polname, past, name,
      CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
      (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', ') FROM unnest(p.polroles) r),
      pg_get_expr(p.polqual, p.polrelid), ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
    FROM pg_policy p WHERE p.polrelid = name::regclass
  ) AS s;
  EXECUTE format('ALTER TABLE %I RENAME TO %I', name, past);
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE) PARTITION BY RANGE (id)', name, past);
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
  FOREACH step IN ARRAY made LOOP
    EXECUTE step;
  END LOOP;
  EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', name || '_default', name);
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name || '_default');
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', past);
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', past) INTO has_rows;
  IF NOT has_rows THEN
    EXECUTE format('DROP TABLE %I', past);
    RETURN;
  END IF;
  bound := partition_bound(name::regclass, ends);
  EXECUTE format('WITH odd AS (DELETE FROM %I WHERE id >= %L RETURNING *) INSERT INTO %I SELECT * FROM odd', past, bound, name || '_default');
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)', name, past, bound);
END $$;
--> statement-breakpoint
-- As every partition; nobody has rights on them.
ALTER TABLE outbox_default ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE inbox_default ENABLE ROW LEVEL SECURITY;
