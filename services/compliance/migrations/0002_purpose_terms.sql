CREATE TABLE "purpose_versions" (
	"tenant_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"version" integer NOT NULL,
	"consent_level" text NOT NULL,
	"message_class" text DEFAULT 'COMMERCIAL' NOT NULL,
	"is_required" boolean DEFAULT false NOT NULL,
	"notice_version" integer NOT NULL,
	"defined_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "purpose_versions_tenant_id_purpose_version_pk" PRIMARY KEY("tenant_id","purpose","version")
);
--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "purpose_version" integer;--> statement-breakpoint
ALTER TABLE "purposes" ADD COLUMN "message_class" text DEFAULT 'COMMERCIAL' NOT NULL;--> statement-breakpoint
ALTER TABLE "purposes" ADD COLUMN "is_required" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "purposes" ADD COLUMN "version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "purposes" ADD CONSTRAINT "purposes_required" CHECK (message_class = 'TRANSACTIONAL' OR NOT is_required);