CREATE TABLE "profile_identifiers" (
	"tenant_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"identifier_id" uuid NOT NULL,
	CONSTRAINT "profile_identifiers_tenant_id_profile_id_identifier_id_pk" PRIMARY KEY("tenant_id","profile_id","identifier_id")
);
--> statement-breakpoint
-- Facts about addresses have no profile. The release before finds facts by profiles, and does not read these.
-- squawk-ignore ban-drop-not-null
ALTER TABLE "consents" ALTER COLUMN "profile_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "consents" ADD COLUMN "identifier_id" uuid;--> statement-breakpoint
ALTER TABLE "consents" ADD COLUMN "level" text DEFAULT 'GENERAL' NOT NULL;--> statement-breakpoint
ALTER TABLE "consents" ADD COLUMN "is_confirmed" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "consents" ADD COLUMN "basis" text DEFAULT 'CONSENT' NOT NULL;--> statement-breakpoint
ALTER TABLE "consents" ADD COLUMN "expires_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "consents" ADD COLUMN "guardian_profile_id" uuid;--> statement-breakpoint
ALTER TABLE "consents" ADD COLUMN "proof" "bytea";--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "identifier_id" uuid;--> statement-breakpoint
ALTER TABLE "purpose_versions" ADD COLUMN "is_double_opt_in" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "purpose_versions" ADD COLUMN "is_for_minors" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "purposes" ADD COLUMN "is_double_opt_in" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "purposes" ADD COLUMN "is_for_minors" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "profile_identifiers_identifier" ON "profile_identifiers" USING btree ("tenant_id","identifier_id");--> statement-breakpoint
CREATE INDEX "consents_latest" ON "consents" USING btree ("tenant_id",coalesce(identifier_id, profile_id),"purpose","channel","at","seq");--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_one_subject" CHECK (num_nonnulls(profile_id, identifier_id) = 1) NOT VALID;