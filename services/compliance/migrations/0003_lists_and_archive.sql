-- It is made again below, with the id.
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX "decisions_time";--> statement-breakpoint
-- A tenant has at most 1,000 purposes, with few notices each: the tables are rewritten in a moment.
-- squawk-ignore adding-field-with-default
ALTER TABLE "notices" ADD COLUMN "id" uuid DEFAULT gen_random_uuid() NOT NULL;--> statement-breakpoint
-- squawk-ignore adding-field-with-default
ALTER TABLE "purposes" ADD COLUMN "id" uuid DEFAULT gen_random_uuid() NOT NULL;--> statement-breakpoint
ALTER TABLE "purposes" ADD COLUMN "updated_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "purposes" ADD COLUMN "archived_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "audit_checkpoints_time" ON "audit_checkpoints" USING btree ("tenant_id","created_at","seq");--> statement-breakpoint
CREATE INDEX "audit_entries_time" ON "audit_entries" USING btree ("tenant_id","at","seq");--> statement-breakpoint
CREATE INDEX "audit_entries_action" ON "audit_entries" USING btree ("tenant_id","action","seq");--> statement-breakpoint
CREATE INDEX "audit_entries_actor" ON "audit_entries" USING btree ("tenant_id","actor_id","seq");--> statement-breakpoint
CREATE INDEX "audit_entries_target" ON "audit_entries" USING btree ("tenant_id","target_id","seq");--> statement-breakpoint
CREATE INDEX "consents_time" ON "consents" USING btree ("tenant_id","at","id");--> statement-breakpoint
CREATE INDEX "consents_purpose" ON "consents" USING btree ("tenant_id","purpose","channel","id");--> statement-breakpoint
CREATE INDEX "decisions_purpose" ON "decisions" USING btree ("tenant_id","purpose","channel","id");--> statement-breakpoint
CREATE INDEX "decisions_channel" ON "decisions" USING btree ("tenant_id","channel","id");--> statement-breakpoint
CREATE INDEX "decisions_reason" ON "decisions" USING btree ("tenant_id",(reasons[1]),"id");--> statement-breakpoint
CREATE INDEX "decisions_refused" ON "decisions" USING btree ("tenant_id","id") WHERE NOT is_allowed;--> statement-breakpoint
CREATE INDEX "decisions_time" ON "decisions" USING btree ("tenant_id","at","id");--> statement-breakpoint
-- squawk-ignore disallowed-unique-constraint
ALTER TABLE "notices" ADD CONSTRAINT "notices_id" UNIQUE("tenant_id","id");--> statement-breakpoint
-- squawk-ignore disallowed-unique-constraint
ALTER TABLE "purposes" ADD CONSTRAINT "purposes_id" UNIQUE("tenant_id","id");