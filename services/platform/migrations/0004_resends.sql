-- The current state of entities that is published again for one consumer, a row per tenant.
CREATE TABLE resends (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  snapshot text NOT NULL,
  consumer text NOT NULL,
  since timestamptz,
  after text,
  published bigint NOT NULL DEFAULT 0,
  next_at timestamptz DEFAULT now(),
  attempt_id uuid,
  attempts integer NOT NULL DEFAULT 0,
  problem text,
  parked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);
--> statement-breakpoint
CREATE UNIQUE INDEX resends_once ON resends (tenant_id, snapshot, consumer) WHERE next_at IS NOT NULL;
--> statement-breakpoint
CREATE INDEX resends_due ON resends (tenant_id, next_at) WHERE next_at IS NOT NULL;
--> statement-breakpoint
CREATE INDEX resends_parked ON resends (tenant_id, parked_at) WHERE parked_at IS NOT NULL;
