ALTER TABLE "review_cases" ADD COLUMN "assignee_id" uuid;--> statement-breakpoint
ALTER TABLE "review_cases" ADD COLUMN "due_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "review_cases" ADD COLUMN "snoozed_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "review_cases" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "rulings" ADD COLUMN "batch_id" uuid;--> statement-breakpoint
CREATE INDEX "review_cases_assignee" ON "review_cases" USING btree ("tenant_id","assignee_id","id");--> statement-breakpoint
CREATE INDEX "review_cases_due" ON "review_cases" USING btree ("tenant_id","due_at","id");--> statement-breakpoint
CREATE INDEX "rulings_batch" ON "rulings" USING btree ("tenant_id","batch_id","id");