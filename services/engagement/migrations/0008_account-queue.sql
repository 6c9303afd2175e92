ALTER TABLE "channel_accounts" ADD COLUMN "next_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
ALTER TABLE "channel_accounts" ADD COLUMN "attempt_id" uuid;--> statement-breakpoint
ALTER TABLE "channel_accounts" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "channel_accounts" ADD COLUMN "problem" text;--> statement-breakpoint
ALTER TABLE "channel_accounts" ADD COLUMN "parked_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "channel_accounts_due" ON "channel_accounts" USING btree ("tenant_id","next_at") WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "channel_accounts_parked" ON "channel_accounts" USING btree ("tenant_id","parked_at") WHERE parked_at IS NOT NULL;