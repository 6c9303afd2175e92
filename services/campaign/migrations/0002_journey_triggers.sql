-- No row loses its segment: an earlier release, which always expects one, meets no journey of another trigger.
-- squawk-ignore ban-drop-not-null
ALTER TABLE "journeys" ALTER COLUMN "segment_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "journey_entries" ADD COLUMN "waits_at" text;--> statement-breakpoint
ALTER TABLE "journeys" ADD COLUMN "trigger" jsonb DEFAULT '{"type": "SEGMENT_ENTERED"}' NOT NULL;
