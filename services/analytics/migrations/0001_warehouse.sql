-- The event warehouse, by month of occurrence; drizzle-kit does not describe partitioned tables.
CREATE TABLE events (
  tenant_id uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  id uuid NOT NULL,
  profile_id uuid,
  type text NOT NULL,
  channel text NOT NULL,
  reference_id uuid,
  PRIMARY KEY (tenant_id, occurred_at, id)
) PARTITION BY RANGE (occurred_at);
--> statement-breakpoint
CREATE INDEX events_profile ON events (tenant_id, profile_id, occurred_at);
