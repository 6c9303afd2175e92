-- Everything that was accepted and could not be processed, until a person decides. Triggers on the tables where it stands
-- maintain the rows (src/quarantine/watch-origins.ts), so that processes of the previous release are seen as well.
CREATE TABLE quarantined_items (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  kind text NOT NULL,
  origin_table text NOT NULL,
  origin text NOT NULL,
  source text NOT NULL,
  subject text,
  reason text NOT NULL,
  detail text,
  state text NOT NULL DEFAULT 'WAITING',
  tries integer NOT NULL DEFAULT 1,
  version integer NOT NULL DEFAULT 1,
  waiting_since timestamptz NOT NULL DEFAULT now(),
  first_original bytea,
  corrected_at timestamptz,
  requested_by text,
  replay_id uuid,
  replaying_since timestamptz,
  decided_by text,
  decided_at timestamptz,
  next_at timestamptz,
  attempt_id uuid,
  attempts integer NOT NULL DEFAULT 0,
  problem text,
  parked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT quarantined_items_origin UNIQUE (tenant_id, origin_table, origin)
);
--> statement-breakpoint
CREATE INDEX quarantined_items_due ON quarantined_items (tenant_id, next_at) WHERE next_at IS NOT NULL;
--> statement-breakpoint
CREATE INDEX quarantined_items_since ON quarantined_items (tenant_id, waiting_since, id);
--> statement-breakpoint
CREATE INDEX quarantined_items_kind ON quarantined_items (tenant_id, state, kind, reason, waiting_since);
--> statement-breakpoint
CREATE INDEX quarantined_items_source ON quarantined_items (tenant_id, source, id);
--> statement-breakpoint
CREATE INDEX quarantined_items_subject ON quarantined_items (tenant_id, subject, id) WHERE subject IS NOT NULL;
--> statement-breakpoint
CREATE INDEX quarantined_items_replay ON quarantined_items (tenant_id, replay_id) WHERE replay_id IS NOT NULL;
--> statement-breakpoint
CREATE INDEX quarantined_items_waiting ON quarantined_items (kind, reason) WHERE state = 'WAITING';
--> statement-breakpoint
CREATE INDEX quarantined_items_decided ON quarantined_items (tenant_id, decided_at) WHERE decided_at IS NOT NULL;
--> statement-breakpoint
CREATE TABLE quarantine_replays (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  total integer NOT NULL,
  is_partial boolean NOT NULL,
  requested_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
);
--> statement-breakpoint
CREATE TABLE quarantine_actions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  item_id uuid NOT NULL,
  action text NOT NULL,
  actor text NOT NULL,
  reason text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, item_id, id),
  FOREIGN KEY (tenant_id, item_id) REFERENCES quarantined_items (tenant_id, id) ON DELETE CASCADE
);
