CREATE TABLE "match_jobs" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"state" text DEFAULT 'WAITING' NOT NULL,
	"model_id" uuid,
	"after_id" uuid,
	"queued_at" timestamp with time zone,
	"total" integer DEFAULT 0 NOT NULL,
	"queued" integer DEFAULT 0 NOT NULL,
	"done" integer DEFAULT 0 NOT NULL,
	"error_code" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	"attempt_id" uuid,
	"failures" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "match_jobs_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "match_models" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"number" integer NOT NULL,
	"state" text DEFAULT 'PROPOSED' NOT NULL,
	"sealed" "bytea" NOT NULL,
	"lower" double precision NOT NULL,
	"upper" double precision NOT NULL,
	"profiles" integer NOT NULL,
	"pairs" integer NOT NULL,
	"quality" jsonb NOT NULL,
	"bands" jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"activated_at" timestamp with time zone,
	"retired_at" timestamp with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "match_models_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "match_models_number" UNIQUE("tenant_id","number")
);
--> statement-breakpoint
CREATE TABLE "match_samples" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"model_id" uuid NOT NULL,
	"profile_a" uuid NOT NULL,
	"profile_b" uuid NOT NULL,
	"probability" double precision NOT NULL,
	"levels" jsonb NOT NULL,
	"label" text,
	"labelled_by" text,
	"labelled_at" timestamp with time zone,
	CONSTRAINT "match_samples_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "match_pairs" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"profile_a" uuid NOT NULL,
	"profile_b" uuid NOT NULL,
	"model_version" integer NOT NULL,
	"probability" double precision NOT NULL,
	"weight" double precision NOT NULL,
	"levels" jsonb NOT NULL,
	"found_at" timestamp with time zone NOT NULL,
	CONSTRAINT "match_pairs_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "match_keys" (
	"tenant_id" uuid NOT NULL,
	"key" "bytea" NOT NULL,
	"profile_id" uuid NOT NULL,
	CONSTRAINT "match_keys_tenant_id_key_profile_id_pk" PRIMARY KEY("tenant_id","key","profile_id")
);
--> statement-breakpoint
CREATE TABLE "match_records" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"stated" "bytea",
	"sealed" "bytea",
	"model_version" integer,
	"job_id" uuid,
	"next_at" timestamp with time zone DEFAULT now(),
	"attempt_id" uuid,
	"attempts" integer DEFAULT 0 NOT NULL,
	"problem" text,
	"parked_at" timestamp with time zone,
	CONSTRAINT "match_records_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "match_settings" (
	"tenant_id" uuid NOT NULL,
	"joins_by_model" boolean DEFAULT false NOT NULL,
	"max_open_cases" integer DEFAULT 5000 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "match_settings_tenant_id_pk" PRIMARY KEY("tenant_id")
);
--> statement-breakpoint
ALTER TABLE "review_cases" ADD COLUMN "probability" double precision;--> statement-breakpoint
ALTER TABLE "review_cases" ADD COLUMN "model_version" integer;--> statement-breakpoint
CREATE INDEX "match_jobs_due" ON "match_jobs" USING btree ("tenant_id","next_at") WHERE state IN ('WAITING', 'RUNNING');--> statement-breakpoint
CREATE UNIQUE INDEX "match_jobs_unfinished" ON "match_jobs" USING btree ("tenant_id") WHERE state IN ('WAITING', 'RUNNING');--> statement-breakpoint
CREATE INDEX "match_jobs_created" ON "match_jobs" USING btree ("tenant_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "match_models_active" ON "match_models" USING btree ("tenant_id") WHERE state = 'ACTIVE';--> statement-breakpoint
CREATE INDEX "match_models_created" ON "match_models" USING btree ("tenant_id","created_at","id");--> statement-breakpoint
CREATE INDEX "match_samples_model" ON "match_samples" USING btree ("tenant_id","model_id","id");--> statement-breakpoint
CREATE INDEX "match_samples_probability" ON "match_samples" USING btree ("tenant_id","probability","id");--> statement-breakpoint
CREATE INDEX "match_pairs_a" ON "match_pairs" USING btree ("tenant_id","profile_a");--> statement-breakpoint
CREATE INDEX "match_pairs_b" ON "match_pairs" USING btree ("tenant_id","profile_b");--> statement-breakpoint
CREATE INDEX "match_pairs_probability" ON "match_pairs" USING btree ("tenant_id","probability","id");--> statement-breakpoint
CREATE INDEX "match_keys_profile" ON "match_keys" USING btree ("tenant_id","profile_id");--> statement-breakpoint
CREATE INDEX "match_records_due" ON "match_records" USING btree ("tenant_id","next_at") WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "match_records_parked" ON "match_records" USING btree ("tenant_id","parked_at") WHERE parked_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "match_records_job" ON "match_records" USING btree ("tenant_id","job_id") WHERE job_id IS NOT NULL;