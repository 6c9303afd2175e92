-- Keys of received events, by week. Text is compared as bytes: its order means nothing.
CREATE TABLE "event_keys" (
	"tenant_id" uuid NOT NULL,
	"source_id" uuid NOT NULL,
	"message_id" text COLLATE "C" NOT NULL,
	"week" date NOT NULL,
	CONSTRAINT "event_keys_tenant_id_source_id_message_id_week_pk" PRIMARY KEY("tenant_id","source_id","message_id","week")
) PARTITION BY RANGE ("week");
--> statement-breakpoint
CREATE TABLE "event_keys_default" PARTITION OF "event_keys" DEFAULT;
--> statement-breakpoint
ALTER TABLE "event_keys_default" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
SELECT ensure_partition('event_keys', now() - week * interval '1 week', 'week') FROM generate_series(0, 2) AS week;
--> statement-breakpoint
-- The unique constraint "touchpoints_once" stays on the partition of the rows that exist.
SELECT partition_by_id('touchpoints', 'month');
--> statement-breakpoint
-- Keys of the events of the last days, which their sources may still repeat.
DO $$
BEGIN
  IF to_regclass('touchpoints_past') IS NOT NULL THEN
    INSERT INTO event_keys (tenant_id, source_id, message_id, week)
    SELECT tenant_id, source_id, message_id, date_trunc('week', uuid_extract_timestamp(id), 'UTC')::date FROM touchpoints_past
    WHERE id >= partition_bound('touchpoints', now() - interval '8 days')::uuid AND uuid_extract_timestamp(id) <= now() + interval '1 day';
  END IF;
END $$;
