ALTER TABLE "journey_entries" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "journey_entries" ADD COLUMN "problem" text;--> statement-breakpoint
ALTER TABLE "journey_entries" ADD COLUMN "parked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "segments" ADD COLUMN "next_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
ALTER TABLE "segments" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "segments" ADD COLUMN "problem" text;--> statement-breakpoint
ALTER TABLE "segments" ADD COLUMN "parked_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "coupons_locked" ON "coupons" USING btree ("tenant_id","locked_until") WHERE state = 'LOCKED';--> statement-breakpoint
CREATE INDEX "journey_entries_parked" ON "journey_entries" USING btree ("tenant_id","parked_at") WHERE parked_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "segments_due" ON "segments" USING btree ("tenant_id","next_at") WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "segments_parked" ON "segments" USING btree ("tenant_id","parked_at") WHERE parked_at IS NOT NULL;