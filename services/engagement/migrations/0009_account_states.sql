ALTER TABLE "channel_accounts" ADD COLUMN "previous_credentials" "bytea";--> statement-breakpoint
ALTER TABLE "channel_accounts" ADD COLUMN "rotated_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "channel_accounts" ADD COLUMN "disabled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "channel_accounts" ADD COLUMN "archived_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "channel_accounts" ADD COLUMN "last_received_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "channel_accounts" ADD COLUMN "last_sent_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "channel_accounts" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "channel_accounts" ADD COLUMN "updated_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
-- Rejected rows are few, so the rewrite is short; a default that is the same for all rows would give them one id.
-- squawk-ignore adding-field-with-default
ALTER TABLE "import_errors" ADD COLUMN "id" uuid DEFAULT gen_random_uuid() NOT NULL;--> statement-breakpoint
ALTER TABLE "live_codes" ADD COLUMN "archived_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "live_codes" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "live_codes" ADD COLUMN "provisioned_version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "live_codes" ADD COLUMN "updated_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "import_errors_id" ON "import_errors" USING btree ("tenant_id","id");--> statement-breakpoint
CREATE INDEX "import_errors_reason" ON "import_errors" USING btree ("tenant_id","import_id","reason","row");--> statement-breakpoint
CREATE INDEX "live_codes_name" ON "live_codes" USING btree ("tenant_id","name","id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_state" ON "webhook_deliveries" USING btree ("tenant_id","endpoint_id","state","id");