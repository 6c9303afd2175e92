CREATE TABLE "hand_values" (
	"tenant_id" uuid NOT NULL,
	"profile_id" uuid NOT NULL,
	"key" text NOT NULL,
	"value" text,
	"sealed" "bytea",
	"source" text NOT NULL,
	"set_at" timestamp with time zone NOT NULL,
	"released_at" timestamp with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "hand_values_tenant_id_profile_id_key_pk" PRIMARY KEY("tenant_id","profile_id","key")
);
--> statement-breakpoint
ALTER TABLE "fields" ADD COLUMN "source_priority" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "attribute_values" ADD COLUMN "is_verified" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "hand_values_key" ON "hand_values" USING btree ("tenant_id","key");--> statement-breakpoint
-- The policies are forced on the owner too, and would hide the rows of all tenants from these statements.
ALTER TABLE "attribute_values" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
-- What people set before stays where the release before reads it. Setting or releasing it again moves it.
INSERT INTO hand_values (tenant_id, profile_id, key, value, sealed, source, set_at)
SELECT tenant_id, profile_id, key, value, sealed, source, observed_at FROM attribute_values WHERE source LIKE 'staff:%' ON CONFLICT DO NOTHING;--> statement-breakpoint
ALTER TABLE "attribute_values" FORCE ROW LEVEL SECURITY;
