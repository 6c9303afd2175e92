ALTER TABLE "journey_entries" ADD COLUMN "held_due_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "journey_entries" ADD COLUMN "held_parked_at" timestamp with time zone;