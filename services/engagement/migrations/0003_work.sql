-- Rows that were done before are due once more: a worker finds them done and takes them out of the queue.
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX "contacts_without_details";--> statement-breakpoint
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX "welcomes_planned";--> statement-breakpoint
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX "webhooks_waiting";--> statement-breakpoint
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX "pending_claims_waiting";--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "next_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "attempt_id" uuid;--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "problem" text;--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "parked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "welcomes" ADD COLUMN "next_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
ALTER TABLE "welcomes" ADD COLUMN "attempt_id" uuid;--> statement-breakpoint
ALTER TABLE "welcomes" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "welcomes" ADD COLUMN "parked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "webhooks" ADD COLUMN "next_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
ALTER TABLE "webhooks" ADD COLUMN "attempt_id" uuid;--> statement-breakpoint
ALTER TABLE "webhooks" ADD COLUMN "parked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "live_codes" ADD COLUMN "next_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
ALTER TABLE "live_codes" ADD COLUMN "attempt_id" uuid;--> statement-breakpoint
ALTER TABLE "live_codes" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "live_codes" ADD COLUMN "parked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "pending_claims" ADD COLUMN "next_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
ALTER TABLE "pending_claims" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "pending_claims" ADD COLUMN "parked_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "contacts_due" ON "contacts" USING btree ("tenant_id","next_at") WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "contacts_parked" ON "contacts" USING btree ("tenant_id","parked_at") WHERE parked_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "welcomes_due" ON "welcomes" USING btree ("tenant_id","next_at") WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "welcomes_parked" ON "welcomes" USING btree ("tenant_id","parked_at") WHERE parked_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "webhooks_due" ON "webhooks" USING btree ("tenant_id","next_at") WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "webhooks_parked" ON "webhooks" USING btree ("tenant_id","parked_at") WHERE parked_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "live_codes_due" ON "live_codes" USING btree ("tenant_id","next_at") WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "live_codes_parked" ON "live_codes" USING btree ("tenant_id","parked_at") WHERE parked_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "pending_claims_due" ON "pending_claims" USING btree ("tenant_id","next_at") WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "pending_claims_parked" ON "pending_claims" USING btree ("tenant_id","parked_at") WHERE parked_at IS NOT NULL;