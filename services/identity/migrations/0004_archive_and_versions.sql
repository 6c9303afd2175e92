-- A tenant has at most a thousand fields, and a few thousand documents: both tables are rewritten in an instant.
-- squawk-ignore adding-field-with-default
ALTER TABLE "fields" ADD COLUMN "id" uuid DEFAULT uuidv7() NOT NULL;--> statement-breakpoint
ALTER TABLE "fields" ADD COLUMN "archived_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "fields" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "staff" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "tag_groups" ADD COLUMN "archived_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tag_groups" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "tags" ADD COLUMN "archived_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tags" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
-- squawk-ignore adding-field-with-default
ALTER TABLE "trusted_documents" ADD COLUMN "id" uuid DEFAULT uuidv7() NOT NULL;--> statement-breakpoint
CREATE INDEX "attribute_values_key" ON "attribute_values" USING btree ("tenant_id","key");--> statement-breakpoint
CREATE INDEX "customers_created" ON "customers" USING btree ("tenant_id","created_at","id");--> statement-breakpoint
CREATE INDEX "review_cases_other" ON "review_cases" USING btree ("tenant_id","customer_b");--> statement-breakpoint
CREATE INDEX "review_cases_created" ON "review_cases" USING btree ("tenant_id","created_at","id");--> statement-breakpoint
CREATE INDEX "profiles_created" ON "profiles" USING btree ("tenant_id","created_at","id");--> statement-breakpoint
CREATE INDEX "staff_name" ON "staff" USING btree ("tenant_id","name","id");--> statement-breakpoint
CREATE INDEX "tags_folded_name" ON "tags" USING btree ("tenant_id","folded_name","id");--> statement-breakpoint
CREATE INDEX "trusted_documents_created" ON "trusted_documents" USING btree ("tenant_id","created_at","hash");--> statement-breakpoint
-- squawk-ignore disallowed-unique-constraint
ALTER TABLE "fields" ADD CONSTRAINT "fields_id" UNIQUE("tenant_id","id");--> statement-breakpoint
-- squawk-ignore disallowed-unique-constraint
ALTER TABLE "trusted_documents" ADD CONSTRAINT "trusted_documents_id" UNIQUE("tenant_id","id");