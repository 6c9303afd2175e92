CREATE TABLE jobs (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  result text,
  next_at timestamptz DEFAULT now(),
  attempt_id uuid,
  attempts integer NOT NULL DEFAULT 0,
  problem text,
  parked_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);
