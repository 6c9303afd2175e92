CREATE TABLE "attribute_jobs" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"field_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"from_format" jsonb,
	"to_format" jsonb,
	"field_version" integer NOT NULL,
	"stage" text NOT NULL,
	"position" text,
	"done" integer DEFAULT 0 NOT NULL,
	"left_over" integer DEFAULT 0 NOT NULL,
	"samples" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"next_at" timestamp with time zone DEFAULT now(),
	"attempts" integer DEFAULT 0 NOT NULL,
	"problem" text,
	"parked_at" timestamp with time zone,
	CONSTRAINT "attribute_jobs_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX "attribute_values_key";--> statement-breakpoint
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX "hand_values_key";--> statement-breakpoint
ALTER TABLE "fields" ADD COLUMN "cardinality" text DEFAULT 'ONE' NOT NULL;--> statement-breakpoint
ALTER TABLE "fields" ADD COLUMN "unit" text;--> statement-breakpoint
ALTER TABLE "fields" ADD COLUMN "aliases" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "fields" ADD COLUMN "survivorship" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "fields" ADD COLUMN "retention_days" integer;--> statement-breakpoint
CREATE INDEX "attribute_jobs_due" ON "attribute_jobs" USING btree ("tenant_id","next_at") WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "attribute_jobs_parked" ON "attribute_jobs" USING btree ("tenant_id","parked_at") WHERE parked_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "attribute_jobs_field" ON "attribute_jobs" USING btree ("tenant_id","field_id","id");--> statement-breakpoint
CREATE INDEX "attribute_jobs_created" ON "attribute_jobs" USING btree ("tenant_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "attribute_jobs_expire" ON "attribute_jobs" USING btree ("tenant_id","field_id") WHERE kind = 'EXPIRE' AND ended_at IS NULL;--> statement-breakpoint
CREATE INDEX "attribute_values_of_key" ON "attribute_values" USING btree ("tenant_id","key","profile_id");--> statement-breakpoint
CREATE INDEX "hand_values_of_key" ON "hand_values" USING btree ("tenant_id","key","profile_id");--> statement-breakpoint
CREATE INDEX "unmapped_values_of_key" ON "unmapped_values" USING btree ("tenant_id","key","profile_id");