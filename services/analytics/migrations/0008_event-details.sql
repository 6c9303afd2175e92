-- What a touchpoint was about; null for events that say nothing, and for those of before.
ALTER TABLE events
  ADD COLUMN product_id text,
  ADD COLUMN sku text,
  ADD COLUMN category_id text,
  ADD COLUMN amount_minor bigint,
  ADD COLUMN currency text,
  ADD COLUMN campaign_ref text,
  ADD COLUMN content_id text,
  ADD COLUMN url_path text,
  ADD COLUMN duration_s integer,
  ADD COLUMN extras jsonb;
