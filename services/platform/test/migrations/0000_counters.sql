CREATE TABLE counters (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  value integer NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT counters_value_is_positive CHECK (value >= 0)
);
